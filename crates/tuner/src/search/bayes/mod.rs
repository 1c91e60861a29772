//! Bayesian search: a Gaussian process predicts the loss everywhere, with its own doubt, and the next trial is where the
//! prediction leaves the most to hope for.
//!
//! A proposal runs down this list: `targets` from outcomes (losses warped, noise from folds), places in the model's
//! `axes`, θ by the `schedule` (`fit` of the `likelihood`), the `posterior` with pending trials, an
//! `acquisition` less the cost of places far out (`interior`), `candidates` and the climb from the best of them
//! (`optimise`). Nothing is kept between proposals but θ, which travels with the request.

mod acquisition;
mod boundary;
mod candidates;
pub mod explain;
mod optimise;
#[cfg(test)]
mod problems;
mod shrinkage;
pub(crate) mod surrogate;

pub use surrogate::Capacity;

use super::sobol::Sobol;
use super::unseen::Unseen;
use super::{Request, Sampler, Suggestion};
use crate::error::Error;
use crate::gp::{Dataset, Posterior};
use crate::prior::MeanFunction;
use crate::space::{Config, Point, Space};
use crate::trial::Origin;
use acquisition::Acquisition;
use boundary::BoundaryPenalty;
use optimise::AcquisitionSurface;
use surrogate::{Fit, Surrogate};

/// Results near which candidates are drawn.
const N_CENTRES: usize = 5;

/// Coordinate difference below which a candidate repeats a trial.
const REPEAT_DISTANCE: f64 = 1e-4;

/// Standard deviations to which the bound is widened at most.
const WIDEST: f64 = 100.0;

/// Predicted standard deviation, in units of that of the losses, below which there is no doubt.
const DOUBT: f64 = 0.03;

/// Search by a Gaussian process, after a start by Sobol's sequence.
#[derive(Debug)]
pub struct Bayes {
    startup: u64,
    capacity: Capacity,
    /// What is expected and believed of the space: laid out once, since that takes as long as a hundred candidates.
    mean_function: MeanFunction,
    start: Sobol,
    unseen: Unseen,
}

impl Bayes {
    /// Creates the sampler; the first `startup` trials (manual ones aside) are proposed without the model, and so are those
    /// after them until as many results are known: without results the bound leads from corner to corner.
    pub fn new(space: &Space, startup: u64) -> Self {
        Self::with_capacity(space, startup, Capacity::default())
    }

    /// The same, with a model that uses so many results at most.
    pub fn with_capacity(space: &Space, startup: u64, capacity: Capacity) -> Self {
        let mean_function = MeanFunction::new(space);
        Self {
            startup,
            capacity,
            mean_function,
            start: Sobol::new(space),
            unseen: Unseen::default(),
        }
    }
}

impl Sampler for Bayes {
    fn propose(&mut self, request: &Request<'_>) -> Result<Option<Suggestion>, Error> {
        let is_start = request.history.n_started() < self.startup
            || request.history.results().len() < self.startup as usize;
        if request.space.axes().is_empty() || is_start {
            let start = self.start.propose(request)?;
            return Ok(start.map(|suggestion| Suggestion { origin: Origin::Startup, ..suggestion }));
        }
        let model = Surrogate::new(request, &self.mean_function, self.capacity);
        let (fit, fitted) = model.fit(request.fitted);
        let config = match best(&model, request, &fit) {
            Some(config) => Some(config),
            None => self.unseen.draw(request, &mut request.rng())?,
        };
        Ok(config.map(|config| Suggestion { config, origin: Origin::Model, fitted }))
    }
}

/// Returns the best configuration that was not proposed before; none if all that were found were.
///
/// Where the bound leads to a place without doubt, a little may be gained there at most. On every other trial it is
/// then widened until it leads elsewhere, so that a branch or a category that was given up early is looked at again.
fn best(model: &Surrogate<'_>, request: &Request<'_>, fit: &Fit) -> Option<Config> {
    let history = request.history;
    let data = model.known(fit);
    let posterior = model.posterior(&shrinkage::shrunk(&fit.theta, history.len()), &data);
    let (centres, incumbent) = centres(&posterior, &data);
    let is_experienced = posterior.is_experienced();
    let drawn = candidates::draw(&model.axes, &centres, is_experienced, &mut request.rng());
    let candidates = posterior.predict(drawn);
    let tried: Vec<Point> =
        history.entries().iter().map(|entry| model.axes.place(&entry.config)).collect();
    let boundary = BoundaryPenalty::new(&model.axes, model.mean_function, history.len());
    let noise = fit.theta.noise() + data.mean_noise();
    let mut acquisition = Acquisition::of_turn(history.len(), is_experienced, incumbent, noise);
    let mut proposed = None;
    loop {
        let landscape = AcquisitionSurface {
            axes: &model.axes,
            posterior: &posterior,
            acquisition,
            boundary: &boundary,
        };
        let found = landscape.maxima(&candidates).into_iter().find_map(|rated| {
            let point = &rated.place.point;
            let is_near =
                tried.iter().any(|other| model.axes.distance(other, point) < REPEAT_DISTANCE);
            let config = model.axes.config(&point.coordinates);
            (!is_near && request.admits(&config)).then_some((config, rated.place.prediction.sd))
        });
        let Some((config, sd)) = found else {
            return proposed;
        };
        proposed = Some(config);
        let Acquisition::Bound { deviations } = acquisition else {
            return proposed;
        };
        let may_widen = history.len() % 2 == 1 && deviations < WIDEST;
        if sd >= DOUBT || !may_widen {
            return proposed;
        }
        acquisition = Acquisition::Bound { deviations: 2.0 * deviations };
    }
}

/// The results near which candidates are drawn: of the lowest, those whose predicted mean is lowest. Where losses are
/// noisy these are not the luckiest but the best. Also returns the lowest mean, infinite without results.
fn centres(posterior: &Posterior<'_>, data: &Dataset) -> (Vec<Point>, f64) {
    let mut places = posterior.predict(data.best(4 * N_CENTRES).into_iter().cloned().collect());
    places.sort_by(|a, b| a.prediction.mean.total_cmp(&b.prediction.mean));
    let incumbent = places.first().map_or(f64::INFINITY, |place| place.prediction.mean);
    (places.into_iter().take(N_CENTRES).map(|place| place.point).collect(), incumbent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::conformance;
    use crate::seed::Streams;
    use crate::space::{Domain, Parameter, Scale};
    use crate::trial::{History, Outcome, State};
    use std::sync::Arc;

    #[test]
    fn bayesian_search_keeps_the_contract() {
        let mut make = |space: &Space| -> Box<dyn Sampler> { Box::new(Bayes::new(space, 5)) };
        conformance::check(&mut make, 12);
        let mut without_startup =
            |space: &Space| -> Box<dyn Sampler> { Box::new(Bayes::new(space, 0)) };
        conformance::check(&mut without_startup, 6);
    }

    #[test]
    fn the_model_waits_for_results_and_not_for_trials() {
        let range = Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        let space =
            Space::new(vec![Parameter::new("x", range.clone()), Parameter::new("y", range)], &[])
                .unwrap();
        let mut history = History::new();
        let origin = |history: &mut History| {
            let request = Request { space: &space, history, streams: Streams::new(1), fitted: &[] };
            let suggestion = Bayes::new(&space, 3).propose(&request).unwrap().unwrap();
            history.push(Arc::new(suggestion.config), suggestion.origin);
            suggestion.origin
        };
        assert!((0..6).all(|_| origin(&mut history) == Origin::Startup), "none has a result");
        for trial in 0..2 {
            history.reveal(trial, Outcome { state: State::Ok, losses: [trial as f64].into() });
        }
        assert_eq!(origin(&mut history), Origin::Startup);
        history.reveal(2, Outcome { state: State::Failed, losses: [].into() });
        assert_eq!(origin(&mut history), Origin::Model);
    }
}
