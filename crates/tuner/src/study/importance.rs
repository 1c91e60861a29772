//! What matters in a study: importance from all its trials that are ok, whatever its method.

use super::state::StudyState;
use crate::analysis::importance::{Importance, importance};
use crate::error::Error;
use crate::search::Request;
use crate::seed::Streams;
use crate::trial::{History, State};

impl StudyState {
    /// Measures the importance of the searched parameters. Losses are as told.
    ///
    /// # Errors
    /// [`Error::Importance`] if the trials or the space do not allow it.
    pub fn importance(&self) -> Result<Importance, Error> {
        let direction = self.spec.direction;
        let mut history = History::new();
        for (number, slot) in self.slots().numbered() {
            let outcome = self.ledger.outcome(number, direction);
            let Some(outcome) = outcome.filter(|outcome| outcome.state == State::Ok) else {
                continue;
            };
            let Some(config) = slot.place_in(self.ledger.space()) else {
                continue;
            };
            history.push(config, slot.origin);
            history.reveal(history.len() - 1, outcome);
        }
        let streams = Streams::new(self.spec.seed);
        let mut found = importance(&Request {
            space: &self.spec.space,
            history: &history,
            streams,
            fitted: &[],
        })?;
        for effect in &mut found.effects {
            effect.marginal.iter_mut().for_each(|(_, loss)| *loss = direction.inner(*loss));
        }
        for pair in &mut found.pairs {
            pair.shifts.iter_mut().for_each(|(.., loss)| *loss = direction.inner(*loss));
        }
        Ok(found)
    }
}
