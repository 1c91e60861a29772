//! Why importance cannot be measured.

/// Why the importance of parameters cannot be measured.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ImportanceFault {
    /// Too few trials.
    #[error("importance needs at least {needed} successful trials, found {found}")]
    TooFew {
        /// How many succeeded.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// All losses are equal.
    #[error("the losses of all {found} trials are equal: no parameter makes a difference")]
    Constant {
        /// How many trials succeeded.
        found: usize,
    },
    /// A space without a searched parameter.
    #[error("the space has no parameter to vary")]
    NothingToVary,
    /// Constraints that leave too few configurations.
    #[error("the constraints admit too few configurations to compare parameters")]
    TooNarrow,
    /// More searched parameters than supported.
    #[error(
        "importance tells at most {at_most} parameters apart, the space searches {found}: fix some of them"
    )]
    TooManyParameters {
        /// Number of searched parameters.
        found: usize,
        /// The limit.
        at_most: usize,
    },
}
