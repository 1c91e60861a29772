//! Why studies cannot be compared.

/// Why studies cannot be compared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ComparisonFault {
    /// Fewer than two studies.
    #[error("comparing needs two studies or more, found {found}")]
    TooFew {
        /// How many were given.
        found: usize,
    },
    /// The studies measure different metrics.
    #[error("`{reference}` measures {reference_metric}, `{other}` measures {other_metric}")]
    Metrics {
        /// The reference.
        reference: String,
        /// The reference's metric.
        reference_metric: String,
        /// The other study.
        other: String,
        /// The other study's metric.
        other_metric: String,
    },
    /// One study minimises what the other maximises.
    #[error("of `{reference}` and `{other}`, one minimises and the other maximises")]
    Directions {
        /// The reference.
        reference: String,
        /// The other study.
        other: String,
    },
    /// A study without a successful trial.
    #[error("no trial of `{study}` is ok")]
    NothingSucceeded {
        /// The study.
        study: String,
    },
}
