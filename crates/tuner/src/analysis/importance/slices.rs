//! The surrogate along each parameter and over pairs of them, with the others fixed at the best
//! trial; and its predictions of left-out trials.
//!
//! It is the surrogate of [`importance`](super::importance) with its warp, fitted to all results
//! without a cap on bad losses: what θ was not fitted to, its intervals need not hold.

use super::{Crowds, FITTED, KNOWN, Learned, best_predicting, learned};
use crate::gp::{Dataset, Posterior, fit};
use crate::prior::{MeanFunction, PriorMean};
use crate::search::Request;
use crate::search::bayes::surrogate::{Capacity, Surrogate, Warp};
use crate::space::{Config, Space, Value};

/// The most values along a range, and cells along each side of a contour.
const N_VALUES: u64 = 33;
const N_CELLS: u64 = 24;

/// The most trials left out one at a time.
const N_LEFT_OUT: usize = 200;

/// The surrogate along one parameter. Losses are as told.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// The parameter.
    pub name: String,
    /// The trial at which the other parameters are fixed: the best one in which the parameter is
    /// active.
    pub held_at: u64,
    /// Values in the order of the domain.
    pub values: Vec<SlicePoint>,
}

/// The surrogate at one value.
#[derive(Clone, Debug, PartialEq)]
pub struct SlicePoint {
    /// The value.
    pub value: Value,
    /// The predicted median loss.
    pub loss: f64,
    /// The losses at one standard deviation of the latent function below and above it.
    pub band: (f64, f64),
}

/// The surrogate over two parameters. Losses are as told.
#[derive(Clone, Debug, PartialEq)]
pub struct Contour {
    /// The horizontal parameter, and its values at the cells' centres.
    pub x: (String, Vec<Value>),
    /// The vertical parameter.
    pub y: (String, Vec<Value>),
    /// The predicted median loss, row by row from the lowest; `None` where the pair is outside the
    /// space.
    pub losses: Vec<Option<f64>>,
}

/// The surrogate's slices and contours.
#[derive(Clone, Debug, PartialEq)]
pub struct Slices {
    /// Along each searched parameter, in the order of the space.
    pub slices: Vec<Slice>,
    /// Over the requested pairs.
    pub contours: Vec<Contour>,
    /// Standardised leave-one-out residuals, in standard deviations that include noise (Rasmussen
    /// and Williams 2006, equation 5.12): standard normal numbers if the surrogate is calibrated.
    pub left_out: Vec<f64>,
}

/// Computes slices from the surrogate of a history; returns `None` if importance cannot be
/// measured. Trials are named by their position in the history.
pub fn slices(
    request: &Request<'_>,
    prior_mean: Option<&PriorMean>,
    pairs: &[(&str, &str)],
) -> Option<Slices> {
    // The same conditions as for importance, which the page shows beside them.
    super::check(request).ok()?;
    let mean_function = MeanFunction::new(request.space, prior_mean);
    let surrogate = Surrogate::new(request, &mean_function, Capacity::default());
    let (family, _) = best_predicting(&surrogate);
    let embedding = &surrogate.embedding;
    let fitted = learned(&surrogate, family, FITTED, Crowds::All).data;
    let (theta, _) = fit(&surrogate.hyperprior, embedding, surrogate.mean_function, &fitted, None);
    let Learned { data, warp } = learned(&surrogate, family, KNOWN, Crowds::All);
    let posterior = Posterior::new(embedding, surrogate.mean_function, &theta, &data, &[]);

    let least = least(request);
    let cutter =
        Cutter { request, surrogate: &surrogate, posterior: &posterior, warp: &warp, least };
    let axes = 0..request.space.axes().len();
    let named = |name: &str| {
        let position = request.space.position(name)?;
        request.space.axes().binary_search(&position).ok()
    };

    Some(Slices {
        slices: axes.filter_map(|axis| cutter.slice(axis)).collect(),
        contours: pairs.iter().filter_map(|(x, y)| cutter.contour(named(x)?, named(y)?)).collect(),
        left_out: left_out(&posterior, &data),
    })
}

/// Below the lowest known losses the warp is extrapolated linearly; if no known loss is negative,
/// none is predicted to be.
fn least(request: &Request<'_>) -> f64 {
    let mut means = request.history.results().filter_map(|(_, _, outcome)| outcome.mean());
    if means.all(|mean| mean >= 0.0) { 0.0 } else { f64::NEG_INFINITY }
}

/// What all slices share.
struct Cutter<'a> {
    request: &'a Request<'a>,
    surrogate: &'a Surrogate<'a>,
    posterior: &'a Posterior<'a>,
    warp: &'a Warp,
    least: f64,
}

impl Cutter<'_> {
    fn slice(&self, axis: usize) -> Option<Slice> {
        let space = self.request.space;
        let (held_at, base) = self.best(|config| is_active(space, config, axis))?;

        let domain = &space.parameters()[space.axes()[axis]].domain;
        let values: Vec<Value> = match domain.n_levels() {
            Some(n) if n <= N_VALUES => (0..n).map(|level| domain.level(level)).collect(),
            _ => (0..N_VALUES).map(|i| domain.value(i as f64 / (N_VALUES - 1) as f64)).collect(),
        };

        // Values that break a constraint together with the others are left out of the slice.
        let possible: Vec<(Value, Config)> = values
            .into_iter()
            .filter_map(|value| Some((value.clone(), with(space, base, &[(axis, &value)])?)))
            .collect();

        let values = possible
            .iter()
            .map(|(value, config)| {
                let (mean, sd) = self.predict(config);
                let loss = |deviations: f64| self.loss(mean + deviations * sd);
                SlicePoint { value: value.clone(), loss: loss(0.0), band: (loss(-1.0), loss(1.0)) }
            })
            .collect();

        let name = space.parameters()[space.axes()[axis]].name.clone();
        Some(Slice { name, held_at: held_at as u64, values })
    }

    fn contour(&self, x: usize, y: usize) -> Option<Contour> {
        let space = self.request.space;
        let both = |config: &Config| is_active(space, config, x) && is_active(space, config, y);
        let (_, base) = self.best(both)?;

        let (xs, ys) = (cells(space, x), cells(space, y));
        let losses = ys
            .iter()
            .flat_map(|at_y| xs.iter().map(move |at_x| (at_x, at_y)))
            .map(|(at_x, at_y)| {
                let config = with(space, base, &[(x, at_x), (y, at_y)])?;
                Some(self.loss(self.predict(&config).0))
            })
            .collect();

        let name = |axis: usize| space.parameters()[space.axes()[axis]].name.clone();
        Some(Contour { x: (name(x), xs), y: (name(y), ys), losses })
    }

    /// Returns the result of the lowest loss among configurations that pass, the first of equal
    /// ones.
    fn best(&self, passes: impl Fn(&Config) -> bool) -> Option<(usize, &Config)> {
        self.request
            .history
            .results()
            .filter_map(|(number, entry, outcome)| Some((number, &*entry.config, outcome.mean()?)))
            .filter(|(_, config, _)| passes(config))
            .min_by(|a, b| a.2.total_cmp(&b.2))
            .map(|(number, config, _)| (number, config))
    }

    fn predict(&self, config: &Config) -> (f64, f64) {
        let place = self.posterior.predict(vec![self.surrogate.axes.place(config)]).swap_remove(0);
        (place.prediction.mean, place.prediction.sd)
    }

    fn loss(&self, target: f64) -> f64 {
        self.warp.loss(target).max(self.least)
    }
}

/// Returns the values at the centres of a contour's cells; for a short list, every value.
fn cells(space: &Space, axis: usize) -> Vec<Value> {
    let domain = &space.parameters()[space.axes()[axis]].domain;
    match domain.n_levels() {
        Some(n) if n <= N_CELLS => (0..n).map(|level| domain.level(level)).collect(),
        _ => (0..N_CELLS).map(|i| domain.value((i as f64 + 0.5) / N_CELLS as f64)).collect(),
    }
}

fn is_active(space: &Space, config: &Config, axis: usize) -> bool {
    config.get(space.axes()[axis]).is_some()
}

/// Returns a configuration with other values on some axes; parameters that become active take the
/// middle of their domain. Returns `None` if a constraint excludes it, or an axis is inactive
/// there.
fn with(space: &Space, base: &Config, values: &[(usize, &Value)]) -> Option<Config> {
    let mut coordinates = space.encode(base).coordinates;
    for (axis, value) in values {
        coordinates[*axis] = space.parameters()[space.axes()[*axis]].domain.unit(value)?;
    }
    let config = space.decode(&coordinates);
    let are_active = values.iter().all(|(axis, _)| is_active(space, &config, *axis));
    (are_active && space.satisfies_constraints(&config)).then_some(config)
}

/// Standardised leave-one-out residuals of trials that are evenly spread over the data.
fn left_out(posterior: &Posterior<'_>, data: &Dataset) -> Vec<f64> {
    let n = data.len().min(N_LEFT_OUT);
    let mut unit = vec![0.0; data.len()];
    (0..n)
        .map(|k| {
            let i = k * data.len() / n;
            unit.fill(0.0);
            unit[i] = 1.0;
            posterior.solve(&mut unit);
            posterior.alpha()[i] / unit[i].sqrt()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Streams;
    use crate::space::{Condition, Domain, Parameter, Scale};
    use crate::trial::{History, Origin, Outcome, State};
    use std::sync::Arc;

    /// A range, a list, and a range that is active for one value of the list; b ≤ 0.9 is a
    /// constraint.
    fn space() -> Space {
        let range = || Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        let kinds = ["x", "y"].map(|v| Value::Text(v.to_owned())).to_vec();
        let mut conditional = Parameter::new("c", range());
        let values = vec![Value::Text("x".to_owned())];
        conditional.when = vec![Condition { parent: "kind".to_owned(), values }];
        let parameters = vec![
            Parameter::new("b", range()),
            Parameter::new("kind", Domain::Categorical(kinds)),
            conditional,
        ];
        Space::new(parameters, &[("b <= 0.9".to_owned(), String::new())]).unwrap()
    }

    fn found(pairs: &[(&str, &str)], n: u32) -> Option<Slices> {
        let space = space();
        let mut history = History::new();
        for number in 0..n {
            let at = |step: u32| f64::from((number * step) % 23) / 23.0 * 0.9;
            let config = space.decode(&[at(7), at(3), at(11)]);
            let b = config.get(0).and_then(Value::as_number).unwrap();
            let c = config.get(2).and_then(Value::as_number).unwrap_or(0.4);
            history.push(Arc::new(config), Origin::Random);
            let loss = 0.1 + (b - 0.3) * (b - 0.3) + 0.2 * (c - 0.6) * (c - 0.6);
            history.reveal(
                number as usize,
                Outcome { state: State::Ok, losses: [loss].into(), predicted: None },
            );
        }
        let request =
            Request { space: &space, history: &history, streams: Streams::new(0), fitted: &[] };
        slices(&request, None, pairs)
    }

    #[test]
    fn a_slice_is_lowest_where_the_loss_is() {
        let found = found(&[], 23).unwrap();
        assert_eq!(found.slices.iter().map(|s| &*s.name).collect::<Vec<_>>(), ["b", "kind", "c"]);
        let b = &found.slices[0].values;
        let best = b.iter().min_by(|p, q| p.loss.total_cmp(&q.loss)).unwrap();
        assert!((best.value.as_number().unwrap() - 0.3).abs() < 0.1, "{best:?}");
        assert!(b.iter().all(|p| p.band.0 <= p.loss && p.loss <= p.band.1));

        // The constraint removes the upper tenth.
        assert!(b.last().unwrap().value.as_number().unwrap() <= 0.9 && b.len() < 33);
        assert_eq!(found.slices[1].values.len(), 2);
    }

    #[test]
    fn contours_leave_out_what_is_no_part_of_the_space() {
        let found = found(&[("c", "b"), ("b", "unknown")], 23).unwrap();
        let [contour] = &found.contours[..] else { panic!("one pair is known") };
        assert_eq!((contour.x.1.len(), contour.y.1.len()), (24, 24));
        assert!(contour.losses[0].is_some() && contour.losses[24 * 23].is_none());
    }

    #[test]
    fn trials_left_out_are_predicted_within_a_few_deviations() {
        let z = found(&[], 23).unwrap().left_out;
        assert!(z.len() == 23 && z.iter().all(|z| z.abs() < 6.0), "{z:?}");
    }

    #[test]
    fn too_few_trials_have_no_surrogate() {
        assert_eq!(found(&[], 5), None);
    }
}
