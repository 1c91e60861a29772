//! Revisions: a study continues in another space.
//!
//! Trials keep the space in which they were proposed. Those that lie in the new one count as its
//! own; the others stay on record and are invisible to search. Kernel parameters are fitted again,
//! new enqueued and default trials are tried first, and the stopping rules start again.

use super::beginning::Beginning;
use super::rules::Tally;
use super::spec::StudySpec;
use super::state::StudyState;
use crate::cast;
use crate::error::{Error, RecordFault};
use crate::race::Field;
use crate::space::{Config, Space};
use crate::store::StudyText;
use crate::trial::{History, Origin};
use std::sync::Arc;

impl StudyState {
    /// Continues in another space, for a new or a recorded `Study::revise`.
    pub(super) fn turn_to(&mut self, text: StudyText, mut spec: StudySpec) -> Result<(), Error> {
        self.check_same_but_space(&spec)?;
        // The initial design is counted from the study's beginning, whatever prior mean the new
        // space has.
        spec.startup = self.spec.startup;

        let sampler = spec.method.build(&spec.setup())?;
        self.ledger.revise(text, &spec);
        let n = self.slots().len();
        let history = self.history_in(self.ledger.space(), n, n);
        let history = history.expect("what was seen was on record when it was taken in");
        spec.enqueue.retain(|config| !history.contains(config));
        let total = natural_total(&spec, self)?;
        self.beginning = Beginning::of(&history);
        let known = history.results().filter_map(|(_, _, outcome)| outcome.mean());
        self.tally = Tally::beginning_at(history.len() as u64, known.reduce(f64::min));
        self.history = spec.method.view(history);
        (self.spec, self.sampler, self.natural_total) = (spec, sampler, total);
        self.field = match self.spec.race {
            Some(_) => self.field_in(self.ledger.space(), n),
            None => Field::default(),
        };

        Ok(())
    }

    /// Returns what a proposal in `space` knows of the first `n_trials` trials, and of the results
    /// that the first `n_proposals` proposals saw; `None` if the records lack something that was
    /// seen.
    pub(super) fn history_in(
        &self,
        space: &Arc<Space>,
        n_trials: usize,
        n_proposals: usize,
    ) -> Option<History> {
        let mut history = History::new();
        for slot in self.slots().first(n_trials)? {
            match slot.place_in(space) {
                Some(config) => history.push(config, slot.origin),
                None => history.push_outside(slot.origin),
            }
        }

        for &trial in self.ledger.seen_by(n_proposals) {
            let outcome = self.ledger.outcome(trial, self.spec.direction)?;
            // A trial outside of this space has no place in its history.
            if history.entry(cast::position(trial)).is_some()
                && !history.has_seen(cast::position(trial))
            {
                history.reveal(cast::position(trial), outcome);
            }
        }

        Some(history)
    }

    fn check_same_but_space(&self, spec: &StudySpec) -> Result<(), Error> {
        let old = &self.spec;
        // Everything else decides what the records so far mean.
        let what = if spec.n_splits != old.n_splits {
            "the splits of a trial"
        } else if spec.direction != old.direction {
            "the direction"
        } else if (spec.method, spec.parallel) != (old.method, old.parallel) {
            "the search"
        } else if spec.race != old.race {
            "what stops a trial"
        } else if spec.seed != old.seed {
            "the seed"
        } else {
            return Ok(());
        };

        Err(Error::Records(RecordFault::RevisedBeyondSpace { what }))
    }
}

/// The total number of trials of the method itself, for a grid: those proposed before, and the
/// points of the new grid that were not.
fn natural_total(spec: &StudySpec, study: &StudyState) -> Result<Option<u64>, Error> {
    if !spec.method.is_exhaustive() {
        return Ok(None);
    }
    let (mut presets, n_outside) = counted(study, &spec.space);
    presets.extend(spec.enqueue.iter().cloned());
    Ok(spec.method.natural_total(&spec.space, &presets)?.map(|total| total + n_outside))
}

/// The trials that count towards the total: those that lie in `space`, and the number of the
/// others.
fn counted(study: &StudyState, space: &Space) -> (Vec<Config>, u64) {
    let counted = study.slots().iter().filter(|slot| slot.origin != Origin::Manual);
    let places: Vec<Option<Config>> = counted.map(|slot| space.adopt(slot.named())).collect();
    let n_outside = places.iter().filter(|place| place.is_none()).count() as u64;
    (places.into_iter().flatten().collect(), n_outside)
}
