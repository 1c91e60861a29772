//! What a model's predictions are worth on rows whose target is known: each metric, how sure it is,
//! and the rows that the loss comes from.
//!
//! Intervals are percentile bootstraps over rows (Efron and Tibshirani 1993, chapter 13) with a
//! fixed stream, so that the same rows give the same interval. They say how another sample of such
//! rows might turn out, not another training; rows that depend on one another (of one group, of one
//! time) make them too narrow.

use crate::data::Task;
use crate::metric::{Metric, SMALLEST_PROBABILITY, metrics};
use crate::outcomes::Outcomes;
use crate::stream::{Purpose, Streams, below};

/// Predictions beside the true targets.
#[derive(Clone, Debug)]
pub struct Assessment {
    outcomes: Outcomes,
    task: Task,
    /// Where Huber's loss turns: the target's standard deviation in training.
    delta: f64,
}

/// One metric of some predictions.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// The metric.
    pub metric: Metric,
    /// The metric's value, or why it has none.
    pub value: Result<f64, &'static str>,
    /// The 95 % interval; `None` for fewer than ten rows, or if resamples often have no value.
    pub interval: Option<(f64, f64)>,
}

/// The few rows that account for half of a loss.
#[derive(Clone, Debug, PartialEq)]
pub struct Owners {
    /// The loss.
    pub metric: Metric,
    /// The rows' positions among the rows assessed, the worst first.
    pub rows: Vec<usize>,
    /// The rows' share of the sum over all rows.
    pub share: f64,
}

/// Resamples of an interval, where the rows are not many…
const RESAMPLES: usize = 1000;
/// …and rows drawn for all of them together, else.
const MOST_DRAWN: usize = 20_000_000;
const FEWEST_RESAMPLES: usize = 100;
/// Fewer rows say nothing of their spread.
const FEWEST_ROWS: usize = 10;

impl Assessment {
    pub(super) fn new(outcomes: Outcomes, task: Task, delta: f64) -> Self {
        Self { outcomes, task, delta }
    }

    /// Returns the number of assessed rows.
    pub fn n_rows(&self) -> usize {
        self.outcomes.n_rows()
    }

    /// Each metric of the task with its interval, in the order of [`metrics`].
    pub fn measures(&self) -> Vec<Measure> {
        let all = metrics(self.task);
        let losses: Vec<Option<Vec<f64>>> = all.iter().map(|metric| self.losses(*metric)).collect();
        let value = |outcomes: &Outcomes, index: usize, rows: Option<&[usize]>| match &losses[index]
        {
            Some(losses) => Ok(match rows {
                Some(rows) => rows.iter().map(|&row| losses[row]).sum::<f64>() / rows.len() as f64,
                None => losses.iter().sum::<f64>() / losses.len() as f64,
            }),
            None => outcomes.value(all[index]),
        };

        let n_rows = self.n_rows();
        let n_resamples = (MOST_DRAWN / n_rows.max(1)).clamp(FEWEST_RESAMPLES, RESAMPLES);
        // Fixed: the same model and rows have the same interval.
        let mut rng = Streams::new(0).rng(Purpose::Bootstrap, 0, 0);
        let mut resampled: Vec<Vec<f64>> = vec![Vec::with_capacity(n_resamples); all.len()];

        // All metrics from the same resamples, so that their intervals can be compared.
        for _ in 0..if n_rows < FEWEST_ROWS { 0 } else { n_resamples } {
            let rows: Vec<usize> =
                (0..n_rows).map(|_| below(&mut rng, n_rows as u32) as usize).collect();
            let outcomes = self.outcomes.at(&rows);
            for (index, values) in resampled.iter_mut().enumerate() {
                values.extend(value(&outcomes, index, Some(&rows)));
            }
        }

        let measure = |(index, values): (usize, Vec<f64>)| Measure {
            metric: all[index],
            value: value(&self.outcomes, index, None),
            interval: interval(values, n_resamples),
        };

        resampled.into_iter().enumerate().map(measure).collect()
    }

    /// The rows that own half of the loss, cross-entropy or squared error, where they are one in 50
    /// or fewer.
    pub fn owners(&self) -> Option<Owners> {
        const ROWS_EACH: usize = 50;
        let metric = metrics(self.task)[0];
        let losses = self.losses(metric)?;
        let all: f64 = losses.iter().sum();
        let mut rows: Vec<usize> = (0..losses.len()).collect();
        rows.sort_by(|&a, &b| losses[b].total_cmp(&losses[a]));

        let mut sum = 0.0;
        let n_owners = 1 + rows.iter().position(|&row| {
            sum += losses[row];
            sum >= all / 2.0
        })?;

        rows.truncate(n_owners);
        let are_few = n_owners * ROWS_EACH <= losses.len() && all > 0.0;
        are_few.then_some(Owners { metric, rows, share: sum / all })
    }

    /// The losses of the rows, of a metric that is their mean.
    fn losses(&self, metric: Metric) -> Option<Vec<f64>> {
        if !metric.is_mean() {
            return None;
        }

        Some(match &self.outcomes {
            Outcomes::Values { truth, predicted } => {
                let error = |(truth, predicted): (&f64, &f64)| (predicted - truth).abs();
                let errors = truth.iter().zip(predicted).map(error);
                match metric {
                    Metric::Mae => errors.collect(),
                    Metric::Huber => errors.map(|error| huber(error, self.delta)).collect(),
                    _ => errors.map(|error| error * error).collect(),
                }
            }
            Outcomes::Classes { n_classes, truth, predicted, scores } => {
                let of_row = |(row, (truth, predicted)): (usize, (&u32, &u32))| {
                    if metric == Metric::ErrorRate {
                        return f64::from(u8::from(truth != predicted));
                    }
                    // From the output itself for two classes: ln of a rounded probability would
                    // lose small ones.
                    let loss = match n_classes {
                        2 => softplus(if *truth == 1 { -scores[row] } else { scores[row] }),
                        n => -libm::log(scores[row * n + *truth as usize]),
                    };
                    // Clipped as in the metric, of which these are the terms.
                    loss.min(-libm::log(SMALLEST_PROBABILITY))
                };
                truth.iter().zip(predicted).enumerate().map(of_row).collect()
            }
        })
    }
}

fn huber(error: f64, delta: f64) -> f64 {
    if error <= delta { 0.5 * error * error } else { delta * (error - 0.5 * delta) }
}

/// ln(1 + eˣ), without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

/// From the 2.5th to the 97.5th percentile of resampled values, unless more than one in ten has
/// none.
fn interval(mut values: Vec<f64>, n_resamples: usize) -> Option<(f64, f64)> {
    if values.len() * 10 < n_resamples * 9 {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let quantile = |share: f64| {
        let place = share * (values.len() - 1) as f64;
        let (below, part) = (place.floor() as usize, place.fract());
        let above = (below + 1).min(values.len() - 1);
        values[below] + part * (values[above] - values[below])
    };
    Some((quantile(0.025), quantile(0.975)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_values(truth: Vec<f64>, predicted: Vec<f64>) -> Assessment {
        Assessment::new(Outcomes::Values { truth, predicted }, Task::Regression, 2.0)
    }

    #[test]
    fn metrics_of_a_regression_are_those_by_hand() {
        let found = of_values(vec![1.0, 2.0, 4.0], vec![2.0, 2.0, 1.0]).measures();
        let value = |metric| found.iter().find(|m| m.metric == metric).unwrap().value;
        assert_eq!(value(Metric::Mse), Ok(10.0 / 3.0));
        assert_eq!(value(Metric::Mae), Ok(4.0 / 3.0));
        // Of the errors 1, 0 and 3, the last beyond δ = 2: 0.5, 0 and 2 · (3 − 1).
        assert_eq!(value(Metric::Huber), Ok(1.5));
        assert!(found.iter().all(|measure| measure.interval.is_none()), "three rows");
    }

    #[test]
    fn two_outputs_and_one_give_the_same_cross_entropy() {
        let (truth, predicted) = (vec![1, 0, 1], vec![1, 0, 0]);
        let logits = [0.7, -1.5, -0.2];
        let of = |n_classes, scores| {
            let (truth, predicted) = (truth.clone(), predicted.clone());
            let outcomes = Outcomes::Classes { n_classes, truth, predicted, scores };
            Assessment::new(outcomes, Task::Classification, 1.0).losses(Metric::CrossEntropy)
        };
        let two = of(2, logits.to_vec()).unwrap();
        let probability = |logit: &f64| 1.0 / (1.0 + libm::exp(-logit));
        let scores = logits.iter().flat_map(|l| [1.0 - probability(l), probability(l), 0.0]);
        let three = of(3, scores.collect()).unwrap();
        for (a, b) in two.iter().zip(&three) {
            assert!((a - b).abs() < 1e-12, "{two:?} {three:?}");
        }
        assert_eq!(of(2, vec![-1e6, 1e6, 0.0]).unwrap()[0], -libm::log(1e-15));
    }

    #[test]
    fn an_interval_is_about_two_standard_errors_wide() {
        // Errors of ±1 and ±3 alike: |e| has mean 2 and deviation 1, its mean over 400 rows 0.05.
        let predicted: Vec<f64> = (0..400).map(|i| [1.0, -3.0, 3.0, -1.0][i % 4]).collect();
        let found = of_values(vec![0.5; 400], predicted.iter().map(|e| e + 0.5).collect());
        let measures = found.measures();
        let mae = &measures[1];
        let (low, high) = mae.interval.unwrap();
        // 1.96 · 0.05 = 0.098 on each side; an end of 1,000 resamples is sure to 0.005 (sd).
        assert!((2.0 - low - 0.098).abs() < 0.02 && (high - 2.0 - 0.098).abs() < 0.02, "{mae:?}");
        assert_eq!(measures, found.measures());
    }

    #[test]
    fn what_is_undefined_in_resamples_has_no_interval() {
        let truth: Vec<u32> = (0..12).map(|i| u32::from(i == 0)).collect();
        let outcomes = Outcomes::Classes {
            n_classes: 2,
            predicted: truth.clone(),
            truth,
            scores: vec![0.5; 12],
        };
        let found = Assessment::new(outcomes, Task::Classification, 1.0).measures();
        let of = |metric| found.iter().find(|measure| measure.metric == metric).unwrap();
        // A resample lacks the one row of the second class with probability (11/12)¹² = 0.35.
        assert_eq!((of(Metric::RocAuc).value, of(Metric::RocAuc).interval), (Ok(0.5), None));
        assert!(of(Metric::ErrorRate).interval.is_some());
    }

    #[test]
    fn few_rows_that_own_the_loss_are_named() {
        let mut predicted = vec![1.0; 200];
        predicted[17] = 30.0;
        predicted[3] = -20.0;
        let owners = of_values(vec![0.0; 200], predicted).owners().unwrap();
        assert_eq!((owners.metric, owners.rows), (Metric::Mse, vec![17]));
        assert!((owners.share - 900.0 / 1498.0).abs() < 1e-12);
        assert_eq!(of_values(vec![0.0; 200], vec![1.0; 200]).owners(), None);
        assert_eq!(of_values(vec![0.0; 200], vec![0.0; 200]).owners(), None);
    }
}
