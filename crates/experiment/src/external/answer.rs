//! Parses a program's answers: lines of JSON on stdout.
//!
//! `{"loss": 0.31}` is the answer, once; further numbers in it are further metrics. `{"epoch": 3,
//! "loss": 0.5}` is a point of the learning curve. All other lines are ordinary output, in which
//! `near` looks for what was meant as an answer.

use super::json::object;
use super::near::Near;
use crate::output::leaderboard::is_column;
use crate::report::is_invisible;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use tuner::store::CurvePoint;
use tuner::trial::FoldResult;

/// Later epochs are not kept in the curve.
const LAST_EPOCH: u64 = 100_000;
/// A curve has a place for each epoch. A curve with fewer points than this share of its places is
/// not kept: a program that counts batches as epochs would fill the disk.
const MOST_PLACES_A_POINT: u64 = 16;
/// Further numbers beyond these are not kept as metrics.
const MOST_METRICS: usize = 100;
/// Greatest length of a metric's name in bytes.
const LONGEST_NAME: usize = 60;

/// What has been answered so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    losses: Vec<f64>,
    /// Why the first line that named a loss but was not an answer was rejected.
    wrong: Option<String>,
    curve: BTreeMap<u64, f64>,
    /// Points not yet reported, in order of arrival.
    news: Vec<(u32, f64)>,
    metrics: Vec<(String, f64)>,
    epochs: Option<u32>,
    n_parameters: Option<u64>,
    near: Near,
}

impl Answer {
    /// Parses a line; returns whether it was meant for `tune`.
    pub fn take(&mut self, line: &[u8]) -> bool {
        let Some(mut fields) = object(line) else {
            self.near.take(line);
            return false;
        };

        let Some(loss) = fields.shift_remove("loss") else {
            self.near.take(line);
            return false;
        };

        let Some(loss) = number(&loss) else {
            // Only the first fault is reported: later ones often follow from it.
            self.wrong.get_or_insert(format!(
                "loss is no number: expected {{\"loss\": 0.31}}, found {}",
                short(&loss)
            ));
            return true;
        };

        match fields.get("epoch") {
            None => self.conclude(loss, &fields),
            Some(epoch) => match epoch.as_u64() {
                Some(epoch) if epoch <= LAST_EPOCH => {
                    self.curve.insert(epoch, loss);
                    let n_trained = epoch + 1 - self.first_epoch();
                    self.news.extend(u32::try_from(n_trained).ok().map(|epoch| (epoch, loss)));
                }
                Some(_) => {}
                None => {
                    self.wrong.get_or_insert(format!(
                        "`epoch`: expected an integer, found {}",
                        short(epoch)
                    ));
                }
            },
        }

        true
    }

    /// Accepts a line that was meant as an answer if there is no answer and it is the only such
    /// line. Call it at the end of the output.
    pub(crate) fn settle(&mut self) {
        if !self.losses.is_empty() || self.wrong.is_some() {
            return;
        }
        if let Some(text) = self.near.only_answer() {
            self.take(text.as_bytes());
        }
    }

    /// Returns the last line that is not empty and no answer.
    pub(crate) fn last_line(&self) -> Option<&str> {
        self.near.last()
    }

    /// Removes and returns the points of the learning curve that arrived since the last call, as
    /// (epochs trained, loss).
    pub(crate) fn take_news(&mut self) -> Vec<(u32, f64)> {
        std::mem::take(&mut self.news)
    }

    fn conclude(&mut self, loss: f64, fields: &Map<String, Json>) {
        // A third loss adds nothing to the second, and a program may print them endlessly.
        if self.losses.len() < 2 {
            self.losses.push(loss);
        }

        for (name, value) in fields {
            match name.as_str() {
                "epochs" => self.epochs = value.as_u64().and_then(|n| u32::try_from(n).ok()),
                "n_parameters" => {
                    self.n_parameters = value.as_u64().filter(|n| i64::try_from(*n).is_ok());
                }
                _ => self.metrics.extend(metric(name, value)),
            }
        }

        self.metrics.sort_by(|a, b| a.0.cmp(&b.0));
        self.metrics.dedup_by(|a, b| a.0 == b.0);
        self.metrics.truncate(MOST_METRICS);
    }

    /// Returns the result of a program that succeeded; `metric` is the study's name for the loss,
    /// if it states one.
    ///
    /// # Errors
    /// Why there is none: no loss, several, or one that is not a number; or another number by the
    /// loss's own name.
    pub fn result(&self, metric: Option<&str>) -> Result<FoldResult, String> {
        if let Some(wrong) = &self.wrong {
            return Err(wrong.clone());
        }

        // A program that prints its metric by name beside another `loss` would be ranked by the
        // wrong one without a sign.
        let namesake = self
            .metrics
            .iter()
            .find(|(name, value)| Some(name.as_str()) == metric && !self.losses.contains(value));

        if let Some((name, value)) = namesake {
            return Err(format!(
                "two values of {name}: the study's `metric` is the name of `loss`, and `{name}` is {value} beside it; print \
                 as `loss` what is to be ranked by"
            ));
        }

        match self.losses.as_slice() {
            [] => Err(self.near.reason()),
            [loss] => {
                let (metrics, n_parameters) = (self.metrics.clone(), self.n_parameters);
                Ok(FoldResult {
                    metrics,
                    epochs: self.epochs(),
                    n_parameters,
                    ..FoldResult::from_loss(*loss)
                })
            }
            [first, second, ..] => Err(format!(
                "two losses: {first}, then {second} (a point of the learning curve has its \"epoch\" beside it)"
            )),
        }
    }

    /// Returns the epochs trained: as stated, else by the curve.
    fn epochs(&self) -> Option<u32> {
        let last = self.curve.last_key_value().map(|(last, _)| last + 1 - self.first_epoch());
        self.epochs.or_else(|| u32::try_from(last?).ok())
    }

    /// Programs count epochs from 0 or from 1.
    fn first_epoch(&self) -> u64 {
        u64::from(!self.curve.contains_key(&0))
    }

    /// Returns the losses by epoch as validation losses; skipped epochs have none.
    pub fn curve(&self) -> Vec<CurvePoint> {
        let Some((last, _)) = self.curve.last_key_value() else {
            return Vec::new();
        };
        if last / MOST_PLACES_A_POINT > self.curve.len() as u64 {
            return Vec::new();
        }
        let point = |epoch: u64| {
            self.curve.get(&epoch).map(|loss| *loss as f32).filter(|loss| loss.is_finite())
        };
        (self.first_epoch()..=*last).map(|epoch| (None, point(epoch))).collect()
    }
}

/// Reads a number; null stands for NaN in JSON.
fn number(value: &Json) -> Option<f64> {
    match value {
        Json::Number(number) => number.as_f64(),
        Json::Null => Some(f64::NAN),
        Json::String(text) => match text.as_str() {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            // A number in quotation marks can be nothing else.
            text => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        },
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

/// Returns a further metric, if the value is a number and the name is not a column of the
/// leaderboard.
fn metric(name: &str, value: &Json) -> Option<(String, f64)> {
    let is_fit = !name.is_empty() && name.len() <= LONGEST_NAME && !name.chars().any(is_invisible);
    let value = value.as_f64().filter(|v| v.is_finite());
    value.filter(|_| is_fit && !is_column(name)).map(|value| (name.to_owned(), value))
}

fn short(value: &Json) -> String {
    crate::report::quoted(&value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tuner::trial::State;

    fn answer(lines: &[&str]) -> Answer {
        let mut answer = Answer::default();
        for line in lines {
            answer.take(line.as_bytes());
        }
        answer.settle();
        answer
    }

    #[test]
    fn one_line_with_a_loss_is_the_answer() {
        let result = answer(&[
            "hello",
            "{\"loss\": 0.25, \"accuracy\": 0.9, \"note\": \"x\", \"n_parameters\": 12}\n",
        ]);
        let result = result.result(None).unwrap();
        assert_eq!(
            (result.state, result.loss, result.n_parameters),
            (State::Ok, Some(0.25), Some(12))
        );
        assert_eq!(result.metrics, [("accuracy".to_owned(), 0.9)]);
        assert_eq!(answer(&["{\"loss\": 1}"]).result(None).unwrap().loss, Some(1.0));
    }

    #[test]
    fn talk_is_left_alone() {
        let mut answer = Answer::default();
        for line in ["", "the loss falls", "{\"accuracy\": 1}", "[3, 4]"] {
            assert!(!answer.take(line.as_bytes()), "{line}");
        }
        assert!(!answer.take(b"{\"loss\": \xff}"));
        answer.settle();
        assert!(answer.result(None).unwrap_err().starts_with("no loss"));
    }

    #[test]
    fn the_loss_has_its_name_to_itself() {
        let line = "{\"loss\": 0.25, \"accuracy\": 0.75}";
        assert!(
            answer(&[line])
                .result(Some("accuracy"))
                .unwrap_err()
                .starts_with("two values of accuracy")
        );
        assert!(
            answer(&[line]).result(Some("error")).is_ok() && answer(&[line]).result(None).is_ok()
        );
        assert!(answer(&["{\"loss\": 0.75, \"accuracy\": 0.75}"]).result(Some("accuracy")).is_ok());
    }

    #[test]
    fn no_loss_two_losses_and_texts_are_no_result() {
        assert!(answer(&[]).result(None).unwrap_err().starts_with("no loss"));
        assert_eq!(
            answer(&["{\"loss\":1}", "{\"loss\":2}"]).result(None).unwrap_err(),
            "two losses: 1, then 2 (a point of the learning curve has its \"epoch\" beside it)"
        );
        let text = answer(&["{\"loss\": \"low\"}", "{\"loss\": 1}"]).result(None).unwrap_err();
        assert_eq!(text, "loss is no number: expected {\"loss\": 0.31}, found `\"low\"`");
        assert!(
            answer(&["{\"loss\":1}", "{\"epoch\": 1.5, \"loss\": 2}"])
                .result(None)
                .unwrap_err()
                .contains("`epoch`")
        );
    }

    #[test]
    fn a_loss_that_is_not_finite_diverged() {
        let lines = [
            "{\"loss\": NaN}",
            "{\"loss\": null}",
            "{\"loss\": -Infinity, \"s\": \"a\\\" NaN\"}",
            "{\"loss\":Infinity}",
        ];
        for line in lines {
            assert_eq!(answer(&[line]).result(None).unwrap().state, State::Diverged, "{line}");
        }
    }

    #[test]
    fn epochs_make_a_curve_from_zero_or_from_one() {
        let zero =
            answer(&["{\"epoch\":0,\"loss\":3}", "{\"epoch\":1,\"loss\":2}", "{\"loss\":2}"]);
        assert_eq!(
            (zero.curve(), zero.result(None).unwrap().epochs),
            (vec![(None, Some(3.0)), (None, Some(2.0))], Some(2))
        );
        let one =
            answer(&["{\"epoch\":1,\"loss\":3}", "{\"epoch\":3,\"loss\":NaN}", "{\"loss\":2}"]);
        assert_eq!(
            (one.curve(), one.result(None).unwrap().epochs),
            (vec![(None, Some(3.0)), (None, None), (None, None)], Some(3))
        );
        assert!(answer(&["{\"epoch\":99999999999,\"loss\":3}"]).curve().is_empty());
    }

    #[test]
    fn a_curve_is_kept_only_where_its_points_are_not_far_between() {
        let every = |step: u64| {
            let lines: Vec<String> =
                (1..=50).map(|i| format!("{{\"epoch\":{},\"loss\":1}}", i * step)).collect();
            answer(&lines.iter().map(String::as_str).collect::<Vec<_>>()).curve().len()
        };
        assert_eq!((every(1), every(10), every(100)), (50, 500, 0));
        assert!(answer(&["{\"epoch\":100000,\"loss\":1}"]).curve().is_empty());
        assert_eq!(answer(&["{\"epoch\":10,\"loss\":1}"]).curve().len(), 10);
    }

    #[test]
    fn a_progress_bar_and_a_byte_order_mark_stand_before_an_answer() {
        for line in [
            "99 %|####\r100 %|#####\r{\"loss\": 0.5}\r\n",
            "\u{feff}{\"loss\": 0.5}",
            "{\"loss\": 0.5}\r\n",
        ] {
            let mut answer = Answer::default();
            assert!(answer.take(line.as_bytes()), "{line}");
            assert_eq!(answer.result(None).unwrap().loss, Some(0.5));
        }
    }

    #[test]
    fn metrics_take_no_column_of_the_leaderboards() {
        let line = "{\"loss\":1,\"rank\":1,\"split0_loss\":2,\"param_x\":3,\"f1\":0.5,\"big\":1e999,\"\":1}";
        let result = answer(&[line]).result(None).map(|r| r.metrics);
        // 1e999 is not a JSON number for the reader, so the line is ordinary output.
        assert!(result.is_err());
        let metrics = answer(&[&line.replace("1e999", "true")]).result(None).unwrap().metrics;
        assert_eq!(metrics, [("f1".to_owned(), 0.5)]);
    }
}
