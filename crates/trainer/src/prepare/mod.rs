//! Preparation of stored rows for the network: impute, scale, encode, learned from training rows
//! alone.
//!
//! [`Preparation`] is fitted on the training rows of one fold and then writes prepared rows into a
//! mini-batch. It reads [`Features`](crate::data::Features) and never copies them.
//! [`TargetScaling`] does the same for a regression target.

mod inputs;
mod moments;
mod pieces;
mod preparation;
mod target;

pub use inputs::{Encoding, Input};
pub use preparation::{Preparation, Scaling};
pub use target::TargetScaling;
