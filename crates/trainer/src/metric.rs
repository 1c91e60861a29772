//! The metrics that score a fold; one that is maximised becomes the loss 1 minus its value, so that
//! smaller is better.

use crate::choice::NamedChoice;
use crate::data::Task;
use crate::loss::Loss;
use crate::prepare::TargetScaling;

/// A measure of the predictions for a fold's test rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// −ln of the probability predicted for the row's class, clipped below at 1e−15.
    CrossEntropy,
    /// The share of rows whose most probable class (the first of equal ones) is wrong.
    ErrorRate,
    /// e², e being prediction minus target in the target's units.
    Mse,
    /// |e|.
    Mae,
    /// e²/2 up to |e| = δ, δ|e| − δ²/2 beyond; δ is the target's standard deviation in the training
    /// fold.
    Huber,
    /// The area under the ROC curve of the second class; of more classes the mean of each against
    /// the rest.
    RocAuc,
    /// The average precision of the second class; of more classes the mean of each against the
    /// rest.
    AveragePrecision,
    /// The harmonic mean of precision and recall of the second class; of more classes the mean of
    /// each.
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

impl NamedChoice for Metric {
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

/// Returns the metrics of the task that are means over rows: every fold records them.
pub(crate) fn means(task: Task) -> &'static [Metric] {
    match task {
        Task::Classification => &metrics(task)[..2],
        Task::Regression => &metrics(task)[..3],
    }
}

/// Probabilities are clipped here, so that a class that never occurs in training has a finite loss:
/// at most 34.5.
pub(crate) const SMALLEST_PROBABILITY: f64 = 1e-15;

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

    /// Whether larger values are better; the loss is then 1 minus the value.
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

    /// Whether the metric is a mean over rows, so that each row can be scored alone.
    pub fn is_mean(self) -> bool {
        means(self.task()).contains(&self)
    }

    /// Returns the loss of a value, which is what is minimised.
    pub fn loss_of(self, value: f64) -> f64 {
        if self.is_maximised() { 1.0 - value } else { value }
    }

    /// Returns the training loss for this metric.
    pub fn loss(self) -> Loss {
        match self {
            Self::Mse | Self::Rmse | Self::R2 => Loss::Mse,
            Self::Mae | Self::Mape => Loss::Mae,
            Self::Huber => Loss::Huber,
            // Counts and ranks of classes have no gradient: all train by their probabilities.
            _ => Loss::CrossEntropy,
        }
    }
}

impl Loss {
    /// Returns the factor from a loss on the standardised target to one in the target's units.
    pub(crate) fn unit(self, scaling: TargetScaling) -> f64 {
        match self {
            Self::Mse | Self::Huber => scaling.sd * scaling.sd,
            Self::Mae => scaling.sd,
            Self::CrossEntropy => 1.0,
        }
    }
}
