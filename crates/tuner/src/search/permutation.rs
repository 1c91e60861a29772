//! A permutation of 0 … n − 1 that is computed, not stored: any position in O(1), for n up to 2^128 − 1.
//!
//! A balanced Feistel network permutes the numbers of 2h bits; numbers at or above n are sent through it again until
//! they fall below ("cycle walking"; Black and Rogaway, Ciphers with arbitrary finite domains, 2002). The next even
//! number of bits covers less than four times n, so four rounds of walking are expected at most.

use super::hash::mix;
use crate::cast;
use rand::{Rng, RngExt};

/// Rounds of the network: four make it a permutation no statistic of ours can tell from a random one (Luby and
/// Rackoff 1988); small domains, whose halves hold a few bits, want more.
const N_ROUNDS: usize = 12;

/// A keyed permutation of 0 … n − 1.
#[derive(Clone, Debug)]
pub(super) struct Permutation {
    n: u128,
    half_bits: u32,
    keys: [u64; N_ROUNDS],
}

impl Permutation {
    /// Draws a permutation of `n` numbers.
    pub(super) fn new(n: u128, rng: &mut impl Rng) -> Self {
        let bits = u128::BITS - n.saturating_sub(1).leading_zeros();
        Self { n, half_bits: bits.div_ceil(2).max(1), keys: std::array::from_fn(|_| rng.random()) }
    }

    /// Returns the number at `position`.
    ///
    /// # Panics
    /// If `position` is not below n.
    pub(super) fn at(&self, position: u128) -> u128 {
        assert!(position < self.n, "a position of the permutation");
        let mut number = position;
        loop {
            number = self.encipher(number);
            if number < self.n {
                return number;
            }
        }
    }

    /// Returns the position of a number: the inverse of [`Permutation::at`].
    pub(super) fn position_of(&self, number: u128) -> u128 {
        let mut position = number;
        loop {
            position = self.decipher(position);
            if position < self.n {
                return position;
            }
        }
    }

    fn decipher(&self, number: u128) -> u128 {
        let mask = u64::MAX >> (64 - self.half_bits);
        let (mut left, mut right) =
            (cast::low_bits(number >> self.half_bits), cast::low_bits(number) & mask);
        for key in self.keys.iter().rev() {
            (left, right) = (right ^ (mix(left ^ key) & mask), left);
        }
        (u128::from(left) << self.half_bits) | u128::from(right)
    }

    fn encipher(&self, number: u128) -> u128 {
        let mask = u64::MAX >> (64 - self.half_bits);
        let (mut left, mut right) =
            (cast::low_bits(number >> self.half_bits), cast::low_bits(number) & mask);
        for key in self.keys {
            (left, right) = (right, left ^ (mix(right ^ key) & mask));
        }
        (u128::from(left) << self.half_bits) | u128::from(right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::{Purpose, Streams};
    use std::collections::HashSet;

    fn permutation(n: u128, seed: u64) -> Permutation {
        Permutation::new(n, &mut Streams::new(seed).rng(Purpose::Grid, 0))
    }

    #[test]
    fn every_number_is_met_exactly_once() {
        for n in [1, 2, 3, 4, 5, 16, 17, 100, 4096, 4097, 10_007] {
            let met: HashSet<u128> = (0..n).map(|i| permutation(n, 3).at(i)).collect();
            assert_eq!(met.len() as u128, n);
            assert!(met.iter().all(|&number| number < n));
        }
    }

    #[test]
    fn numbers_of_any_size_stay_below_n_and_differ() {
        for n in [(1 << 64) - 1, 1 << 64, (1 << 127) - 1, 1 << 127, u128::MAX] {
            let permutation = permutation(n, 0);
            let ends = (0..1000).chain(n - 1000..n);
            let met: HashSet<u128> = ends.map(|i| permutation.at(i)).collect();
            assert!(met.len() == 2000 && met.iter().all(|&number| number < n));
        }
    }

    #[test]
    fn all_orders_of_three_are_about_equally_likely() {
        let mut counts = [0; 27];
        for seed in 0..6000 {
            let p = permutation(3, seed);
            counts[(0..3).fold(0, |code, i| code * 3 + p.at(i) as usize)] += 1;
        }
        let orders: Vec<i32> = counts.into_iter().filter(|&c| c > 0).collect();
        // 1000 expected each, standard deviation 29: five of them.
        assert!(orders.len() == 6 && orders.iter().all(|c| (855..=1145).contains(c)), "{orders:?}");
    }

    #[test]
    fn a_prefix_is_spread() {
        let permutation = permutation(1_000_000, 1);
        let mean = (0..1000).map(|i| permutation.at(i) as f64).sum::<f64>() / 1000.0;
        // Standard error 10^6 / √(12 · 1000) = 9129: four of them.
        assert!((mean - 500_000.0).abs() < 36_515.0, "{mean}");
    }
}
