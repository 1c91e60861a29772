//! The good trials and the others, each smoothed to a density.

use super::super::Request;
use super::kernel::{Grain, Kernel};
use super::mixture::Mixture;
use crate::space::{Confidence, Domain, Parameter, Point, Space};

/// Share of the results that are good, and their greatest number: those of Optuna and of hyperopt.
const GOOD_SHARE: f64 = 0.1;
const MAX_GOOD: f64 = 25.0;

/// Returns the densities of the good trials and of all others. Pending trials are among the others, so that no two are
/// evaluated side by side for nothing, and so are trials that are not ok. None if no result is ok.
pub(super) fn densities(request: &Request<'_>) -> Option<(Mixture, Mixture)> {
    let good = good(request);
    if good.is_empty() {
        return None;
    }
    let entries = request.history.entries();
    let sd = bandwidth(entries.len());
    let others: Vec<usize> = (0..entries.len()).filter(|number| !good.contains(number)).collect();
    let mixture = |numbers: &[usize], prior: Vec<Kernel>| {
        // A category's own share is what Laplace's rule of succession leaves it, so that none is ever excluded.
        let own = 1.0 - 1.0 / (numbers.len() as f64 + 2.0);
        let component =
            |&number: &usize| component(request.space, &request.space.encode(&entries[number].config), sd, own);
        Mixture::new(numbers.iter().map(component).chain([prior]).collect())
    };
    let even = vec![Kernel::Even; request.space.axes().len()];
    Some((mixture(&good, beliefs(request.space)), mixture(&others, even)))
}

/// The numbers of the best results, ascending.
fn good(request: &Request<'_>) -> Vec<usize> {
    let results = request.history.results();
    let n_good = libm::ceil(GOOD_SHARE * results.len() as f64).min(MAX_GOOD) as usize;
    let mut ok: Vec<(f64, usize)> =
        results.filter_map(|(number, _, outcome)| Some((outcome.mean()?, number))).collect();
    ok.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut good: Vec<usize> = ok.into_iter().take(n_good).map(|(_, number)| number).collect();
    good.sort_unstable();
    good
}

/// The standard deviation of kernels after `n` trials: wide at first, when l/g points in a direction at most, and
/// narrower by the 0.7th power of n, faster than the n^(-1/(d+4)) that is best for a density, since trials gather where
/// they are good. Chosen, with the share of good trials and the climb, on 13 synthetic functions and 28 tuning problems.
fn bandwidth(n: usize) -> f64 {
    (2.0 * libm::pow(n as f64, -0.7)).clamp(0.05, 1.0)
}

fn component(space: &Space, point: &Point, sd: f64, own: f64) -> Vec<Kernel> {
    let kernel = |axis: usize| match &parameter(space, axis).domain {
        _ if !point.active[axis] => Kernel::Even,
        Domain::Categorical(values) => {
            Kernel::Category { centre: point.coordinates[axis], own, n: values.len() as f64 }
        }
        _ => Kernel::normal(point.coordinates[axis], sd),
    };
    (0..point.coordinates.len()).map(kernel).collect()
}

/// What the person believes of good values, as if it were one good trial: the more results, the less it weighs.
fn beliefs(space: &Space) -> Vec<Kernel> {
    let belief = |parameter: &Parameter| {
        let prior = parameter.prior.as_ref()?;
        let centre = parameter.domain.unit(&parameter.domain.admit(&prior.value)?)?;
        let (sd, own) = match prior.confidence {
            Confidence::Low => (0.35, 0.3),
            Confidence::Medium => (0.25, 0.5),
            Confidence::High => (0.15, 0.8),
        };
        Some(match &parameter.domain {
            Domain::Categorical(values) => Kernel::Category { centre, own, n: values.len() as f64 },
            _ => Kernel::normal(centre, sd),
        })
    };
    (0..space.axes().len()).map(|axis| belief(parameter(space, axis)).unwrap_or(Kernel::Even)).collect()
}

/// The grain of each axis.
pub(super) fn grains(space: &Space) -> Vec<Grain> {
    (0..space.axes().len()).map(|axis| Grain::new(&parameter(space, axis).domain)).collect()
}

fn parameter(space: &Space, axis: usize) -> &Parameter {
    &space.parameters()[space.axes()[axis]]
}
