//! The lower confidence bound μ − κσ (Srinivas et al. 2010), negated.

use super::AcquisitionValue;
use crate::gp::Prediction;

pub(super) fn rate(deviations: f64, prediction: Prediction) -> AcquisitionValue {
    AcquisitionValue {
        value: deviations * prediction.sd - prediction.mean,
        by_mean: -1.0,
        by_sd: deviations,
    }
}
