//! A small neural network, honestly cross-validated.

mod choice;
pub mod data;
mod error;
mod nearest;
pub mod network;
pub mod optim;
pub mod prepare;
pub mod recipe;
pub mod schedule;
pub mod split;
pub mod stream;

pub use choice::Choice;
pub use error::Error;
