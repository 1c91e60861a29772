//! Trials in rank order, with their fold effects.

use super::p_best::{corrected_loss, p_best};
use super::ties::ties;
use super::{RacedAt, SplitFacts, Totals};
use crate::stats::{self, Additive};
use crate::trial::{Direction, Prediction, State, Trial};
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Range;

/// Trials in rank order: successful ones, then the others.
pub(super) struct Order {
    /// Trials that are ok on every split, by mean loss, then by number.
    pub(super) ok: Vec<Standing>,
    /// The others: more splits first, then the smaller fold-adjusted mean of those, then the
    /// number.
    pub(super) others: Vec<Standing>,
    /// The additive model of the ok trials; its rows are in rank order.
    pub(super) fit: Additive,
    /// Names of the further metrics of all trials.
    pub(super) metric_names: BTreeSet<String>,
    /// Internal losses of the successful folds of all trials, one after another.
    losses: Vec<f64>,
}

/// An intermediate form of a row.
pub(super) struct Standing {
    pub(super) number: u64,
    /// The range of its losses among those of all.
    losses: Range<usize>,
    /// The mean of the losses; `None` unless the trial is ok on every split.
    pub(super) mean: Option<f64>,
    pub(super) n_parameters: Option<u64>,
    /// The split in which racing stopped it, the epoch, and the prediction: of that split if there
    /// is an epoch, else of the mean.
    stopped: Option<(usize, Option<u32>, Prediction)>,
}

impl Order {
    /// Orders trials, given in any order; reads one at a time and keeps only its losses.
    pub(super) fn of<T: Borrow<Trial>>(
        trials: impl IntoIterator<Item = T>,
        facts: &SplitFacts,
        direction: Direction,
    ) -> Self {
        let (mut losses, mut metric_names) = (Vec::new(), BTreeSet::new());
        let standing = |trial: T| {
            let trial = trial.borrow();
            note_metrics(trial, &mut metric_names);
            let begin = losses.len();
            losses.extend(trial.losses().map(|loss| direction.inner(loss)));
            let is_complete = trial.state() == State::Ok && losses.len() - begin == facts.n_splits;
            Standing {
                number: trial.number,
                mean: if is_complete { stats::mean(&losses[begin..]) } else { None },
                losses: begin..losses.len(),
                n_parameters: Totals::of(&trial.folds).n_parameters,
                stopped: stopped(trial),
            }
        };

        let (mut ok, mut others): (Vec<_>, Vec<_>) =
            trials.into_iter().map(standing).partition(|s| s.mean.is_some());
        ok.sort_by(|a, b| by_mean(a, b, |s| s.mean));
        let rows: Vec<&[f64]> = ok.iter().map(|s| &losses[s.losses.clone()]).collect();
        let fit = Additive::fit_better_half(&rows, facts.n_splits);

        let inside = |s: &Standing| s.stopped.filter(|(_, epoch, _)| epoch.is_some());
        let adjusted = |s: &Standing| {
            let predicted = inside(s).map(|(.., predicted)| direction.inner(predicted.loss));
            let own = losses[s.losses.clone()].iter().copied().chain(predicted);
            fit.adjusted_mean(&own.collect::<Vec<f64>>())
        };

        // Raced trials precede failed ones: their losses are valid. Folds differ in difficulty, so
        // means over few folds are compared without the fold effects.
        others.sort_by(|a, b| {
            let is_raced = |s: &Standing| s.stopped.is_some();
            is_raced(b)
                .cmp(&is_raced(a))
                .then(b.losses.len().cmp(&a.losses.len()))
                .then_with(|| by_mean(a, b, adjusted))
        });

        Self { ok, others, fit, metric_names, losses }
    }

    /// Returns the internal losses of a trial's successful folds.
    pub(super) fn losses(&self, standing: &Standing) -> &[f64] {
        &self.losses[standing.losses.clone()]
    }

    /// Returns the probability of each successful trial to be the best; `None` for one split, or on
    /// overflow.
    pub(super) fn p_best(&self, facts: &SplitFacts) -> Option<Vec<f64>> {
        if facts.n_splits < 2 {
            return None;
        }
        if let [_] = self.ok.as_slice() {
            return Some(vec![1.0]);
        }
        let means: Vec<f64> = self.ok.iter().filter_map(|s| s.mean).collect();
        p_best(&means, self.fit.residuals.as_ref()?, facts.n_splits)
    }

    /// Returns the winner's internal loss corrected for selection bias.
    pub(super) fn corrected_loss(&self) -> Option<f64> {
        let rows: Vec<&[f64]> = self.ok.iter().map(|standing| self.losses(standing)).collect();
        corrected_loss(&rows, &self.fit)
    }

    /// Returns where racing stopped a trial, with its predicted mean loss over all splits.
    pub(super) fn raced(
        &self,
        standing: &Standing,
        n_splits: usize,
        direction: Direction,
    ) -> Option<RacedAt> {
        let (split, epoch, predicted) = standing.stopped?;
        if epoch.is_none() {
            return Some(RacedAt { split, epoch, predicted });
        }

        let own = self.losses(standing).iter().copied();
        let known: Vec<f64> = own.chain([direction.inner(predicted.loss)]).collect();
        let (m, n) = (known.len() as f64, n_splits as f64);

        // The remaining folds, and the predicted fold itself.
        let of_rest = self
            .fit
            .residuals
            .as_ref()
            .map_or(0.0, |residuals| residuals.sd * ((n - m).max(0.0) / (n * m)).sqrt());

        let mean = self.fit.adjusted_mean(&known)?;
        let se = of_rest.hypot(predicted.se / m).min(f64::MAX);
        let predicted = Prediction { loss: direction.inner(mean) + 0.0, se };
        Some(RacedAt { split, epoch, predicted })
    }

    /// Returns which successful trials are tied for best; `None` for one split, whose spread is
    /// unknown, or on overflow.
    pub(super) fn ties(&self, facts: &SplitFacts) -> Option<Vec<bool>> {
        if facts.n_splits < 2 {
            return None;
        }
        if let [_] = self.ok.as_slice() {
            return Some(vec![true]);
        }
        let means: Vec<f64> = self.ok.iter().filter_map(|s| s.mean).collect();
        Some(ties(&means, self.fit.residuals.as_ref()?, facts))
    }
}

fn stopped(trial: &Trial) -> Option<(usize, Option<u32>, Prediction)> {
    let last = trial.folds.last().filter(|fold| fold.state == State::Raced)?;
    let epoch = last.epochs.filter(|_| last.loss.is_none());
    Some((trial.folds.len() - 1, epoch, last.predicted?))
}

fn note_metrics(trial: &Trial, names: &mut BTreeSet<String>) {
    for (name, _) in trial.folds.iter().flat_map(|fold| &fold.metrics) {
        if !names.contains(name) {
            names.insert(name.clone());
        }
    }
}

/// Smaller mean first, then without a mean, then by number.
fn by_mean(a: &Standing, b: &Standing, mean: impl Fn(&Standing) -> Option<f64>) -> Ordering {
    // Adding 0 makes −0 and 0 equal.
    let key = |s: &Standing| mean(s).unwrap_or(f64::INFINITY) + 0.0;
    key(a).total_cmp(&key(b)).then(a.number.cmp(&b.number))
}
