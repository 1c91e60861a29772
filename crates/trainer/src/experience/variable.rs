//! Functions of one hyperparameter, or of a fact of the data.

use crate::data::{Facts, Task};
use crate::recipe::Setting;

/// A variable of the polynomial.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its name in the file.
    pub name: String,
    /// What it is a function of.
    pub source: Source,
}

/// What a variable is a function of.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A ramp over a hyperparameter that is a number.
    Ramp(String, Ramp),
    /// 1 where the hyperparameter has one of these values, as written; else 0.
    Step(String, Vec<String>),
    /// 1 where the hyperparameter is above this, else 0.
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

/// −1 at `low`, 1 at `high`, straight in between on the scale, level beyond.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// Where it is straight.
    pub scale: RampScale,
    /// The number at −1.
    pub low: f64,
    /// The number at 1.
    pub high: f64,
}

/// Where a ramp is straight.
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
    /// The hyperparameter, if it is a function of one.
    pub fn field(&self) -> Option<&str> {
        match &self.source {
            Source::Ramp(field, _) | Source::Step(field, _) | Source::Above(field, _) => {
                Some(field)
            }
            _ => None,
        }
    }

    /// Returns its height for a setting of its hyperparameter, or for the data; none if the setting does not suit.
    pub fn height(&self, setting: Option<&Setting>, facts: &Facts) -> Option<f64> {
        let step = |holds: bool| if holds { 1.0 } else { 0.0 };
        match &self.source {
            Source::Ramp(field, ramp) => Some(ramp.at(number(field, setting?, facts)?)),
            Source::Above(field, limit) => Some(step(number(field, setting?, facts)? > *limit)),
            Source::Step(_, values) => Some(step(values.contains(&written(setting?)))),
            Source::Regression => Some(step(facts.task == Task::Regression)),
            Source::Rows(ramp) => Some(ramp.at(facts.n_rows as f64)),
            Source::Inputs(ramp) => Some(ramp.at(facts.n_inputs as f64)),
            Source::Classes(ramp) if facts.task == Task::Classification => {
                Some(ramp.at(facts.n_classes as f64))
            }
            Source::Classes(_) => Some(0.0),
        }
    }
}

impl Ramp {
    /// Returns the ramp at a number.
    pub fn at(&self, x: f64) -> f64 {
        let [low, high, x] = [self.low, self.high, x].map(|x| match self.scale {
            RampScale::Linear => x,
            RampScale::Log => libm::log(x.max(0.0)),
            RampScale::LogOfRest => -libm::log((1.0 - x).max(0.0)),
        });
        (2.0 * (x - low) / (high - low) - 1.0).clamp(-1.0, 1.0)
    }
}

/// The number that a setting stands for; of a list by layer, the first.
fn number(field: &str, setting: &Setting, facts: &Facts) -> Option<f64> {
    match setting {
        Setting::Int(value) => Some(*value as f64),
        Setting::Float(value) => Some(*value),
        Setting::Text(text) if field == "batch_size" && text == "full" => Some(facts.n_rows as f64),
        Setting::Text(text) => text.parse().ok().or_else(|| first_layer(text).parse().ok()),
        Setting::Bool(_) => None,
    }
}

/// A setting as the file writes it; of a list by layer, the first.
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

    fn variable(source: Source) -> Variable {
        Variable { name: "v".to_owned(), source }
    }

    #[test]
    fn numbers_names_and_lists_by_layer_have_heights() {
        let ramp = |scale, low, high| Ramp { scale, low, high };
        let batch =
            variable(Source::Ramp("batch_size".to_owned(), ramp(RampScale::Log, 4.0, 64.0)));
        assert_eq!(batch.height(Some(&"full".into()), &FACTS), Some(1.0));
        assert!(batch.height(Some(&16.into()), &FACTS).unwrap().abs() < 1e-12);
        assert_eq!(batch.height(Some(&true.into()), &FACTS), None);
        let lambda = variable(Source::Ramp("lambda".to_owned(), ramp(RampScale::Log, 1e-8, 1.0)));
        assert!(lambda.height(Some(&"0.0001-0.1".into()), &FACTS).unwrap().abs() < 1e-12);
        assert_eq!(lambda.height(Some(&0.0.into()), &FACTS), Some(-1.0));
        let tanh = variable(Source::Step("activation".to_owned(), vec!["tanh".to_owned()]));
        assert_eq!(tanh.height(Some(&"tanh-relu".into()), &FACTS), Some(1.0));
        let deep = variable(Source::Above("depth".to_owned(), 0.0));
        assert_eq!([0, 2].map(|d| deep.height(Some(&d.into()), &FACTS)), [Some(0.0), Some(1.0)]);
        let classes = variable(Source::Classes(ramp(RampScale::Log, 1.0, 9.0)));
        assert!(classes.height(None, &FACTS).unwrap().abs() < 1e-12);
    }
}
