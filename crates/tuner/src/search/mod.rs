//! What to try next.
//!
//! A sampler is a pure function from a [`Request`] to a [`Suggestion`]: it gets the space, the history as the proposal
//! may see it, and the streams of the study's seed. What it keeps between calls is a cache of what it would compute
//! from the request anyway; a fresh sampler answers the same. It never sees the study, the store or a thread.

pub mod bayes;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod grid;
mod hash;
mod method;
mod permutation;
mod random;
pub mod sobol;
pub mod tpe;
mod unseen;

pub use grid::{Grid, grid_size};
pub use method::{Description, Method, Model, Setup};
pub use random::Random;
pub use sobol::Sobol;
pub use tpe::Tpe;

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
    /// Kernel parameters fitted so far, by number of results, ascending: what is missing is fitted again.
    pub fitted: &'a [Fitted],
}

impl Request<'_> {
    /// The stream of the proposed trial, at its beginning.
    pub fn rng(&self) -> ChaCha8Rng {
        self.streams.rng(Purpose::Propose, self.history.len() as u64)
    }

    /// Tells whether a configuration made by the space may be proposed: it satisfies the constraints and is new.
    pub fn admits(&self, config: &Config) -> bool {
        self.space.satisfies_constraints(config) && !self.history.contains(config)
    }
}

/// Kernel parameters θ fitted to the first `n_results` results.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// How many results, in the history's order, the fit used.
    pub n_results: usize,
    /// The parameters, in the sampler's own layout.
    pub values: Vec<f64>,
}

/// A proposed configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// What to try: a configuration of the space that was not proposed before.
    pub config: Config,
    /// Which part of the method proposed it.
    pub origin: Origin,
    /// Fits made on the way, to be kept, ascending.
    pub fitted: Vec<Fitted>,
}

/// A method of search.
pub trait Sampler: Send {
    /// Proposes the configuration of the next trial; none when the space is exhausted.
    ///
    /// # Errors
    /// [`Error::Method`] if no configuration satisfies the constraints.
    fn propose(&mut self, request: &Request<'_>) -> Result<Option<Suggestion>, Error>;

    /// Tells whether stored values can be kernel parameters that this method fitted.
    fn accepts(&self, _fitted: &[f64]) -> bool {
        true
    }

    /// How far below the best known loss a model expects that of `config`, which it proposed for `request`, as a share
    /// of the distance from the best loss to the median; `None` without a model, or without such a distance.
    fn expected_gain(&self, _request: &Request<'_>, _config: &Config) -> Option<f64> {
        None
    }

    /// Explains the proposal of `config`, a configuration of the space, that `request` led to; `observed` is the
    /// inner loss that it has had since. Returns `None` if results had no part in it.
    fn explain(
        &self,
        _request: &Request<'_>,
        _config: &Config,
        _observed: Option<f64>,
    ) -> Option<Reasoning> {
        None
    }
}
