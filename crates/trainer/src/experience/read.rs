//! The file of an experience: lines of words, `#` begins a comment.
//!
//! ```text
//! spread 0.43 1.1                                 typical standard deviation of ln loss; how its
//! own ln varies residual 0.5                                    variance left unexplained length
//! 0.2 ln of how much longer length scales are than usual noise -3 1.9 ln of a fold's variance
//! beyond trial and fold: mean, sd reference 0.4 value of a model that ignores its inputs ramp
//! learning_rate learning_rate log 0.00001 1  name, hyperparameter, scale, ends step optimizer=sgd
//! optimizer sgd                name, hyperparameter, values above hidden depth 0 name,
//! hyperparameter, limit fact rows log 100 1500                          regression, or rows,
//! inputs, classes with a ramp term -0.25 learning_rate learning_rate          coefficient,
//! variables known 1.23 learning_rate 0.5 rows -1            value of the polynomial, variables and
//! their values
//! ```

use super::variable::{Quantity, Ramp, RampScale, Variable};
use super::{Experience, Known, Term};
use crate::recipe::field;

/// The largest magnitude of a number in the file: sums and products of such numbers stay finite.
const LARGEST: f64 = 1e12;

/// The largest magnitude of the logarithm of a length-scale factor.
const LONGEST: f64 = 3.0;

/// What is wrong with an experience file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExperienceError {
    /// A line does not have the expected form.
    #[error("line {line}: expected {expected}, found `{found}`")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What was expected there.
        expected: &'static str,
        /// What was found.
        found: String,
    },
    /// A required line is missing.
    #[error("no line begins with `{0}`")]
    Missing(&'static str),
}

impl Experience {
    /// Reads the text of an experience.
    ///
    /// # Errors
    /// [`ExperienceError`] for the first malformed line, or for a missing one.
    pub fn read(text: &str) -> Result<Self, ExperienceError> {
        let mut reading = Reading::default();
        for (index, line) in text.lines().enumerate() {
            let words: Vec<&str> =
                line.split('#').next().unwrap_or_default().split_whitespace().collect();
            if !words.is_empty() {
                let wrong = |expected| ExperienceError::Line {
                    line: index + 1,
                    expected,
                    found: words.join(" "),
                };
                reading.take(&words).map_err(wrong)?;
            }
        }

        let Reading { variables, terms, known, spread, residual, length, noise, reference } =
            reading;
        let missing = ExperienceError::Missing;

        let (spread, spread_sd) = spread.ok_or(missing("spread"))?;
        Ok(Self {
            spread,
            spread_sd,
            residual: residual.ok_or(missing("residual"))?,
            length: length.ok_or(missing("length"))?,
            noise: noise.ok_or(missing("noise"))?,
            reference: reference.ok_or(missing("reference"))?,
            variables,
            terms,
            known,
        })
    }
}

#[derive(Default)]
struct Reading {
    variables: Vec<Variable>,
    terms: Vec<Term>,
    known: Vec<Known>,
    spread: Option<(f64, f64)>,
    residual: Option<f64>,
    length: Option<f64>,
    noise: Option<(f64, f64)>,
    reference: Option<f64>,
}

impl Reading {
    /// Reads one line; returns what was expected if it is something else.
    fn take(&mut self, words: &[&str]) -> Result<(), &'static str> {
        match words {
            ["spread", value, sd] => self.spread = Some((positive(value)?, positive(sd)?)),
            ["residual", value] => self.residual = Some(positive(value)?),
            ["length", value] => self.length = Some(within_reason(value)?),
            ["noise", mean, sd] => self.noise = Some(distribution(mean, sd)?),
            ["reference", value] => self.reference = Some(number(value)?),
            ["ramp", name, field, rest @ ..] => {
                self.add(name, Quantity::Ramp(hyperparameter(field)?, ramp(rest)?))?;
            }
            ["step", name, field, values @ ..] if !values.is_empty() => {
                let values = values.iter().map(|&value| value.to_owned()).collect();
                self.add(name, Quantity::Step(hyperparameter(field)?, values))?;
            }
            ["above", name, field, limit] => {
                self.add(name, Quantity::Above(hyperparameter(field)?, number(limit)?))?;
            }
            ["fact", "regression"] => self.add("regression", Quantity::Regression)?,
            ["fact", "rows", rest @ ..] => self.add("rows", Quantity::Rows(ramp(rest)?))?,
            ["fact", "inputs", rest @ ..] => self.add("inputs", Quantity::Inputs(ramp(rest)?))?,
            ["fact", "classes", rest @ ..] => {
                self.add("classes", Quantity::Classes(ramp(rest)?))?;
            }
            ["term", coefficient, names @ ..] => {
                let factors =
                    names.iter().map(|name| self.position(name)).collect::<Result<_, _>>()?;
                self.terms.push(Term { coefficient: number(coefficient)?, factors });
            }
            // A test compares them, since learn.py evaluates the polynomial by other code.
            ["known", value, pairs @ ..] if pairs.len().is_multiple_of(2) => {
                let value_of = |pair: &[&str]| Ok((self.position(pair[0])?, number(pair[1])?));
                let values =
                    pairs.chunks_exact(2).map(value_of).collect::<Result<_, &'static str>>()?;
                self.known.push(Known { values, value: number(value)? });
            }
            _ => return Err("a line of an experience"),
        }

        Ok(())
    }

    fn add(&mut self, name: &str, source: Quantity) -> Result<(), &'static str> {
        if self.position(name).is_ok() {
            return Err("a name that is not taken");
        }
        self.variables.push(Variable { name: name.to_owned(), source });
        Ok(())
    }

    fn position(&self, name: &str) -> Result<usize, &'static str> {
        self.variables
            .iter()
            .position(|variable| variable.name == name)
            .ok_or("the name of a variable above")
    }
}

fn number(word: &str) -> Result<f64, &'static str> {
    word.parse().ok().filter(|value: &f64| value.abs() <= LARGEST).ok_or("a number up to 1e12")
}

fn positive(word: &str) -> Result<f64, &'static str> {
    number(word).ok().filter(|value| *value > 0.0).ok_or("a number above 0, up to 1e12")
}

fn within_reason(word: &str) -> Result<f64, &'static str> {
    number(word).ok().filter(|value| value.abs() <= LONGEST).ok_or("a number from -3 to 3")
}

/// Mean and standard deviation of a logarithm.
fn distribution(mean: &str, sd: &str) -> Result<(f64, f64), &'static str> {
    let (mean, sd) = (number(mean)?, number(sd)?);
    let is_sound = mean.abs() <= 100.0 && (0.01..=100.0).contains(&sd);
    is_sound.then_some((mean, sd)).ok_or("a number from -100 to 100 and one from 0.01 to 100")
}

fn hyperparameter(name: &str) -> Result<String, &'static str> {
    field(name).map(|field| field.name.to_owned()).ok_or("a hyperparameter of the trainer")
}

fn ramp(words: &[&str]) -> Result<Ramp, &'static str> {
    let [scale, low, high] = words else {
        return Err("a scale and two ends");
    };
    let (low, high) = (number(low)?, number(high)?);
    let scale = match *scale {
        "linear" => RampScale::Linear,
        "log" if low > 0.0 => RampScale::Log,
        "rest" if high < 1.0 => RampScale::LogOfRest,
        _ => return Err("linear, log above 0, or rest below 1"),
    };
    if low < high { Ok(Ramp { scale, low, high }) } else { Err("a lower end below the upper one") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "spread 0.5 1\nresidual 0.4 # of variance\nlength 0.2\nnoise -3 2\nreference 0\n\
                        ramp lr learning_rate log 0.001 1\n";

    #[test]
    fn a_file_is_read_line_by_line() {
        let text =
            format!("{HEAD}\nstep sgd optimizer sgd\nterm 0.5 lr lr sgd\nknown 0.5 lr 1 sgd 1\n");
        let experience = Experience::read(&text).unwrap();
        assert_eq!(experience.terms, [Term { coefficient: 0.5, factors: vec![0, 0, 1] }]);
        let Experience { spread, spread_sd, residual, length, noise, reference, .. } = experience;
        assert_eq!(
            (spread, spread_sd, residual, length, noise, reference),
            (0.5, 1.0, 0.4, 0.2, (-3.0, 2.0), 0.0)
        );
        assert!((experience.value(&[0.5, 1.0]) - 0.125).abs() < 1e-15);
    }

    #[test]
    fn what_is_not_of_the_form_is_named_with_its_line() {
        for (line, expected) in [
            ("term x lr", "line 7: expected a number up to 1e12, found `term x lr`"),
            (
                "term 1 momentum",
                "line 7: expected the name of a variable above, found `term 1 momentum`",
            ),
            (
                "ramp a b log 1 2",
                "line 7: expected a hyperparameter of the trainer, found `ramp a b log 1 2`",
            ),
            (
                "ramp a epochs log 0 2",
                "line 7: expected linear, log above 0, or rest below 1, found `ramp a epochs log 0 2`",
            ),
            (
                "ramp lr epochs log 1 2",
                "line 7: expected a name that is not taken, found `ramp lr epochs log 1 2`",
            ),
            ("term 1e300 lr", "line 7: expected a number up to 1e12, found `term 1e300 lr`"),
            (
                "noise -3 0",
                "line 7: expected a number from -100 to 100 and one from 0.01 to 100, found `noise -3 0`",
            ),
            ("length 9", "line 7: expected a number from -3 to 3, found `length 9`"),
            ("nonsense", "line 7: expected a line of an experience, found `nonsense`"),
        ] {
            assert_eq!(
                Experience::read(&format!("{HEAD}{line}")).unwrap_err().to_string(),
                expected
            );
        }
        assert_eq!(
            Experience::read("spread 1 1").unwrap_err().to_string(),
            "no line begins with `residual`"
        );
    }
}
