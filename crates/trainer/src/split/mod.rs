//! Which rows train and which rows test: cross-validation, the held-out part, the inner split.
//!
//! A split is an assignment of rows to blocks, drawn from the cross-validation seed alone, so that all trials of a study
//! share it. Rows are indices (`u32`) into a [`Dataset`](crate::data::Dataset); the data themselves are never copied.

mod assign;
mod cut;
mod error;
mod listed;
mod splits;

pub use cut::{holdout, inner_split};
pub use error::SplitError;
pub use splits::{CrossValidation, Fold, Splits};

use serde::{Deserialize, Serialize};

/// How rows are dealt out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// At random.
    #[default]
    Plain,
    /// At random within each class, so that parts have the classes' shares. For classification.
    Stratified,
    /// Groups whole, at random. Needs [`Dataset::groups`](crate::data::Dataset::groups).
    Grouped,
    /// Groups whole, and parts with the classes' shares as far as groups allow. For classification.
    #[serde(rename = "stratified_grouped")]
    StratifiedGrouped,
    /// In time: what trains lies before what tests, rows of one time together. Needs
    /// [`Dataset::ranks`](crate::data::Dataset::ranks).
    Forward,
}
