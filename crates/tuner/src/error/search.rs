//! Why a method cannot search a space.

/// Why a method cannot search a space.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MethodFault {
    /// A grid over a continuous parameter.
    #[error("a grid needs levels for `{0}`: give it `points`, `step` or `values`")]
    NoLevels(String),
    /// A grid with too many points to number.
    #[error("the grid has more than 10^38 points: give its parameters fewer")]
    GridTooLarge,
    /// No configuration was found that satisfies the constraints.
    #[error("of {0} configurations tried, none satisfies the constraints")]
    Unsatisfiable(u64),
    /// A sparse grid under constraints, of which no point was found.
    #[error(
        "of {0} points of the grid in a row none satisfies the constraints: give the parameters fewer levels"
    )]
    GridTooSparse(u64),
    /// The number of trials is required and missing.
    #[error(
        "the number of trials is missing: only a grid of at most 10000000 points has one of its own"
    )]
    NoTrials,
    /// A space without a searched parameter.
    #[error("the space has no parameter to vary")]
    NothingToVary,
}
