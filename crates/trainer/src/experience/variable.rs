//! Functions of one hyperparameter, or of a fact about the data.

use crate::data::{Facts, Task};
use crate::recipe::Setting;

/// A variable of the polynomial.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// The variable's name in the file.
    pub name: String,
    /// The quantity that it is a function of.
    pub source: Quantity,
}

/// A quantity that a variable is a function of.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantity {
    /// A ramp over a numeric hyperparameter.
    Ramp(String, Ramp),
    /// 1 if the hyperparameter has one of these values, as written; else 0.
    Step(String, Vec<String>),
    /// 1 if the hyperparameter is above this, else 0.
    Above(String, f64),
    /// 1 for regression, else 0.
    Regression,
    /// A ramp over the number of rows.
    Rows(Ramp),
    /// A ramp over the number of inputs.
    Inputs(Ramp),
    /// A ramp over the number of classes; 0 for regression.
    Classes(Ramp),
}

/// −1 up to `low`, 1 from `high` on, and linear between them on the scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// The scale on which it is linear.
    pub scale: RampScale,
    /// The number at −1.
    pub low: f64,
    /// The number at 1.
    pub high: f64,
}

/// The scale on which a ramp is linear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RampScale {
    /// In x.
    Linear,
    /// In ln x.
    Log,
    /// In −ln(1 − x).
    LogOfRest,
}

impl Variable {
    /// Returns the hyperparameter, if it is a function of one.
    pub fn field(&self) -> Option<&str> {
        match &self.source {
            Quantity::Ramp(field, _) | Quantity::Step(field, _) | Quantity::Above(field, _) => {
                Some(field)
            }
            _ => None,
        }
    }

    /// Returns its value for a setting of its hyperparameter or for the data; `None` if the setting
    /// does not fit.
    pub fn value(&self, setting: Option<&Setting>, facts: &Facts) -> Option<f64> {
        let step = |holds: bool| if holds { 1.0 } else { 0.0 };
        match &self.source {
            Quantity::Ramp(field, ramp) => Some(ramp.at(number(field, setting?, facts)?)),
            Quantity::Above(field, limit) => Some(step(number(field, setting?, facts)? > *limit)),
            Quantity::Step(_, values) => Some(step(values.contains(&written(setting?)))),
            Quantity::Regression => Some(step(facts.task == Task::Regression)),
            Quantity::Rows(ramp) => Some(ramp.at(facts.n_rows as f64)),
            Quantity::Inputs(ramp) => Some(ramp.at(facts.n_inputs as f64)),
            Quantity::Classes(ramp) if facts.task == Task::Classification => {
                Some(ramp.at(facts.n_classes as f64))
            }
            Quantity::Classes(_) => Some(0.0),
        }
    }
}

impl Ramp {
    /// Returns the value of the ramp at a number.
    pub fn at(&self, x: f64) -> f64 {
        let [low, high, x] = [self.low, self.high, x].map(|x| match self.scale {
            RampScale::Linear => x,
            RampScale::Log => libm::log(x.max(0.0)),
            RampScale::LogOfRest => -libm::log((1.0 - x).max(0.0)),
        });
        (2.0 * (x - low) / (high - low) - 1.0).clamp(-1.0, 1.0)
    }
}

/// Returns the number of a setting; for a list by layer, the first.
fn number(field: &str, setting: &Setting, facts: &Facts) -> Option<f64> {
    match setting {
        Setting::Int(value) => Some(*value as f64),
        Setting::Float(value) => Some(*value),
        Setting::Text(text) if field == "batch_size" && text == "full" => Some(facts.n_rows as f64),
        Setting::Text(text) => text.parse().ok().or_else(|| first_layer(text).parse().ok()),
        Setting::Bool(_) => None,
    }
}

/// Returns a setting as the file writes it; for a list by layer, the first.
fn written(setting: &Setting) -> String {
    match setting {
        Setting::Text(text) => first_layer(text).to_owned(),
        other => other.to_string(),
    }
}

fn first_layer(text: &str) -> &str {
    text.split('-').next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts =
        Facts { n_rows: 64, n_features: 4, n_inputs: 4, n_classes: 3, task: Task::Classification };

    fn variable(source: Quantity) -> Variable {
        Variable { name: "v".to_owned(), source }
    }

    #[test]
    fn numbers_names_and_lists_by_layer_have_values() {
        let ramp = |scale, low, high| Ramp { scale, low, high };
        let batch =
            variable(Quantity::Ramp("batch_size".to_owned(), ramp(RampScale::Log, 4.0, 64.0)));
        assert_eq!(batch.value(Some(&"full".into()), &FACTS), Some(1.0));
        assert!(batch.value(Some(&16.into()), &FACTS).unwrap().abs() < 1e-12);
        assert_eq!(batch.value(Some(&true.into()), &FACTS), None);
        let lambda = variable(Quantity::Ramp("lambda".to_owned(), ramp(RampScale::Log, 1e-8, 1.0)));
        assert!(lambda.value(Some(&"0.0001-0.1".into()), &FACTS).unwrap().abs() < 1e-12);
        assert_eq!(lambda.value(Some(&0.0.into()), &FACTS), Some(-1.0));
        let tanh = variable(Quantity::Step("activation".to_owned(), vec!["tanh".to_owned()]));
        assert_eq!(tanh.value(Some(&"tanh-relu".into()), &FACTS), Some(1.0));
        let deep = variable(Quantity::Above("depth".to_owned(), 0.0));
        assert_eq!([0, 2].map(|d| deep.value(Some(&d.into()), &FACTS)), [Some(0.0), Some(1.0)]);
        let classes = variable(Quantity::Classes(ramp(RampScale::Log, 1.0, 9.0)));
        assert!(classes.value(None, &FACTS).unwrap().abs() < 1e-12);
    }
}
