//! The next trial: enqueued trials first, then the defaults, then the method.

use super::rules::Ending;
use super::state::StudyState;
use crate::cast;
use crate::error::Error;
use crate::search::{Fitted, Request};
use crate::seed::Streams;
use crate::space::{Config, Value};
use crate::store::{Proposal, Record};
use crate::trial::Origin;

/// The next action of a study.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Next {
    /// The study proposed this trial.
    Trial(u64),
    /// The study waits for trials inside the window.
    Wait,
    /// The study has ended.
    Ended(Ending),
}

/// Whether a proposal waits until everything below its window is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// For `run`: the outcome must not depend on timing.
    Wait,
    /// For `ask`: the caller waits for an answer.
    Answer,
}

/// A decision, and its records.
pub(super) type Decision = (Next, Vec<Record>);

impl StudyState {
    /// Decides what to do next. `now` is in seconds of all runs. The caller must apply the records
    /// to the state.
    pub(super) fn decide(&mut self, patience: Patience, now: f64) -> Result<Decision, Error> {
        let n = self.ledger.slots().len() as u64;
        let only = |next: Next| Ok((next, Vec::new()));
        if self.total().is_some_and(|total| self.history.n_counted() >= total) {
            return only(Next::Ended(Ending::Total));
        }
        if patience == Patience::Wait && self.ledger.first_open() < self.window.bound(n) {
            return only(Next::Wait);
        }

        // By the window, and not by what happens to have ended: proposals must not depend on
        // timing.
        let seen = self.window.newly_visible(n);
        if let Some((ending, record)) = self.ending(&seen, n, now) {
            return Ok((Next::Ended(ending), record.into_iter().collect()));
        }
        let n_known = self.history.seen().len();
        let Some((config, origin, mut records)) = self.next_configuration(&seen)? else {
            return only(Next::Ended(Ending::Exhausted));
        };
        if self.gains_too_little(&config, origin, &records) {
            // What the proposal saw is not recorded, so it must be unseen again.
            self.forget(n_known)?;
            return only(Next::Ended(Ending::Gain));
        }
        records.push(Record::Trial(self.proposal(&config, origin, seen, now)));
        Ok((Next::Trial(n), records))
    }

    /// The record of a trial that the user set up by hand.
    pub(super) fn manual(&self, config: &Config, now: f64) -> Record {
        let seen = self.window.newly_visible(self.ledger.slots().len() as u64);
        Record::Trial(self.proposal(config, Origin::Manual, seen, now))
    }

    /// Returns the next configuration, its origin, and fits made for it; `None` if the space is
    /// exhausted. `seen` are the trials that it sees besides those that earlier proposals saw.
    pub(super) fn next_configuration(
        &mut self,
        seen: &[u64],
    ) -> Result<Option<(Config, Origin, Vec<Record>)>, Error> {
        match self.planned() {
            Some((config, origin)) => Ok(Some((config, origin, Vec::new()))),
            None => self.ask_sampler(seen),
        }
    }

    /// The record of the next trial.
    pub(super) fn proposal(
        &self,
        config: &Config,
        origin: Origin,
        seen: Vec<u64>,
        now: f64,
    ) -> Proposal {
        let params: Vec<(String, Value)> = self
            .spec
            .space
            .named(config)
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect();

        // The results that the sampler saw are recorded, so that a replay with other timing sees
        // the same.
        Proposal {
            trial: self.ledger.slots().len() as u64,
            revision: self.ledger.revisions.len() as u64,
            origin,
            params,
            watermark: self.window.watermark_after(&seen),
            seen,
            at_seconds: now,
        }
    }

    /// Applies the stopping rules to everything that trial `n` may see; decisions of the clock are
    /// recorded.
    fn ending(&self, seen: &[u64], n: u64, now: f64) -> Option<(Ending, Option<Record>)> {
        let mut tally = self.tally;
        for &trial in seen {
            if let Some(outcome) = self.ledger.outcome(trial, self.spec.direction)
                && self.ledger.is_in_space(trial)
            {
                tally.count(trial, &outcome);
                tally.spend(self.ledger.multiply_adds(trial));
            }
        }

        if let Some(ending) = tally.ending(&self.spec.stop, self.spec.direction) {
            return Some((ending, None));
        }

        let limit = self.spec.stop.max_seconds?;
        // A recorded decision of the clock holds in every replay; a raised limit lifts it.
        if let Some(spent) = self.ledger.out_of_time.filter(|spent| *spent >= limit) {
            return Some((Ending::OutOfTime(spent), None));
        }

        let record = Record::OutOfTime { trial: n, seconds: now };
        (now >= limit).then_some((Ending::OutOfTime(now), Some(record)))
    }

    /// What comes before the method: enqueued trials, then one of all defaults unless it was
    /// already tried.
    fn planned(&self) -> Option<(Config, Origin)> {
        if let Some(config) = self.spec.enqueue.get(self.beginning.n_enqueued(&self.history)) {
            return Some((config.clone(), Origin::Enqueued));
        }
        if self.beginning.is_past_default(&self.history) {
            return None;
        }
        let default = self.spec.space.default_config()?;
        (!self.history.contains(&default)).then_some((default, Origin::Default))
    }

    /// Tells whether a model expects less of a configuration than `[stop]` asks for.
    fn gains_too_little(&self, config: &Config, origin: Origin, records: &[Record]) -> bool {
        let Some(least) = self.spec.stop.gain.filter(|_| origin == Origin::Model) else {
            return false;
        };
        // With the fit that this proposal made, which is not recorded yet.
        let made = |record: &Record| match record {
            Record::Fitted { n_results, values, .. } => {
                Some(Fitted { n_results: *n_results, values: values.clone() })
            }
            _ => None,
        };
        let made: Vec<Fitted> = records.iter().filter_map(made).collect();
        let request = Request {
            space: &self.spec.space,
            history: &self.history,
            streams: Streams::new(self.spec.seed),
            fitted: if made.is_empty() { &self.ledger.fitted } else { &made },
        };
        self.sampler.expected_gain(&request, config).is_some_and(|gain| gain < least)
    }

    /// Forgets all but the first `n_known` results after a proposal that came to nothing. The
    /// sampler's caches may hold the others, so they are cleared too.
    fn forget(&mut self, n_known: usize) -> Result<(), Error> {
        self.history.conceal(self.history.seen().len() - n_known);
        self.sampler = self.spec.method.build(&self.spec.setup())?;
        Ok(())
    }

    /// Asks the sampler, which sees the trials `seen` besides those that earlier proposals saw.
    fn ask_sampler(
        &mut self,
        seen: &[u64],
    ) -> Result<Option<(Config, Origin, Vec<Record>)>, Error> {
        // The history grows only if a trial is really proposed; otherwise it is restored below.
        let n_known = self.history.seen().len();
        for &trial in seen {
            if let Some(outcome) = self.ledger.outcome(trial, self.spec.direction)
                && self.ledger.is_in_space(trial)
            {
                self.history.reveal(cast::position(trial), outcome);
            }
        }

        let request = Request {
            space: &self.spec.space,
            history: &self.history,
            streams: Streams::new(self.spec.seed),
            fitted: &self.ledger.fitted,
        };

        let suggestion = self.sampler.propose(&request);
        let Ok(Some(suggestion)) = suggestion else {
            self.forget(n_known)?;
            return suggestion.map(|_| None);
        };

        let revision = self.ledger.revisions.len() as u64;
        let record =
            |f: Fitted| Record::Fitted { revision, n_results: f.n_results, values: f.values };
        let fitted = suggestion.fitted.into_iter().map(record).collect();
        Ok(Some((suggestion.config, suggestion.origin, fitted)))
    }
}
