//! Search methods: what to try next.
//!
//! A sampler is a pure function from a [`Request`] to a [`Suggestion`]: it gets the space, the
//! history that the proposal may see, and the streams of the study's seed. It may keep a cache
//! between calls, but a fresh sampler gives the same answer. It never sees the study, the store or
//! a thread.

pub mod bayes;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod grid;
mod hash;
mod method;
mod permutation;
mod random;
pub(crate) mod sobol;
mod tpe;
mod unseen;

pub use method::{Description, Method, Model, Setup};
pub use random::Random;

use crate::error::Error;
use crate::seed::{Purpose, Streams};
use crate::space::{Config, Space};
use crate::trial::{History, Origin};
use crate::view::Reasoning;
use rand::rngs::ChaCha8Rng;

/// Everything that a proposal depends on.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The space; its dimensions never change during a sampler's life.
    pub space: &'a Space,
    /// Trials below the proposed one; its length is the proposed trial's number.
    pub history: &'a History,
    /// The streams of the study's seed.
    pub streams: Streams,
    /// Kernel parameters fitted so far, by number of results, ascending; missing ones are fitted
    /// again.
    pub fitted: &'a [Fitted],
}

impl Request<'_> {
    /// Returns the stream of the proposed trial, at its beginning.
    pub fn rng(&self) -> ChaCha8Rng {
        self.streams.rng(Purpose::Propose, self.history.len() as u64)
    }

    /// Whether a configuration made by the space may be proposed: it satisfies the constraints and
    /// is new.
    pub(crate) fn admits(&self, config: &Config) -> bool {
        self.space.satisfies_constraints(config) && !self.history.contains(config)
    }
}

/// Kernel parameters θ fitted to the first `n_results` results.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// The number of results, in the history's order, that the fit used.
    pub n_results: usize,
    /// The parameters, in the sampler's own layout.
    pub values: Vec<f64>,
}

/// A proposed configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The configuration to try, which was not proposed before.
    pub config: Config,
    /// The part of the method that proposed it.
    pub origin: Origin,
    /// Fits made for it, to be stored, ascending.
    pub fitted: Vec<Fitted>,
}

/// A search method.
pub trait Sampler: Send {
    /// Proposes the configuration of the next trial; returns `None` when the space is exhausted.
    ///
    /// # Errors
    /// [`Error::Method`] if no configuration satisfies the constraints.
    fn propose(&mut self, request: &Request<'_>) -> Result<Option<Suggestion>, Error>;

    /// Whether stored values can be kernel parameters that this method fitted.
    fn accepts(&self, _fitted: &[f64]) -> bool {
        true
    }

    /// Returns the expected gain of `config`, which the surrogate proposed for `request`: how far
    /// its loss is expected below the best known one, as a share of the distance from the best loss
    /// to the median. `None` without a surrogate, or without such a distance.
    fn expected_gain(&self, _request: &Request<'_>, _config: &Config) -> Option<f64> {
        None
    }

    /// Explains the proposal of `config`, a configuration of the space, for `request`; `observed`
    /// is its internal loss, if known by now. Returns `None` if results had no part in it.
    fn explain(
        &self,
        _request: &Request<'_>,
        _config: &Config,
        _observed: Option<f64>,
    ) -> Option<Reasoning> {
        None
    }
}
