//! What a study keeps of each trial that it proposed. Results stand apart, packed: see `results`.

use super::results::Place;
use crate::space::{Config, Space, Value};
use crate::trial::Origin;
use std::sync::Arc;

/// A proposed trial, and where what has come of it is to be found.
#[derive(Clone, Debug)]
pub struct Slot {
    /// What is tried: a configuration of `space`.
    pub config: Arc<Config>,
    /// The space that it was proposed in.
    pub space: Arc<Space>,
    /// Who proposed it.
    pub origin: Origin,
    /// The revision of the space that it belongs to.
    pub revision: u64,
    /// How many results this trial and those before it saw, in the order of results.
    pub(super) n_seen: usize,
    /// Its last result in the log.
    pub(super) last: Option<Place>,
    pub(super) is_final: bool,
    /// The configuration as the newest space has it; none if it lies outside.
    pub(super) place: Option<Arc<Config>>,
}

impl Slot {
    /// Tells whether the trial has ended.
    pub fn is_final(&self) -> bool {
        self.is_final
    }

    /// The named values of what is tried, in the order of the space that it was proposed in.
    pub fn named(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.space.named(&self.config)
    }

    /// Tells whether the trial lies in the study's newest space.
    pub fn is_in_space(&self) -> bool {
        self.place.is_some()
    }

    /// The configuration as another space has it; none if it lies outside.
    pub(super) fn place_in(&self, space: &Arc<Space>) -> Option<Arc<Config>> {
        let is_own = Arc::ptr_eq(&self.space, space);
        if is_own { Some(Arc::clone(&self.config)) } else { space.adopt(self.named()).map(Arc::new) }
    }
}
