//! A user prior for a parameter's best value, as a Gaussian bump in the prior mean.
//!
//! In units of the standard deviation of the observed losses: amplitude·(1 − exp(−(x − x₀)²/2w²)),
//! whose coefficient the surrogate learns (see `mean`). More confidence means a larger amplitude
//! and a smaller width.

use crate::space::{Confidence, Domain, Parameter, Point};
use crate::tuning::prior::{USER_HIGH, USER_LOW, USER_MEDIUM};

/// A Gaussian bump along one axis.
#[derive(Clone, Debug)]
pub(crate) struct UserPrior {
    /// The axis.
    pub(crate) axis: usize,
    /// The coordinate of the value expected to be best.
    pub(crate) centre: f64,
    depth: f64,
    /// The width of the prior; `None` for a category: every other value has the full amplitude.
    width: Option<f64>,
}

impl UserPrior {
    /// Reads the user prior of a parameter that is axis number `axis`; `None` if it has none.
    pub(crate) fn new(parameter: &Parameter, axis: usize) -> Option<Self> {
        let prior = parameter.prior.as_ref()?;
        let is_categorical = matches!(parameter.domain, Domain::Categorical(_));
        let (depth, width) = match prior.confidence {
            Confidence::Low => USER_LOW,
            Confidence::Medium => USER_MEDIUM,
            Confidence::High => USER_HIGH,
        };
        let centre = crate::space::axes::coordinate(&parameter.domain, &prior.value)?;
        Some(Self { axis, centre, depth, width: (!is_categorical).then_some(width) })
    }

    /// Returns its value at a point; the full amplitude if the parameter is inactive.
    pub(crate) fn value(&self, point: &Point) -> f64 {
        if !point.active[self.axis] {
            return self.depth;
        }
        let difference = point.coordinates[self.axis] - self.centre;
        match self.width {
            Some(width) => {
                self.depth * (1.0 - libm::exp(-0.5 * (difference / width) * (difference / width)))
            }
            None if difference.abs() < 1e-9 => 0.0,
            None => self.depth,
        }
    }

    /// The derivative by the coordinate.
    pub(crate) fn slope(&self, point: &Point) -> f64 {
        match self.width {
            Some(width) if point.active[self.axis] => {
                let t = (point.coordinates[self.axis] - self.centre) / width;
                self.depth * t / width * libm::exp(-0.5 * t * t)
            }
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::{Prior, Scale, Value};

    fn user_prior() -> UserPrior {
        let mut parameter = Parameter::new(
            "a",
            Domain::Float { low: 1e-4, high: 1.0, scale: Scale::Log, step: None },
        );
        parameter.prior = Some(Prior { value: Value::Float(1e-2), confidence: Confidence::Medium });
        UserPrior::new(&parameter, 0).unwrap()
    }

    fn at(x: f64) -> Point {
        Point { coordinates: vec![x], active: vec![true] }
    }

    #[test]
    fn a_user_prior_is_lowest_at_its_value() {
        let user_prior = user_prior();
        assert!(user_prior.value(&at(0.5)).abs() < 1e-12);
        assert!(
            user_prior.value(&at(0.3)) > 0.2
                && user_prior.value(&at(0.0)) > user_prior.value(&at(0.3))
        );
    }

    #[test]
    fn its_slope_is_the_derivative() {
        let user_prior = user_prior();
        for x in [0.0, 0.2, 0.5, 0.9] {
            let difference =
                (user_prior.value(&at(x + 1e-6)) - user_prior.value(&at(x - 1e-6))) / 2e-6;
            assert!((user_prior.slope(&at(x)) - difference).abs() < 1e-8);
        }
    }
}
