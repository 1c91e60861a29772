//! When θ is fitted: at every result up to 50, and then whenever their number has grown by a tenth.
//!
//! Between two entries of the schedule the older θ applies, with the newer data. Each fit starts
//! from the prior, never from another fit, so that a process without a stored θ makes one fit and
//! not all of them.

use crate::tuning::bayes::FITS_UP_TO;

/// Returns the last entry of the schedule that is at most `n_results`.
pub(crate) fn entry(n_results: usize) -> usize {
    let mut entry = n_results.min(FITS_UP_TO);
    while next(entry) <= n_results {
        entry = next(entry);
    }
    entry
}

fn next(entry: usize) -> usize {
    entry + (entry / 10).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_dense_at_first_and_a_tenth_apart_later() {
        assert!((0..=50).all(|m| entry(m) == m));
        assert_eq!([51, 54, 55, 60, 61].map(entry), [50, 50, 55, 60, 60]);
        for m in 50..20_000 {
            assert!(entry(m) <= m && (m as f64) < 1.1 * entry(m) as f64 + 1.0);
            assert_eq!(entry(entry(m)), entry(m));
        }
    }
}
