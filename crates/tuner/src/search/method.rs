//! The methods of search by name, and the one place that builds their samplers.

use super::{Request, Sampler, Suggestion};
use crate::error::Error;
use crate::space::{Config, Space};
use crate::trial::Origin;

/// How configurations are proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// All points of a grid, in a spread order.
    Grid,
    /// Independent draws.
    Random,
    /// A scrambled Sobol sequence.
    Sobol,
    /// A Gaussian process.
    Bayes,
    /// Tree-structured Parzen estimators.
    Tpe,
}

impl Method {
    /// All methods.
    pub const ALL: [Self; 5] = [Self::Grid, Self::Random, Self::Sobol, Self::Bayes, Self::Tpe];

    /// The name that the space file gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Random => "random",
            Self::Sobol => "sobol",
            Self::Bayes => "bayes",
            Self::Tpe => "tpe",
        }
    }
}

struct Stand;
impl Sampler for Stand {
    fn propose(&mut self, request: &Request<'_>) -> Result<Option<Suggestion>, Error> {
        use rand::RngExt;
        let mut rng = request.streams.rng(crate::seed::Purpose::Propose, request.history.len() as u64);
        let point: Vec<f64> = request.space.axes().iter().map(|_| rng.random()).collect();
        Ok(Some(Suggestion { config: request.space.draw(&point), origin: Origin::Random, fitted: vec![] }))
    }
}

/// Builds the sampler of a method. `startup` counts the trials before the model, for those that have one.
///
/// # Errors
/// [`Error::Method`] if the method cannot search the space.
pub fn build(_method: Method, _space: &Space, _startup: u64) -> Result<Box<dyn Sampler>, Error> {
    Ok(Box::new(Stand))
}

/// Returns how many trials a grid has of its own: its size, and the enqueued and default trials off the grid; none
/// if it is too large to be counted.
///
/// # Errors
/// [`Error::Method`] if the space has no grid.
pub fn grid_total(_space: &Space, _enqueue: &[Config]) -> Result<Option<u64>, Error> {
    Ok(None)
}
