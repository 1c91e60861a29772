//! The state of a study, folded from its records one by one, both in a replay and while it runs.

use super::results::{Packed, ResultLog};
use super::slot::{Slot, Slots};
use super::spec::StudySpec;
use crate::error::{Error, RecordFault};
use crate::prior::PriorMean;
use crate::race::Contender;
use crate::search::Fitted;
use crate::space::Space;
use crate::stats;
use crate::store::{FoldRecord, Proposal, Raced, Record, StudyText};
use crate::trial::{Direction, FoldResult, Outcome, Prediction, State, Trial, record_of};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything recorded about a study's trials.
#[derive(Clone, Debug)]
pub(super) struct Ledger {
    space: Arc<Space>,
    prior_mean: Option<Arc<PriorMean>>,
    n_splits: usize,
    slots: Slots,
    results: ResultLog,
    /// Trials in the order of results.
    seen: Vec<u64>,
    first_open: u64,
    n_final: usize,
    n_folds: u64,
    n_results: u64,
    has_timed_out: bool,
    abandoned: BTreeSet<u64>,
    /// The time of day at which open trials were last handed out.
    asked: BTreeMap<u64, u64>,
    pub(super) total: Option<u64>,
    pub(super) fitted: Vec<Fitted>,
    pub(super) seconds: f64,
    pub(super) out_of_time: Option<f64>,
    pub(super) tests: Vec<(u64, Vec<(String, f64)>)>,
    /// Facts of later programs and machines.
    pub(super) sessions: Vec<Vec<(String, String)>>,
    pub(super) revisions: Vec<StudyText>,
    /// Trials that racing stopped after a fold.
    raced: BTreeMap<u64, Raced>,
    /// Told epochs of open folds.
    epochs: BTreeMap<(u64, usize), Vec<(u32, f64)>>,
}

/// The effect of a record, as far as others depend on it.
pub(super) enum Change {
    None,
    /// The trial became final.
    Final(u64),
}

impl Ledger {
    /// An empty ledger of a study.
    pub(super) fn new(spec: &StudySpec) -> Self {
        Self {
            space: Arc::new(spec.space.clone()),
            prior_mean: spec.prior_mean.clone(),
            n_splits: spec.n_splits,
            slots: Slots::default(),
            results: ResultLog::new(),
            seen: Vec::new(),
            first_open: 0,
            n_final: 0,
            n_folds: 0,
            n_results: 0,
            has_timed_out: false,
            abandoned: BTreeSet::new(),
            asked: BTreeMap::new(),
            total: None,
            fitted: Vec::new(),
            seconds: 0.0,
            out_of_time: None,
            tests: Vec::new(),
            sessions: Vec::new(),
            revisions: Vec::new(),
            raced: BTreeMap::new(),
            epochs: BTreeMap::new(),
        }
    }

    /// The newest space.
    pub(super) fn space(&self) -> &Arc<Space> {
        &self.space
    }

    /// Continues in another space.
    pub(super) fn revise(&mut self, text: StudyText, spec: &StudySpec) {
        self.space = Arc::new(spec.space.clone());
        self.prior_mean.clone_from(&spec.prior_mean);
        for slot in self.slots.iter_mut() {
            slot.place = slot.place_in(&self.space);
        }
        self.revisions.push(text);
        self.fitted.clear();
    }

    /// Applies a fact, except those with a text to parse: the study's own record and its revisions.
    pub(super) fn apply(&mut self, record: Record) -> Result<Change, Error> {
        match record {
            Record::Study(_) | Record::Revision(_) => {
                return Err(Error::Records(RecordFault::UnreadText));
            }
            Record::Trial(proposal) => self.propose(&proposal)?,
            Record::Fold(fold) => return self.finish_fold(fold),
            Record::Total { trials } => self.total = Some(trials),
            Record::Fitted { n_results, values, .. } => {
                self.fitted.push(Fitted { n_results, values });
            }
            // It was asked for and put back without a result: the next ask hands it out again.
            Record::Abandoned { trial } => {
                self.check_proposed(trial, "put back")?;
                self.asked.remove(&trial);
                self.abandoned.insert(trial);
            }
            Record::Asked { trial, unix_seconds } => {
                self.check_proposed(trial, "handed out")?;
                self.asked.insert(trial, unix_seconds);
            }
            Record::HandedOut { trial } => {
                self.check_proposed(trial, "handed out")?;
                self.abandoned.remove(&trial);
            }
            Record::Raced(raced) => return self.stop(raced),
            Record::Epoch { trial, split, epoch, loss } => {
                let unknown = Error::Records(RecordFault::UnknownFold { trial, split });
                let is_known = self.slots.get(trial).is_some() && split < self.n_splits;
                is_known.then_some(()).ok_or(unknown)?;
                let epochs = self.epochs.entry((trial, split)).or_default();
                epochs.push((epoch, loss.unwrap_or(f64::NAN)));
            }
            Record::OutOfTime { seconds, .. } => self.out_of_time = Some(seconds),
            Record::Session { facts } => self.sessions.push(facts),
            Record::TestOpened { trial, metrics } => {
                self.check_proposed(trial, "tested")?;
                self.tests.push((trial, metrics));
            }
        }

        Ok(Change::None)
    }

    /// Refuses a fact about a trial that was never proposed.
    fn check_proposed(&self, trial: u64, what: &'static str) -> Result<(), Error> {
        let unknown = Error::Records(RecordFault::UnknownTrial { trial, what });
        self.slots.get(trial).map(drop).ok_or(unknown)
    }

    fn propose(&mut self, proposal: &Proposal) -> Result<(), Error> {
        let (expected, trial) = (self.slots.len() as u64, proposal.trial);
        if trial != expected {
            return Err(Error::Records(RecordFault::TrialOutOfOrder { expected, found: trial }));
        }

        // The newest space: a revision is a record before the proposals that it concerns.
        let config = self.space.config(&proposal.params);
        let config =
            config.map_err(|fault| Error::Records(RecordFault::Configuration { trial, fault }))?;
        let config = Arc::new(config);
        self.seen.extend(&proposal.seen);

        self.slots.push(Slot {
            config: Arc::clone(&config),
            space: Arc::clone(&self.space),
            prior_mean: self.prior_mean.clone(),
            origin: proposal.origin,
            revision: proposal.revision,
            n_seen: self.seen.len(),
            last: None,
            is_final: false,
            place: Some(config),
        });

        self.seconds = self.seconds.max(proposal.at_seconds);
        Ok(())
    }

    fn finish_fold(&mut self, fold: FoldRecord) -> Result<Change, Error> {
        let (trial, split) = (fold.trial, fold.split);
        self.seconds = self.seconds.max(fold.at_seconds);
        let mut states = self.by_split(trial, |packed| packed.state);
        let place = self.slots.get_mut(trial).filter(|_| split < states.len());
        let slot = place.ok_or(Error::Records(RecordFault::UnknownFold { trial, split }))?;

        if states[split].is_some() {
            return Err(Error::Records(RecordFault::RepeatedFold { trial, split }));
        }

        let result = fold.result();
        slot.last = Some(self.results.push(slot.last, split, &result));
        self.n_results += 1;
        self.has_timed_out |= result.state.is_limit();
        states[split] = Some(result.state);
        // Folds that ran in parallel may end after the one that decided the trial.
        let was_final = slot.is_final;
        slot.is_final = was_final || record_of(&states, |state| *state).is_some();
        let became_final = !was_final && slot.is_final;
        let n_missing = states.iter().filter(|state| state.is_none()).count() as u64;

        if became_final {
            self.close(trial);
        }
        self.epochs.remove(&(trial, split));
        self.n_folds += if became_final { 1 + n_missing } else { u64::from(!was_final) };

        Ok(if became_final { Change::Final(trial) } else { Change::None })
    }

    /// Stops a trial after a fold. If its later folds ended before, it was final already, and they
    /// no longer count.
    fn stop(&mut self, raced: Raced) -> Result<Change, Error> {
        let Raced { trial, n_folds, .. } = raced;
        let states = self.by_split(trial, |packed| packed.state);
        let unknown = Error::Records(RecordFault::UnknownFold { trial, split: n_folds });
        let slot = self.slots.get_mut(trial).filter(|_| !self.raced.contains_key(&trial));
        let is_ok = |state: &Option<State>| *state == Some(State::Ok);
        // A stop comes after at least one fold and before the last, all of which succeeded.
        let fits = (1..states.len()).contains(&n_folds) && states[..n_folds].iter().all(is_ok);
        let slot = slot.filter(|_| fits).ok_or(unknown)?;
        let was_final = std::mem::replace(&mut slot.is_final, true);
        self.raced.insert(trial, raced);

        if was_final {
            return Ok(Change::None);
        }

        self.n_folds += states.iter().filter(|state| state.is_none()).count() as u64;
        self.close(trial);
        Ok(Change::Final(trial))
    }

    /// Updates everything that depends on a trial that became final.
    fn close(&mut self, trial: u64) {
        while self.slots.get(self.first_open).is_some_and(Slot::is_final) {
            self.first_open += 1;
        }
        // A trial that was put back and then told is not handed out again.
        self.abandoned.remove(&trial);
        self.asked.remove(&trial);
        self.n_final += 1;
    }

    /// All trials by number.
    pub(super) fn slots(&self) -> &Slots {
        &self.slots
    }

    /// Whether a trial lies in the newest space.
    pub(super) fn is_in_space(&self, trial: u64) -> bool {
        self.slots.get(trial).is_some_and(Slot::is_in_space)
    }

    /// All trials below this number are final.
    pub(super) fn first_open(&self) -> u64 {
        self.first_open
    }

    /// The number of trials that have ended.
    pub(super) fn n_final(&self) -> usize {
        self.n_final
    }

    /// The number of folds that have ended, or will not be evaluated because their trial has ended.
    pub(super) fn n_folds(&self) -> u64 {
        self.n_folds
    }

    /// The number of recorded folds, of ended and open trials.
    pub(super) fn n_results(&self) -> u64 {
        self.n_results
    }

    /// Whether a fold exceeded a limit.
    pub(super) fn has_timed_out(&self) -> bool {
        self.has_timed_out
    }

    /// The trials that the first `n_proposals` proposals saw, in the order of results.
    pub(super) fn seen_by(&self, n_proposals: usize) -> &[u64] {
        let last = n_proposals.checked_sub(1).and_then(|last| self.slots.get(last as u64));
        &self.seen[..last.map_or(0, |slot| slot.n_seen)]
    }

    /// The lowest trial that was put back and not handed out again.
    pub(super) fn first_abandoned(&self) -> Option<u64> {
        self.abandoned.first().copied()
    }

    /// Open trials that were handed out before a time of day and not put back since.
    pub(super) fn asked_before(&self, unix_seconds: u64) -> Vec<u64> {
        self.asked
            .iter()
            .filter(|(_, asked)| **asked < unix_seconds)
            .map(|(trial, _)| *trial)
            .collect()
    }

    /// Returns a trial's results by split, as far as known; empty if there is no such trial.
    pub(super) fn results(&self, trial: u64) -> Vec<Option<FoldResult>> {
        self.by_split(trial, Packed::unpack)
    }

    /// Returns what search may know about a final trial.
    pub(super) fn outcome(&self, trial: u64, direction: Direction) -> Option<Outcome> {
        let folds = self.record(trial)?;
        let last = folds.last();
        let inner = |loss: f64| direction.inner(loss);
        let state = last.map_or(State::Failed, |fold| fold.state);
        let losses = folds.iter().filter_map(|fold| fold.loss).map(inner).collect();
        // After a whole fold its loss is known, so nothing of it is predicted.
        let of_fold = last.filter(|fold| fold.loss.is_none()).and_then(|fold| fold.predicted);
        let predicted = of_fold.map(|p| Prediction { loss: inner(p.loss), se: p.se });
        Some(Outcome { state, losses, predicted })
    }

    /// Applies `look` to a trial's results.
    fn by_split<'a, T>(&'a self, trial: u64, look: impl Fn(Packed<'a>) -> T) -> Vec<Option<T>> {
        let Some(slot) = self.slots.get(trial) else {
            return Vec::new();
        };
        let mut found: Vec<Option<T>> = (0..self.n_splits).map(|_| None).collect();
        for packed in self.results.of(slot.last) {
            let split = packed.split;
            found[split] = Some(look(packed));
        }
        found
    }

    /// Returns an ended trial as recorded, with its configuration in the order of the newest space.
    pub(super) fn trial(&self, number: u64) -> Option<Trial> {
        let slot = self.slots.get(number)?;
        let folds = self.record(number)?;
        let config =
            slot.place.clone().unwrap_or_else(|| Arc::new(self.space.arrange(slot.named())));
        Some(Trial { number, config, origin: slot.origin, folds })
    }

    /// The folds that count of an ended trial.
    fn record(&self, trial: u64) -> Option<Vec<FoldResult>> {
        let mut results = self.results(trial);
        let Some(raced) = self.raced.get(&trial) else {
            let n_recorded = record_of(&results, |fold| fold.state)?.len();
            results.truncate(n_recorded);
            return Some(results.into_iter().flatten().collect());
        };

        results.truncate(raced.n_folds);
        let mut folds: Vec<FoldResult> = results.into_iter().flatten().collect();
        // The last fold carries the stop, as one that was stopped inside does.
        if let Some(last) = folds.last_mut() {
            last.state = State::Raced;
            last.reason.clone_from(&raced.reason);
            last.predicted = Some(raced.predicted);
        }

        Some(folds)
    }

    /// Multiply-adds of the folds that count of an ended trial, as far as known.
    pub(super) fn multiply_adds(&self, trial: u64) -> u64 {
        let folds = self.record(trial).unwrap_or_default();
        folds.iter().filter_map(|fold| fold.multiply_adds).fold(0, u64::saturating_add)
    }

    /// Returns a successful trial in the form by which racing judges others.
    pub(super) fn contender(&self, trial: u64, direction: Direction) -> Option<Contender> {
        let folds = self.record(trial)?;
        if folds.last()?.state != State::Ok {
            return None;
        }
        let losses: Vec<f64> =
            folds.iter().filter_map(|fold| fold.loss).map(|loss| direction.inner(loss)).collect();
        let mean = stats::mean(&losses)?;
        let looks = folds.into_iter().map(|fold| fold.looks).collect();
        Some(Contender { number: trial, mean, losses, looks })
    }

    /// Whether racing stopped a trial after a fold.
    pub(super) fn is_raced(&self, trial: u64) -> bool {
        self.raced.contains_key(&trial)
    }

    /// Returns the told epochs of an open fold.
    pub(super) fn epochs(&self, trial: u64, split: usize) -> &[(u32, f64)] {
        self.epochs.get(&(trial, split)).map_or(&[], Vec::as_slice)
    }
}
