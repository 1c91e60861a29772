//! The learned prior mean: the expected loss before any trial, learned on other problems
//! (meta-learning). It is a polynomial in functions of single parameters, in units of the standard
//! deviation of ln loss over a usual space.
//!
//! A user prior ([`Prior`](crate::space::Prior)) states where one parameter's best value is
//! expected; a learned prior mean describes the whole space. The surrogate learns what it leaves
//! open, and how much to trust it.

use crate::space::Value;

/// The learned prior mean of the loss over a space.
#[derive(Clone, Debug, PartialEq)]
pub struct PriorMean {
    /// Functions of single parameters.
    pub variables: Vec<Variable>,
    /// The polynomial in them.
    pub terms: Vec<Term>,
    /// How the polynomial's units become losses.
    pub scale: LossScale,
    /// ln of the factor by which the surrogate's length scales exceed the usual ones, for what the
    /// polynomial leaves open over a whole ramp; over a part of one they grow by the inverse of the
    /// part.
    pub length: f64,
}

/// A function of one parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// The parameter's name; if the space does not search it, the variable is 0.
    pub parameter: String,
    /// The function.
    pub curve: Curve,
    /// The variable's value where the parameter is inactive.
    pub absent: f64,
}

/// A function of a parameter's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Curve {
    /// −1 up to `low`, 1 from `high` on, and linear between them on the scale.
    Ramp {
        /// The scale on which the ramp is linear.
        scale: RampScale,
        /// The number at −1.
        low: f64,
        /// The number at 1.
        high: f64,
    },
    /// A number for each value of a list, 0 for all others.
    Listed(Vec<(Value, f64)>),
}

/// The scale on which a ramp is linear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RampScale {
    /// In the number x.
    Linear,
    /// In ln x.
    Log,
    /// In −ln(1 − x): for shares near 1.
    LogOfRest,
}

/// A coefficient times a product of variables, which may repeat; a constant without variables.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The coefficient.
    pub coefficient: f64,
    /// Positions of the variables.
    pub factors: Vec<usize>,
}

/// How expected values become losses: ln loss = offset + spread · value, with both unknown
/// beforehand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossScale {
    /// The typical standard deviation of ln loss over a usual space.
    pub spread: f64,
    /// The standard deviation of its logarithm over data sets.
    pub spread_sd: f64,
    /// The prior for the residual variance of one fold's loss.
    pub noise: Noise,
    /// The variance that the polynomial leaves open, in its own units.
    pub residual: f64,
    /// A loss known beforehand, as of a model that ignores its inputs, and its expected value: it
    /// fixes the level of all others.
    pub reference: Option<(f64, f64)>,
}

/// The prior for the observation noise of a fold's loss: the distribution over data sets of the
/// logarithm of its variance, in the polynomial's own units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub sd: f64,
}

impl Curve {
    /// Returns the function at a value; 0 for a text on a ramp.
    pub fn at(&self, value: &Value) -> f64 {
        match self {
            Self::Ramp { scale, low, high } => {
                let Some(x) = value.as_number() else {
                    return 0.0;
                };
                let (low, high, x) =
                    (scale.straight(*low), scale.straight(*high), scale.straight(x));
                // ln of a number that is not positive is not finite, and counts as that end of the
                // ramp.
                (2.0 * (x - low) / (high - low) - 1.0).clamp(-1.0, 1.0)
            }
            Self::Listed(list) => {
                list.iter().find(|(v, _)| v.same_as(value)).map_or(0.0, |(_, height)| *height)
            }
        }
    }

    /// Returns the share of the ramp between two values, more than 1 if they lie beyond its ends;
    /// `None` if unknown. For a list it is the difference of its values, so at most 1.
    pub fn share(&self, from: &Value, to: &Value) -> Option<f64> {
        let share = match self {
            Self::Ramp { scale, low, high } => {
                let (from, to) =
                    (scale.straight(from.as_number()?), scale.straight(to.as_number()?));
                (to - from) / (scale.straight(*high) - scale.straight(*low))
            }
            Self::Listed(_) => (self.at(to) - self.at(from)) / 2.0,
        };
        Some(share.abs()).filter(|share| share.is_finite() && *share > 0.0)
    }
}

impl RampScale {
    fn straight(self, x: f64) -> f64 {
        match self {
            Self::Linear => x,
            Self::Log => libm::log(x.max(0.0)),
            Self::LogOfRest => -libm::log((1.0 - x).max(0.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_measured_on_the_scale_and_beyond_the_ends() {
        let ramp = Curve::Ramp { scale: RampScale::Log, low: 1e-4, high: 1.0 };
        let share = |from: f64, to: f64| ramp.share(&Value::Float(from), &Value::Float(to));
        assert!((share(1e-3, 1e-1).unwrap() - 0.5).abs() < 1e-12);
        assert!((share(1e-5, 10.0).unwrap() - 1.5).abs() < 1e-12);
        assert_eq!((share(0.0, 1.0), share(0.1, 0.1)), (None, None));
        assert_eq!(ramp.share(&Value::Text("full".into()), &Value::Int(1)), None);
        let listed = Curve::Listed(vec![
            (Value::Int(16), -0.5),
            (Value::Int(32), 0.0),
            (Value::Int(64), 0.5),
        ]);
        assert_eq!(listed.share(&Value::Int(16), &Value::Int(64)), Some(0.5));
    }

    #[test]
    fn a_ramp_is_straight_on_its_scale_and_level_beyond() {
        let at = |scale, low, high, x: f64| Curve::Ramp { scale, low, high }.at(&Value::Float(x));
        for (height, expected) in [
            (at(RampScale::Linear, 0.0, 0.8, 0.4), 0.0),
            (at(RampScale::Log, 1e-4, 1.0, 1e-2), 0.0),
            (at(RampScale::Log, 1e-4, 1.0, 0.0), -1.0),
            (at(RampScale::Log, 1e-4, 1.0, 7.0), 1.0),
            (at(RampScale::LogOfRest, 0.0, 0.99, 0.9), 0.0),
            (at(RampScale::LogOfRest, 0.0, 0.99, 1.0), 1.0),
        ] {
            assert!((height - expected).abs() < 1e-12, "{height} {expected}");
        }
    }

    #[test]
    fn a_list_is_zero_for_unlisted_values() {
        let curve = Curve::Listed(vec![(Value::Text("sgd".into()), 1.0), (Value::Int(2), 0.5)]);
        let heights = [Value::Text("sgd".into()), Value::Float(2.0), Value::Text("adam".into())]
            .map(|v| curve.at(&v));
        assert_eq!(heights, [1.0, 0.5, 0.0]);
        let ramp = Curve::Ramp { scale: RampScale::Linear, low: 0.0, high: 1.0 };
        assert_eq!(ramp.at(&Value::Text("full".into())), 0.0);
    }
}
