//! What matters in a study: importance from all its trials that ended, whatever its method.

use super::state::StudyState;
use crate::analysis::importance::importance;
use crate::error::Error;
use crate::search::Request;
use crate::seed::Streams;
use crate::trial::History;
use crate::view::Importance;

impl StudyState {
    /// Measures the importance of the searched parameters. Losses are as told.
    ///
    /// # Errors
    /// [`Error::Importance`] if the trials or the space do not allow it.
    pub fn importance(&self) -> Result<Importance, Error> {
        let direction = self.spec.direction;
        let mut history = History::new();
        let mut numbers = Vec::new();
        for (number, slot) in self.slots().numbered() {
            let Some(outcome) = self.ledger.outcome(number, direction) else {
                continue;
            };
            let Some(config) = slot.place_in(self.ledger.space()) else {
                continue;
            };
            history.push(config, slot.origin);
            history.reveal(history.len() - 1, outcome);
            numbers.push(number);
        }

        let streams = Streams::new(self.spec.seed);
        let request = Request { space: &self.spec.space, history: &history, streams, fitted: &[] };
        let mut found = importance(&request)?;
        found.tell_in(direction);
        found.winner = numbers[found.winner as usize];
        Ok(found)
    }
}
