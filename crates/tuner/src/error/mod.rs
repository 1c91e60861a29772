//! What can be wrong with what the user asked of this crate, a file an area. Failed trials are results, not errors.
//!
//! Faults are facts as fields. They speak of the engine's own terms; what to do about one in a space file or on a command
//! line is said by whoever reads files and command lines.

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
    /// A parameter of the space is wrong. `key` is the key of its table that is at fault, empty for the whole.
    #[error("parameter `{name}`: {fault}")]
    Parameter {
        /// The parameter's name.
        name: String,
        /// The key at fault, as a space file spells it; empty when no single key is.
        key: &'static str,
        /// What is wrong with it.
        fault: ParameterFault,
    },
    /// A constraint cannot be read.
    #[error("constraint {index}: {fault}")]
    Constraint {
        /// Position in the list of constraints.
        index: usize,
        /// Byte offset into the expression.
        offset: usize,
        /// What is wrong there.
        fault: ExpressionFault,
    },
    /// A configuration that a person named (enqueued, tried by hand) is not in the space.
    #[error("{fault}")]
    Configuration {
        /// The parameter at fault; empty when the configuration as a whole is.
        name: String,
        /// What is wrong with it.
        fault: ConfigurationFault,
    },
    /// The method cannot search this space.
    #[error("{0}")]
    Method(MethodFault),
    /// The records of a study do not fit together: they were not written by this program, or not for this study.
    #[error("the study's records do not fit together: {0}")]
    Records(RecordFault),
    /// A result was told that cannot be accepted.
    #[error("{0}")]
    Tell(TellFault),
    /// Studies that cannot be compared.
    #[error("{0}")]
    Comparison(ComparisonFault),
    /// Trials from which no importance can be measured.
    #[error("{0}")]
    Importance(ImportanceFault),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Shows a list in words: `a, b or c`.
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
