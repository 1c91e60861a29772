//! A small neural network, honestly cross-validated.

pub mod data;
mod error;
mod nearest;
pub mod prepare;
pub mod split;
pub mod stream;

pub use error::Error;
