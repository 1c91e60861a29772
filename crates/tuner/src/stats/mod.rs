//! Statistics: moments, the additive two-way model, Student's t and its tests.
//!
//! Ground layer: it takes losses as plain slices and knows nothing about trials. Losses are
//! internal ones, to be minimised, and finite. Sums follow the order of the slices, so that equal
//! input gives equal bits. What finite input does not determine (the spread of one value, an
//! overflow) is `None`, never a NaN.

mod additive;
mod dot;
mod holm;
mod moments;
mod normal;
mod resampled;
mod student_t;

pub(crate) use additive::{Additive, Residuals};
pub(crate) use dot::dot;
pub(crate) use holm::holm;
pub(crate) use moments::root_sum_of_squares;
pub use moments::{mean, sd};
pub(crate) use normal::{cdf_between, normal, normal_upper_quantile};
pub use resampled::TTest;
pub(crate) use resampled::{Sample, corrected_se, paired, unpaired};
pub(crate) use student_t::two_sided_p;
pub use student_t::upper_quantile;
