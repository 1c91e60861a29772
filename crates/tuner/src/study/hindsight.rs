//! Racing in hindsight: what it would have saved and lost in a finished study. Its complete trials
//! are judged in order by their recorded curves, as if during the run. Which trials would have been
//! proposed instead is unknown.

use super::state::StudyState;
use crate::cast;
use crate::error::Error;
use crate::race::{Bars, Contender, Field, Judge, Race};
use crate::store::{Curves, FoldRecord, Record, Store};
use std::collections::{BTreeMap, BTreeSet};

/// The result of judging a study's trials in hindsight.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hindsight {
    /// Number of complete trials, which were judged.
    pub n_trials: usize,
    /// Number of those that would have been stopped.
    pub n_stopped: usize,
    /// Number of those that were better than all complete ones before them.
    pub n_bests: usize,
    /// Number of the latter that would have been stopped.
    pub n_bests_stopped: usize,
    /// The share of the epochs (or of folds, if epochs are not counted) that would have been spent.
    pub share: f64,
    /// The best mean loss of the study, in the user's units.
    pub best: Option<f64>,
    /// The best mean loss of the trials that would have been complete, in the user's units.
    pub best_raced: Option<f64>,
}

impl StudyState {
    /// Judges the complete trials of the study as `race` would have. Curves come from `store`,
    /// which holds the study's records: losses after each epoch, whatever weights early stopping
    /// restored.
    ///
    /// # Errors
    /// [`Error::Store`] if the records cannot be read.
    pub fn hindsight(&self, store: &mut dyn Store, race: &Race) -> Result<Hindsight, Error> {
        let mut curves: BTreeMap<(u64, usize), FoldRecord> = BTreeMap::new();
        store.replay(Curves::Load, &mut |record| {
            if let Record::Fold(fold) = record {
                curves.insert((fold.trial, fold.split), fold);
            }
        })?;

        let mut found = Hindsight::default();
        let mut stopped: BTreeSet<u64> = BTreeSet::new();
        let mut looks: BTreeMap<u64, Contender> = BTreeMap::new();
        let (mut spent, mut full) = (0.0, 0.0);
        let mut best: Option<f64> = None;

        for (number, slot) in self.slots().numbered() {
            let direction = self.spec.direction;
            let Some(mut contender) = self.ledger.contender(number, direction) else { continue };
            let seen = self.ledger.seen_by(cast::position(number) + 1);
            let mut field = Field::default();
            // Trials that racing would have stopped would have no complete losses, so later ones
            // would not have been compared with them.
            let complete = seen.iter().filter(|trial| !stopped.contains(trial));
            complete.filter_map(|trial| looks.get(trial)).for_each(|c| field.add(c.clone()));
            let bars = Bars::new(race, &field, self.spec.n_splits, direction);
            let rungs = race.rungs(&slot.space, &slot.config);

            let mut losses = Vec::new();
            let mut cost = Cost::default();
            contender.looks.clear();
            for split in 0..self.spec.n_splits {
                let Some(fold) = curves.get(&(number, split)) else { break };
                let mut judge = Judge::new(bars.as_ref(), split, rungs.clone());
                let n_epochs = fold.curve.len().max(1);
                // The last epoch is the result of the fold: nothing is saved by a stop there.
                let heard = fold.curve.iter().take(n_epochs - 1);
                for (epoch, (_, test)) in (1..).zip(heard) {
                    judge.hear(epoch, test.map_or(f64::NAN, f64::from));
                }
                contender.looks.push(judge.looks().to_vec());
                cost.full += n_epochs as f64;
                let after = judge.verdict().map(|(epoch, _)| f64::from(*epoch));
                cost.spend(after.unwrap_or(n_epochs as f64), after.is_some());
                losses.extend(fold.loss);
                let verdict = bars.as_ref().and_then(|bars| bars.judge_folds(&losses));
                cost.is_stopped |= verdict.is_some();
            }

            let mean = contender.mean;
            // A new best counts whether or not it would have been stopped: stopped ones are the
            // loss that racing causes.
            let is_best = best.is_none_or(|best| mean < best);
            best = Some(best.map_or(mean, |best: f64| best.min(mean)));
            found.n_trials += 1;
            found.n_bests += usize::from(is_best);
            (spent, full) = (spent + cost.spent, full + cost.full);
            if cost.is_stopped {
                stopped.insert(number);
                found.n_stopped += 1;
                found.n_bests_stopped += usize::from(is_best);
            } else {
                let raced = found.best_raced.map_or(mean, |raced: f64| raced.min(mean));
                found.best_raced = Some(raced);
            }
            looks.insert(number, contender);
        }

        let told = |loss: f64| self.spec.direction.inner(loss);
        found.best = best.map(told);
        found.best_raced = found.best_raced.map(told);
        found.share = if full > 0.0 { spent / full } else { 1.0 };
        Ok(found)
    }
}

/// Epochs of a trial.
#[derive(Default)]
struct Cost {
    full: f64,
    spent: f64,
    is_stopped: bool,
}

impl Cost {
    /// Adds a fold's epochs, unless the trial was stopped before.
    fn spend(&mut self, epochs: f64, stops: bool) {
        if !self.is_stopped {
            self.spent += epochs;
        }
        self.is_stopped |= stops;
    }
}
