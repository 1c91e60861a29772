//! Maximises the acquisition function: candidates are sorted, gradient ascent starts from the best
//! of them, and configurations tried before are skipped.

use crate::gp::lbfgs::{Limits, minimize};
use crate::gp::{Place, Posterior, Scratch};
use crate::search::bayes::acquisition::Acquisition;
use crate::search::bayes::boundary::BoundaryPenalty;
use crate::space::Point;
use crate::space::axes::Axes;
use crate::tuning::bayes::{N_ROUNDS, N_STARTS, START_DISTANCE};

/// Values of a list that are tried; of a longer one, an even selection.
const N_LISTED: usize = 40;

const LIMITS: Limits = Limits { iterations: 20, gradient: 1e-4, decrease: 1e-9, first_step: 0.1 };

/// Used with a learned prior mean: its level sets are long and curved, and the last digits, which
/// are worth nothing, took five of six steps.
const COARSE: Limits = Limits { gradient: 1e-2, decrease: 1e-4, ..LIMITS };

/// An acquisition function over the space.
pub(super) struct AcquisitionSurface<'a> {
    /// The coordinates of the space.
    pub(super) axes: &'a Axes<'a>,
    /// The surrogate's predictions.
    pub(super) posterior: &'a Posterior<'a>,
    /// The acquisition function.
    pub(super) acquisition: Acquisition,
    /// The boundary penalty.
    pub(super) boundary: &'a BoundaryPenalty,
    /// A category that keeps the value of the candidates, if the proposal explores a branch.
    pub(super) held: Option<usize>,
}

/// A point with its acquisition minus its penalty.
#[derive(Clone, Debug)]
pub(super) struct Rated {
    /// The point, and the prediction there.
    pub(super) place: Place,
    /// The value of the acquisition function.
    pub(super) value: f64,
}

impl AcquisitionSurface<'_> {
    /// Returns the local maxima reached from the best candidates, and the candidates themselves, by
    /// falling acquisition.
    ///
    /// All in one order: if the highest maxima repeat trials, the next best point is a candidate
    /// near them, and not the maximum reached from another start.
    pub(super) fn maxima(&self, candidates: &[Place]) -> Vec<Rated> {
        let ranked = self.rated(candidates.to_vec());
        let mut scratch = self.posterior.scratch();
        let starts = self.spread_starts(&ranked);
        let mut maxima: Vec<Rated> =
            starts.iter().map(|start| self.climb(start, &mut scratch)).collect();
        maxima.extend(ranked);
        sort(&mut maxima);
        maxima
    }

    /// Evaluates points and sorts them, best first, the first of equal ones first.
    pub(super) fn rated(&self, places: Vec<Place>) -> Vec<Rated> {
        let rate = |place: &Place| {
            self.acquisition.rate(place.prediction).value - self.boundary.cost(&place.point)
        };
        let rate = |place: Place| Rated { value: rate(&place), place };
        let mut rated: Vec<Rated> = places.into_iter().map(rate).collect();
        sort(&mut rated);
        rated
    }

    /// Takes the best candidates that are apart from one another.
    fn spread_starts<'r>(&self, ranked: &'r [Rated]) -> Vec<&'r Rated> {
        let mut starts: Vec<&Rated> = Vec::with_capacity(N_STARTS);
        for rated in ranked {
            if starts.len() == N_STARTS {
                break;
            }
            if starts.iter().all(|start| {
                self.axes.distance(&start.place.point, &rated.place.point) >= START_DISTANCE
            }) {
                starts.push(rated);
            }
        }

        starts
    }

    /// Ascends along gradients on continuous axes, then over the values of list axes, in turn.
    pub(super) fn climb(&self, start: &Rated, scratch: &mut Scratch) -> Rated {
        let mut best = start.clone();
        for _ in 0..N_ROUNDS {
            let before = best.value;
            self.climb_slopes(&mut best, scratch);
            self.climb_lists(&mut best);
            if best.value <= before {
                break;
            }
        }
        best
    }

    fn climb_slopes(&self, best: &mut Rated, scratch: &mut Scratch) {
        let axes = self.axes.axes();
        // A few values have no slope between them: `climb_lists` tries each.
        let moves: Vec<usize> = (0..axes.len())
            .filter(|&i| best.place.point.active[i] && axes[i].listed().is_none())
            .collect();

        if moves.is_empty() {
            return;
        }

        let mut at = best.place.point.clone();
        let (mut by_mean, mut by_sd) = (vec![0.0; axes.len()], vec![0.0; axes.len()]);
        let objective = |x: &[f64], gradient: &mut [f64]| {
            moves.iter().zip(x).for_each(|(&axis, x)| at.coordinates[axis] = *x);
            let prediction = self.posterior.differentiate(&at, scratch, &mut by_mean, &mut by_sd);
            let rate = self.acquisition.rate(prediction);
            for (g, &axis) in gradient.iter_mut().zip(&moves) {
                let by_place = self.boundary.slope(axis, &at);
                *g = by_place - (rate.by_mean * by_mean[axis] + rate.by_sd * by_sd[axis]);
            }
            // The line search takes an infinite value for too long a step, and halves it.
            if self.is_admissible(&at) {
                self.boundary.cost(&at) - rate.value
            } else {
                f64::INFINITY
            }
        };

        let from: Vec<f64> = moves.iter().map(|&axis| best.place.point.coordinates[axis]).collect();
        let limits = if self.posterior.has_learned_mean() { COARSE } else { LIMITS };
        let end =
            minimize(objective, &from, &vec![0.0; moves.len()], &vec![1.0; moves.len()], limits);
        let mut coordinates = best.place.point.coordinates.clone();
        moves.iter().zip(end.point).for_each(|(&axis, x)| coordinates[axis] = x);

        // The end is rated where it is snapped to values, as every candidate is.
        self.improve(best, [coordinates]);
    }

    fn climb_lists(&self, best: &mut Rated) {
        for (index, axis) in self.axes.axes().iter().enumerate() {
            let is_free = best.place.point.active[index] && self.held != Some(index);
            let Some(values) = axis.listed().filter(|_| is_free) else {
                continue;
            };
            let stride = values.len().div_ceil(N_LISTED);
            let from = best.place.point.coordinates.clone();
            let others = values.iter().step_by(stride).filter(|v| **v != from[index]);
            let moved: Vec<Vec<f64>> = others
                .map(|value| {
                    let mut moved = from.clone();
                    moved[index] = *value;
                    moved
                })
                .collect();
            self.improve(best, moved);
        }
    }

    /// Replaces `best` by the best admissible configuration at `coordinates` if that is better.
    fn improve(&self, best: &mut Rated, coordinates: impl IntoIterator<Item = Vec<f64>>) {
        let points: Vec<Point> =
            coordinates.into_iter().filter_map(|c| self.axes.snapped(c)).collect();
        if points.is_empty() {
            return;
        }
        let found = self.rated(self.posterior.predict(points)).swap_remove(0);
        if found.value > best.value {
            *best = found;
        }
    }

    fn is_admissible(&self, point: &Point) -> bool {
        self.axes.is_unconstrained() || self.axes.snapped(point.coordinates.clone()).is_some()
    }
}

fn sort(rated: &mut [Rated]) {
    rated.sort_by(|a, b| b.value.total_cmp(&a.value));
}
