//! Trials in rank order, with what their common folds say about them.

use super::SplitFacts;
use super::best_set::best_set;
use crate::stats::{self, Additive};
use crate::trial::{Direction, State, Trial};
use std::cmp::Ordering;

/// Trials in rank order: ok ones, then the others.
pub(super) struct Order {
    /// Trials that are ok on every split, by mean loss, then by number.
    pub(super) ok: Vec<Standing>,
    /// The others: more splits done, then the smaller fold-adjusted mean of those, then the number.
    pub(super) others: Vec<Standing>,
    /// The additive model of the ok trials; its rows are in rank order.
    pub(super) fit: Additive,
}

/// A trial on its way to a row. Losses are inner ones.
pub(super) struct Standing {
    /// Position in the trials that are ranked.
    pub(super) index: usize,
    number: u64,
    /// Losses of its ok folds.
    pub(super) losses: Vec<f64>,
    /// Their mean; none unless the trial is ok on every split.
    pub(super) mean: Option<f64>,
}

impl Order {
    /// Orders trials, given in any order.
    pub(super) fn of(trials: &[Trial], facts: &SplitFacts, direction: Direction) -> Self {
        let standing = |(index, trial): (usize, &Trial)| {
            let losses: Vec<f64> = trial.losses().map(|l| direction.inner(l)).collect();
            let is_complete = trial.state() == State::Ok && losses.len() == facts.n_splits;
            let mean = if is_complete { stats::mean(&losses) } else { None };
            Standing { index, number: trial.number, losses, mean }
        };
        let (mut ok, mut others): (Vec<_>, Vec<_>) =
            trials.iter().enumerate().map(standing).partition(|s| s.mean.is_some());
        ok.sort_by(|a, b| by_mean(a, b, |s| s.mean));
        let rows: Vec<&[f64]> = ok.iter().map(|s| s.losses.as_slice()).collect();
        let fit = Additive::fit_better_half(&rows, facts.n_splits);
        let adjusted = |s: &Standing| fit.adjusted_mean(&s.losses);
        others.sort_by(|a, b| b.losses.len().cmp(&a.losses.len()).then_with(|| by_mean(a, b, adjusted)));
        Self { ok, others, fit }
    }

    /// The best set of the ok trials; none for one split, whose spread cannot be known, and if it overflows.
    pub(super) fn best_set(&self, facts: &SplitFacts) -> Option<Vec<bool>> {
        if facts.n_splits < 2 {
            return None;
        }
        if let [_] = self.ok.as_slice() {
            return Some(vec![true]);
        }
        let means: Vec<f64> = self.ok.iter().filter_map(|s| s.mean).collect();
        Some(best_set(&means, self.fit.residuals.as_ref()?, facts))
    }
}

/// Smaller mean first, then without a mean, then by number.
fn by_mean(a: &Standing, b: &Standing, mean: impl Fn(&Standing) -> Option<f64>) -> Ordering {
    // Adding 0 makes -0 and 0 the tie that they are.
    let key = |s: &Standing| mean(s).unwrap_or(f64::INFINITY) + 0.0;
    key(a).total_cmp(&key(b)).then(a.number.cmp(&b.number))
}
