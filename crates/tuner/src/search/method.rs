//! The methods of search by name: the registry that everything else reads.
//!
//! Each method has a [`Description`] in its sampler's file and one line here. The description says
//! everything that the program must know about it (whether it uses results, the size of its initial
//! design, whether it ends by itself), so that no other place asks which method it is.

use super::{Sampler, bayes, grid, random, sobol, tpe};
use crate::error::Error;
use crate::prior::PriorMean;
use crate::space::{Config, Space};
use crate::trial::History;
use std::fmt;

/// The description of a search method.
#[derive(Debug)]
pub struct Description {
    /// Returns its name in the space file.
    pub name: &'static str,
    /// The method's surrogate; `None` if proposals depend only on a sequence and on earlier trials.
    pub model: Option<Model>,
    /// Whether the method visits every point of a lattice once, and so ends by itself.
    pub is_exhaustive: bool,
    /// Builds the sampler.
    pub build: fn(&Setup<'_>) -> Result<Box<dyn Sampler>, Error>,
}

/// Facts about a method's surrogate.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// The default size of the initial design.
    pub startup: u64,
    /// Whether the method computes the expected gain of a trial.
    pub expects_gain: bool,
    /// Whether the method can use a learned prior mean, which then replaces the initial design.
    pub takes_prior_mean: bool,
}

/// What a sampler is built from. A method without a surrogate only uses the space.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The search space.
    pub space: &'a Space,
    /// Size of the initial design.
    pub startup: u64,
    /// The learned prior mean of the loss over the space.
    pub prior_mean: Option<&'a PriorMean>,
}

impl<'a> Setup<'a> {
    /// A setup without a learned prior mean.
    pub fn new(space: &'a Space, startup: u64) -> Self {
        Self { space, startup, prior_mean: None }
    }
}

/// A search method.
#[derive(Clone, Copy)]
pub struct Method(&'static Description);

impl Method {
    /// All points of a grid, in an evenly spread order.
    pub const GRID: Self = Self(&grid::METHOD);
    /// Independent draws.
    pub const RANDOM: Self = Self(&random::METHOD);
    /// A scrambled Sobol sequence.
    pub const SOBOL: Self = Self(&sobol::METHOD);
    /// A Gaussian process.
    pub const BAYES: Self = Self(&bayes::METHOD);
    /// Tree-structured Parzen estimators.
    pub const TPE: Self = Self(&tpe::METHOD);
    /// All methods.
    pub const ALL: [Self; 5] = [Self::GRID, Self::RANDOM, Self::SOBOL, Self::BAYES, Self::TPE];

    /// Returns its name in the space file.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// Returns its surrogate; `None` for a method that does not use results.
    pub fn model(self) -> Option<Model> {
        self.0.model
    }

    /// Whether the method can use a learned prior mean.
    pub fn takes_prior_mean(self) -> bool {
        self.0.model.is_some_and(|model| model.takes_prior_mean)
    }

    /// Whether the method visits every point of a lattice once, and so ends by itself.
    pub fn is_exhaustive(self) -> bool {
        self.0.is_exhaustive
    }

    /// Returns the part of `history` that the method may use: results only if it has a surrogate.
    pub fn view(self, history: History) -> History {
        if self.0.model.is_some() { history } else { history.without_outcomes() }
    }

    /// Returns the number of trials after which the method ends by itself, including enqueued ones;
    /// `None` if it does not end, or if there are too many to count.
    ///
    /// # Errors
    /// [`Error::Method`] if the method cannot search the space.
    pub fn natural_total(self, space: &Space, enqueue: &[Config]) -> Result<Option<u64>, Error> {
        if self.0.is_exhaustive { grid::grid_total(space, enqueue) } else { Ok(None) }
    }

    /// Builds the sampler of a study.
    ///
    /// # Errors
    /// [`Error::Method`] if the method cannot search the space.
    pub fn build(self, setup: &Setup<'_>) -> Result<Box<dyn Sampler>, Error> {
        (self.0.build)(setup)
    }
}

impl PartialEq for Method {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Method {}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_method_has_a_name_of_its_own() {
        let names: HashSet<&str> = Method::ALL.iter().map(|method| method.name()).collect();
        assert_eq!(names.len(), Method::ALL.len());
    }
}
