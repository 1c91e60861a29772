//! Selects the results that the surrogate uses if it cannot use all: its cost grows with their
//! cube.
//!
//! The next trial usually lies near the best ones, and a function that is smooth there need not be
//! smooth elsewhere. So θ is fitted to the results nearest to the best few, bad ones among them (a
//! local model, as of Gramacy and Apley 2015 and Eriksson et al. 2019). Predictions use these too,
//! and for a global view some spread evenly over the others; and the latest, so that what was just
//! tried far away is not tried again. Up to the limit the surrogate is exact.

use crate::gp::{Embedding, FeatureMatrix};
use crate::space::Point;
use crate::tuning::bayes::{FITTED, KNOWN, SUBSET_CENTRES};

/// Limits on the number of results that the surrogate uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// The most results that θ is fitted to.
    pub fitted: usize,
    /// The most results that predictions use.
    pub known: usize,
}

impl Default for Capacity {
    fn default() -> Self {
        Self { fitted: FITTED, known: KNOWN }
    }
}

impl Capacity {
    /// The most results that θ is fitted to with this many axes, since the distances of all pairs
    /// along each axis are kept in memory.
    pub(crate) fn fitted_along(self, n_axes: usize) -> usize {
        /// Numbers of eight bytes.
        const DISTANCES: usize = 1 << 24;
        self.fitted.min((2 * DISTANCES / n_axes.max(1)).isqrt())
    }
}

/// The most pending trials that predictions take into account: the latest.
pub(crate) const PENDING: usize = 200;

/// Results and the metric of their distances.
pub(crate) struct Sites<'a> {
    /// The features of the points.
    pub(crate) embedding: &'a Embedding,
    /// 1/l² by axis.
    pub(crate) weights: &'a [f64],
    /// The points.
    pub(crate) points: &'a [Point],
    /// The warped losses at the points.
    pub(crate) targets: &'a [f64],
}

impl Sites<'_> {
    /// Returns the positions of at most `limit` results, ascending: those nearest to the best.
    pub(crate) fn near(&self, limit: usize) -> Vec<usize> {
        self.choose(limit, limit)
    }

    /// Returns the positions of at most `limit` results, ascending: three quarters nearest to the
    /// best, an eighth the latest of the others, and an eighth spread over the rest.
    pub(crate) fn near_and_far(&self, limit: usize) -> Vec<usize> {
        self.choose(limit, limit - limit / 4)
    }

    fn choose(&self, limit: usize, n_near: usize) -> Vec<usize> {
        let n = self.points.len();
        if n <= limit {
            return (0..n).collect();
        }

        let distances = self.distances();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| distances[a].total_cmp(&distances[b]));
        let (near, far) = order.split_at_mut(n_near);
        far.sort_unstable();
        let (rest, latest) = far.split_at(far.len() - (limit - n_near) / 2);
        let n_rest = limit - n_near - latest.len();
        let spread = (0..n_rest).map(|i| rest[i * rest.len() / n_rest]);
        let mut chosen: Vec<usize> = near.iter().chain(latest).copied().chain(spread).collect();
        chosen.sort_unstable();

        chosen
    }

    /// The squared distance of each result from the nearest of the best.
    fn distances(&self) -> Vec<f64> {
        let features = FeatureMatrix::new(self.embedding, self.points.iter());
        let mut best: Vec<usize> = (0..self.points.len()).collect();
        best.sort_by(|&a, &b| self.targets[a].total_cmp(&self.targets[b]));
        let mut nearest = vec![f64::INFINITY; self.points.len()];
        let (mut from_centre, mut centre) =
            (nearest.clone(), vec![0.0; self.embedding.n_features()]);

        for &index in best.iter().take(SUBSET_CENTRES) {
            self.embedding.embed(&self.points[index], &mut centre);
            features.distances(self.embedding, self.weights, &centre, 0, &mut from_centre);
            nearest
                .iter_mut()
                .zip(&from_centre)
                .for_each(|(nearest, q)| *nearest = nearest.min(*q));
        }

        nearest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gp::likelihood::tests::square;
    use crate::search::bayes::Bayes;
    use crate::search::{Sampler, Setup, conformance};
    use crate::space::Space;
    use crate::space::axes::Axes;

    /// A thousand points on a line along the first axis, in a mixed order; targets fall towards
    /// 0.3.
    fn chosen(choose: impl Fn(&Sites<'_>) -> Vec<usize>) -> (Vec<usize>, Vec<f64>) {
        let line: Vec<f64> = (0..1000).map(|i| f64::from((i * 377) % 1000) / 1000.0).collect();
        let points: Vec<Point> = line
            .iter()
            .map(|x| Point { coordinates: vec![*x, 0.5], active: vec![true; 2] })
            .collect();
        let targets: Vec<f64> = line.iter().map(|x| (x - 0.3).abs()).collect();
        let embedding = Embedding::new(&Axes::new(&square()));
        let sites = Sites {
            embedding: &embedding,
            weights: &[1.0, 1.0],
            points: &points,
            targets: &targets,
        };
        (choose(&sites), line)
    }

    #[test]
    fn the_nearest_to_the_best_are_chosen() {
        let (near, line) = chosen(|sites| sites.near(100));
        assert_eq!(near.len(), 100);
        assert!(near.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(near.iter().all(|&i| (line[i] - 0.3).abs() <= 0.051), "{near:?}");
        assert_eq!(chosen(|sites| sites.near(1000)).0, (0..1000).collect::<Vec<_>>());
    }

    #[test]
    fn some_of_the_latest_and_an_even_spread_are_known_too() {
        let (known, line) = chosen(|sites| sites.near_and_far(100));
        assert_eq!(known.len(), 100);
        assert!(known.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(known.iter().filter(|&&i| (line[i] - 0.3).abs() < 0.038).count() >= 75);
        assert!((989..1000).all(|i| known.contains(&i)));
        assert!((0..9).all(|tenth| {
            known.iter().any(|&i| i / 100 == tenth && (line[i] - 0.3).abs() > 0.04)
        }));
        assert_eq!(chosen(|sites| sites.near_and_far(7)).0.len(), 7);
    }

    #[test]
    fn the_memory_of_a_fit_is_bounded() {
        let capacity = Capacity::default();
        assert_eq!([1, 100, 800].map(|n_axes| capacity.fitted_along(n_axes)), [capacity.fitted; 3]);
        assert!((50..60).contains(&capacity.fitted_along(10_000)));
    }

    #[test]
    fn search_by_a_model_of_few_results_keeps_the_contract() {
        let capacity = Capacity { fitted: 5, known: 8 };
        let mut make = |space: &Space| -> Box<dyn Sampler> {
            Box::new(Bayes::with_capacity(&Setup::new(space, 3), capacity))
        };
        conformance::check(&mut make, 15);
    }
}
