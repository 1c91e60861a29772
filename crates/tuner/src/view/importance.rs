//! Parameter importance of a study.

use crate::space::Value;
use crate::trial::Direction;
use serde::Serialize;

/// Parameter importance of a study.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Importance {
    /// Number of trials that it was computed from.
    #[serde(rename = "trials")]
    pub n_trials: usize,
    /// Number of trials among them without a loss, which count as the worst.
    #[serde(rename = "without_loss")]
    pub n_without_loss: usize,
    /// The scale of the loss whose variance is decomposed: the one that predicts left-out trials
    /// best.
    pub scale: ImportanceScale,
    /// What is subtracted from the loss before its logarithm is taken: 0 on the scale `log`.
    pub shift: f64,
    /// The surrogate's leave-one-out R²; it can be negative.
    pub fit: f64,
    /// The trial of lowest loss: the leaderboard's winner.
    pub winner: u64,
    /// The effects of each searched parameter, the largest total effect first, without parameters
    /// that are hardly ever active.
    #[serde(rename = "parameters")]
    pub effects: Vec<Effect>,
    /// The strongest pairs, the strongest first.
    pub pairs: Vec<Pair>,
}

/// The scale of the loss whose variance is decomposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportanceScale {
    /// The logarithm of the loss.
    Log,
    /// The logarithm of the distance to a value somewhat below the best loss.
    ShiftedLog,
}

/// The effects of one parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// Its name.
    pub name: String,
    /// Its main effect.
    #[serde(rename = "alone")]
    pub main: Share,
    /// Its total effect, with all interactions.
    pub total: Share,
    /// The probability that it is active; shares refer to configurations in which it is.
    pub active: f64,
    /// The value with the lowest loss, with the other parameters as in the best trials.
    pub best: Value,
    /// Where nine in ten functions drawn have it, and the winner: the ends for a range, and for
    /// categories those that are sometimes best.
    pub best_among: Vec<Value>,
    /// Its value in the winner; `None` if it is inactive there.
    pub winner: Option<Value>,
    /// The end of its range at which both the best value and the winner's lie: a wider range may
    /// contain a better one.
    pub at_end: Option<End>,
    /// Values in the order of the domain, and the typical loss there, over all values of the
    /// others.
    pub marginal: Vec<Level>,
}

/// An end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The lower end.
    Low,
    /// The upper end.
    High,
}

/// A share of the variance, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// The share of the posterior mean.
    pub value: f64,
    /// The 5 % quantile over functions drawn from the posterior, lowered to the value if necessary:
    /// the mean is smoother than the drawn functions, and its share can lie outside theirs.
    pub low: f64,
    /// The 95 % quantile, raised likewise.
    pub high: f64,
}

/// A value of a parameter and the typical loss there: the exponential of the mean logarithm.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Level {
    /// The value.
    pub value: Value,
    /// The loss.
    pub loss: f64,
}

/// The interaction of two parameters.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// The first parameter: the more important of the two.
    pub name: String,
    /// The second parameter.
    pub by: String,
    /// The share of all interactions that contain both.
    pub share: Share,
    /// The best value of `name` at some values of `by`.
    pub shifts: Vec<Shift>,
}

/// The best value of one parameter at a value of another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shift {
    /// The value of the other.
    pub by: Value,
    /// The best value there.
    pub best: Value,
    /// The loss there.
    pub loss: f64,
}

impl Share {
    /// A share with its quantiles, widened to hold the value.
    pub(crate) fn new(value: f64, (low, high): (f64, f64)) -> Self {
        Self { value, low: low.min(value), high: high.max(value) }
    }
}

impl Importance {
    /// Converts internal losses, which are minimised, into the user's units.
    pub(crate) fn tell_in(&mut self, direction: Direction) {
        self.shift = direction.inner(self.shift);
        for level in self.effects.iter_mut().flat_map(|effect| &mut effect.marginal) {
            level.loss = direction.inner(level.loss);
        }
        for shift in self.pairs.iter_mut().flat_map(|pair| &mut pair.shifts) {
            shift.loss = direction.inner(shift.loss);
        }
    }
}
