//! A number that may be absent: its range is bent to an arc, whose centre stands for absence.
//!
//! So absence is equally far from every value, and two points without the parameter do not differ
//! by it (after Swersky et al. 2013, "Raiders of the lost architecture"). The arc has radius ½:
//! absence is as far away as the middle of a range is from its ends. Any other difference between
//! the branches is learned by the parameter that selects them.

use crate::tuning::gp::ARC_RADIUS;

pub(super) fn embed(x: f64, is_active: bool, features: &mut [f64]) {
    let angle = x / ARC_RADIUS;
    features[0] = if is_active { ARC_RADIUS * libm::cos(angle) } else { 0.0 };
    features[1] = if is_active { ARC_RADIUS * libm::sin(angle) } else { 0.0 };
}

pub(super) fn pull_back(x: f64, is_active: bool, gradient: &[f64]) -> f64 {
    let angle = x / ARC_RADIUS;
    if is_active { gradient[1] * libm::cos(angle) - gradient[0] * libm::sin(angle) } else { 0.0 }
}
