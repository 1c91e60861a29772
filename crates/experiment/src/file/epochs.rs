//! The number of epochs of a foreign objective's trials.

/// The epochs of a foreign objective.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EpochsKey {
    /// Each trial has this number.
    Number(u32),
    /// The name of the parameter that is the number.
    Parameter(String),
}
