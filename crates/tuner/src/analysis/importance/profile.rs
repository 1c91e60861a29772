//! The surrogate along one axis with the other parameters as in the best trials.

use super::N_DRAWS;
use super::design::Surface;
use super::marginal::{levels, value};
use super::paths::Functions;
use crate::cast;
use crate::search::bayes::surrogate::Surrogate;
use crate::space::{Config, Domain, Parameter, Value};
use crate::view::End;

/// Limits of the number of best trials, which is a tenth of all.
const FEWEST: usize = 5;
const MOST: usize = 12;

/// Number of trials of lowest loss, among those in which a parameter is active, from which the best
/// are chosen.
const SOUGHT: usize = 400;

/// How close to an end of its range the best value, and the winner's value, must lie for a hint
/// that a wider range may be better; as shares of the range.
const BEST_AT_END: f64 = 0.05;
const WINNER_AT_END: f64 = 0.1;

/// The best trials by predicted mean, and the winner.
pub(super) struct BestTrials {
    /// Configurations as rows of probabilities, by rising predicted mean.
    rows: Vec<Vec<f64>>,
    /// How many of them count as the best.
    n_best: usize,
    /// The trial of lowest loss.
    pub(super) winner: usize,
    /// The values of searched parameters in the winner, by axis.
    values: Vec<Option<Value>>,
}

impl BestTrials {
    /// Orders the trials of lowest loss by their predicted means.
    pub(super) fn new(surface: &Surface<'_>, model: &Surrogate<'_>) -> Self {
        let mut results: Vec<(usize, &Config, f64)> = model
            .history
            .results()
            .filter_map(|(n, entry, outcome)| Some((n, &*entry.config, outcome.mean()?)))
            .collect();

        results.sort_by(|a, b| a.2.total_cmp(&b.2).then(a.0.cmp(&b.0)));
        let (winner, values) = results.first().map_or((0, Vec::new()), |(number, config, _)| {
            let axes = surface.space.axes().iter();
            (*number, axes.map(|&position| config.get(position).cloned()).collect())
        });

        let n_best = (results.len() / 10).clamp(FEWEST, MOST);
        // By the prediction, which averages noise, but only among the best by loss.
        results.truncate(SOUGHT);
        let predicted =
            |config: &Config| surface.paths.values(&surface.axes.place(config), Functions::Mean)[0];
        let mut places: Vec<(f64, &Config)> =
            results.into_iter().map(|(_, config, _)| (predicted(config), config)).collect();
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        let rows = places.iter().map(|(_, config)| row(surface, config)).collect();

        Self { rows, n_best, winner, values }
    }

    /// Returns the winner's value of an axis; `None` if it is inactive there.
    pub(super) fn value(&self, axis: usize) -> Option<Value> {
        self.values.get(axis).cloned().flatten()
    }
}

/// The best value of one axis.
pub(super) struct Profile {
    axis: usize,
    /// The value at which the posterior mean is lowest.
    pub(super) best: Value,
    /// Where nine in ten functions drawn have their best value: the ends for a range, and for
    /// categories those that are sometimes best.
    pub(super) best_among: Vec<Value>,
}

impl Profile {
    /// Averages over the best trials in which the axis is active; returns `None` if there is none.
    pub(super) fn new(surface: &Surface<'_>, trials: &BestTrials, axis: usize) -> Option<Self> {
        let is_active =
            |row: &&Vec<f64>| surface.place(row).is_some_and(|point| point.active[axis]);
        let rows: Vec<&Vec<f64>> =
            trials.rows.iter().filter(is_active).take(trials.n_best).collect();
        let mut probabilities = levels(surface.space, axis);
        probabilities.extend(rows.iter().map(|row| row[axis]));
        probabilities.sort_by(f64::total_cmp);
        probabilities.dedup();

        let mut values: Vec<Value> = Vec::new();
        let mut means: Vec<Vec<f64>> = Vec::new();
        for probability in probabilities {
            let moved: Vec<Vec<f64>> = rows
                .iter()
                .map(|row| {
                    let mut row = (*row).clone();
                    row[axis] = probability;
                    row
                })
                .collect();
            // A value that the constraints exclude in some of the best trials would be compared
            // over other trials.
            let all: Option<Vec<Vec<f64>>> =
                surface.values(&moved, Functions::All).into_iter().collect();
            let Some(all) = all.filter(|all| !all.is_empty()) else {
                continue;
            };
            let mean = |s: usize| all.iter().map(|v| v[s]).sum::<f64>() / all.len() as f64;
            values.push(value(surface.space, axis, probability));
            means.push((0..=N_DRAWS).map(mean).collect());
        }

        let best_of = |function: usize| {
            let at = |position: usize| means[position][function];
            (0..means.len()).min_by(|&a, &b| at(a).total_cmp(&at(b)))
        };

        let best = values[best_of(0)?].clone();
        let mut drawn: Vec<usize> = (1..=N_DRAWS).filter_map(best_of).collect();
        drawn.sort_unstable();

        let best_among = match parameter(surface, axis).domain {
            Domain::Categorical(_) => {
                let n_best = |v: &Value| drawn.iter().filter(|&&d| values[d].same_as(v)).count();
                let mut often: Vec<Value> = Vec::new();
                for value in &values {
                    let is_named = often.iter().any(|v| v.same_as(value));
                    if !is_named && 10 * n_best(value) >= N_DRAWS {
                        often.push(value.clone());
                    }
                }
                often
            }
            _ => [0.05, 0.95]
                .map(|p| values[drawn[cast::floor((p * (drawn.len() - 1) as f64).round())]].clone())
                .to_vec(),
        };

        let best_among = with_winner(surface, axis, best_among, trials.value(axis));
        Some(Self { axis, best, best_among })
    }

    /// Returns the end of its range at which both the best value and the winner's lie.
    pub(super) fn end(&self, surface: &Surface<'_>, trials: &BestTrials) -> Option<End> {
        let domain = &parameter(surface, self.axis).domain;
        // Categories have no ends, and two values have nothing between them.
        if matches!(domain, Domain::Categorical(_)) || domain.n_levels().is_some_and(|n| n < 3) {
            return None;
        }

        let share = |value: &Value| surface.axes.coordinate(self.axis, value);
        let (best, winner) = (share(&self.best)?, share(&trials.value(self.axis)?)?);
        if best <= BEST_AT_END && winner <= WINNER_AT_END {
            Some(End::Low)
        } else if best >= 1.0 - BEST_AT_END && winner >= 1.0 - WINNER_AT_END {
            Some(End::High)
        } else {
            None
        }
    }
}

/// Adds the winner's value: whoever narrows a range to the likely best values must not lose it.
fn with_winner(
    surface: &Surface<'_>,
    axis: usize,
    mut among: Vec<Value>,
    winner: Option<Value>,
) -> Vec<Value> {
    let Some(winner) = winner else { return among };
    let coordinate = |value: &Value| surface.axes.coordinate(axis, value);
    let is_range = !matches!(parameter(surface, axis).domain, Domain::Categorical(_));
    match (&mut among[..], coordinate(&winner)) {
        ([low, high], Some(at)) if is_range => {
            if coordinate(low).is_some_and(|low| at < low) {
                *low = winner;
            } else if coordinate(high).is_some_and(|high| at > high) {
                *high = winner;
            }
        }
        (values, _) if !values.iter().any(|value| value.same_as(&winner)) => among.push(winner),
        _ => {}
    }
    among
}

fn parameter<'a>(surface: &Surface<'a>, axis: usize) -> &'a Parameter {
    &surface.space.parameters()[surface.space.axes()[axis]]
}

/// Converts a configuration into a row of probabilities, the inverse of
/// [`Space::draw`](crate::space::Space::draw); inactive parameters get ½.
fn row(surface: &Surface<'_>, config: &Config) -> Vec<f64> {
    let axes = surface.space.axes().iter().enumerate();
    let of = |(axis, &position): (usize, &usize)| {
        config.get(position).map_or(0.5, |value| probability(parameter(surface, axis), value))
    };
    axes.map(of).collect()
}

/// Returns the probability at which a parameter's draw is a given value; by bisection if it has a
/// distribution, since draws increase with the probability.
fn probability(parameter: &Parameter, value: &Value) -> f64 {
    let unit = |value: &Value| parameter.domain.unit(value);
    let Some(wanted) = unit(value) else {
        return 0.5;
    };

    if parameter.distribution.is_none() {
        return wanted;
    }

    // Distributions have no inverse here, so the probability is found by bisection.
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..50 {
        let middle = 0.5 * (low + high);
        if unit(&parameter.draw(middle)).is_some_and(|found| found < wanted) {
            low = middle;
        } else {
            high = middle;
        }
    }

    0.5 * (low + high)
}
