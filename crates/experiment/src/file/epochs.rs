//! How many epochs a trial of someone else's objective has.

/// Epochs of someone else's objective.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EpochsKey {
    /// Each trial has this many.
    Number(u32),
    /// A parameter says how many.
    Parameter(String),
}
