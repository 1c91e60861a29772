//! Space files from what other tuners wrote: sweep files of Weights & Biases, and studies of Optuna
//! in SQLite.
//!
//! What has no equivalent is left out with a note; nothing is guessed without one.

mod optuna;
mod read;
mod wandb;
mod written;
mod yaml;

pub use read::read;
pub use written::Imported;
