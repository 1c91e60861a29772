//! Space files and their studies, without a terminal: reading, opening, evaluating and writing.
//!
//! `file` reads a space file; `bridge` converts a configuration into a recipe of the trainer,
//! `external` runs the user's own program instead, and `subject` chooses between the two. `folder`
//! and [`experiment`] open a study, `evaluate` runs it, `output` writes its files, `import`
//! reads the files of other tuners, and `report`
//! describes errors and their places. Nothing here prints, reads the command line, or ends the
//! process: [`evaluate`] takes an observer and an interrupt.

#![expect(
    clippy::missing_panics_doc,
    reason = "what is expected never fails: each message says why"
)]

pub mod bridge;
pub mod changes;
mod digest;
pub mod evaluate;
pub mod experiment;
pub mod external;
pub mod facts;
pub mod file;
pub mod folder;
#[cfg(test)]
mod fuzz;
pub mod held_out;
pub mod import;
pub mod lint;
pub mod model_folder;
pub mod output;
pub mod platform;
pub mod preview;
pub mod report;
pub mod revision;
mod shared;
pub mod subject;
pub mod view;
pub mod winner;

pub use evaluate::{Around, RunObserver};
pub use experiment::{Access, AskedTrial, Experiment, QUEUE, lock, look, trial_of};
pub use facts::StudyFacts;
pub use file::{Document, SpaceFile, StudyPlan};
pub use folder::StudyFolder;
pub use output::leaderboard::Ranking;
pub use report::{Cause, Failure, Fault};
pub use shared::SharedStudy;

pub use storage;
pub use trainer;
pub use tuner;
