//! The methods of search by name, and the one place that builds their samplers.

use super::bayes::Bayes;
use super::{Grid, Random, Sampler, Sobol, Tpe};
use crate::error::Error;
use crate::space::Space;
use crate::trial::History;

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

    /// Tells whether proposals follow from results: the others follow from a sequence and from what was tried.
    pub fn learns(self) -> bool {
        matches!(self, Self::Bayes | Self::Tpe)
    }

    /// What the method is to know of `history`.
    pub fn view(self, history: History) -> History {
        if self.learns() { history } else { history.blind() }
    }
}

/// Builds the sampler of a method. `startup` counts the trials before the model, for those that have one.
///
/// # Errors
/// [`Error::Method`] if the method cannot search the space.
pub fn build(method: Method, space: &Space, startup: u64) -> Result<Box<dyn Sampler>, Error> {
    Ok(match method {
        Method::Grid => Box::new(Grid::new(space)?),
        Method::Random => Box::new(Random::default()),
        Method::Sobol => Box::new(Sobol::new(space)),
        Method::Bayes => Box::new(Bayes::new(space, startup)),
        Method::Tpe => Box::new(Tpe::new(space, startup)),
    })
}
