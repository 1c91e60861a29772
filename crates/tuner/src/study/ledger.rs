//! The state of a study, folded from its records one by one. Replaying and going on take the same way.

use crate::error::{Error, RecordFault};
use crate::search::Fitted;
use crate::space::{Config, Space, Value};
use crate::store::{Fold, Proposal, Record, StudyText};
use crate::trial::{Direction, FoldResult, Origin, Outcome, State, Trial, record_of};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A proposed trial and what has come of it.
#[derive(Clone, Debug)]
pub struct Slot {
    /// What is tried: a configuration of `space`.
    pub config: Arc<Config>,
    /// The space that it was proposed in.
    pub space: Arc<Space>,
    /// Who proposed it.
    pub origin: Origin,
    /// The revision of the space that it belongs to.
    pub revision: u64,
    /// Trials whose results it saw and the trial before it did not.
    pub seen: Vec<u64>,
    /// Results by split, in whatever order they arrived.
    pub results: Vec<Option<FoldResult>>,
    /// Length of the record if the trial is final.
    n_recorded: Option<usize>,
    /// The configuration as the newest space has it; none if it lies outside.
    place: Option<Arc<Config>>,
}

impl Slot {
    /// Tells whether the trial has ended.
    pub fn is_final(&self) -> bool {
        self.n_recorded.is_some()
    }

    /// The named values of what is tried, in the order of the space that it was proposed in.
    pub fn named(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.space.named(&self.config)
    }

    /// Tells whether the trial lies in the study's newest space.
    pub fn is_in_space(&self) -> bool {
        self.place.is_some()
    }

    /// The configuration as another space has it; none if it lies outside.
    pub(super) fn place_in(&self, space: &Arc<Space>) -> Option<Arc<Config>> {
        let is_own = Arc::ptr_eq(&self.space, space);
        if is_own { Some(Arc::clone(&self.config)) } else { space.adopt(self.named()).map(Arc::new) }
    }

    /// The trial's folds, if it has ended.
    fn record(&self) -> Option<impl Iterator<Item = &FoldResult>> {
        self.n_recorded.map(|n| self.results[..n].iter().flatten())
    }
}

/// Everything that was recorded about a study's trials.
#[derive(Clone, Debug)]
pub(super) struct Ledger {
    space: Arc<Space>,
    n_splits: usize,
    slots: Vec<Slot>,
    first_open: usize,
    n_final: usize,
    n_folds: u64,
    abandoned: BTreeSet<u64>,
    /// When open trials were last handed out, by the time of day.
    asked: BTreeMap<u64, u64>,
    pub(super) total: Option<u64>,
    pub(super) fitted: Vec<Fitted>,
    pub(super) seconds: f64,
    pub(super) out_of_time: Option<f64>,
    pub(super) tests: Vec<(u64, Vec<(String, f64)>)>,
    pub(super) revisions: Vec<StudyText>,
}

/// What a record changed, as far as others must follow.
pub(super) enum Change {
    None,
    /// The trial became final.
    Final(u64),
}

impl Ledger {
    /// Nothing, in a space.
    pub(super) fn new(space: &Space, n_splits: usize) -> Self {
        Self {
            space: Arc::new(space.clone()),
            n_splits,
            slots: Vec::new(),
            first_open: 0,
            n_final: 0,
            n_folds: 0,
            abandoned: BTreeSet::new(),
            asked: BTreeMap::new(),
            total: None,
            fitted: Vec::new(),
            seconds: 0.0,
            out_of_time: None,
            tests: Vec::new(),
            revisions: Vec::new(),
        }
    }

    /// The newest space.
    pub(super) fn space(&self) -> &Arc<Space> {
        &self.space
    }

    /// Goes on in another space.
    pub(super) fn revise(&mut self, text: StudyText, space: &Space) {
        self.space = Arc::new(space.clone());
        for slot in &mut self.slots {
            slot.place = slot.place_in(&self.space);
        }
        self.revisions.push(text);
        self.fitted.clear();
    }

    /// Takes in a fact. What needs a text to be read, the study's own record and its revisions, is none of them.
    pub(super) fn apply(&mut self, record: Record) -> Result<Change, Error> {
        match record {
            Record::Study(_) | Record::Revision(_) => return Err(Error::Records(RecordFault::UnreadText)),
            Record::Trial(proposal) => self.propose(&proposal)?,
            Record::Fold(fold) => return self.finish_fold(fold),
            Record::Total { trials } => self.total = Some(trials),
            Record::Fitted { n_results, values, .. } => self.fitted.push(Fitted { n_results, values }),
            Record::Abandoned { trial } => {
                self.asked.remove(&trial);
                self.abandoned.insert(trial);
            }
            Record::Asked { trial, unix_seconds } => drop(self.asked.insert(trial, unix_seconds)),
            Record::HandedOut { trial } => drop(self.abandoned.remove(&trial)),
            Record::OutOfTime { seconds, .. } => self.out_of_time = Some(seconds),
            Record::TestOpened { trial, metrics } => self.tests.push((trial, metrics)),
        }
        Ok(Change::None)
    }

    fn propose(&mut self, proposal: &Proposal) -> Result<(), Error> {
        let (expected, trial) = (self.slots.len() as u64, proposal.trial);
        if trial != expected {
            return Err(Error::Records(RecordFault::TrialOutOfOrder { expected, found: trial }));
        }
        let config = self.space.config(&proposal.params);
        let config = config.map_err(|fault| Error::Records(RecordFault::Configuration { trial, fault }))?;
        let config = Arc::new(config);
        self.slots.push(Slot {
            config: Arc::clone(&config),
            space: Arc::clone(&self.space),
            origin: proposal.origin,
            revision: proposal.revision,
            seen: proposal.seen.clone(),
            results: vec![None; self.n_splits],
            n_recorded: None,
            place: Some(config),
        });
        self.seconds = self.seconds.max(proposal.at_seconds);
        Ok(())
    }

    fn finish_fold(&mut self, fold: Fold) -> Result<Change, Error> {
        let (trial, split) = (fold.trial, fold.split);
        self.seconds = self.seconds.max(fold.at_seconds);
        let place = self.slots.get_mut(trial as usize).filter(|slot| split < slot.results.len());
        let slot = place.ok_or(Error::Records(RecordFault::UnknownFold { trial, split }))?;
        if slot.results[split].is_some() {
            return Err(Error::Records(RecordFault::RepeatedFold { trial, split }));
        }
        slot.results[split] = Some(fold.result());
        let was_final = slot.is_final();
        slot.n_recorded = record_of(&slot.results).map(<[_]>::len);
        let n_missing = slot.results.iter().filter(|r| r.is_none()).count() as u64;
        while self.slots.get(self.first_open).is_some_and(Slot::is_final) {
            self.first_open += 1;
        }
        let became_final = !was_final && self.slots[trial as usize].is_final();
        if became_final {
            // What was put back and told all the same is not handed out again.
            self.abandoned.remove(&trial);
            self.asked.remove(&trial);
        }
        self.n_final += usize::from(became_final);
        self.n_folds += if became_final { 1 + n_missing } else { u64::from(!was_final) };
        Ok(if became_final { Change::Final(trial) } else { Change::None })
    }

    /// All trials by number.
    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// All trials below this number are final.
    pub(super) fn first_open(&self) -> u64 {
        self.first_open as u64
    }

    /// The number of trials that have ended.
    pub(super) fn n_final(&self) -> usize {
        self.n_final
    }

    /// The number of folds that have ended, or will not be evaluated since their trial has.
    pub(super) fn n_folds(&self) -> u64 {
        self.n_folds
    }

    /// The lowest trial that was put back and not handed out again.
    pub(super) fn first_abandoned(&self) -> Option<u64> {
        self.abandoned.first().copied()
    }

    /// Open trials that were handed out before a time of day and not put back since.
    pub(super) fn asked_before(&self, unix_seconds: u64) -> Vec<u64> {
        self.asked.iter().filter(|(_, asked)| **asked < unix_seconds).map(|(trial, _)| *trial).collect()
    }

    /// What search may know of a final trial.
    pub(super) fn outcome(&self, trial: u64, direction: Direction) -> Option<Outcome> {
        let mut losses = Vec::new();
        let mut state = State::Failed;
        for fold in self.slots.get(trial as usize)?.record()? {
            state = fold.state;
            losses.extend(fold.loss.map(|loss| direction.inner(loss)));
        }
        Some(Outcome { state, losses: losses.into() })
    }

    /// The trial as recorded, if it has ended; its configuration in the order of the newest space.
    pub(super) fn trial(&self, number: u64) -> Option<Trial> {
        let slot = self.slots.get(number as usize)?;
        let folds = slot.record()?.cloned().collect();
        let config = slot.place.clone().unwrap_or_else(|| Arc::new(self.space.arrange(slot.named())));
        Some(Trial { number, config, origin: slot.origin, folds })
    }
}
