//! The only place that knows both the trainer and the tuner.

pub mod column;
pub mod columns;
pub mod cost;
pub mod data;
pub mod fields;
mod hashing;
mod helpers;
pub mod model;
pub mod recipe;
mod remarks;
pub mod tested;
pub mod training;
