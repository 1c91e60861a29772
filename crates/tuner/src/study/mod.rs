//! The whole: a study proposes trials, records what comes of them, and ends.
//!
//! A [`Study`] is its records, folded: opening one replays them, going on appends to them, both through the same
//! code, so that a study resumed after any interruption stands where it would have stood without. Trials are
//! evaluated by [`run`](Study::run) on a pool of threads, or elsewhere, between [`ask`](Study::ask) and
//! [`tell`](Study::tell).

mod ask;
mod difference;
mod explain;
mod importance;
mod ledger;
mod objective;
mod propose;
mod repeat;
mod replay;
mod results;
mod revise;
mod rules;
mod run;
mod slot;
mod spec;
mod window;

pub use crate::analysis::importance::slices::{Contour, Slice, SlicePoint, Slices};
pub use crate::analysis::importance::{Effect, Importance, Pair, Share};
pub use crate::search::Method;
pub use ask::{Asked, Told};
pub use difference::Difference;
pub use explain::{Explanation, View};
pub use objective::{Evaluation, Job, Objective};
pub use repeat::{Repetition, repeat, sample};
pub use replay::{Replay, replay};
pub use rules::{Ending, FAILURES_FROM_START};
pub use run::{Event, Finish, Surroundings};
pub use slot::{Slot, Slots};
pub use spec::{StopRules, StudySpec};

use crate::error::{Error, RecordFault};
use crate::search::{self, Sampler};
use crate::store::{Curves, MemoryStore, Record, Store, StudyText};
use crate::trial::{FoldResult, History, Origin, Trial};
use ledger::{Change, Ledger};
use revise::Beginning;
use rules::Tally;
use std::sync::Arc;
use window::Window;

/// Trials that a run keeps though nothing will ask for them, at most: forgetting costs as much as what is left.
const MOST_KEPT: u64 = 1024;

/// A study and its store.
pub struct Study {
    spec: StudySpec,
    text: StudyText,
    store: Box<dyn Store>,
    /// Recorded, not yet durable.
    queue: Vec<Record>,
    ledger: Ledger,
    /// What the next proposal may see, as of the last one.
    history: History,
    window: Window,
    tally: Tally,
    beginning: Beginning,
    sampler: Box<dyn Sampler>,
    /// The number of trials that the method has of its own, for a grid.
    natural_total: Option<u64>,
}

impl Study {
    /// Begins a study in an empty store.
    ///
    /// # Errors
    /// [`Error::Method`] if the method cannot search the space, [`Error::Store`] if the store cannot be written.
    pub fn create(store: Box<dyn Store>, text: StudyText, spec: StudySpec) -> Result<Self, Error> {
        let mut study = Self::begin(store, text.clone(), spec)?;
        study.queue.push(Record::Study(text));
        study.commit()?;
        Ok(study)
    }

    /// Opens a study; `read` turns its text, and that of each revision, into its specification.
    ///
    /// # Errors
    /// [`Error::Store`] if the records cannot be read, [`Error::Records`] if they contradict one another, and whatever
    /// `read` returns.
    pub fn open<E: From<Error>>(
        mut store: Box<dyn Store>,
        mut read: impl FnMut(&StudyText) -> Result<StudySpec, E>,
    ) -> Result<Self, E> {
        let (mut study, mut fault) = (None, None);
        let mut visit = |record| {
            if fault.is_none() {
                fault = Self::replay_next(&mut study, record, &mut read).err();
            }
        };
        store.replay(Curves::Skip, &mut visit).map_err(Error::from)?;
        if let Some(fault) = fault {
            return Err(fault);
        }
        let study = study.ok_or(Error::Records(RecordFault::NoStudy))?;
        Ok(Self { store, ..study })
    }

    /// Takes in the next record of a study that is being opened: the first one begins it, on a store of no consequence.
    fn replay_next<E: From<Error>>(
        study: &mut Option<Self>,
        record: Record,
        read: &mut impl FnMut(&StudyText) -> Result<StudySpec, E>,
    ) -> Result<(), E> {
        match (study, record) {
            (study @ None, Record::Study(text)) => {
                let spec = read(&text)?;
                *study = Some(Self::begin(Box::new(MemoryStore::new()), text, spec)?);
            }
            (None, _) => return Err(Error::Records(RecordFault::NoStudy).into()),
            (Some(study), Record::Revision(text)) => study.turn_to(text.clone(), read(&text)?)?,
            (Some(study), other) => drop(study.apply(other)?),
        }
        Ok(())
    }

    fn begin(store: Box<dyn Store>, text: StudyText, spec: StudySpec) -> Result<Self, Error> {
        let sampler = search::build(spec.method, &spec.space, spec.startup)?;
        let natural_total = match spec.method {
            Method::Grid => search::grid_total(&spec.space, &spec.enqueue)?,
            _ => None,
        };
        let history = spec.method.view(History::new());
        Ok(Self {
            window: Window::new(spec.parallel),
            ledger: Ledger::new(&spec.space, spec.n_splits),
            spec,
            text,
            store,
            queue: Vec::new(),
            history,
            tally: Tally::default(),
            beginning: Beginning::default(),
            sampler,
            natural_total,
        })
    }

    /// The study in the engine's terms, with its newest space.
    pub fn spec(&self) -> &StudySpec {
        &self.spec
    }

    /// Replaces the rules that end the study early: they are no part of its identity.
    pub fn set_stop(&mut self, stop: StopRules) {
        self.spec.stop = stop;
    }

    /// The study as first written.
    pub fn text(&self) -> &StudyText {
        &self.text
    }

    /// All trials proposed, by number.
    pub fn slots(&self) -> &Slots {
        self.ledger.slots()
    }

    /// All trials that have ended, by number.
    pub fn trials(&self) -> impl Iterator<Item = Trial> + Clone {
        (0..self.ledger.slots().len() as u64).filter_map(|number| self.ledger.trial(number))
    }

    /// The trial, if it has ended.
    pub fn trial(&self, number: u64) -> Option<Trial> {
        self.ledger.trial(number)
    }

    /// The results of a trial by split, as far as they are on record: no matter whether it has ended, and those that its
    /// end made useless too. Empty if there is no such trial.
    pub fn results(&self, number: u64) -> Vec<Option<FoldResult>> {
        self.ledger.results(number)
    }

    /// The number of results on record.
    pub fn n_results(&self) -> u64 {
        self.ledger.n_results()
    }

    /// The number of trials that have ended.
    pub fn trials_ended(&self) -> usize {
        self.ledger.n_final()
    }

    /// The number of folds that have ended, or will not be evaluated since their trial has.
    pub fn folds_ended(&self) -> u64 {
        self.ledger.n_folds()
    }

    /// The total of trials, manual ones aside: as last set, as written, or as the method has it. None: no total.
    pub fn total(&self) -> Option<u64> {
        self.ledger.total.or(self.spec.trials).or(self.natural_total)
    }

    /// The trials so far that count towards the total: all but manual ones.
    pub fn n_counted(&self) -> u64 {
        self.history.n_counted()
    }

    /// The trials that there will be at the end: the total, and the manual ones on top of it. None: no total.
    pub fn total_with_manual(&self) -> Option<u64> {
        self.total().map(|total| total.saturating_add(self.history.count(Origin::Manual) as u64))
    }

    /// Seconds that all runs took together.
    pub fn seconds(&self) -> f64 {
        self.ledger.seconds
    }

    /// The times the held-out rows were opened: the trial and its metrics.
    pub fn tests(&self) -> &[(u64, Vec<(String, f64)>)] {
        &self.ledger.tests
    }

    /// Tells whether the clock ended the study, or a trial.
    pub fn clock_fired(&self) -> bool {
        self.ledger.out_of_time.is_some() || self.ledger.has_timed_out()
    }

    /// Sets a new total of trials.
    ///
    /// # Errors
    /// [`Error::Store`] if it cannot be kept.
    pub fn set_total(&mut self, trials: u64) -> Result<(), Error> {
        if self.total() == Some(trials) {
            return Ok(());
        }
        self.record(Record::Total { trials })?;
        self.commit()
    }

    /// Keeps that the held-out rows were opened for a trial.
    ///
    /// # Errors
    /// [`Error::Store`] if it cannot be kept.
    pub fn record_test(&mut self, trial: u64, metrics: Vec<(String, f64)>) -> Result<(), Error> {
        self.record(Record::TestOpened { trial, metrics })?;
        self.commit()
    }

    /// Hands out the store, for what the study does not keep in memory: learning curves.
    pub fn store(&mut self) -> &mut dyn Store {
        self.store.as_mut()
    }

    /// Takes in a fact that is to be kept: it counts from now on, and is durable after the next commit.
    fn record(&mut self, record: Record) -> Result<Option<u64>, Error> {
        self.queue.push(record.clone());
        self.apply(record)
    }

    /// Takes in a fact; returns the trial that it made final.
    fn apply(&mut self, record: Record) -> Result<Option<u64>, Error> {
        let seen =
            if let Record::Trial(proposal) = &record { proposal.seen.clone() } else { Vec::new() };
        let is_trial = matches!(record, Record::Trial(_));
        let change = self.ledger.apply(record)?;
        if is_trial {
            self.follow(&seen)?;
        }
        Ok(match change {
            Change::Final(trial) => {
                self.window.finish(trial);
                Some(trial)
            }
            Change::None => None,
        })
    }

    /// Brings history, window and tally up to the trial proposed last, which saw these trials.
    fn follow(&mut self, seen: &[u64]) -> Result<(), Error> {
        let number = self.ledger.slots().len() as u64 - 1;
        for &trial in seen {
            let unknown = Error::Records(RecordFault::UnknownFold { trial, split: 0 });
            let outcome = self.ledger.outcome(trial, self.spec.direction).ok_or(unknown)?;
            if !self.ledger.is_in_space(trial) {
                continue;
            }
            self.tally.count(trial, &outcome);
            if !self.history.has_seen(trial as usize) {
                self.history.reveal(trial as usize, outcome);
            }
        }
        self.window.see(seen);
        let slot = &self.ledger.slots()[number];
        self.history.push(Arc::clone(&slot.config), slot.origin);
        Ok(())
    }

    /// Forgets trials that have ended and were seen, once there are many: what search knows of them, the history has.
    /// Where the space was revised none is forgotten, for reading them back takes the texts of all spaces.
    fn forget(&mut self) {
        let below = self.ledger.first_open().min(self.window.watermark());
        let is_one_space = self.ledger.revisions.is_empty();
        if is_one_space && below >= self.ledger.slots().n_forgotten() as u64 + MOST_KEPT {
            self.ledger.forget_below(below);
        }
    }

    /// Reads back what was forgotten.
    fn recall(&mut self) -> Result<(), Error> {
        if self.ledger.slots().n_forgotten() == 0 {
            return Ok(());
        }
        let mut whole = Ledger::new(self.ledger.space(), self.spec.n_splits);
        let mut fault = None;
        let mut visit = |record| {
            if fault.is_none() && !matches!(record, Record::Study(_)) {
                fault = whole.apply(record).err();
            }
        };
        self.store.replay(Curves::Skip, &mut visit)?;
        self.ledger = fault.map_or(Ok(whole), Err)?;
        Ok(())
    }

    /// Makes durable what was recorded since the last commit.
    fn commit(&mut self) -> Result<(), Error> {
        if !self.queue.is_empty() {
            self.store.append(&self.queue)?;
            self.queue.clear();
        }
        Ok(())
    }
}
