//! The size of a search: the points of its space, its trials, its fits.

use crate::file::{StudyPlan, at_most, grid_sizes, n_points};
use tuner::Error;
use tuner::error::MethodFault;
use tuner::space::{Lattice, MAX_COUNTED};

/// The points of a grid, or of a space with finitely many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Size {
    /// A parameter is continuous.
    Infinite,
    /// Too many to enumerate.
    Large {
        /// Greatest number of levels of each searched parameter.
        levels: Vec<u128>,
        /// The product of the levels.
        product: u128,
        /// An upper bound on the distinct ones, under conditions.
        at_most: u128,
    },
    /// All points were enumerated.
    Counted {
        /// Number of levels of each searched parameter; levels that rounding makes equal count
        /// once.
        levels: Vec<u128>,
        /// The product of the levels.
        product: u128,
        /// Number of distinct admissible points; `None` if there are too many to enumerate.
        n_points: Option<u64>,
    },
}

impl Size {
    /// Computes the size of a plan's grid, or of its space.
    ///
    /// # Errors
    /// If a grid has no levels for a parameter.
    pub fn of(plan: &StudyPlan) -> Result<Self, Error> {
        let space = &plan.space;
        let is_grid = plan.search.method.is_exhaustive();
        let levels: Option<Vec<u128>> = if is_grid {
            grid_sizes(space)
        } else {
            let level = |&axis: &usize| space.parameters()[axis].domain.n_levels().map(u128::from);
            space.axes().iter().map(level).collect()
        };

        let Some(levels) = levels else { return Ok(Self::Infinite) };

        let lattice = if is_grid { Lattice::grid } else { Lattice::exhaustive };
        let at_most = at_most(space, &levels, lattice);
        // Counting visits every point: of large grids only the product and a bound are told.
        if at_most > MAX_COUNTED.into() {
            let product = n_points(&levels);
            return Ok(Self::Large { levels, product, at_most });
        }

        let lattice = lattice(space).map_err(|name| Error::Method(MethodFault::NoLevels(name)))?;
        let levels: Vec<u128> = lattice.sizes().into_iter().map(u128::from).collect();
        let product = n_points(&levels);
        Ok(Self::Counted { levels, product, n_points: lattice.count(space) })
    }
}

/// Returns the total number of trials of a plan; `None` if it is every point of a grid of unknown
/// size.
///
/// # Errors
/// If a grid has no levels for a parameter.
pub fn total(plan: &StudyPlan) -> Result<Option<u64>, Error> {
    match plan.search.trials {
        None => plan.search.method.natural_total(&plan.space, &plan.enqueue),
        trials => Ok(trials),
    }
}
