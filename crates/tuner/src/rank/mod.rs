//! Ranking: the leaderboard, the best set, and the comparison of studies.
//!
//! Trials come in the user's units; comparisons use internal losses, and results are in the user's
//! units. Everything here is a pure function of ended trials: no study, no store, no clock.

pub mod compare;

mod intervals;
mod leaderboard;
mod order;
mod p_best;
mod ties;
mod totals;

pub(crate) use intervals::rank_intervals;
pub use leaderboard::{HELD, Leaderboard, RacedAt, Row};
pub use totals::Totals;

/// What the statistics need to know about the splits that all trials share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SplitFacts {
    /// Splits of a complete trial: folds · repeats.
    pub n_splits: usize,
    /// r, the mean over the splits of `n_test / n_train`.
    pub test_train_ratio: f64,
}

impl SplitFacts {
    /// Returns the facts of `repeats` times k-fold cross-validation if the rows are unknown:
    /// `n_test / n_train` is 1 / (folds − 1). A single fold is not a cross-validation, so its
    /// repeats count as independent: the ratio is 0.
    pub fn k_fold(folds: usize, repeats: usize) -> Self {
        let test_train_ratio = if folds > 1 { 1.0 / (folds - 1) as f64 } else { 0.0 };
        Self { n_splits: folds * repeats, test_train_ratio }
    }
}
