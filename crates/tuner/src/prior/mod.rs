//! Prior means: what is expected of the loss before any trial.
//!
//! A user prior says where one parameter's best value is believed to lie; a meta-learned prior
//! mean, a polynomial learned on other problems, says how the whole space is expected to look. Both
//! become basis functions of one `MeanFunction`, whose coefficients the data overrule;
//! `calibration` learns on which scale the learned mean speaks of this problem's losses.

mod calibration;
mod mean;
mod polynomial;
mod prior_mean;
mod user;

pub(crate) use calibration::{Calibration, Expected};
pub(crate) use mean::MeanFunction;
pub(crate) use polynomial::{Polynomial, Slopes};
pub use prior_mean::{Curve, LossScale, Noise, PriorMean, RampScale, Term, Variable};
