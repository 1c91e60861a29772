//! What had been proposed when the current space began.

use crate::trial::{History, Origin};

/// What had been proposed when the current space began: enqueued trials, and those of defaults or
/// the method.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beginning {
    n_enqueued: usize,
    n_others: u64,
}

impl Beginning {
    pub(super) fn of(history: &History) -> Self {
        let n_others = history.count(Origin::Default) as u64 + history.n_method();
        Self { n_enqueued: history.count(Origin::Enqueued), n_others }
    }

    /// Enqueued trials since.
    pub(super) fn n_enqueued(self, history: &History) -> usize {
        history.count(Origin::Enqueued) - self.n_enqueued
    }

    /// Whether a default trial, or one of the method, has been proposed since.
    pub(super) fn is_past_default(self, history: &History) -> bool {
        Self::of(history).n_others > self.n_others
    }
}
