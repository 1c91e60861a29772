//! A small neural network, honestly cross-validated.

mod choice;
mod cost;
pub mod data;
mod error;
mod fit;
mod loss;
mod metric;
pub mod model;
mod nearest;
pub mod network;
pub mod optim;
pub mod prepare;
pub mod recipe;
pub mod schedule;
mod score;
pub mod split;
pub mod stream;

pub use choice::Choice;
pub use cost::{Cost, plan};
pub use error::Error;
pub use fit::{Interrupted, State};
pub use loss::Loss;
pub use metric::{Metric, metrics};
pub use score::{Score, evaluate};

/// Returns the instruction set that training uses on this machine, such as `x86-64-v4`: results may differ in their
/// last bits between two of them.
pub fn instruction_set() -> &'static str {
    network::kernels::InstructionSet::detect().name()
}
