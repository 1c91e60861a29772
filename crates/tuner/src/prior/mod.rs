//! Prior means: what is expected of the loss before any trial.
//!
//! A user prior states where one parameter's best value is expected. A learned prior mean, a
//! polynomial learned on other problems, describes the whole space. Without one, a boundary trend
//! learns from the first results whether losses are worse towards the ends of ranges. All become
//! basis functions of one `MeanFunction`, whose coefficients the data can override. `calibration`
//! learns the scale on which the learned mean applies to this problem's losses.

mod calibration;
mod mean;
mod polynomial;
mod prior_mean;
mod trend;
mod user;

pub(crate) use calibration::{Calibration, Expected};
pub(crate) use mean::MeanFunction;
pub(crate) use polynomial::{Polynomial, Slopes};
pub use prior_mean::{Curve, LossScale, Noise, PriorMean, RampScale, Term, Variable};
