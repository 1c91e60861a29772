//! Parameter importance of a study, from all its ended trials and for any method.

use super::state::StudyState;
use crate::analysis::importance::importance;
use crate::analysis::importance::slices::{Slices, slices};
use crate::cast;
use crate::error::Error;
use crate::search::Request;
use crate::seed::Streams;
use crate::trial::History;
use crate::view::{Calibration, Importance};

impl StudyState {
    /// Measures the importance of the searched parameters. Losses are in the user's units.
    ///
    /// # Errors
    /// [`Error::Importance`] if the trials or the space do not allow it.
    pub fn importance(&self) -> Result<Importance, Error> {
        let direction = self.spec.direction;
        let (history, numbers) = self.ended_history();
        let mut found = importance(&self.request(&history), self.spec.prior_mean.as_deref())?;
        found.tell_in(direction);
        found.winner = numbers[cast::position(found.winner)];
        Ok(found)
    }

    /// Returns the coverage of leave-one-out intervals of [`StudyState::importance`]'s surrogate;
    /// `None` if importance cannot be measured.
    pub fn calibration(&self) -> Option<Calibration> {
        Calibration::of(&self.slices(&[])?.left_out)
    }

    /// Returns the surrogate of [`StudyState::importance`] along each parameter and over pairs of
    /// them; `None` if importance cannot be measured. Losses are in the user's units.
    pub fn slices(&self, pairs: &[(&str, &str)]) -> Option<Slices> {
        let direction = self.spec.direction;
        let (history, numbers) = self.ended_history();

        let mut found = slices(&self.request(&history), self.spec.prior_mean.as_deref(), pairs)?;
        for slice in &mut found.slices {
            slice.held_at = numbers[cast::position(slice.held_at)];
            for point in &mut slice.values {
                point.loss = direction.inner(point.loss);
                // With a maximised metric the ends of the band change places.
                let (low, high) = (direction.inner(point.band.0), direction.inner(point.band.1));
                point.band = (low.min(high), low.max(high));
            }
        }

        for loss in
            found.contours.iter_mut().flat_map(|contour| contour.losses.iter_mut().flatten())
        {
            *loss = direction.inner(*loss);
        }

        Some(found)
    }

    /// Returns the ended trials in the newest space as a history with all outcomes, and their
    /// numbers.
    fn ended_history(&self) -> (History, Vec<u64>) {
        let mut history = History::new();
        let mut numbers = Vec::new();
        for (number, slot) in self.slots().numbered() {
            let Some(outcome) = self.ledger.outcome(number, self.spec.direction) else {
                continue;
            };
            let Some(config) = slot.place_in(self.ledger.space()) else {
                continue;
            };
            // Renumbered, since trials that are open or outside of the space have no place here.
            history.push(config, slot.origin);
            history.reveal(history.len() - 1, outcome);
            numbers.push(number);
        }

        (history, numbers)
    }

    fn request<'a>(&'a self, history: &'a History) -> Request<'a> {
        let streams = Streams::new(self.spec.seed);
        Request { space: &self.spec.space, history, streams, fitted: &[] }
    }
}
