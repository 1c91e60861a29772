//! Counter-based random streams: every draw belongs to a (seed, purpose, repeat, fold), never to a trial or a thread.
//!
//! All trials of a study, and all studies with one cross-validation seed, therefore meet the same folds, initial
//! weights, shuffles and dropout masks in a fold, so that their losses are paired; networks of other widths and depths
//! and batches of other sizes too, since weights are drawn by input and output, and masks by row and unit. The generator
//! is `ChaCha8` (Bernstein 2008), whose 64-bit stream number carries purpose, repeat and fold. Integers and shuffles are
//! drawn by code that stands here, so that an update of a dependency cannot change a split.

use rand::Rng;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// What a stream is drawn for; the discriminants are part of every study's stored results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Purpose {
    /// Which row falls into which fold.
    Folds = 1,
    /// The network's weights before training.
    InitialWeights = 2,
    /// The order of rows in an epoch.
    Shuffles = 3,
    /// The units dropped.
    Dropout = 4,
    /// The part of a training fold kept for early stopping.
    InnerSplit = 5,
    /// The rows held out before the search.
    Holdout = 6,
    /// The seed handed to an external command.
    Command = 7,
    /// The rows of a resample, for an interval.
    Bootstrap = 8,
}

/// The family of streams of one cross-validation seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    seed: u64,
}

impl Streams {
    /// The streams of `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Starts the stream of a purpose in one fold of one repeat; where a purpose has none, both are 0.
    ///
    /// The stream number is purpose (8 bits), repeat (24 bits), fold (32 bits): repeats beyond 2²⁴ would wrap, and
    /// [`Splits`](crate::split::Splits) refuses them.
    pub fn rng(&self, purpose: Purpose, repeat: u32, fold: u32) -> ChaCha8Rng {
        let mut key = *b"--------tune cross-validation v1";
        key[..8].copy_from_slice(&self.seed.to_le_bytes());
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(
            (purpose as u64) << 56 | u64::from(repeat & 0x00ff_ffff) << 32 | u64::from(fold),
        );
        rng
    }
}

/// Draws an integer in `0..bound`, each equally likely, by Lemire's multiplication ("Fast random integer generation
/// in an interval", 2019). `bound` 0 gives 0.
pub fn below(rng: &mut ChaCha8Rng, bound: u32) -> u32 {
    let mut product = u64::from(rng.next_u32()) * u64::from(bound);
    if (product as u32) < bound {
        let rejected = bound.wrapping_neg() % bound;
        while (product as u32) < rejected {
            product = u64::from(rng.next_u32()) * u64::from(bound);
        }
    }
    (product >> 32) as u32
}

/// Permutes `items`, every order equally likely (Fisher–Yates, last position first). At most 2³² − 1 items.
pub fn shuffle<T>(rng: &mut ChaCha8Rng, items: &mut [T]) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(rng, last as u32 + 1) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_fixed_by_its_four_coordinates() {
        let first =
            |seed, purpose, repeat, fold| Streams::new(seed).rng(purpose, repeat, fold).next_u64();
        let one = first(7, Purpose::Folds, 1, 2);
        assert_eq!(one, first(7, Purpose::Folds, 1, 2));
        for other in [
            first(8, Purpose::Folds, 1, 2),
            first(7, Purpose::Dropout, 1, 2),
            first(7, Purpose::Folds, 2, 2),
            first(7, Purpose::Folds, 1, 3),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn every_order_of_three_is_about_equally_likely() {
        let mut rng = Streams::new(0).rng(Purpose::Shuffles, 0, 0);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..6000 {
            let mut items = [0, 1, 2];
            shuffle(&mut rng, &mut items);
            *counts.entry(items).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        // Binomial(6000, 1/6): standard deviation 28.9; six of them is 173.
        assert!(counts.values().all(|&count: &i32| (count - 1000).abs() < 173), "{counts:?}");
    }

    #[test]
    fn below_stays_below() {
        let mut rng = Streams::new(0).rng(Purpose::Shuffles, 0, 0);
        for bound in [1, 2, 3, 1000, u32::MAX] {
            assert!((0..100).all(|_| below(&mut rng, bound) < bound));
        }
        assert_eq!(below(&mut rng, 0), 0);
    }
}
