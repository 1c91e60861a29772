//! Grid search: every point of a lattice once, in an order whose prefixes are spread evenly.

use super::permutation::Permutation;
use super::unseen::Outcome;
use super::{Description, Request, Sampler, Suggestion};
use crate::cast;
use crate::error::{Error, MethodFault};
use crate::seed::{Purpose, Streams};
use crate::space::{Config, Lattice, MAX_COUNTED, Space};
use crate::trial::Origin;
use std::collections::HashSet;
use std::sync::Arc;

/// The method `grid`.
pub(super) const METHOD: Description = Description {
    name: "grid",
    model: None,
    is_exhaustive: true,
    build: |setup| Ok(Box::new(Grid::new(setup.space)?)),
};

/// Grid search. Points are numbered in the order of the space, the last parameter fastest, and
/// visited in a permutation of the numbers keyed by the study's seed; numbers that are not points,
/// and points proposed before, are skipped.
#[derive(Debug)]
pub(crate) struct Grid {
    lattice: Lattice,
    cursor: Option<Cursor>,
    points: Option<Points>,
}

/// Points count as few after this many numbers in a row without one.
const SPARSE: u64 = 100_000;

/// The points of a sparse grid under constraints, as a cache.
#[derive(Clone, Debug)]
struct Points {
    streams: Streams,
    /// The points' positions in the order of visits, ascending; `None` if they cannot be listed.
    positions: Option<Arc<[u128]>>,
}

/// The position of the last proposal, as a cache: every point before it has been proposed, whoever
/// proposed it.
#[derive(Clone, Copy, Debug)]
struct Cursor {
    streams: Streams,
    /// The length of the history at the last proposal; a shorter one has fewer points.
    n_trials: usize,
    /// The position of the last proposal in the order of visits. It is checked again, since it may
    /// not have become a trial.
    position: u128,
}

impl Grid {
    /// Creates the sampler.
    ///
    /// # Errors
    /// [`MethodFault::NoLevels`] with the name of the first continuous parameter without `points`;
    /// [`MethodFault::GridTooLarge`] from 2^128 − 1 raw points on.
    pub fn new(space: &Space) -> Result<Self, Error> {
        Ok(Self { lattice: lattice(space)?, cursor: None, points: None })
    }

    fn start(&self, request: &Request<'_>) -> u128 {
        let is_valid =
            |c: &Cursor| c.streams == request.streams && c.n_trials <= request.history.len();
        self.cursor.filter(is_valid).map_or(0, |c| c.position)
    }
}

impl Sampler for Grid {
    /// Proposes the next point. A fresh sampler walks from the first: about 1 µs per trial.
    ///
    /// # Errors
    /// [`MethodFault::Unsatisfiable`] if no point satisfies the constraints;
    /// [`MethodFault::GridTooSparse`] if none of [`MAX_COUNTED`] in a row does, and the points
    /// cannot be listed from the constraints.
    fn propose(&mut self, request: &Request<'_>) -> Result<Option<Suggestion>, Error> {
        let order =
            Permutation::new(self.lattice.n_raw(), &mut request.streams.rng(Purpose::Grid, 0));
        let mut found = Outcome::Nothing;
        let mut n_barren = 0;

        for position in self.start(request)..self.lattice.n_raw() {
            let point = self.lattice.point(request.space, order.at(position));
            n_barren = if point.is_some() { 0 } else { n_barren + 1 };
            // If points are few, the admissible ones are listed once.
            if n_barren >= SPARSE
                && let Some(positions) = self.sparse(request, &order)
            {
                let next = positions.partition_point(|p| *p < position);
                return self.propose_of(request, &order, &positions, next);
            }
            if n_barren == MAX_COUNTED {
                return Err(Error::Method(MethodFault::GridTooSparse(n_barren)));
            }
            if let Some(config) = found.accept_if_new(request, point) {
                return Ok(Some(self.suggest(request, position, config)));
            }
        }

        found.finish(cast::low_bits(self.lattice.n_raw())).map(|_| None)
    }
}

impl Grid {
    /// Returns the positions of all points in the order of visits, if they can be listed.
    fn sparse(&mut self, request: &Request<'_>, order: &Permutation) -> Option<Arc<[u128]>> {
        let is_known = self.points.as_ref().is_some_and(|known| known.streams == request.streams);
        if !is_known {
            let positions = self.lattice.points(request.space).map(|numbers| {
                let mut positions: Vec<u128> =
                    numbers.into_iter().map(|number| order.position_of(number)).collect();
                positions.sort_unstable();
                positions.into()
            });
            self.points = Some(Points { streams: request.streams, positions });
        }
        self.points.as_ref().and_then(|points| points.positions.clone())
    }

    /// Proposes the first new point from number `next` on.
    fn propose_of(
        &mut self,
        request: &Request<'_>,
        order: &Permutation,
        positions: &[u128],
        next: usize,
    ) -> Result<Option<Suggestion>, Error> {
        if positions.is_empty() {
            let n_raw = u64::try_from(self.lattice.n_raw()).unwrap_or(u64::MAX);
            return Err(Error::Method(MethodFault::Unsatisfiable(n_raw)));
        }

        // From the last proposal on: the points before it were proposed or are not admitted.
        let mut found = Outcome::OnlySeen;
        for &position in &positions[next..] {
            let point = self.lattice.point(request.space, order.at(position));
            if let Some(config) = found.accept_if_new(request, point) {
                return Ok(Some(self.suggest(request, position, config)));
            }
        }

        Ok(None)
    }

    fn suggest(&mut self, request: &Request<'_>, position: u128, config: Config) -> Suggestion {
        let n_trials = request.history.len();
        self.cursor = Some(Cursor { streams: request.streams, n_trials, position });
        Suggestion { config, origin: Origin::Grid, fitted: Vec::new() }
    }
}

/// Returns the total number of trials of a grid study: the grid's points, and the enqueued and
/// default trials that lie off the grid or repeat another; `None` if the grid has more than
/// [`MAX_COUNTED`] raw points.
///
/// # Errors
/// As for [`Grid::new`].
pub(crate) fn grid_total(space: &Space, enqueue: &[Config]) -> Result<Option<u64>, Error> {
    let lattice = lattice(space)?;
    let default = space.default_config().filter(|config| !enqueue.contains(config));
    let presets: Vec<&Config> = enqueue.iter().chain(&default).collect();
    let on_grid: HashSet<&Config> =
        presets.iter().copied().filter(|config| lattice.contains(space, config)).collect();
    Ok(lattice.count(space).map(|size| size + (presets.len() - on_grid.len()) as u64))
}

fn lattice(space: &Space) -> Result<Lattice, Error> {
    let lattice =
        Lattice::grid(space).map_err(|name| Error::Method(MethodFault::NoLevels(name)))?;
    if lattice.n_raw() == u128::MAX {
        return Err(Error::Method(MethodFault::GridTooLarge));
    }
    Ok(lattice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::conformance;
    use crate::space::{Condition, Domain, Parameter, Scale, Value};
    use crate::trial::History;

    fn int(name: &str, high: i64) -> Parameter {
        Parameter::new(name, Domain::Int { low: 1, high, scale: Scale::Linear, step: 1 })
    }

    fn next(grid: &mut Grid, space: &Space, history: &History) -> Option<Config> {
        let request = Request { space, history, streams: Streams::new(4), fitted: &[] };
        grid.propose(&request).unwrap().map(|s| s.config)
    }

    #[test]
    fn grid_search_keeps_the_contract() {
        let mut make = |space: &Space| -> Box<dyn Sampler> { Box::new(Grid::new(space).unwrap()) };
        conformance::check(&mut make, 40);
        conformance::check_without_model(&mut make, 40);
    }

    #[test]
    fn a_proposal_that_did_not_become_a_trial_is_made_again() {
        let space = Space::new(vec![int("a", 100)], &[]).unwrap();
        let mut grid = Grid::new(&space).unwrap();
        let mut history = History::new();
        let first = next(&mut grid, &space, &history).unwrap();
        assert_eq!(next(&mut grid, &space, &history), Some(first.clone()));
        history.push(Arc::new(first.clone()), Origin::Grid);
        assert_ne!(next(&mut grid, &space, &history), Some(first.clone()));
        assert_eq!(
            next(&mut grid, &space, &History::new()),
            Some(first),
            "a shorter history begins anew"
        );
    }

    #[test]
    fn a_grid_of_astronomical_size_is_walked_at_once() {
        let parameters = (0..100).map(|i| int(&format!("p{i}"), 2)).collect();
        let space = Space::new(parameters, &[]).unwrap();
        let config = next(&mut Grid::new(&space).unwrap(), &space, &History::new()).unwrap();
        let n_high = config.values().iter().filter(|v| **v == Some(Value::Int(2))).count();
        // Binomial(100, ½): mean 50, standard deviation 5.
        assert!((25..=75).contains(&n_high));
        assert_eq!(lattice(&space).unwrap().count(&space), None);
        let parameters = (0..128).map(|i| int(&format!("p{i}"), 2)).collect();
        let fault = Grid::new(&Space::new(parameters, &[]).unwrap()).unwrap_err();
        assert!(matches!(fault, Error::Method(MethodFault::GridTooLarge)));
    }

    #[test]
    fn a_sparse_grid_is_tried_to_its_end_in_the_order_of_visits() {
        let few = "(a == 1 and b < 3) or (a == 10000 and b > 9990)";
        let parameters = || vec![int("a", 10_000), int("b", 10_000)];
        let space = Space::new(parameters(), &[(few.into(), String::new())]).unwrap();
        let mut history = History::new();
        let mut grid = Grid::new(&space).unwrap();
        while let Some(config) = next(&mut grid, &space, &history) {
            assert!(space.satisfies_constraints(&config));
            history.push(Arc::new(config), Origin::Grid);
        }
        assert_eq!(history.len(), 12);

        let none = "a == 1 and b == 2 and a == b";
        let space = Space::new(parameters(), &[(none.into(), String::new())]).unwrap();
        let history = History::new();
        let request =
            Request { space: &space, history: &history, streams: Streams::new(0), fitted: &[] };
        let fault = Grid::new(&space).unwrap().propose(&request).unwrap_err();
        assert!(matches!(fault, Error::Method(MethodFault::Unsatisfiable(100_000_000))));
    }

    #[test]
    fn listed_points_are_those_of_a_walk_over_all_numbers() {
        let mut child = int("child", 7);
        let kind = Parameter::new("kind", Domain::Ordinal([1, 2, 3].map(Value::Int).to_vec()));
        child.when = vec![Condition { parent: "kind".into(), values: vec![Value::Int(2)] }];
        let constraint = "a < 3 or child == 5 or kind == 3 and a == 9";
        let space =
            Space::new(vec![int("a", 9), kind, child], &[(constraint.into(), String::new())])
                .unwrap();
        let lattice = Lattice::grid(&space).unwrap();
        let mut listed = lattice.points(&space).unwrap();
        listed.sort_unstable();
        let walked: Vec<u128> =
            (0..lattice.n_raw()).filter(|&i| lattice.point(&space, i).is_some()).collect();
        assert!(listed == walked && walked.len() > 10, "{listed:?} {walked:?}");
    }

    #[test]
    fn a_constraint_that_nothing_satisfies_is_an_error() {
        let space = Space::new(vec![int("a", 50)], &[("a > 50".into(), String::new())]).unwrap();
        let history = History::new();
        let request =
            Request { space: &space, history: &history, streams: Streams::new(0), fitted: &[] };
        let fault = Grid::new(&space).unwrap().propose(&request).unwrap_err();
        assert!(matches!(fault, Error::Method(MethodFault::Unsatisfiable(50))));
    }

    #[test]
    fn a_continuous_parameter_without_points_is_named() {
        let rate = Parameter::new(
            "rate",
            Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None },
        );
        let fault = Grid::new(&Space::new(vec![rate], &[]).unwrap()).unwrap_err();
        assert!(matches!(fault, Error::Method(MethodFault::NoLevels(name)) if name == "rate"));
    }

    #[test]
    fn the_total_counts_presets_off_the_grid_and_repeated_ones() {
        let mut rate = Parameter::new(
            "rate",
            Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None },
        );
        rate.points = Some(3);
        rate.default = Some(Value::Float(0.3));
        let space = Space::new(vec![rate, int("a", 2)], &[]).unwrap();
        let config = |rate| space.complete(&[("rate".into(), Value::Float(rate))]).unwrap();
        assert_eq!(lattice(&space).unwrap().count(&space), Some(6));
        assert_eq!(grid_total(&space, &[]).unwrap(), Some(7), "the default lies off the grid");
        assert_eq!(
            grid_total(&space, &[config(0.3)]).unwrap(),
            Some(7),
            "enqueued, it is not tried again"
        );
        assert_eq!(grid_total(&space, &[config(0.5)]).unwrap(), Some(7), "a point of the grid");
        assert_eq!(grid_total(&space, &[config(0.5), config(0.5), config(0.2)]).unwrap(), Some(9));
    }
}
