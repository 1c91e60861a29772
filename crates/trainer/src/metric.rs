//! What a fold is scored by; what is maximised is ranked by 1 minus its value, so that a smaller loss is better.

use crate::choice::Choice;
use crate::data::Task;
use crate::loss::Loss;
use crate::outcomes::Outcomes;
use crate::prepare::TargetScaling;

/// A measure of the predictions for the rows of a fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// −ln of the probability given to the row's class, which counts as at least 1e−15.
    CrossEntropy,
    /// The share of rows whose most probable class (of equal ones the first) is wrong.
    ErrorRate,
    /// e², e being prediction minus target in the target's units.
    Mse,
    /// |e|.
    Mae,
    /// e²/2 up to |e| = δ, δ|e| − δ²/2 beyond; δ is the target's standard deviation in the training fold.
    Huber,
    /// The area under the ROC curve of the second class; of more classes the mean of each against the rest.
    RocAuc,
    /// The average precision of the second class; of more classes the mean of each against the rest.
    AveragePrecision,
    /// The harmonic mean of precision and recall of the second class; of more classes the mean of each.
    F1,
    /// The mean recall of the classes.
    BalancedAccuracy,
    /// Matthews' correlation coefficient.
    Mcc,
    /// The root of the mean of e².
    Rmse,
    /// The mean of |e| divided by |target|.
    Mape,
    /// 1 minus the mean of e² divided by the target's variance.
    R2,
}

impl Choice for Metric {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("cross_entropy", Self::CrossEntropy),
        ("error_rate", Self::ErrorRate),
        ("mse", Self::Mse),
        ("mae", Self::Mae),
        ("huber", Self::Huber),
        ("roc_auc", Self::RocAuc),
        ("average_precision", Self::AveragePrecision),
        ("f1", Self::F1),
        ("balanced_accuracy", Self::BalancedAccuracy),
        ("mcc", Self::Mcc),
        ("rmse", Self::Rmse),
        ("mape", Self::Mape),
        ("r2", Self::R2),
    ];
}

/// Returns the metrics of a task; the first is what a study minimises unless told otherwise.
pub fn metrics(task: Task) -> &'static [Metric] {
    match task {
        Task::Classification => &[
            Metric::CrossEntropy,
            Metric::ErrorRate,
            Metric::RocAuc,
            Metric::AveragePrecision,
            Metric::F1,
            Metric::BalancedAccuracy,
            Metric::Mcc,
        ],
        Task::Regression => {
            &[Metric::Mse, Metric::Mae, Metric::Huber, Metric::Rmse, Metric::Mape, Metric::R2]
        }
    }
}

/// The metrics of a task that are means over rows: every fold records them.
fn means(task: Task) -> &'static [Metric] {
    match task {
        Task::Classification => &metrics(task)[..2],
        Task::Regression => &metrics(task)[..3],
    }
}

/// A probability below this counts as this, so that a class never met in training has a finite loss: at most 34.5.
const SMALLEST_PROBABILITY: f64 = 1e-15;

impl Metric {
    /// Returns the task it belongs to.
    pub fn task(self) -> Task {
        match self {
            Self::CrossEntropy
            | Self::ErrorRate
            | Self::RocAuc
            | Self::AveragePrecision
            | Self::F1
            | Self::BalancedAccuracy
            | Self::Mcc => Task::Classification,
            Self::Mse | Self::Mae | Self::Huber | Self::Rmse | Self::Mape | Self::R2 => {
                Task::Regression
            }
        }
    }

    /// Whether a larger value is better: the loss is then 1 minus the value.
    pub fn is_maximised(self) -> bool {
        match self {
            Self::RocAuc
            | Self::AveragePrecision
            | Self::F1
            | Self::BalancedAccuracy
            | Self::Mcc
            | Self::R2 => true,
            Self::CrossEntropy
            | Self::ErrorRate
            | Self::Mse
            | Self::Mae
            | Self::Huber
            | Self::Rmse
            | Self::Mape => false,
        }
    }

    /// Whether it is a mean over rows, so that it needs no row's prediction beside another's.
    pub fn is_mean(self) -> bool {
        means(self.task()).contains(&self)
    }

    /// Returns the loss of a value: what is minimised.
    pub fn loss_of(self, value: f64) -> f64 {
        if self.is_maximised() { 1.0 - value } else { value }
    }

    /// Returns what training minimises when this is what counts.
    pub fn loss(self) -> Loss {
        match self {
            Self::CrossEntropy
            | Self::ErrorRate
            | Self::RocAuc
            | Self::AveragePrecision
            | Self::F1
            | Self::BalancedAccuracy
            | Self::Mcc => Loss::CrossEntropy,
            Self::Mse | Self::Rmse | Self::R2 => Loss::Mse,
            Self::Mae | Self::Mape => Loss::Mae,
            Self::Huber => Loss::Huber,
        }
    }
}

impl Loss {
    /// Returns what turns a loss on the standardised target into one in the target's units.
    pub(crate) fn unit(self, scaling: TargetScaling) -> f64 {
        match self {
            Self::Mse | Self::Huber => scaling.sd * scaling.sd,
            Self::Mae => scaling.sd,
            Self::CrossEntropy => 1.0,
        }
    }
}

/// Sums of a task's mean metrics over rows, in f64 and in the order of the rows.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    metrics: &'static [Metric],
    sums: [f64; 3],
    n_rows: usize,
    /// The predictions themselves, where a metric needs them.
    pub(crate) kept: Option<Outcomes>,
}

impl Tally {
    pub(crate) fn new(task: Task) -> Self {
        Self { metrics: means(task), sums: [0.0; 3], n_rows: 0, kept: None }
    }

    /// The same that keeps the predictions of each row.
    pub(crate) fn keeping(task: Task, n_classes: usize) -> Self {
        Self { kept: Some(Outcomes::new(task, n_classes)), ..Self::new(task) }
    }

    /// Adds rows of a classification by their cross-entropies and whether each is right.
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

    /// Adds a row of a regression by its error in the target's units.
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
