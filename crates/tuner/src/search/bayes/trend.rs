//! The mean of the Gaussian process: a constant, and for each belief of the person a valley around the value believed
//! best. Coefficients are not fitted but integrated out (Rasmussen and Williams 2006, section 2.7): the constant has
//! prior N(0, 1), a valley N(1, 1), so that data against a belief flatten it and then turn it round.

use super::belief::Belief;
use crate::space::{Point, Space};

/// Prior standard deviation of a valley's coefficient.
const BELIEF_SD: f64 = 1.0;

/// The basis functions of a space.
#[derive(Clone, Debug)]
pub(super) struct Trend {
    beliefs: Vec<Belief>,
}

impl Trend {
    /// Collects the beliefs of a space.
    pub(super) fn new(space: &Space) -> Self {
        let belief = |(axis, &position): (usize, &usize)| Belief::new(&space.parameters()[position], axis);
        Self { beliefs: space.axes().iter().enumerate().filter_map(belief).collect() }
    }

    /// The number of basis functions.
    pub(super) fn len(&self) -> usize {
        1 + self.beliefs.len()
    }

    /// Writes the values of the basis functions at a point.
    pub(super) fn basis(&self, point: &Point, values: &mut [f64]) {
        values[0] = 1.0;
        for (value, belief) in values[1..].iter_mut().zip(&self.beliefs) {
            *value = belief.value(point);
        }
    }

    /// Adds the derivatives of Σ weightₖ·hₖ by the coordinates to `gradient`.
    pub(super) fn add_slopes(&self, point: &Point, weights: &[f64], gradient: &mut [f64]) {
        for (weight, belief) in weights[1..].iter().zip(&self.beliefs) {
            gradient[belief.axis] += weight * belief.slope(point);
        }
    }
}

/// Returns the prior mean where the basis functions have the values `h`.
pub(super) fn mean(h: &[f64]) -> f64 {
    h[1..].iter().sum()
}

/// Returns the prior covariance of the trend between two points with these values of the basis functions.
pub(super) fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let beliefs: f64 = a[1..].iter().zip(&b[1..]).map(|(a, b)| a * b).sum();
    a[0] * b[0] + BELIEF_SD * BELIEF_SD * beliefs
}

/// Returns the prior variance of the coefficient of basis function `k`.
pub(super) fn variance(k: usize) -> f64 {
    if k == 0 { 1.0 } else { BELIEF_SD * BELIEF_SD }
}
