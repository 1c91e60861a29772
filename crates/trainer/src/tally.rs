//! Sums over the rows of a fold, from which its metrics are computed.

use crate::choice::NamedChoice;
use crate::data::Task;
use crate::metric::{Metric, SMALLEST_PROBABILITY, means};
use crate::outcomes::Outcomes;

/// Sums of a task's mean metrics over rows, in f64 and in the order of the rows.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    metrics: &'static [Metric],
    sums: [f64; 3],
    n_rows: usize,
    /// The predictions themselves, if a metric needs them.
    pub(crate) kept: Option<Outcomes>,
}

impl Tally {
    pub(crate) fn new(task: Task) -> Self {
        Self { metrics: means(task), sums: [0.0; 3], n_rows: 0, kept: None }
    }

    /// A tally that also keeps the predictions of each row.
    pub(crate) fn keeping(task: Task, n_classes: usize) -> Self {
        Self { kept: Some(Outcomes::new(task, n_classes)), ..Self::new(task) }
    }

    /// Adds rows of a classification: their cross-entropies and whether each prediction is correct.
    pub(crate) fn add_classes(
        &mut self,
        cross_entropies: &[f32],
        is_right: impl Iterator<Item = bool>,
    ) {
        let most = -libm::log(SMALLEST_PROBABILITY);
        for (&cross_entropy, is_right) in cross_entropies.iter().zip(is_right) {
            let cross_entropy = f64::from(cross_entropy);
            self.sums[0] += if cross_entropy > most { most } else { cross_entropy };
            self.sums[1] += f64::from(u8::from(!is_right));
            self.n_rows += 1;
        }
    }

    /// Adds a row of a regression: its error in the target's units.
    pub(crate) fn add_error(&mut self, error: f64, delta: f64) {
        let size = error.abs();
        self.sums[0] += error * error;
        self.sums[1] += size;
        self.sums[2] +=
            if size <= delta { 0.5 * error * error } else { delta * (size - 0.5 * delta) };
        self.n_rows += 1;
    }

    /// Returns the mean of each metric with its name; NaN without rows.
    pub(crate) fn means(&self) -> impl Iterator<Item = (&'static str, f64)> + '_ {
        self.metrics
            .iter()
            .zip(self.sums)
            .map(|(metric, sum)| (metric.name(), sum / self.n_rows as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_clipped_at_1e_minus_15() {
        let mut tally = Tally::new(Task::Classification);
        tally.add_classes(&[1000.0, 0.5], [false, true].into_iter());
        let means: Vec<f64> = tally.means().map(|(_, mean)| mean).collect();
        assert!((means[0] - 17.519_388_197_455_342).abs() < 1e-12);
        assert_eq!(means[1], 0.5);
    }

    #[test]
    fn errors_are_averaged_in_their_units() {
        let mut tally = Tally::new(Task::Regression);
        tally.add_error(1.0, 2.0);
        tally.add_error(-3.0, 2.0);
        let means: Vec<_> = tally.means().collect();
        assert_eq!(means, [("mse", 5.0), ("mae", 2.0), ("huber", 2.25)]);
    }
}
