//! The methods of search by name: the registry that everything else reads.
//!
//! A method is described in its sampler's file, by a [`Description`], and stands here in one line. What the program has
//! to know of it (whether results lead it, how many trials come before its model, whether it has a size of its own) is
//! in the description, so that no other place asks which method it is.

use super::{Sampler, bayes, grid, random, sobol, tpe};
use crate::error::Error;
use crate::prior::PriorMean;
use crate::space::{Config, Space};
use crate::trial::History;
use std::fmt;

/// What a method of search is, apart from how it proposes.
#[derive(Debug)]
pub struct Description {
    /// The name that the space file gives it.
    pub name: &'static str,
    /// The model that results lead; `None` if proposals follow from a sequence and from what was tried.
    pub model: Option<Model>,
    /// Whether it visits every point of a lattice once, and so ends by itself.
    pub is_exhaustive: bool,
    /// Builds the sampler.
    pub build: fn(&Setup<'_>) -> Result<Box<dyn Sampler>, Error>,
}

/// What there is to know of a method's model.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// The initial trials of a study that says nothing else.
    pub startup: u64,
    /// Whether it says what a trial is expected to gain.
    pub expects_gain: bool,
    /// Whether a meta-learned prior mean can lead it; it then takes the place of the initial trials.
    pub takes_prior_mean: bool,
}

/// What a sampler is built for. A method without a model looks at the space alone.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// What can be tried.
    pub space: &'a Space,
    /// Trials before the model.
    pub startup: u64,
    /// What is expected of the loss over the space, learned on other problems.
    pub prior_mean: Option<&'a PriorMean>,
}

impl<'a> Setup<'a> {
    /// For a space of which nothing is expected.
    pub fn new(space: &'a Space, startup: u64) -> Self {
        Self { space, startup, prior_mean: None }
    }
}

/// How configurations are proposed.
#[derive(Clone, Copy)]
pub struct Method(&'static Description);

impl Method {
    /// All points of a grid, in a spread order.
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

    /// The name that the space file gives it.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The model that results lead; `None` for a method that proposes without looking at them.
    pub fn model(self) -> Option<Model> {
        self.0.model
    }

    /// Tells whether a meta-learned prior mean can lead the method.
    pub fn takes_prior_mean(self) -> bool {
        self.0.model.is_some_and(|model| model.takes_prior_mean)
    }

    /// Tells whether the method visits every point of a lattice once, and so ends by itself.
    pub fn is_exhaustive(self) -> bool {
        self.0.is_exhaustive
    }

    /// What the method is to know of `history`: results only if it has a model.
    pub fn view(self, history: History) -> History {
        if self.0.model.is_some() { history } else { history.blind() }
    }

    /// The number of trials that the method ends after by itself, with those that were set up by hand; `None` if it
    /// goes on without end, or if there are too many to count.
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
