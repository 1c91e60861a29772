//! Errors in what the user asked of this crate, one file per area. Failed trials are results and
//! not errors.
//!
//! Faults hold facts as fields, in the engine's terms. The code that reads files or the command
//! line adds what to do about them.

mod analysis;
mod rank;
mod search;
mod space;
mod store;
mod study;

pub use analysis::ImportanceFault;
pub use rank::ComparisonFault;
pub use search::MethodFault;
pub use space::{ConfigurationFault, ExpressionFault, ParameterFault};
pub use store::StoreError;
pub use study::{RecordFault, TellFault};

use std::fmt;

/// A wrong setting, or a store that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A parameter of the space is wrong. `key` is the faulty key of its table, or empty for the
    /// whole table.
    #[error("parameter `{name}`: {fault}")]
    Parameter {
        /// The parameter's name.
        name: String,
        /// The faulty key, as a space file spells it; empty if there is no single one.
        key: &'static str,
        /// What is wrong with it.
        fault: ParameterFault,
    },
    /// A constraint cannot be parsed.
    #[error("constraint {index}: {fault}")]
    Constraint {
        /// Position in the list of constraints.
        index: usize,
        /// Byte offset into the expression.
        offset: usize,
        /// The fault at that place.
        fault: ExpressionFault,
    },
    /// A configuration that the user named (by enqueue or `tune try`) is not in the space.
    #[error("{fault}")]
    Configuration {
        /// The faulty parameter; empty for the configuration as a whole.
        name: String,
        /// What is wrong with it.
        fault: ConfigurationFault,
    },
    /// The method cannot search this space.
    #[error("{0}")]
    Method(MethodFault),
    /// The records of a study are inconsistent: they were not written by this program, or not for
    /// this study.
    #[error("the study's records do not fit together: {0}")]
    Records(RecordFault),
    /// A told result cannot be accepted.
    #[error("{0}")]
    Tell(TellFault),
    /// Studies that cannot be compared.
    #[error("{0}")]
    Comparison(ComparisonFault),
    /// Trials that do not allow importance to be measured.
    #[error("{0}")]
    Importance(ImportanceFault),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Joins a list: `a, b or c`.
pub(crate) fn in_words<T: fmt::Display>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [one] => one.to_string(),
        [head @ .., last] => {
            let head: Vec<String> = head.iter().map(ToString::to_string).collect();
            format!("{} or {last}", head.join(", "))
        }
    }
}
