//! Ask and tell: a study hands out configurations for evaluation elsewhere, and receives their
//! results.

use super::handle::Study;
use super::propose::{Next, Patience};
use super::rules::Ending;
use super::slot::Slot;
use super::state::StudyState;
use crate::error::{Error, TellFault};
use crate::space::Config;
use crate::store::Record;
use crate::trial::{FoldResult, State};

/// The answer to [`Study::ask`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Asked {
    /// Evaluate this trial.
    Trial(u64),
    /// There is nothing more to evaluate.
    Done(Ending),
}

/// The answer to [`Study::tell`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The result is new, and durable.
    Recorded,
    /// The same result was told before: nothing changed.
    Unchanged,
    /// The trial had ended before, without this split: nothing changed.
    Ended,
}

impl Study {
    /// Hands out the next trial durably; a trial that was put back comes first. `now` is in seconds
    /// of all runs.
    ///
    /// # Errors
    /// [`Error::Store`] if it cannot be recorded, [`Error::Method`] if no configuration satisfies
    /// the constraints.
    pub fn ask(&mut self, now: f64) -> Result<Asked, Error> {
        let asked = self.hand_out(now)?;
        self.commit()?;
        Ok(asked)
    }

    /// As [`ask`](Self::ask), and records the time of day, in seconds since 1970, by which
    /// [`release`](Self::release) finds overdue trials. No proposal depends on it.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn ask_at(&mut self, now: f64, unix_seconds: u64) -> Result<Asked, Error> {
        let asked = self.hand_out(now)?;
        if let Asked::Trial(trial) = asked {
            self.record(Record::Asked { trial, unix_seconds })?;
        }
        self.commit()?;
        Ok(asked)
    }

    /// Puts back all trials that were handed out before this time of day and have not ended,
    /// durably: the next asks get them. Returns their numbers.
    ///
    /// # Errors
    /// [`Error::Store`] if it cannot be recorded.
    pub fn release(&mut self, before_unix_seconds: u64) -> Result<Vec<u64>, Error> {
        let overdue = self.ledger.asked_before(before_unix_seconds);
        for &trial in &overdue {
            self.record(Record::Abandoned { trial })?;
        }
        self.commit()?;
        Ok(overdue)
    }

    fn hand_out(&mut self, now: f64) -> Result<Asked, Error> {
        Ok(match self.ledger.first_abandoned() {
            Some(trial) => {
                self.record(Record::HandedOut { trial })?;
                Asked::Trial(trial)
            }
            None => match self.propose(Patience::Answer, now)? {
                Next::Trial(trial) => Asked::Trial(trial),
                Next::Ended(ending) => Asked::Done(ending),
                Next::Wait => unreachable!("a proposal that answers at once never waits"),
            },
        })
    }

    /// Proposes the next trial and records it; durable after the next commit.
    pub(super) fn propose(&mut self, patience: Patience, now: f64) -> Result<Next, Error> {
        let (next, records) = self.state.decide(patience, now)?;
        for record in records {
            self.record(record)?;
        }
        Ok(next)
    }

    /// Records the result of a trial's split durably. Without a split, the study must have a single
    /// one, or the trial must have failed: then it is its first missing split.
    ///
    /// # Errors
    /// [`Error::Tell`] if the trial or split does not exist or has another result, [`Error::Store`]
    /// if it cannot be recorded.
    pub fn tell(
        &mut self,
        trial: u64,
        split: Option<usize>,
        result: &FoldResult,
        now: f64,
    ) -> Result<Told, Error> {
        let split = self.told_split(trial, split, result)?;
        if let Some(before) = &self.ledger.results(trial)[split] {
            // Telling twice is safe, as after a lost answer; telling something else is an error.
            let same = before.state == result.state && before.loss == result.loss;
            let told =
                before.loss.map_or_else(|| before.state.name().to_owned(), |loss| loss.to_string());
            return if same {
                Ok(Told::Unchanged)
            } else {
                Err(Error::Tell(TellFault::Contradiction { trial, told }))
            };
        }

        if self.slot(trial).is_some_and(Slot::is_final) {
            return Ok(Told::Ended);
        }

        self.tell_judged(trial, split, result, now)
    }

    /// Puts an asked trial back: the next ask hands it out again.
    ///
    /// # Errors
    /// [`Error::Tell`] if the trial does not exist or has ended, [`Error::Store`] if it cannot be
    /// recorded.
    pub fn abandon(&mut self, trial: u64) -> Result<(), Error> {
        let n_trials = self.ledger.slots().len();
        let slot = self.ledger.slots().get(trial);
        let slot = slot.ok_or(Error::Tell(TellFault::UnknownTrial { trial, n_trials }))?;
        if slot.is_final() {
            return Err(Error::Tell(TellFault::Contradiction {
                trial,
                told: "its result".to_owned(),
            }));
        }
        self.record(Record::Abandoned { trial })?;
        self.commit()
    }

    /// Adds a trial that the user set up by hand, durably, in addition to the total; returns its
    /// number.
    ///
    /// # Errors
    /// [`Error::Store`] if it cannot be recorded.
    pub fn add_manual(&mut self, config: &Config, now: f64) -> Result<u64, Error> {
        let trial = self.slots().len() as u64;
        self.record(self.manual(config, now))?;
        self.commit()?;
        Ok(trial)
    }
}

impl StudyState {
    /// Whether the next proposal would see everything that `run` would let it see.
    pub fn is_window_full(&self) -> bool {
        self.ledger.first_open() >= self.window.bound(self.ledger.slots().len() as u64)
    }

    pub(super) fn told_split(
        &self,
        trial: u64,
        split: Option<usize>,
        result: &FoldResult,
    ) -> Result<usize, Error> {
        let (n_splits, n_trials) = (self.spec.n_splits, self.ledger.slots().len());
        if trial >= n_trials as u64 {
            return Err(Error::Tell(TellFault::UnknownTrial { trial, n_trials }));
        }

        match split {
            Some(split) if split < n_splits => Ok(split),
            Some(split) => Err(Error::Tell(TellFault::UnknownSplit { split, n_splits })),
            None if n_splits == 1 => Ok(0),
            None if result.state == State::Ok => {
                Err(Error::Tell(TellFault::FoldNeeded { n_splits }))
            }
            None => {
                // A trial that failed as a whole: told to the fold that already failed, or the
                // first open one.
                let results = self.ledger.results(trial);
                let not_ok =
                    results.iter().position(|r| r.as_ref().is_some_and(|r| r.state != State::Ok));
                let missing = results.iter().position(Option::is_none);
                Ok(not_ok.or(missing).unwrap_or(n_splits - 1))
            }
        }
    }
}
