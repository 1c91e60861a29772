//! What a space file means, and how its study goes on: read, opened, evaluated and written, without a terminal.
//!
//! `file` reads a space file; `bridge` is where a configuration becomes a recipe of the trainer, `external` runs the
//! user's own program in its place, and `subject` chooses between the two. `folder` and [`experiment`] open a study,
//! `evaluate` goes on with it, `output` writes what it leaves on disk, and `report` says what went wrong and where.
//! Nothing here prints, reads the command line, or ends the process: [`evaluate`] takes an observer and an interrupt.

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
pub mod lint;
pub mod model_folder;
pub mod output;
pub mod platform;
pub mod preview;
pub mod report;
pub mod revision;
pub mod subject;
pub mod view;
pub mod winner;

pub use evaluate::{Around, Observer};
pub use experiment::{Access, Experiment, QUEUE, Trial, lock, look};
pub use facts::StudyFacts;
pub use file::{Document, SpaceFile, StudyPlan};
pub use folder::StudyFolder;
pub use output::leaderboard::Ranking;
pub use report::{Cause, Failure, Fault};

pub use storage;
pub use trainer;
pub use tuner;
