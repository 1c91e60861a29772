//! Which rows train and which test: cross-validation, the held-out part, the inner split.
//!
//! A split assigns rows to blocks, drawn from the cross-validation seed alone, so that all trials
//! of a study share it. Rows are indices (`u32`) into a [`Dataset`](crate::data::Dataset); the data
//! are never copied.

mod assign;
mod cut;
mod error;
mod listed;
mod splits;

pub use cut::{holdout, inner_split};
pub use error::SplitError;
pub use splits::{CrossValidation, Fold, Splits};

use serde::{Deserialize, Serialize};

/// How rows are assigned to folds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// At random.
    #[default]
    Plain,
    /// At random within each class, so that all parts have the same class shares. For
    /// classification.
    Stratified,
    /// Whole groups, at random. Needs [`Dataset::groups`](crate::data::Dataset::groups).
    Grouped,
    /// Whole groups, with equal class shares as far as groups allow. For classification.
    #[serde(rename = "stratified_grouped")]
    StratifiedGrouped,
    /// In time: training rows come before test rows, and rows of one time stay together. Needs
    /// [`Dataset::ranks`](crate::data::Dataset::ranks).
    Forward,
}
