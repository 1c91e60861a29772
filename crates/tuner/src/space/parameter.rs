//! One hyperparameter: its domain, its conditions, and the user prior.

use super::distribution::Distribution;
use super::domain::Domain;
use super::value::Value;
use crate::cast;
use crate::error::ParameterFault;

/// A hyperparameter of the space.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The parameter's name, unique in the space.
    pub name: String,
    /// The values it may take.
    pub domain: Domain,
    /// Conditions that must all hold for it to be active; empty: always active.
    pub when: Vec<Condition>,
    /// The parameter's value in the first trial, and in enqueued trials that omit it.
    pub default: Option<Value>,
    /// How random and Sobol search draw it; `None`: uniformly on its scale.
    pub distribution: Option<Distribution>,
    /// The user prior: where the best value is expected.
    pub prior: Option<Prior>,
    /// Number of grid levels of a range.
    pub points: Option<u64>,
}

/// A condition on another parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The other parameter's name.
    pub parent: String,
    /// The values of it that satisfy the condition.
    pub values: Vec<Value>,
}

/// A user prior for the best value.
#[derive(Clone, Debug, PartialEq)]
pub struct Prior {
    /// The value expected to be best.
    pub value: Value,
    /// The confidence in it.
    pub confidence: Confidence,
}

/// The confidence of a user prior.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidence {
    /// A guess.
    Low,
    /// Experience with similar problems.
    Medium,
    /// Near certainty.
    High,
}

impl Parameter {
    /// Creates a parameter that is always active, with no default, distribution or prior.
    pub fn new(name: impl Into<String>, domain: Domain) -> Self {
        Self {
            name: name.into(),
            domain,
            when: Vec::new(),
            default: None,
            distribution: None,
            prior: None,
            points: None,
        }
    }

    /// Whether a search varies it.
    pub fn is_searched(&self) -> bool {
        !matches!(self.domain, Domain::Fixed(_))
    }

    /// Returns the default, or else the middle of the domain.
    pub(crate) fn default_or_middle(&self) -> Value {
        self.default
            .as_ref()
            .and_then(|v| self.domain.admit(v))
            .unwrap_or_else(|| self.domain.middle())
    }

    /// Maps a draw in [0, 1] to a value, through the distribution if there is one.
    pub fn draw(&self, p: f64) -> Value {
        match (&self.distribution, &self.domain) {
            (Some(d), Domain::Float { low, high, .. }) => self.nearest(d.quantile(p, *low, *high)),
            (Some(d), Domain::Int { low, high, .. }) => {
                let (low, high) = (*low as f64 - 0.5, *high as f64 + 0.5);
                let low =
                    if matches!(d, Distribution::LogNormal { .. }) { low.max(1e-9) } else { low };
                self.nearest(d.quantile(p, low, high))
            }
            _ => self.domain.value(p),
        }
    }

    /// The value of the domain nearest to a number within its bounds.
    fn nearest(&self, v: f64) -> Value {
        match &self.domain {
            Domain::Float { low, step: Some(step), .. } => {
                self.domain.level(self.clamp_level((v - low) / step))
            }
            Domain::Int { low, step, .. } => {
                self.domain.level(self.clamp_level((v - *low as f64) / *step as f64))
            }
            _ => Value::Float(v),
        }
    }

    fn clamp_level(&self, position: f64) -> u64 {
        let last = self.domain.n_levels().expect("stepped domains have levels") - 1;
        cast::floor_u64(position.round()).min(last)
    }

    /// Checks everything that does not need the other parameters; returns the faulty key and the
    /// fault.
    pub(super) fn check(&self) -> Result<(), (&'static str, ParameterFault)> {
        self.domain.check()?;
        let outside = |value: &Value| ParameterFault::Outside {
            value: value.to_string(),
            domain: self.domain.in_words(),
        };
        if let Some(value) = self.default.as_ref().filter(|v| self.domain.admit(v).is_none()) {
            return Err(("default", outside(value)));
        }
        if let Some(prior) = self.prior.as_ref().filter(|p| self.domain.admit(&p.value).is_none()) {
            return Err(("prior", outside(&prior.value)));
        }
        if let Some(points) = self.points.filter(|p| !(1..=10_000_000).contains(p)) {
            return Err(("points", ParameterFault::PointsOutOfRange(points)));
        }
        match (&self.distribution, &self.domain) {
            (Some(d), Domain::Float { low, high, .. }) => d.check(*low, *high),
            (Some(d), Domain::Int { low, high, .. }) => d.check(*low as f64, *high as f64 + 0.5),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::domain::Scale;
    use super::*;

    #[test]
    fn a_drawn_value_lies_in_the_domain() {
        let mut p = Parameter::new(
            "batch",
            Domain::Int { low: 1, high: 100, scale: Scale::Linear, step: 3 },
        );
        p.distribution = Some(Distribution::LogNormal { mean: 2.0, sd: 1.0 });
        assert_eq!(p.check(), Ok(()));
        for i in 0..=100 {
            let value = p.draw(f64::from(i) / 100.0);
            assert_eq!(p.domain.admit(&value), Some(value));
        }
    }

    #[test]
    fn a_default_outside_the_domain_is_refused() {
        let mut p =
            Parameter::new("depth", Domain::Int { low: 1, high: 4, scale: Scale::Linear, step: 1 });
        p.default = Some(Value::Int(5));
        assert_eq!(p.check().unwrap_err().0, "default");
    }
}
