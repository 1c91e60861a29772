//! The one place that knows both the trainer and the tuner.

pub mod cost;
pub mod data;
pub mod recipe;
pub mod training;
