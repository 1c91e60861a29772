//! The state of a study: its records, folded one by one, and what follows from them.

use super::beginning::Beginning;
use super::ledger::{Change, Ledger};
use super::rules::Tally;
use super::slot::{Slot, Slots};
use super::spec::StudySpec;
use super::window::Window;
use crate::cast;
use crate::error::{Error, RecordFault};
use crate::race::Field;
use crate::search::Sampler;
use crate::store::{Record, StudyText};
use crate::trial::{FoldResult, History, Origin, Trial};
use std::sync::Arc;

/// The total of a study without one, in files that must state it: the greatest integer that every
/// language holds exactly.
pub const NO_END: u64 = (1 << 53) - 1;

/// What a study's records say, wherever they are kept.
///
/// Two states with the same records are equal, on any machine, and make the same next proposal.
pub struct StudyState {
    pub(super) spec: StudySpec,
    text: StudyText,
    pub(super) ledger: Ledger,
    /// What the next proposal may see, as of the last one.
    pub(super) history: History,
    pub(super) window: Window,
    pub(super) tally: Tally,
    pub(super) beginning: Beginning,
    pub(super) sampler: Box<dyn Sampler>,
    /// The total number of trials of the method itself, for a grid.
    pub(super) natural_total: Option<u64>,
    /// The complete trials that the last proposal saw, if trials race.
    pub(super) field: Field,
}

impl StudyState {
    /// Creates the state after a study's own record.
    ///
    /// # Errors
    /// [`Error::Method`] if the method cannot search the space.
    pub fn begin(text: StudyText, spec: StudySpec) -> Result<Self, Error> {
        let sampler = spec.method.build(&spec.setup())?;
        let natural_total = spec.method.natural_total(&spec.space, &spec.enqueue)?;
        let history = spec.method.view(History::new());

        Ok(Self {
            window: Window::new(spec.parallel),
            ledger: Ledger::new(&spec),
            spec,
            text,
            history,
            tally: Tally::default(),
            beginning: Beginning::default(),
            sampler,
            natural_total,
            field: Field::default(),
        })
    }

    /// Applies the next record of a study; the first one creates it. `read` parses its text, and
    /// that of each revision, into its specification.
    ///
    /// # Errors
    /// [`Error::Records`] if the record does not fit those before it, and those of `read`.
    pub fn take_in<E: From<Error>>(
        state: &mut Option<Self>,
        record: Record,
        read: &mut impl FnMut(&StudyText) -> Result<StudySpec, E>,
    ) -> Result<(), E> {
        // The first record defines the study; without it the others mean nothing.
        match (state, record) {
            (state @ None, Record::Study(text)) => {
                let spec = read(&text)?;
                *state = Some(Self::begin(text, spec)?);
            }
            (None, _) => return Err(Error::Records(RecordFault::NoStudy).into()),
            (Some(state), record) => state.take_next(record, read)?,
        }
        Ok(())
    }

    /// Applies a record behind the first, as [`take_in`](Self::take_in) does.
    pub(super) fn take_next<E: From<Error>>(
        &mut self,
        record: Record,
        read: &mut impl FnMut(&StudyText) -> Result<StudySpec, E>,
    ) -> Result<(), E> {
        match record {
            Record::Revision(text) => self.turn_to(text.clone(), read(&text)?)?,
            other => drop(self.apply(other)?),
        }
        Ok(())
    }

    /// The specification of the study, with its newest space.
    pub fn spec(&self) -> &StudySpec {
        &self.spec
    }

    /// The study as first written.
    pub fn text(&self) -> &StudyText {
        &self.text
    }

    /// The trial of this number, as it was proposed.
    pub fn slot(&self, number: u64) -> Option<&Slot> {
        self.ledger.slots().get(number)
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

    /// Returns the results of a trial by split, as far as recorded, whether or not it has ended,
    /// including those that no longer count. Empty if there is no such trial.
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

    /// The number of folds that have ended, or will not be evaluated because their trial has ended.
    pub fn folds_ended(&self) -> u64 {
        self.ledger.n_folds()
    }

    /// Returns the total number of trials without manual ones: as last set, as written, or the
    /// method's own. `None`: no total, also where [`NO_END`] stands for it.
    pub fn total(&self) -> Option<u64> {
        self.stated_total().filter(|total| *total < NO_END)
    }

    /// Returns the total as last set, as written, or the method's own, [`NO_END`] included.
    pub(super) fn stated_total(&self) -> Option<u64> {
        self.ledger.total.or(self.spec.trials).or(self.natural_total)
    }

    /// The number of trials so far that count towards the total: all but manual ones.
    pub fn n_counted(&self) -> u64 {
        self.history.n_counted()
    }

    /// Returns the final number of trials: the total and the manual ones. `None`: no total.
    pub fn total_with_manual(&self) -> Option<u64> {
        self.total().map(|total| total.saturating_add(self.history.count(Origin::Manual) as u64))
    }

    /// Seconds that all runs took together.
    pub fn seconds(&self) -> f64 {
        self.ledger.seconds
    }

    /// Tests on the held-out rows: the trial and its metrics.
    pub fn tests(&self) -> &[(u64, Vec<(String, f64)>)] {
        &self.ledger.tests
    }

    /// Changes of the program and the machine since the first ones.
    pub fn sessions(&self) -> &[Vec<(String, String)>] {
        &self.ledger.sessions
    }

    /// Whether a time limit ended the study, or a trial.
    pub fn clock_fired(&self) -> bool {
        self.ledger.out_of_time.is_some() || self.ledger.has_timed_out()
    }

    /// Applies a fact; returns the trial that it made final. Records with a text need
    /// [`take_in`](Self::take_in).
    ///
    /// # Errors
    /// [`Error::Records`] if the record does not fit those before it; the state is then invalid.
    pub fn apply(&mut self, record: Record) -> Result<Option<u64>, Error> {
        let seen =
            if let Record::Trial(proposal) = &record { proposal.seen.clone() } else { Vec::new() };
        let is_trial = matches!(record, Record::Trial(_));

        // A damaged or edited store must not lead the search out of its bounds.
        if let Record::Fitted { n_results, values, .. } = &record
            && !self.sampler.accepts(values)
        {
            let n_results = *n_results;
            return Err(Error::Records(RecordFault::FittedOutOfBounds { n_results }));
        }

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

    /// Updates history, window and tally for the last proposed trial, which saw these trials.
    fn follow(&mut self, seen: &[u64]) -> Result<(), Error> {
        let number = self.ledger.slots().len() as u64 - 1;
        for &trial in seen {
            let unknown = Error::Records(RecordFault::UnknownFold { trial, split: 0 });
            let outcome = self.ledger.outcome(trial, self.spec.direction).ok_or(unknown)?;
            if !self.ledger.is_in_space(trial) {
                continue;
            }
            self.tally.count(trial, &outcome);
            self.tally.spend(self.ledger.multiply_adds(trial));
            if self.spec.race.is_some()
                && let Some(contender) = self.ledger.contender(trial, self.spec.direction)
            {
                self.field.add(contender);
            }
            // After a revision a trial may have been revealed already.
            if !self.history.has_seen(cast::position(trial)) {
                self.history.reveal(cast::position(trial), outcome);
            }
        }

        self.window.see(seen);
        if let Some(slot) = self.ledger.slots().get(number) {
            self.history.push(Arc::clone(&slot.config), slot.origin);
        }

        Ok(())
    }
}
