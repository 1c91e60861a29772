//! Racing within a study: the bars of each trial, and the decisions to stop.

use super::ask::Told;
use super::handle::Study;
use super::slot::Slot;
use super::state::StudyState;
use crate::error::{Error, TellFault};
use crate::race::{Bars, Field, Judge, Rung};
use crate::space::Space;
use crate::store::{FoldRecord, Raced, Record};
use crate::trial::{FoldResult, Origin, State};
use std::borrow::Cow;
use std::sync::Arc;

/// What one trial is judged by: fixed when it was proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialRace {
    /// `None` while there are too few complete trials, and for manual trials.
    pub bars: Option<Bars>,
    /// The epochs after which it is judged.
    pub rungs: Vec<Rung>,
}

impl TrialRace {
    /// Returns the judge of a fold.
    pub fn judge(&self, split: usize) -> Judge<'_> {
        Judge::new(self.bars.as_ref(), split, self.rungs.clone())
    }

    /// Returns the decision to stop a trial after its first folds: the earliest one, unless it was
    /// stopped before.
    pub(super) fn after_folds(&self, trial: u64, results: &[Option<FoldResult>]) -> Option<Raced> {
        let bars = self.bars.as_ref()?;
        let mut losses = Vec::with_capacity(results.len());
        for result in results.iter().take(results.len().saturating_sub(1)) {
            let result = result.as_ref().filter(|result| result.state == State::Ok)?;
            losses.extend(result.loss);
            if let Some(verdict) = bars.judge_folds(&losses) {
                let (n_folds, predicted) = (losses.len(), verdict.predicted);
                return Some(Raced { trial, n_folds, predicted, reason: verdict.reason });
            }
        }
        None
    }
}

impl StudyState {
    /// Returns what a trial is judged by; `None` if the study does not race, or there is no such
    /// trial. It follows from what the trial's proposal saw, at any later time.
    pub fn race_of(&self, trial: u64) -> Option<TrialRace> {
        let race = self.spec.race.as_ref()?;
        let slot = self.slot(trial)?;

        let rungs = race.rungs(&slot.space, &slot.config);
        // The user asked for this trial, so it runs to its end.
        if slot.origin == Origin::Manual {
            return Some(TrialRace { bars: None, rungs });
        }

        let n_proposals = usize::try_from(trial).ok()? + 1;
        // The field of the latest proposal is kept; an older one is rebuilt.
        let field = if n_proposals == self.slots().len() {
            Cow::Borrowed(&self.field)
        } else {
            Cow::Owned(self.field_in(&slot.space, n_proposals))
        };

        let bars = Bars::new(race, &field, self.spec.n_splits, self.spec.direction);
        Some(TrialRace { bars, rungs })
    }

    /// Returns the complete trials that the first `n_proposals` proposals saw and that lie in
    /// `space`.
    pub(super) fn field_in(&self, space: &Arc<Space>, n_proposals: usize) -> Field {
        let mut field = Field::default();
        for &trial in self.ledger.seen_by(n_proposals) {
            let lies_there = self.slot(trial).is_some_and(|slot| slot.place_in(space).is_some());
            if let Some(contender) = self.ledger.contender(trial, self.spec.direction)
                && lies_there
            {
                field.add(contender);
            }
        }
        field
    }
}

/// What racing has saved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saving {
    /// Number of trials that racing stopped.
    pub n_raced: usize,
    /// Trials that have ended.
    pub n_trials: usize,
    /// The share of their total cost without racing that was spent: in multiply-adds if they are
    /// counted, else in epochs or folds.
    pub share: f64,
    /// Whether the objective counts multiply-adds.
    pub is_counted: bool,
}

impl StudyState {
    /// Returns what racing has saved; `None` if the study does not race, or no trial has ended.
    pub fn saving(&self) -> Option<Saving> {
        let race = self.spec.race.as_ref()?;
        let n_splits = self.spec.n_splits as f64;
        let (mut n_raced, mut n_trials, mut spent, mut full) = (0, 0, 0.0, 0.0);
        let mut is_counted = false;

        for trial in self.trials() {
            let slot = self.slot(trial.number)?;
            let total = race.total_epochs(&slot.space, &slot.config).map(f64::from);
            // The share of a fold that was trained.
            let share = |fold: &FoldResult| match (fold.state, fold.loss, fold.epochs, total) {
                (State::Raced, None, Some(done), Some(total)) if total > 0.0 => {
                    f64::from(done) / total
                }
                _ => 1.0,
            };
            let shares: f64 = trial.folds.iter().map(share).sum();
            let counted = trial.folds.iter().filter_map(|fold| fold.multiply_adds);
            let cost: f64 = counted.map(|n| n as f64).sum();
            // The cost of a whole fold, from the part that was counted.
            let of_fold = if cost > 0.0 { cost / shares } else { 1.0 };
            is_counted |= cost > 0.0;
            n_trials += 1;
            n_raced += usize::from(trial.state() == State::Raced);
            spent += of_fold * shares;
            full += of_fold * if trial.state() == State::Raced { n_splits } else { shares };
        }

        (n_trials > 0 && full > 0.0).then(|| Saving {
            n_raced,
            n_trials,
            share: spent / full,
            is_counted,
        })
    }
}

impl Study {
    /// Records that racing stops a trial after its first folds, if it does; returns whether it did.
    /// Call it after each fold: later ones that ended before no longer count.
    pub(super) fn race(&mut self, trial: u64, race: &TrialRace) -> Result<bool, Error> {
        if self.ledger.is_raced(trial) {
            return Ok(false);
        }
        let Some(raced) = race.after_folds(trial, &self.results(trial)) else {
            return Ok(false);
        };
        self.record(Record::Raced(raced))?;
        Ok(true)
    }

    /// Records the loss after an epoch (from 1) of an open trial's split durably; returns whether
    /// the trial should continue. Telling an epoch twice has no effect.
    ///
    /// # Errors
    /// [`Error::Tell`] if the trial, split or epoch does not exist, [`Error::Store`] if it cannot
    /// be recorded.
    pub fn tell_epoch(
        &mut self,
        trial: u64,
        split: Option<usize>,
        (epoch, loss): (u32, f64),
        now: f64,
    ) -> Result<bool, Error> {
        let split = self.told_split(trial, split, &FoldResult::from_loss(0.0))?;
        let n_epochs = self.total_epochs(trial);
        if epoch == 0 || n_epochs.is_some_and(|n_epochs| epoch > n_epochs) {
            return Err(Error::Tell(TellFault::UnknownEpoch { trial, epoch, n_epochs }));
        }

        let is_over = self.slot(trial).is_none_or(Slot::is_final);
        if is_over || self.results(trial)[split].is_some() {
            return Ok(false);
        }

        let last = self.ledger.epochs(trial, split).last();
        // An epoch that is reported again, as after a lost answer, is not recorded twice; the
        // answer is the same.
        if last.is_none_or(|(last, _)| *last < epoch) {
            let loss = Some(loss).filter(|loss| loss.is_finite());
            self.record(Record::Epoch { trial, split, epoch, loss })?;
        }

        if let Some(result) = self.stopped_by_told(trial, split) {
            self.record(Record::Fold(FoldRecord::new(trial, split, &result, Vec::new(), now)))?;
            self.commit()?;
            return Ok(false);
        }

        self.commit()?;
        Ok(true)
    }

    /// Returns the number of a trial's epochs, where `[race]` counts them.
    fn total_epochs(&self, trial: u64) -> Option<u32> {
        let (race, slot) = (self.spec.race.as_ref()?, self.slot(trial)?);
        race.total_epochs(&slot.space, &slot.config)
    }

    /// Returns the result of a fold that its told epochs stop, if they do.
    fn stopped_by_told(&self, trial: u64, split: usize) -> Option<FoldResult> {
        let race = self.race_of(trial)?;
        let mut judge = race.judge(split);
        for (epoch, loss) in self.ledger.epochs(trial, split) {
            judge.hear(*epoch, *loss);
        }
        let mut result = FoldResult::not_ok(State::Raced, String::new());
        judge.verdict()?;
        judge.conclude(&mut result);
        Some(result)
    }

    /// Adds to a told result what its told epochs showed, and stops the trial if its folds require
    /// it.
    pub(super) fn tell_judged(
        &mut self,
        trial: u64,
        split: usize,
        result: &FoldResult,
        now: f64,
    ) -> Result<Told, Error> {
        let mut result = result.clone();
        let race = self.race_of(trial);
        if let Some(race) = &race {
            // Judged by the epochs that were told before, as the running objective was.
            let mut judge = race.judge(split);
            for (epoch, loss) in self.ledger.epochs(trial, split) {
                judge.hear(*epoch, *loss);
            }
            judge.conclude(&mut result);
        }

        self.record(Record::Fold(FoldRecord::new(trial, split, &result, Vec::new(), now)))?;
        if let Some(race) = &race {
            self.race(trial, race)?;
        }

        self.commit()?;
        Ok(Told::Recorded)
    }
}
