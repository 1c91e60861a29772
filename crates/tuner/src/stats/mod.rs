//! Numbers about numbers: moments, the additive two-way model, Student's t and the tests built on it.
//!
//! Ground layer: it takes losses as plain slices and knows nothing of trials. Losses are inner ones, to be minimised,
//! and finite. Sums run in the order of the slices, so that equal input gives equal bits. What finite input cannot
//! support (a spread of one value, an overflow) is `None`, never a NaN.

mod additive;
mod dot;
mod holm;
mod moments;
mod normal;
mod resampled;
mod student_t;

pub use additive::{Additive, Residuals};
pub(crate) use dot::dot;
pub use holm::holm;
pub use moments::{mean, root_sum_of_squares, sd};
pub(crate) use normal::{cdf_between, normal, normal_upper_quantile};
pub use resampled::{Sample, TTest, corrected_se, paired, unpaired};
pub use student_t::{two_sided_p, upper_quantile};
