//! Errors in a study's records, and in told results.

use super::space::ConfigurationFault;

/// How records contradict one another.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RecordFault {
    /// A study without its first record.
    #[error("the first record is not the study's own")]
    NoStudy,
    /// Kernel parameters that no fit can produce.
    #[error("the kernel parameters on record for {n_results} results are out of all bounds")]
    FittedOutOfBounds {
        /// The number of results that they were fitted to.
        n_results: usize,
    },
    /// A study's text in the wrong place.
    #[error("a study's text stands where no study begins")]
    UnreadText,
    /// A trial out of order.
    #[error("trial {found} stands where trial {expected} is due")]
    TrialOutOfOrder {
        /// The expected number.
        expected: u64,
        /// The number found.
        found: u64,
    },
    /// A result of a trial or split that does not exist.
    #[error("a result of trial {trial}, split {split}, which does not exist")]
    UnknownFold {
        /// The trial named.
        trial: u64,
        /// The split named.
        split: usize,
    },
    /// A fact about a trial that was never proposed.
    #[error("trial {trial} was {what}, and was never proposed")]
    UnknownTrial {
        /// The trial named.
        trial: u64,
        /// The fact about it.
        what: &'static str,
    },
    /// A split recorded twice.
    #[error("trial {trial}, split {split} is recorded twice")]
    RepeatedFold {
        /// The trial named.
        trial: u64,
        /// The split named.
        split: usize,
    },
    /// A revision of the space that changes more than the space.
    #[error("a revision of the space changes {what}")]
    RevisedBeyondSpace {
        /// The part of the study that the revision changes.
        what: &'static str,
    },
    /// A configuration that is not in the study's space.
    #[error("trial {trial}: {fault}")]
    Configuration {
        /// The trial named.
        trial: u64,
        /// What is wrong with its configuration.
        fault: ConfigurationFault,
    },
}

/// Why a told result is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TellFault {
    /// No such trial was asked.
    #[error(
        "trial {trial} was never asked; the study has {n_trials} {}, counted from 0",
        if *n_trials == 1 { "trial" } else { "trials" }
    )]
    UnknownTrial {
        /// The number told.
        trial: u64,
        /// The number of trials.
        n_trials: usize,
    },
    /// A different result is already recorded.
    #[error("trial {trial} was already told {told}; a result is never overwritten")]
    Contradiction {
        /// The trial.
        trial: u64,
        /// The result told before.
        told: String,
    },
    /// A split that does not exist.
    #[error("split {split} does not exist; the study has {n_splits}, counted from 0")]
    UnknownSplit {
        /// The split told.
        split: usize,
        /// The number of splits.
        n_splits: usize,
    },
    /// A loss without a split for a trial with several splits.
    #[error("the study has {n_splits} splits: tell each with its fold")]
    FoldNeeded {
        /// The number of splits.
        n_splits: usize,
    },
    /// An epoch that the trial does not have.
    #[error(
        "epoch {epoch} does not exist; trial {trial} has {}",
        n_epochs.map_or_else(|| "epochs from 1 on".to_owned(), |n| format!("epochs 1 to {n}"))
    )]
    UnknownEpoch {
        /// The trial.
        trial: u64,
        /// The epoch told.
        epoch: u32,
        /// The number of its epochs, where `[race]` knows it.
        n_epochs: Option<u32>,
    },
}
