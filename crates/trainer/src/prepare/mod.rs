//! From stored rows to the inputs of a network: impute, scale, encode, as learned from training rows alone.
//!
//! [`Preparation`] is fitted on the training rows of one fold and then writes prepared rows into a mini-batch. It reads
//! [`Features`](crate::data::Features), never copies them. [`TargetScaling`] does the same for a regression target.

mod inputs;
mod moments;
mod preparation;
mod target;

pub use inputs::{Input, Source};
pub use preparation::{Preparation, Scaling};
pub use target::TargetScaling;
