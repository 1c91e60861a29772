//! The surrogate along one axis, averaged over all others: the marginal of Hutter, Hoos and
//! Leyton-Brown (2014).

use super::design::Surface;
use super::paths::Functions;
use super::shares::Values;
use crate::space::{Domain, Space, Value};

/// Number of levels of a range, and the greatest number of values of a list.
const N_LEVELS: u64 = 15;
const N_LISTED: u64 = 40;

/// Values along an axis and the means of the functions there.
pub(super) struct Marginal {
    /// The values, in the order of the domain.
    pub(super) values: Vec<Value>,
    /// For each value, the mean of each function over the other axes.
    pub(super) means: Vec<Vec<f64>>,
    /// The same over the first half of the rows, and over the second.
    pub(super) halves: Vec<[Vec<f64>; 2]>,
}

/// The probabilities at which an axis is evaluated: the midpoints of equally probable parts.
pub(super) fn levels(space: &Space, axis: usize) -> Vec<f64> {
    let parameter = &space.parameters()[space.axes()[axis]];
    let n = match (parameter.domain.n_levels(), &parameter.domain) {
        (Some(n), Domain::Categorical(_) | Domain::Ordinal(_)) => n.min(N_LISTED),
        (Some(n), _) if parameter.distribution.is_none() => n.min(N_LEVELS),
        _ => N_LEVELS,
    };
    (0..n).map(|level| (level as f64 + 0.5) / n as f64).collect()
}

/// Returns the value of an axis's parameter at a probability.
pub(super) fn value(space: &Space, axis: usize, probability: f64) -> Value {
    space.parameters()[space.axes()[axis]].draw(probability)
}

impl Marginal {
    /// Averages over `rows`, in each of which the axis takes every level in turn; levels that the
    /// constraints exclude in all rows are omitted.
    pub(super) fn new(
        surface: &Surface<'_>,
        axis: usize,
        rows: &[Vec<f64>],
        functions: Functions,
    ) -> Self {
        let mut marginal = Self { values: Vec::new(), means: Vec::new(), halves: Vec::new() };
        for level in levels(surface.space, axis) {
            let at_level: Vec<Vec<f64>> = rows
                .iter()
                .map(|row| {
                    let mut row = row.clone();
                    row[axis] = level;
                    row
                })
                .collect();

            let found = surface.values(&at_level, functions);
            let Some(all) = means(&found) else { continue };
            // Consecutive points of a Sobol sequence are spread evenly, alternate ones are not.
            let (first, second) = found.split_at(found.len() / 2);
            let half = |rows: &[Values]| means(rows).unwrap_or_else(|| all.clone());
            marginal.halves.push([half(first), half(second)]);
            marginal.values.push(value(surface.space, axis, level));
            marginal.means.push(all);
        }

        marginal
    }

    /// Returns the position of the lowest mean of a function, the first of equal ones.
    pub(super) fn best(&self, function: usize) -> Option<usize> {
        let at = |position: usize| self.means[position][function];
        (0..self.means.len()).min_by(|&a, &b| at(a).total_cmp(&at(b)))
    }
}

/// Returns the mean of each function over the rows that have values; `None` if none has.
fn means(rows: &[Values]) -> Option<Vec<f64>> {
    let found: Vec<&Vec<f64>> = rows.iter().flatten().collect();
    let first = found.first()?;
    let mean = |s: usize| found.iter().map(|values| values[s]).sum::<f64>() / found.len() as f64;
    Some((0..first.len()).map(mean).collect())
}
