//! A study: a state, and the store that keeps it.

use super::hindsight::Hindsight;
use super::spec::{StopRules, StudySpec};
use super::state::StudyState;
use crate::error::{Error, RecordFault};
use crate::race::Race;
use crate::store::{Curves, Record, Store, StudyText};
use std::ops::Deref;

/// A study's state and its store. It dereferences to the state.
pub struct Study {
    pub(super) state: StudyState,
    store: Box<dyn Store>,
    /// The number of records that the store holds.
    head: u64,
    /// Recorded, but not yet durable.
    queue: Vec<Record>,
}

impl Deref for Study {
    type Target = StudyState;

    fn deref(&self) -> &StudyState {
        &self.state
    }
}

impl Study {
    /// Creates a study in an empty store.
    ///
    /// # Errors
    /// [`Error::Method`] if the method cannot search the space, [`Error::Store`] if the store
    /// cannot be written.
    pub fn create(store: Box<dyn Store>, text: StudyText, spec: StudySpec) -> Result<Self, Error> {
        let state = StudyState::begin(text.clone(), spec)?;
        let mut study = Self { state, store, head: 0, queue: vec![Record::Study(text)] };
        study.commit()?;
        Ok(study)
    }

    /// Opens a study; `read` parses its text, and that of each revision, into its specification.
    ///
    /// # Errors
    /// [`Error::Store`] if the records cannot be read, [`Error::Records`] if they contradict one
    /// another, and those of `read`.
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
        // The first fault: all later records depend on those before.
        if let Some(fault) = fault {
            return Err(fault);
        }

        let state = state.ok_or(Error::Records(RecordFault::NoStudy))?;
        Ok(Self { state, store, head, queue: Vec::new() })
    }

    /// Replaces the store by another handle of the same records.
    pub fn change_store(&mut self, store: Box<dyn Store>) {
        self.store = store;
    }

    /// Applies what others appended to the store since the last record that this study read or
    /// wrote; `read` parses the text of a revision into its specification.
    ///
    /// # Errors
    /// As [`open`](Self::open), and [`Error::Store`] if the store has fewer records than that; the
    /// study is then invalid.
    pub fn catch_up<E: From<Error>>(
        &mut self,
        mut read: impl FnMut(&StudyText) -> Result<StudySpec, E>,
    ) -> Result<(), E> {
        let (state, mut fault) = (&mut self.state, None);
        let mut visit = |record| {
            if fault.is_none() {
                fault = state.take_next(record, &mut read).err();
            }
        };

        let head = self.store.replay_after(self.head, Curves::Skip, &mut visit);
        self.head = head.map_err(Error::from)?;
        fault.map_or(Ok(()), Err)
    }

    /// Replaces the stopping rules, which are not part of the study's identity.
    pub fn set_stop(&mut self, stop: StopRules) {
        self.state.spec.stop = stop;
    }

    /// Sets a new total number of trials.
    ///
    /// # Errors
    /// [`Error::Store`] if it cannot be recorded.
    pub fn set_total(&mut self, trials: u64) -> Result<(), Error> {
        if self.stated_total() == Some(trials) {
            return Ok(());
        }
        self.record(Record::Total { trials })?;
        self.commit()
    }

    /// Records that another program or machine continues the study.
    ///
    /// # Errors
    /// [`Error::Store`] if it cannot be recorded.
    pub fn begin_session(&mut self, facts: Vec<(String, String)>) -> Result<(), Error> {
        self.record(Record::Session { facts })?;
        self.commit()
    }

    /// Records the score of a trial on the held-out rows.
    ///
    /// # Errors
    /// [`Error::Store`] if it cannot be recorded.
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

    /// Returns the store, for what the study does not keep in memory: learning curves.
    pub fn store(&mut self) -> &mut dyn Store {
        self.store.as_mut()
    }

    /// Applies a fact and buffers its record, which is durable after the next commit.
    pub(super) fn record(&mut self, record: Record) -> Result<Option<u64>, Error> {
        self.queue.push(record.clone());
        self.state.apply(record)
    }

    /// Continues in the space of `spec`, durably. Only the space, the enqueued trials, the total
    /// and the stopping rules may differ.
    ///
    /// # Errors
    /// [`Error::Method`] if the method cannot search the space, [`Error::Records`] if something
    /// else differs, [`Error::Store`] if it cannot be recorded.
    pub fn revise(&mut self, text: StudyText, spec: StudySpec) -> Result<(), Error> {
        self.state.turn_to(text.clone(), spec)?;
        self.queue.push(Record::Revision(text));
        self.commit()
    }

    /// Makes everything durable that was recorded since the last commit.
    pub(super) fn commit(&mut self) -> Result<(), Error> {
        if !self.queue.is_empty() {
            self.head = self.store.append(self.head, &self.queue)?;
            self.queue.clear();
        }
        Ok(())
    }
}
