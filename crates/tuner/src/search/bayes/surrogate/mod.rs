//! The surrogate of a study: a Gaussian process on warped losses.
//!
//! `observations` from outcomes (losses through a `warp`, noise from `fold_effects`), θ by the
//! `schedule`, at most a `subset` of the results, and the `model` that puts them together.

mod fold_effects;
mod model;
mod observations;
mod schedule;
mod subset;
mod warp;

pub use model::LengthScales;
pub(crate) use model::{Fit, Known, Surrogate};
pub use subset::Capacity;
pub(crate) use warp::{Family, Warp};
