//! What is better: the leaderboard, the set of trials that may be the best, and the comparison of studies.
//!
//! Trials come in as told; what is better is decided on inner losses, and what is shown is as told. Everything here is
//! a pure function of finished trials: no study, no store, no clock.

pub mod compare;

mod best_set;
mod intervals;
mod leaderboard;
mod order;
mod p_best;
mod totals;

pub use intervals::rank_intervals;
pub use leaderboard::{Leaderboard, RacedAt, Row};
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
    /// The facts of `repeats` times k-fold cross-validation when the rows are not known: `n_test / n_train` is
    /// 1 / (folds − 1). A single fold is no cross-validation, so its repeats count as independent: the ratio is 0.
    pub fn k_fold(folds: usize, repeats: usize) -> Self {
        let test_train_ratio = if folds > 1 { 1.0 / (folds - 1) as f64 } else { 0.0 };
        Self { n_splits: folds * repeats, test_train_ratio }
    }
}
