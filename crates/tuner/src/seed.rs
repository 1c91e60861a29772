//! Counter-based random streams: a drawn number depends only on the seed, the purpose and an index.
//!
//! The generator is ChaCha8, whose 64-bit stream number is the pair (index, purpose). Two threads,
//! two runs or two machines that use the same pair draw the same numbers, in any order of use.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// The purpose of a stream. The numbers are part of the stored form and never change; 2, a fit in
/// early versions, is not used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Purpose {
    /// A proposal; the index is the trial's number.
    Propose = 1,
    /// The order in which a grid is visited; the index is 0.
    Grid = 3,
    /// The scrambling of a Sobol sequence; the index is the dimension.
    Scramble = 4,
    /// The seed handed to an external command; the index is the split.
    Command = 5,
    /// Functions drawn from the posterior, and the points at which importance is measured; the
    /// index is 0 or a dimension.
    Importance = 6,
    /// The choices of the exploration policy for a proposal; the index is the trial's number.
    Turn = 7,
    /// The category of which a proposal explores the value tried least; the index is the trial's
    /// number.
    Branch = 8,
}

/// The streams of one seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    seed: u64,
}

impl Streams {
    /// Creates the streams of `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Returns the generator for `purpose` at `index` (below 2^56), at its beginning.
    pub(crate) fn rng(self, purpose: Purpose, index: u64) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream((index << 8) | purpose as u64);
        rng
    }

    /// Returns the seed of an external command for a split: below 2^31, which every language
    /// accepts as a seed.
    pub fn command_seed(&self, split: usize) -> u32 {
        self.rng(Purpose::Command, split as u64).random::<u32>() >> 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_seed_purpose_and_index_and_repeat_otherwise() {
        let draw = |seed, purpose, index| Streams::new(seed).rng(purpose, index).random::<u64>();
        let first = draw(1, Purpose::Propose, 5);
        assert_eq!(first, draw(1, Purpose::Propose, 5));
        assert_ne!(first, draw(2, Purpose::Propose, 5));
        assert_ne!(first, draw(1, Purpose::Turn, 5));
        assert_ne!(first, draw(1, Purpose::Propose, 6));
    }
}
