//! Metrics that compare rows with one another, from the predictions of all rows of a fold, as
//! scikit-learn defines them.
//!
//! Of two classes, the second is the positive one; of more, each is compared with the rest and the
//! mean is taken (`average="macro"`, `multi_class="ovr"`).

use ndarray::ArrayRef1;

use crate::data::{Target, Task};
use crate::metric::Metric;

/// Predictions and true values of all rows.
#[derive(Clone, Debug)]
pub(crate) enum Outcomes {
    /// For a classification.
    Classes {
        n_classes: usize,
        truth: Vec<u32>,
        predicted: Vec<u32>,
        /// rows × classes, or for two classes one score per row: larger means more probable.
        scores: Vec<f64>,
    },
    /// For a regression.
    Values { truth: Vec<f64>, predicted: Vec<f64> },
}

impl Outcomes {
    pub(crate) fn new(task: Task, n_classes: usize) -> Self {
        match task {
            Task::Classification => Self::Classes {
                n_classes,
                truth: Vec::new(),
                predicted: Vec::new(),
                scores: Vec::new(),
            },
            Task::Regression => Self::Values { truth: Vec::new(), predicted: Vec::new() },
        }
    }

    /// Adds a row: its class, the predicted class and the network's outputs.
    pub(crate) fn add_class(&mut self, class: u32, most_probable: usize, outputs: &ArrayRef1<f32>) {
        let Self::Classes { n_classes, truth, predicted, scores } = self else { return };
        truth.push(class);
        predicted.push(most_probable as u32);

        if *n_classes == 2 {
            // The probability is monotone in the output but has more ties.
            scores.push(f64::from(outputs[0]));
            return;
        }

        let outputs = || (0..*n_classes).map(|class| f64::from(outputs[class]));
        let highest = outputs().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = outputs().map(|output| libm::exp(output - highest)).sum();
        scores.extend(outputs().map(|output| libm::exp(output - highest) / sum));
    }

    /// Adds a row: its target and the prediction.
    pub(crate) fn add_value(&mut self, target: f64, prediction: f64) {
        if let Self::Values { truth, predicted } = self {
            truth.push(target);
            predicted.push(prediction);
        }
    }

    /// Returns the number of rows.
    pub(crate) fn n_rows(&self) -> usize {
        match self {
            Self::Classes { truth, .. } => truth.len(),
            Self::Values { truth, .. } => truth.len(),
        }
    }

    /// Returns the outcomes of some rows, each as often as it is named.
    pub(crate) fn at(&self, rows: &[usize]) -> Self {
        fn of<T: Copy>(all: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().map(|&row| all[row]).collect()
        }

        match self {
            Self::Values { truth, predicted } => {
                Self::Values { truth: of(truth, rows), predicted: of(predicted, rows) }
            }
            Self::Classes { n_classes, truth, predicted, scores } => {
                // Of two classes only the second has a score.
                let width = if *n_classes == 2 { 1 } else { *n_classes };
                let scores = rows.iter().flat_map(|row| &scores[row * width..(row + 1) * width]);
                Self::Classes {
                    n_classes: *n_classes,
                    truth: of(truth, rows),
                    predicted: of(predicted, rows),
                    scores: scores.copied().collect(),
                }
            }
        }
    }

    /// Returns the value of a metric that is not a mean over rows, or why it is undefined.
    pub(crate) fn value(&self, metric: Metric) -> Result<f64, &'static str> {
        match self {
            Self::Values { truth, predicted } => of_values(metric, truth, predicted),
            Self::Classes { n_classes, truth, predicted, scores } => {
                let counts = confusion(*n_classes, truth, predicted);
                let n_present = counts.iter().filter(|class| class.truth > 0).count();
                // Rows of one class cannot show whether classes are told apart.
                if n_present < 2 {
                    return Err("the test rows are all of one class");
                }
                match metric {
                    Metric::RocAuc | Metric::AveragePrecision if n_present < *n_classes => {
                        Err("a class has no test row")
                    }
                    Metric::RocAuc => Ok(macro_mean(*n_classes, truth, scores, roc_auc)),
                    Metric::AveragePrecision => {
                        Ok(macro_mean(*n_classes, truth, scores, average_precision))
                    }
                    Metric::F1 => Ok(f1(&counts)),
                    Metric::BalancedAccuracy => {
                        let present = counts.iter().filter(|class| class.truth > 0);
                        Ok(present.map(Count::recall).sum::<f64>() / n_present as f64)
                    }
                    Metric::Mcc => Ok(matthews(&counts, truth.len())),
                    _ => Err("it is a mean over rows"),
                }
            }
        }
    }
}

/// Returns why a metric has no value on rows with these targets, whatever is predicted; `None`
/// where it has one.
pub fn undefined(metric: Metric, truth: &Target) -> Option<&'static str> {
    if metric.is_mean() {
        return None;
    }
    let outcomes = match truth {
        Target::Values(values) => {
            Outcomes::Values { truth: values.clone(), predicted: values.clone() }
        }
        Target::Classes { codes, names } => Outcomes::Classes {
            n_classes: names.len(),
            truth: codes.clone(),
            predicted: codes.clone(),
            scores: vec![0.0; codes.len() * names.len()],
        },
    };
    outcomes.value(metric).err()
}

fn of_values(metric: Metric, truth: &[f64], predicted: &[f64]) -> Result<f64, &'static str> {
    let n = truth.len() as f64;
    let squares = || truth.iter().zip(predicted).map(|(t, p)| (t - p) * (t - p)).sum::<f64>();
    match metric {
        Metric::Rmse => Ok(libm::sqrt(squares() / n)),
        Metric::Mape => {
            if truth.contains(&0.0) {
                return Err("a target is 0, so the relative error is infinite");
            }
            Ok(truth.iter().zip(predicted).map(|(t, p)| (t - p).abs() / t.abs()).sum::<f64>() / n)
        }
        Metric::R2 => {
            let mean = truth.iter().sum::<f64>() / n;
            let spread: f64 = truth.iter().map(|t| (t - mean) * (t - mean)).sum();
            if spread == 0.0 {
                return Err("the test rows have one target");
            }
            Ok(1.0 - squares() / spread)
        }
        _ => Err("it is a mean over rows"),
    }
}

/// Counts of a class: its rows, the rows predicted as it, and the rows that are both.
#[derive(Clone, Copy, Default)]
struct Count {
    truth: usize,
    predicted: usize,
    both: usize,
}

impl Count {
    fn recall(&self) -> f64 {
        self.both as f64 / self.truth as f64
    }
}

fn confusion(n_classes: usize, truth: &[u32], predicted: &[u32]) -> Vec<Count> {
    let mut counts = vec![Count::default(); n_classes];
    for (&truth, &predicted) in truth.iter().zip(predicted) {
        counts[truth as usize].truth += 1;
        counts[predicted as usize].predicted += 1;
        counts[truth as usize].both += usize::from(truth == predicted);
    }
    counts
}

/// Of the second class, or the mean over the classes that occur or are predicted; 0 for a class
/// that is never predicted correctly.
fn f1(counts: &[Count]) -> f64 {
    let of = |class: &Count| 2.0 * class.both as f64 / (class.truth + class.predicted) as f64;
    if let [_, second] = counts {
        return if second.truth + second.predicted == 0 { 0.0 } else { of(second) };
    }
    let met: Vec<f64> =
        counts.iter().filter(|class| class.truth + class.predicted > 0).map(of).collect();
    met.iter().sum::<f64>() / met.len() as f64
}

/// Gorodkin's coefficient (2004), which for two classes is Matthews'; 0 if all predictions are one
/// class.
fn matthews(counts: &[Count], n: usize) -> f64 {
    let n = n as f64;
    let right: f64 = counts.iter().map(|class| class.both as f64).sum();
    let product = |f: fn(&Count) -> (usize, usize)| -> f64 {
        counts.iter().map(f).map(|(a, b)| a as f64 * b as f64).sum()
    };
    let of_both = right * n - product(|class| (class.truth, class.predicted));
    let of_truth = n * n - product(|class| (class.truth, class.truth));
    let of_predicted = n * n - product(|class| (class.predicted, class.predicted));
    let scale = libm::sqrt(of_truth * of_predicted);
    if scale == 0.0 { 0.0 } else { of_both / scale }
}

/// The value of the second class, or the mean over the classes of each against the rest.
fn macro_mean(
    n_classes: usize,
    truth: &[u32],
    scores: &[f64],
    value: fn(&[(f64, bool)]) -> f64,
) -> f64 {
    let of = |class: usize| {
        let score = |row: usize| match n_classes {
            2 => scores[row],
            n => scores[row * n + class],
        };
        let rows = truth.iter().enumerate();
        let mut pairs: Vec<(f64, bool)> =
            rows.map(|(row, &truth)| (score(row), truth as usize == class)).collect();
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
        value(&pairs)
    };

    // Of two classes the second is the positive one, as in scikit-learn.
    if n_classes == 2 {
        return of(1);
    }

    (0..n_classes).map(of).sum::<f64>() / n_classes as f64
}

/// Calls `visit` with the positive and negative rows of each score, from the highest score.
fn by_score(pairs: &[(f64, bool)], mut take: impl FnMut(f64, f64)) {
    for tied in pairs.chunk_by(|a, b| a.0 == b.0) {
        let positive = tied.iter().filter(|(_, is_positive)| *is_positive).count() as f64;
        take(positive, tied.len() as f64 - positive);
    }
}

/// The share of pairs of a positive and a negative row in the right order; ties count half.
fn roc_auc(pairs: &[(f64, bool)]) -> f64 {
    let (mut above, mut area, mut below) = (0.0, 0.0, 0.0);
    by_score(pairs, |positive, negative| {
        area += negative * (above + 0.5 * positive);
        above += positive;
        below += negative;
    });
    area / (above * below)
}

/// The sum over scores of the gain in recall times the precision there.
fn average_precision(pairs: &[(f64, bool)]) -> f64 {
    let all = pairs.iter().filter(|(_, is_positive)| *is_positive).count() as f64;
    let (mut found, mut taken, mut sum) = (0.0, 0.0, 0.0);
    by_score(pairs, |positive, negative| {
        found += positive;
        taken += positive + negative;
        sum += positive / all * (found / taken);
    });
    sum
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::choice::NamedChoice;

    /// A case of `fixtures/metrics.py`.
    #[derive(Deserialize)]
    struct Case {
        n_classes: usize,
        truth: Vec<f64>,
        predicted: Vec<f64>,
        scores: Vec<f64>,
        values: std::collections::BTreeMap<String, f64>,
    }

    #[test]
    fn values_are_those_of_scikit_learn() {
        let text = include_str!("../fixtures/metrics.json");
        let cases: Vec<Case> = serde_json::from_str(text).unwrap();
        assert!(cases.len() >= 60);
        let codes = |numbers: &[f64]| numbers.iter().map(|&n| n as u32).collect::<Vec<u32>>();
        for (index, case) in cases.iter().enumerate() {
            let outcomes = match case.n_classes {
                0 => Outcomes::Values {
                    truth: case.truth.clone(),
                    predicted: case.predicted.clone(),
                },
                n_classes => Outcomes::Classes {
                    n_classes,
                    truth: codes(&case.truth),
                    predicted: codes(&case.predicted),
                    scores: case.scores.clone(),
                },
            };
            for (name, &expected) in &case.values {
                let found = outcomes.value(Metric::named(name).unwrap()).unwrap();
                // Sums of some hundred terms in another order.
                assert!(
                    (found - expected).abs() < 1e-12,
                    "case {index}, {name}: {found} {expected}"
                );
            }
        }
    }

    #[test]
    fn what_is_not_defined_says_why() {
        let classes = |truth: &[u32]| Outcomes::Classes {
            n_classes: 3,
            truth: truth.to_vec(),
            predicted: vec![0; truth.len()],
            scores: vec![0.3; 3 * truth.len()],
        };
        assert_eq!(classes(&[1, 1]).value(Metric::F1), Err("the test rows are all of one class"));
        assert_eq!(classes(&[0, 1]).value(Metric::RocAuc), Err("a class has no test row"));
        assert!(classes(&[0, 1]).value(Metric::BalancedAccuracy).is_ok());
        let values =
            |truth: &[f64]| Outcomes::Values { truth: truth.to_vec(), predicted: vec![1.0; 2] };
        assert!(values(&[2.0, 2.0]).value(Metric::R2).is_err());
        assert!(values(&[0.0, 2.0]).value(Metric::Mape).is_err());
    }
}
