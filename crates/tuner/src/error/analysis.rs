//! Why nothing can be said of the parameters.

/// Why the importance of parameters cannot be measured.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ImportanceFault {
    /// Fewer trials than say anything.
    #[error("importance needs {needed} trials that are ok or more, found {found}")]
    TooFew {
        /// How many are ok.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// Losses that do not differ.
    #[error("the losses of all {found} trials are equal: no parameter makes a difference")]
    Constant {
        /// How many trials are ok.
        found: usize,
    },
    /// A space without anything to vary.
    #[error("the space has no parameter to vary")]
    NothingToVary,
    /// Constraints that leave hardly anything to compare.
    #[error("the constraints admit too few configurations to compare parameters")]
    TooNarrow,
    /// More parameters than are told apart.
    #[error(
        "importance tells at most {at_most} parameters apart, the space searches {found}: fix some of them"
    )]
    TooManyParameters {
        /// Parameters searched.
        found: usize,
        /// The bound.
        at_most: usize,
    },
}
