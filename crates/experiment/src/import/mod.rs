//! Makes space files of other tuners' files: sweep files of Weights & Biases, and studies of Optuna
//! in SQLite.
//!
//! What has no equivalent is left out, and what is missing is guessed, each with a note.

mod optuna;
mod read;
mod wandb;
mod written;
mod yaml;

pub use read::read;
pub use written::Imported;
