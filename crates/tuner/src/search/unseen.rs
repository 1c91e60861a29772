//! Finds configurations that were not proposed before and satisfy the constraints: the method of
//! random search, and the fallback of every other method.

use super::Request;
use super::permutation::Permutation;
use crate::cast;
use crate::error::{Error, MethodFault};
use crate::space::{Config, Lattice, MAX_COUNTED, Space};
use rand::{Rng, RngExt};

/// Number of draws before the search in a space that cannot be enumerated ends.
const N_DRAWS: u64 = 1_000_000;

/// Finds new configurations; keeps the points of a space once it had to list them.
#[derive(Debug, Default)]
pub(super) struct Unseen {
    lattice: Option<Lattice>,
}

impl Unseen {
    /// Draws until a configuration is new and satisfies the constraints. If such are rare (none
    /// among 100 draws plus one for each 100 points), a space of at most [`MAX_COUNTED`] raw points
    /// is enumerated, in an order drawn from `rng`, up to the first. Any other space gets 1,000,000
    /// draws. Returns `None` if everything found was proposed before; in an enumerated space, that
    /// is everything.
    ///
    /// # Errors
    /// [`MethodFault::Unsatisfiable`] if nothing that was tried satisfies the constraints.
    pub(super) fn draw(
        &mut self,
        request: &Request<'_>,
        rng: &mut impl Rng,
    ) -> Result<Option<Config>, Error> {
        let mut found = Outcome::Nothing;
        let n_points = n_raw(request.space).filter(|n| *n <= MAX_COUNTED);
        // Enough unless new configurations are rare, at a hundredth of the cost of enumerating.
        let n_draws = n_points.map_or(N_DRAWS, |n| 100 + n / 100);

        let mut point = vec![0.0; request.space.axes().len()];
        for _ in 0..n_draws {
            point.fill_with(|| rng.random());
            let config =
                Some(request.space.draw(&point)).filter(|c| request.space.satisfies_constraints(c));
            if let Some(config) = found.accept_if_new(request, config) {
                return Ok(Some(config));
            }
        }

        if n_points.is_none() {
            return found.finish(n_draws);
        }

        let lattice = self.lattice(request.space);
        // A random order, since the first points of a lattice are alike in all but the last
        // parameter.
        let order = Permutation::new(lattice.n_raw(), rng);
        for position in 0..lattice.n_raw() {
            if let Some(config) =
                found.accept_if_new(request, lattice.point(request.space, order.at(position)))
            {
                return Ok(Some(config));
            }
        }

        found.finish(cast::low_bits(lattice.n_raw()))
    }

    fn lattice(&mut self, space: &Space) -> &Lattice {
        self.lattice
            .get_or_insert_with(|| Lattice::exhaustive(space).expect("all parameters have levels"))
    }
}

/// What has been found so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// No configuration that satisfies the constraints.
    Nothing,
    /// Only configurations that were proposed before.
    OnlySeen,
}

impl Outcome {
    /// Returns a configuration if it is new; it must satisfy the constraints.
    pub(super) fn accept_if_new(
        &mut self,
        request: &Request<'_>,
        admissible: Option<Config>,
    ) -> Option<Config> {
        let config = admissible?;
        *self = Self::OnlySeen;
        (!request.history.contains(&config)).then_some(config)
    }

    /// The result of a search that found nothing new among `n_tried` configurations.
    pub(super) fn finish(self, n_tried: u64) -> Result<Option<Config>, Error> {
        match self {
            Self::Nothing => Err(Error::Method(MethodFault::Unsatisfiable(n_tried))),
            Self::OnlySeen => Ok(None),
        }
    }
}

/// Returns the product of the numbers of levels, if all parameters have them.
fn n_raw(space: &Space) -> Option<u64> {
    space
        .axes()
        .iter()
        .try_fold(1u64, |n, &i| Some(n.saturating_mul(space.parameters()[i].domain.n_levels()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{Random, Sampler};
    use crate::seed::Streams;
    use crate::space::{Domain, Parameter, Scale};
    use crate::trial::{History, Origin};
    use std::sync::Arc;

    fn space(n_levels: [i64; 2], constraint: &str) -> Space {
        let int = |name, n| {
            Parameter::new(name, Domain::Int { low: 1, high: n, scale: Scale::Linear, step: 1 })
        };
        let parameters = vec![int("a", n_levels[0]), int("b", n_levels[1])];
        Space::new(parameters, &[(constraint.to_owned(), String::new())]).unwrap()
    }

    fn propose(space: &Space, history: &History) -> Result<Option<Config>, Error> {
        let request = Request { space, history, streams: Streams::new(0), fitted: &[] };
        Ok(Random::default().propose(&request)?.map(|s| s.config))
    }

    #[test]
    fn the_one_point_among_a_million_is_found() {
        let space = space([1000, 1000], "a == 77 and b == 3");
        let mut history = History::new();
        let config = propose(&space, &history).unwrap().unwrap();
        assert_eq!(space.check(&config), Ok(()));
        history.push(Arc::new(config), Origin::Random);
        assert_eq!(propose(&space, &history).unwrap(), None);
    }

    #[test]
    fn constraints_that_nothing_satisfies_are_an_error_with_the_number_tried() {
        let tried = |space: &Space| match propose(space, &History::new()) {
            Err(Error::Method(MethodFault::Unsatisfiable(n))) => n,
            other => panic!("{other:?}"),
        };
        assert_eq!(tried(&space([20, 30], "a > 100")), 600);
        let rate = Parameter::new(
            "a",
            Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None },
        );
        assert_eq!(
            tried(&Space::new(vec![rate], &[("a > 2".into(), String::new())]).unwrap()),
            N_DRAWS
        );
    }
}
