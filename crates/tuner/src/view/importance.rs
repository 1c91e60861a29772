//! What matters in a study.

use crate::space::Value;
use crate::trial::Direction;
use serde::Serialize;

/// What matters in a study.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Importance {
    /// Trials that it was learned from.
    #[serde(rename = "trials")]
    pub n_trials: usize,
    /// Trials among them that have no loss, and count as bad as the worst.
    #[serde(rename = "without_loss")]
    pub n_without_loss: usize,
    /// The scale of the loss whose variance is shared out: that on which left-out trials are predicted best.
    pub scale: ImportanceScale,
    /// The share of the losses' variance that the model predicts of trials left out one at a time; it can be below 0.
    pub fit: f64,
    /// The trial of lowest loss: the leaderboard's winner.
    pub winner: u64,
    /// What each searched parameter does, the greatest total share first; one that is hardly ever active is left out.
    #[serde(rename = "parameters")]
    pub effects: Vec<Effect>,
    /// The strongest pairs, the strongest first.
    pub pairs: Vec<Pair>,
}

/// The scale of the loss whose variance is shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportanceScale {
    /// The logarithm of the loss.
    Log,
    /// The logarithm of the distance to a value somewhat below the best loss.
    ShiftedLog,
}

/// What one parameter does.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// Its name.
    pub name: String,
    /// Its share alone.
    #[serde(rename = "alone")]
    pub main: Share,
    /// Its share with all interactions it takes part in.
    pub total: Share,
    /// The probability that it is active; shares are among configurations where it is.
    pub active: f64,
    /// The value at which the loss is lowest, the other parameters being as in the best trials.
    pub best: Value,
    /// Where nine in ten functions drawn have it: of a range its ends, of categories those that are best now and then.
    pub best_among: Vec<Value>,
    /// Its value in the winner; `None` if it is inactive there.
    pub winner: Option<Value>,
    /// The end of its range at which both the best value and the winner's lie: a wider range may hold a better one.
    pub at_end: Option<End>,
    /// Values in the order of the domain, and the typical loss there, over all values of the others.
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
    /// The share of the model's mean.
    pub value: f64,
    /// The 5 % quantile over functions drawn from the model, lowered to the value if that is less: the mean is smoother
    /// than functions drawn, and its share can lie outside of theirs.
    pub low: f64,
    /// The 95 % quantile, raised likewise.
    pub high: f64,
}

/// A value of a parameter and the typical loss there: that of the mean of the logarithms.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Level {
    /// The value.
    pub value: Value,
    /// The loss.
    pub loss: f64,
}

/// How two parameters act on one another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// The parameter that is acted on: of the two, the one that matters more.
    pub name: String,
    /// The parameter that acts on it.
    pub by: String,
    /// The share of the interactions that hold both.
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
    /// Turns inner losses, which are minimised, into those of a direction.
    pub(crate) fn tell_in(&mut self, direction: Direction) {
        for level in self.effects.iter_mut().flat_map(|effect| &mut effect.marginal) {
            level.loss = direction.inner(level.loss);
        }
        for shift in self.pairs.iter_mut().flat_map(|pair| &mut pair.shifts) {
            shift.loss = direction.inner(shift.loss);
        }
    }
}
