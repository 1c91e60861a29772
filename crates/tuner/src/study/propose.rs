//! The next trial: what the person enqueued, then the defaults, then the method.

use super::Study;
use super::rules::Ending;
use crate::error::Error;
use crate::search::{self, Fitted, Request};
use crate::seed::Streams;
use crate::space::{Config, Value};
use crate::store::{Proposal, Record};
use crate::trial::Origin;

/// What a study does next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Next {
    /// It proposed this trial.
    Trial(u64),
    /// It waits for trials inside the window.
    Wait,
    /// It proposes no more.
    Ended(Ending),
}

/// Whether a proposal waits until everything below its window is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// `run`: the outcome shall not depend on timing.
    Wait,
    /// `ask`: somebody is waiting for an answer.
    Answer,
}

impl Study {
    /// Proposes the next trial and records it; durable after the next commit. `now` is in seconds of all runs.
    pub(super) fn propose(&mut self, patience: Patience, now: f64) -> Result<Next, Error> {
        let n = self.ledger.slots().len() as u64;
        if self.total().is_some_and(|total| self.history.n_counted() >= total) {
            return Ok(Next::Ended(Ending::Total));
        }
        if patience == Patience::Wait && self.ledger.first_open() < self.window.bound(n) {
            return Ok(Next::Wait);
        }
        let seen = self.window.newly_visible(n);
        if let Some(ending) = self.ending(&seen, n, now)? {
            return Ok(Next::Ended(ending));
        }
        let Some((config, origin, fitted)) = self.next_configuration(&seen)? else {
            return Ok(Next::Ended(Ending::Exhausted));
        };
        for record in fitted {
            self.record(record)?;
        }
        self.record_trial(&config, origin, seen, now)?;
        Ok(Next::Trial(n))
    }

    /// Records a trial that a person set up by hand.
    pub(super) fn propose_manual(&mut self, config: &Config, now: f64) -> Result<u64, Error> {
        let n = self.ledger.slots().len() as u64;
        let seen = self.window.newly_visible(n);
        self.record_trial(config, Origin::Manual, seen, now)?;
        Ok(n)
    }

    /// What comes next, who proposes it, and fits made on the way; none if the space is exhausted. `seen` are the trials
    /// that it sees besides those that earlier proposals saw.
    pub(super) fn next_configuration(
        &mut self,
        seen: &[u64],
    ) -> Result<Option<(Config, Origin, Vec<Record>)>, Error> {
        match self.planned() {
            Some((config, origin)) => Ok(Some((config, origin, Vec::new()))),
            None => self.ask_sampler(seen),
        }
    }

    fn record_trial(
        &mut self,
        config: &Config,
        origin: Origin,
        seen: Vec<u64>,
        now: f64,
    ) -> Result<(), Error> {
        let proposal = self.proposal(config, origin, seen, now);
        self.record(Record::Trial(proposal)).map(drop)
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

    /// Applies the rules to everything that trial `n` may see.
    fn ending(&mut self, seen: &[u64], n: u64, now: f64) -> Result<Option<Ending>, Error> {
        let mut tally = self.tally;
        for &trial in seen {
            if let Some(outcome) = self.ledger.outcome(trial, self.spec.direction)
                && self.ledger.is_in_space(trial)
            {
                tally.count(trial, &outcome);
            }
        }
        if let Some(ending) = tally.ending(&self.spec.stop, self.spec.direction) {
            return Ok(Some(ending));
        }
        let Some(limit) = self.spec.stop.max_seconds else {
            return Ok(None);
        };
        if let Some(spent) = self.ledger.out_of_time.filter(|spent| *spent >= limit) {
            return Ok(Some(Ending::OutOfTime(spent)));
        }
        if now < limit {
            return Ok(None);
        }
        self.record(Record::OutOfTime { trial: n, seconds: now })?;
        Ok(Some(Ending::OutOfTime(now)))
    }

    /// What comes before the method: enqueued trials, then one of all defaults unless it was tried already.
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

    /// Asks the sampler, which sees the trials `seen` besides those that earlier proposals saw.
    fn ask_sampler(
        &mut self,
        seen: &[u64],
    ) -> Result<Option<(Config, Origin, Vec<Record>)>, Error> {
        let n_known = self.history.seen().len();
        for &trial in seen {
            if let Some(outcome) = self.ledger.outcome(trial, self.spec.direction)
                && self.ledger.is_in_space(trial)
            {
                self.history.reveal(trial as usize, outcome);
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
            // Nothing was proposed, so nothing was seen; the sampler's caches may hold it, so they go too.
            self.history.conceal(self.history.seen().len() - n_known);
            self.sampler = search::build(self.spec.method, &self.spec.space, self.spec.startup)?;
            return suggestion.map(|_| None);
        };
        let revision = self.ledger.revisions.len() as u64;
        let record =
            |f: Fitted| Record::Fitted { revision, n_results: f.n_results, values: f.values };
        let fitted = suggestion.fitted.into_iter().map(record).collect();
        Ok(Some((suggestion.config, suggestion.origin, fitted)))
    }
}
