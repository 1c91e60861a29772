//! The lower confidence bound μ − κσ (Srinivas et al. 2010), negated.

use super::super::posterior::Prediction;
use super::Worth;

pub(super) fn worth(deviations: f64, prediction: Prediction) -> Worth {
    Worth { value: deviations * prediction.sd - prediction.mean, by_mean: -1.0, by_sd: deviations }
}
