//! Converts the trainer's experience (the learned prior mean) into the terms of a space.
//!
//! Facts of the data and fixed values are inserted, which leaves a polynomial in the searched
//! parameters; hyperparameters that the space does not name have the trainer's default.

use super::fields::setting;
use super::knowledge;
use super::study::Knowledge;
use crate::digest::hex;
use crate::facts::StudyFacts;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use trainer::data::{Facts, Task};
use trainer::experience::{self as learned, Experience as Learned, Quantity};
use trainer::recipe::{Setting, field};
use tuner::prior::{Curve, LossScale, Noise, PriorMean, RampScale, Term, Variable};
use tuner::space::{Domain, Parameter, Space, Value};

/// A larger file is not an experience file.
const MOST_BYTES: u64 = 1 << 20;

/// Most values of a list or a range that are tabulated.
const MOST_LISTED: u64 = 1000;

/// Returns the text of the requested experience, if any.
pub(super) fn text(
    knowledge: &Knowledge,
    folder: &Path,
) -> Result<Option<Cow<'static, str>>, String> {
    Ok(match knowledge {
        Knowledge::None => None,
        Knowledge::Trainer => Some(Cow::Borrowed(Learned::shipped_text())),
        Knowledge::File(path) => {
            let path = folder.join(path);
            let cannot = |error: &dyn std::fmt::Display| {
                let shown = path.display();
                format!(
                    "cannot read {shown}: {error}; `knowledge` is true, false, or a path from this file to one of experience"
                )
            };
            let mut text = String::new();
            let read = File::open(&path)
                .and_then(|file| file.take(MOST_BYTES + 1).read_to_string(&mut text));
            read.map_err(|error| cannot(&error))?;
            // One byte more than allowed was read, to tell a file of that length from a longer one.
            if text.len() as u64 > MOST_BYTES {
                return Err(cannot(&format_args!("it has more than {} MiB", MOST_BYTES >> 20)));
            }
            Some(text.into())
        }
    })
}

/// SHA-256 of an experience file.
pub(super) fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Returns the space with user priors, and the prior mean of the experience in `text`; `None` if
/// the study began without, or the experience covers none of the searched parameters.
pub(super) fn expect(
    written: &Space,
    text: &str,
    facts: &StudyFacts,
) -> Result<Option<(Space, PriorMean)>, String> {
    let Some(digest_then) = &facts.experience else {
        return Ok(None);
    };

    if *digest_then != digest(text) {
        return Err("the experience file is not the one that the study began with".to_owned());
    }

    let (Some(data), Some(baseline)) = (data_facts(facts), facts.baseline) else {
        return Ok(None);
    };
    let learned = Learned::read(text).map_err(|error| format!("not an experience: {error}"))?;

    let prior_mean = Bridge { space: written, learned: &learned, facts: data }.prior_mean(baseline);
    // A prior mean that is constant over this space would only cost time.
    if !prior_mean.variables.iter().any(|variable| acts(variable, written)) {
        return Ok(None);
    }

    let is_expected =
        |name: &str| prior_mean.variables.iter().any(|variable| variable.parameter == name);
    let space = knowledge::add_beside_experience(written, is_expected);
    Ok(Some((space, prior_mean)))
}

fn data_facts(facts: &StudyFacts) -> Option<Facts> {
    let task = match facts.task.as_deref()? {
        "regression" => Task::Regression,
        _ => Task::Classification,
    };
    Some(Facts {
        n_rows: facts.rows?,
        n_features: facts.features?,
        n_inputs: facts.inputs?,
        n_classes: facts.classes?,
        task,
    })
}

struct Bridge<'a> {
    space: &'a Space,
    learned: &'a Learned,
    facts: Facts,
}

impl Bridge<'_> {
    fn prior_mean(&self, baseline: f64) -> PriorMean {
        let mut variables = Vec::new();
        let parts: Vec<Part> = (0..self.learned.variables.len())
            .map(|index| match self.searched(index) {
                Some(variable) => {
                    variables.push(variable);
                    Part::Variable(variables.len() - 1)
                }
                None => Part::Fixed(self.fixed_value(index)),
            })
            .collect();

        let mut terms: BTreeMap<Vec<usize>, f64> = BTreeMap::new();
        for term in &self.learned.terms {
            let (mut coefficient, mut factors) = (term.coefficient, Vec::new());
            for &factor in &term.factors {
                match parts[factor] {
                    // The tuner knows searched parameters only, so fixed values go into the
                    // coefficient.
                    Part::Fixed(value) => coefficient *= value,
                    Part::Variable(variable) => factors.push(variable),
                }
            }
            factors.sort_unstable();
            *terms.entry(factors).or_default() += coefficient;
        }

        let terms = terms.into_iter().filter(|(_, coefficient)| *coefficient != 0.0);
        let Learned { spread, spread_sd, residual, length, noise: (mean, sd), reference, .. } =
            *self.learned;
        let reference = (baseline > 0.0 && baseline.is_finite()).then_some((baseline, reference));

        PriorMean {
            variables,
            terms: terms.map(|(factors, coefficient)| Term { coefficient, factors }).collect(),
            scale: LossScale { spread, spread_sd, noise: Noise { mean, sd }, residual, reference },
            length,
        }
    }

    /// Returns the parameter that determines a hyperparameter: its own, or `layers` for depth and
    /// width.
    fn parameter(&self, field: &str) -> Option<&Parameter> {
        let named =
            |name: &str| self.space.parameters().iter().find(|parameter| parameter.name == name);
        let by_layers = matches!(field, "depth" | "width").then(|| named("layers")).flatten();
        by_layers.or_else(|| named(field))
    }

    /// Returns the variable as a function of a searched parameter; `None` if it is not one.
    fn searched(&self, index: usize) -> Option<Variable> {
        let variable = &self.learned.variables[index];
        let parameter =
            self.parameter(variable.field()?).filter(|parameter| parameter.is_searched())?;

        let curve = match (&parameter.domain, &variable.source) {
            (Domain::Float { .. } | Domain::Int { .. }, Quantity::Ramp(_, ramp))
                // `layers` is a list as a text, which no ramp can read.
                if parameter.name != "layers" =>
            {
                Curve::Ramp { scale: scale(ramp.scale), low: ramp.low, high: ramp.high }
            }
            (domain, _) => Curve::Listed(self.listed(index, parameter, domain)?),
        };

        let absent = self.value_of(index, None);
        Some(Variable { parameter: parameter.name.clone(), curve, absent })
    }

    fn listed(
        &self,
        index: usize,
        parameter: &Parameter,
        domain: &Domain,
    ) -> Option<Vec<(Value, f64)>> {
        let n_levels = domain.n_levels().filter(|n| *n <= MOST_LISTED)?;
        let of_variable = |value: &Value| self.value_of(index, Some((parameter, value)));
        Some(
            (0..n_levels)
                .map(|level| domain.level(level))
                .map(|value| (value.clone(), of_variable(&value)))
                .collect(),
        )
    }

    /// Returns the value if the space fixes or omits the hyperparameter, or for a fact of the data.
    fn fixed_value(&self, index: usize) -> f64 {
        let parameter =
            self.learned.variables[index].field().and_then(|field| self.parameter(field));
        match parameter.map(|parameter| (parameter, &parameter.domain)) {
            Some((parameter, Domain::Fixed(value))) => {
                self.value_of(index, Some((parameter, value)))
            }
            _ => self.value_of(index, None),
        }
    }

    /// Returns the value for a parameter's value, or for the trainer's default.
    fn value_of(&self, index: usize, given: Option<(&Parameter, &Value)>) -> f64 {
        let name = self.learned.variables[index].field();
        let given = given.map(|(parameter, value)| match (name, setting(value)) {
            (Some(name), Setting::Text(layers)) if parameter.name == "layers" => {
                by_layers(name, &layers)
            }
            (Some(name), Setting::Int(width)) if parameter.name == "layers" => {
                by_layers(name, &width.to_string())
            }
            (_, setting) => setting,
        });

        // A hyperparameter that the space does not name has the trainer's default.
        let default = || name.and_then(field).map(trainer::recipe::Field::default);
        let of_setting =
            |setting: Option<&Setting>| self.learned.variables[index].value(setting, &self.facts);
        given
            .and_then(|given| of_setting(Some(&given)))
            .or_else(|| of_setting(default().as_ref()))
            .unwrap_or(0.0)
    }
}

/// A variable once the space is known.
enum Part {
    Fixed(f64),
    Variable(usize),
}

fn scale(scale: learned::RampScale) -> RampScale {
    match scale {
        learned::RampScale::Linear => RampScale::Linear,
        learned::RampScale::Log => RampScale::Log,
        learned::RampScale::LogOfRest => RampScale::LogOfRest,
    }
}

/// Whether a variable varies within the space; a ramp is constant beyond its ends.
fn acts(variable: &Variable, space: &Space) -> bool {
    match &variable.curve {
        Curve::Listed(values) => values.iter().any(|(_, value)| *value != values[0].1),
        Curve::Ramp { low, high, .. } => {
            let parameter =
                space.parameters().iter().find(|parameter| parameter.name == variable.parameter);
            let range = parameter.and_then(|parameter| match parameter.domain {
                Domain::Float { low, high, .. } => Some((low, high)),
                Domain::Int { low, high, .. } => Some((low as f64, high as f64)),
                _ => None,
            });
            // Outside of the ramp's ends it is constant.
            range.is_some_and(|(from, to)| from < to && from < *high && to > *low)
        }
    }
}

/// Returns the depth and widths that `layers = "64-32"` implies.
fn by_layers(field: &str, layers: &str) -> Setting {
    let widths: Vec<i64> =
        layers.split('-').filter_map(|width| width.trim().parse().ok()).collect();
    match field {
        "depth" => Setting::Int(widths.len() as i64),
        _ => Setting::Int(widths.first().copied().unwrap_or(1)),
    }
}
