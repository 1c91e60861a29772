//! Candidates for the maximisation of the acquisition function: spread over the whole space, and
//! near the best results.

use crate::cast;
use crate::space::Point;
use crate::space::axes::{Axes, Axis};
use crate::stats::normal;
use crate::tuning::bayes::{MOVE_PROBABILITY, N_GLOBAL, N_LOCAL};
use rand::{Rng, RngExt};

/// Number of draws for a candidate that breaks a constraint.
const N_REDRAWS: usize = 8;

/// Draws candidates: uniform ones over the space, then local ones around the `best` points in turn.
pub(super) fn draw(
    axes: &Axes<'_>,
    best: &[Point],
    is_experienced: bool,
    rng: &mut impl Rng,
) -> Vec<Point> {
    let n_global = N_GLOBAL[usize::from(is_experienced)];
    let mut candidates = Vec::with_capacity(n_global + N_LOCAL);
    for _ in 0..n_global {
        // A space with narrow constraints yields fewer candidates rather than endless draws.
        let found = (0..N_REDRAWS)
            .find_map(|_| axes.snapped(axes.axes().iter().map(|a| even(a, rng)).collect()));
        candidates.extend(found);
    }

    for index in 0..if best.is_empty() { 0 } else { N_LOCAL } {
        let centre = &best[index % best.len()].coordinates;
        candidates.extend((0..N_REDRAWS).find_map(|_| axes.snapped(near(axes, centre, rng))));
    }

    candidates
}

fn even(axis: &Axis, rng: &mut impl Rng) -> f64 {
    match axis.listed() {
        Some(values) => values[cast::position(rng.random_range(0..values.len() as u64))],
        None => rng.random(),
    }
}

/// Moves one axis, and each other one with some probability, by a step whose scale is drawn
/// log-uniformly from 0.01 … 0.3.
fn near(axes: &Axes<'_>, centre: &[f64], rng: &mut impl Rng) -> Vec<f64> {
    let scale = libm::exp(libm::log(0.01) + rng.random::<f64>() * libm::log(30.0));
    let first = cast::position(rng.random_range(0..axes.len() as u64));
    let mut moved = centre.to_vec();
    for (index, axis) in axes.axes().iter().enumerate() {
        if index == first || rng.random::<f64>() < MOVE_PROBABILITY {
            moved[index] = step(axis, centre[index], scale, rng);
        }
    }
    moved
}

fn step(axis: &Axis, from: f64, scale: f64, rng: &mut impl Rng) -> f64 {
    if axis.is_categorical {
        return even(axis, rng);
    }

    let mut size = scale * normal(rng);
    if let Some(values) = axis.listed() {
        // A step that would be rounded away moves to the neighbouring value.
        let gap = 1.0 / (values.len().max(2) - 1) as f64;
        size = if size.abs() < 0.6 * gap { gap.copysign(size) } else { size };
    }

    let to = from + size;
    if (0.0..=1.0).contains(&to) {
        to
    } else if rng.random::<f64>() < 0.5 {
        to.clamp(0.0, 1.0)
    } else {
        // Reflected at the bound; a step longer than the range ends on it.
        (if to < 0.0 { -to } else { 2.0 - to }).clamp(0.0, 1.0)
    }
}
