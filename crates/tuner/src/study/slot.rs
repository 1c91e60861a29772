//! What a study keeps of each proposed trial. Results are packed separately: see `results`.

use super::results::Place;
use crate::prior::PriorMean;
use crate::space::{Assignment, Config, Space, Value};
use crate::trial::Origin;
use std::sync::Arc;

/// A proposed trial, and where its results are.
#[derive(Clone, Debug)]
pub struct Slot {
    /// The configuration, in `space`.
    pub config: Arc<Config>,
    /// The space in which it was proposed.
    pub space: Arc<Space>,
    /// The learned prior mean over that space.
    pub prior_mean: Option<Arc<PriorMean>>,
    /// The trial's origin.
    pub origin: Origin,
    /// The revision of the space to which it belongs.
    pub revision: u64,
    /// Number of results that this trial and those before it saw, in the order of results.
    pub(super) n_seen: usize,
    /// The trial's last result in the log.
    pub(super) last: Option<Place>,
    pub(super) is_final: bool,
    /// The configuration in the newest space; `None` if it lies outside.
    pub(super) place: Option<Arc<Config>>,
}

impl Slot {
    /// Whether the trial has ended.
    pub fn is_final(&self) -> bool {
        self.is_final
    }

    /// The named values, in the order of the space in which it was proposed.
    pub fn named(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.space.named(&self.config)
    }

    /// The configuration by name.
    pub fn assignment(&self) -> Assignment {
        self.space.assignment(&self.config)
    }

    /// Whether the trial lies in the study's newest space.
    pub fn is_in_space(&self) -> bool {
        self.place.is_some()
    }

    /// Returns the configuration in another space; `None` if it lies outside.
    pub(super) fn place_in(&self, space: &Arc<Space>) -> Option<Arc<Config>> {
        let is_own = Arc::ptr_eq(&self.space, space);
        if is_own {
            Some(Arc::clone(&self.config))
        } else {
            space.adopt(self.named()).map(Arc::new)
        }
    }
}

/// The trials of a study by number.
#[derive(Clone, Debug, Default)]
pub struct Slots(Vec<Slot>);

impl Slots {
    /// The number of trials proposed.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no trial was proposed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The trial of this number, if there is one.
    pub fn get(&self, number: u64) -> Option<&Slot> {
        usize::try_from(number).ok().and_then(|position| self.0.get(position))
    }

    /// The trials in the order of their numbers.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Slot> {
        self.0.iter()
    }

    /// The trials with their numbers.
    pub fn numbered(&self) -> impl Iterator<Item = (u64, &Slot)> {
        (0..).zip(&self.0)
    }

    /// The first `n` trials, if there are that many.
    pub(super) fn first(&self, n: usize) -> Option<&[Slot]> {
        self.0.get(..n)
    }

    pub(super) fn push(&mut self, slot: Slot) {
        self.0.push(slot);
    }

    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut Slot> {
        usize::try_from(number).ok().and_then(|position| self.0.get_mut(position))
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Slot> {
        self.0.iter_mut()
    }
}
