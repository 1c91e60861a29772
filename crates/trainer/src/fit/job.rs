//! What one training is given: its rows, its recipe and its random streams.

use rand::rngs::ChaCha8Rng;

use super::prepared::PreparedData;
use crate::loss::Criterion;
use crate::recipe::CheckedRecipe;
use crate::stream::{Purpose, Streams};

/// The random streams of one training, which are those of its fold.
#[derive(Clone, Copy)]
pub(crate) struct Draws {
    pub streams: Streams,
    pub repeat: u32,
    pub fold: u32,
}

impl Draws {
    /// Starts the stream of a purpose.
    pub(crate) fn of(&self, purpose: Purpose) -> ChaCha8Rng {
        self.streams.rng(purpose, self.repeat, self.fold)
    }
}

/// The rows to train on and those to watch.
pub(crate) struct Job<'a> {
    pub source: &'a PreparedData<'a>,
    pub recipe: &'a CheckedRecipe,
    pub criterion: &'a Criterion,
    pub train: Vec<u32>,
    /// Rows that decide when to stop, if patience is set.
    pub stop_by: &'a [u32],
    /// Rows whose loss is recorded after each epoch without any effect.
    pub watch: &'a [u32],
}
