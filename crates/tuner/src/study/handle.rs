//! A study: a state, and the store that keeps it.

use super::hindsight::Hindsight;
use super::spec::{StopRules, StudySpec};
use super::state::StudyState;
use crate::error::{Error, RecordFault};
use crate::race::Race;
use crate::store::{Curves, Record, Store, StudyText};
use std::ops::Deref;

/// A study's state and its store. What can be read of the state can be read of the study.
pub struct Study {
    pub(super) state: StudyState,
    store: Box<dyn Store>,
    /// The number of records that the store holds.
    head: u64,
    /// Recorded, not yet durable.
    queue: Vec<Record>,
}

impl Deref for Study {
    type Target = StudyState;

    fn deref(&self) -> &StudyState {
        &self.state
    }
}

impl Study {
    /// Begins a study in an empty store.
    ///
    /// # Errors
    /// [`Error::Method`] if the method cannot search the space, [`Error::Store`] if the store cannot be written.
    pub fn create(store: Box<dyn Store>, text: StudyText, spec: StudySpec) -> Result<Self, Error> {
        let state = StudyState::begin(text.clone(), spec)?;
        let mut study = Self { state, store, head: 0, queue: vec![Record::Study(text)] };
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
        let (mut state, mut fault) = (None, None);
        let mut visit = |record| {
            if fault.is_none() {
                fault = StudyState::take_in(&mut state, record, &mut read).err();
            }
        };
        let head = store.replay_after(0, Curves::Skip, &mut visit).map_err(Error::from)?;
        if let Some(fault) = fault {
            return Err(fault);
        }
        let state = state.ok_or(Error::Records(RecordFault::NoStudy))?;
        Ok(Self { state, store, head, queue: Vec::new() })
    }

    /// Replaces the rules that end the study early: they are no part of its identity.
    pub fn set_stop(&mut self, stop: StopRules) {
        self.state.spec.stop = stop;
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

    /// Keeps that another program, or another machine, goes on with the study.
    ///
    /// # Errors
    /// [`Error::Store`] if it cannot be kept.
    pub fn begin_session(&mut self, facts: Vec<(String, String)>) -> Result<(), Error> {
        self.record(Record::Session { facts })?;
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

    /// Judges the complete trials as `race` would have: see [`StudyState::hindsight`].
    ///
    /// # Errors
    /// [`Error::Store`] if the records cannot be read.
    pub fn hindsight(&mut self, race: &Race) -> Result<Hindsight, Error> {
        self.state.hindsight(self.store.as_mut(), race)
    }

    /// Hands out the store, for what the study does not keep in memory: learning curves.
    pub fn store(&mut self) -> &mut dyn Store {
        self.store.as_mut()
    }

    /// Takes in a fact that is to be kept: it counts from now on, and is durable after the next commit.
    pub(super) fn record(&mut self, record: Record) -> Result<Option<u64>, Error> {
        self.queue.push(record.clone());
        self.state.apply(record)
    }

    /// Goes on in the space of `spec`, durably. Nothing but the space, what is enqueued, the total and the rules that end a
    /// study may be new in it.
    ///
    /// # Errors
    /// [`Error::Method`] if the method cannot search the space, [`Error::Records`] if something else is new,
    /// [`Error::Store`] if it cannot be kept.
    pub fn revise(&mut self, text: StudyText, spec: StudySpec) -> Result<(), Error> {
        self.state.turn_to(text.clone(), spec)?;
        self.queue.push(Record::Revision(text));
        self.commit()
    }

    /// Makes durable what was recorded since the last commit.
    pub(super) fn commit(&mut self) -> Result<(), Error> {
        if !self.queue.is_empty() {
            self.head = self.store.append(self.head, &self.queue)?;
            self.queue.clear();
        }
        Ok(())
    }
}
