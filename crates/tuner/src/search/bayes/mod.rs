//! Bayesian search: a Gaussian process predicts the loss everywhere, with its own doubt, and the next trial is where the
//! prediction leaves the most to hope for.
//!
//! A proposal runs down this list: [`targets`] from outcomes (losses warped, noise from folds), places in the model's
//! [`axes`], θ by the [`schedule`] ([`fit`] of the [`likelihood`]), the [`posterior`] with pending trials, an
//! [`acquisition`], [`candidates`] and the climb from the best of them ([`optimise`]). Nothing is kept between
//! proposals but θ, which travels with the request.

mod acquisition;
mod algebra;
mod axes;
mod belief;
mod candidates;
mod dataset;
mod exponential;
mod features;
mod fit;
mod folds;
mod hyperparameters;
mod lbfgs;
mod likelihood;
mod matern;
mod normal;
mod optimise;
mod posterior;
mod schedule;
mod targets;
mod trend;
mod warp;

use super::sobol::Sobol;
use super::unseen::Unseen;
use super::{Fitted, Request, Sampler, Suggestion};
use crate::error::Error;
use crate::seed::Purpose;
use crate::space::{Config, Point, Space};
use crate::trial::{History, Origin};
use acquisition::Acquisition;
use axes::Axes;
use dataset::Dataset;
use features::Embedding;
use hyperparameters::Theta;
use optimise::Landscape;
use posterior::Posterior;
use targets::Targets;
use trend::Trend;

use normal::normal;

/// Results near which candidates are drawn.
const N_CENTRES: usize = 5;

/// Coordinate difference below which a candidate repeats a trial.
const REPEAT_DISTANCE: f64 = 1e-4;

/// Standard deviations of the confidence bound.
const DEVIATIONS: f64 = 2.0;

/// Search by a Gaussian process, after a start by Sobol's sequence.
#[derive(Debug)]
pub struct Bayes {
    startup: u64,
    start: Sobol,
    unseen: Unseen,
}

impl Bayes {
    /// Creates the sampler; the first `startup` trials (manual ones aside) are proposed without the model.
    ///
    /// # Errors
    /// [`MethodFault::TooManyParameters`](crate::error::MethodFault) beyond the dimensions of the Sobol sequence.
    pub fn new(space: &Space, startup: u64) -> Result<Self, Error> {
        Ok(Self { startup, start: Sobol::new(space)?, unseen: Unseen::default() })
    }
}

impl Sampler for Bayes {
    fn propose(&mut self, request: &Request<'_>) -> Result<Option<Suggestion>, Error> {
        if request.space.axes().is_empty() || request.history.n_counted() < self.startup {
            let start = self.start.propose(request)?;
            return Ok(start.map(|suggestion| Suggestion { origin: Origin::Startup, ..suggestion }));
        }
        let model = Model::new(request);
        let (theta, fitted) = model.theta(request);
        let config = match model.best(request, &theta) {
            Some(config) => Some(config),
            None => self.unseen.draw(request, &mut request.rng())?,
        };
        Ok(config.map(|config| Suggestion { config, origin: Origin::Model, fitted }))
    }
}

/// The parts of the model that follow from the space.
struct Model<'a> {
    axes: Axes<'a>,
    embedding: Embedding,
    trend: Trend,
    history: &'a History,
}

impl<'a> Model<'a> {
    fn new(request: &Request<'a>) -> Self {
        let axes = Axes::new(request.space);
        let embedding = Embedding::new(&axes);
        Self { axes, embedding, trend: Trend::new(request.space), history: request.history }
    }

    /// Returns θ at the schedule's last entry, and its fit if the request did not bring it.
    fn theta(&self, request: &Request<'_>) -> (Theta, Vec<Fitted>) {
        let n_results = schedule::entry(self.history.seen().len());
        let stored = request.fitted.iter().rev().find(|f| f.n_results == n_results);
        let is_sound = |f: &&Fitted| f.values.len() == self.axes.len() + 2 && f.values.iter().all(|v| v.is_finite());
        if let Some(stored) = stored.filter(is_sound) {
            return (Theta::from_values(stored.values.clone()), Vec::new());
        }
        let mut rng = request.streams.rng(Purpose::Fit, n_results as u64);
        let theta = fit::fit(&self.embedding, &self.trend, &self.dataset(n_results), &mut rng);
        let fitted = Fitted { n_results, values: theta.values().to_vec() };
        (theta, vec![fitted])
    }

    /// The first `n_results` results as the model sees them.
    fn dataset(&self, n_results: usize) -> Dataset {
        let results = || self.history.results().take(n_results);
        let targets = Targets::new(&results().map(|(_, _, outcome)| outcome).collect::<Vec<_>>());
        let points: Vec<Point> = results().map(|(_, entry, _)| self.axes.place(&entry.config)).collect();
        Dataset::new(&self.embedding, &self.trend, points, &targets.values, targets.noise)
    }

    /// Returns the best configuration that was not proposed before; none if all that were found were.
    fn best(&self, request: &Request<'_>, theta: &Theta) -> Option<Config> {
        let data = self.dataset(self.history.seen().len());
        let pending: Vec<Point> = self.history.pending().map(|(_, entry)| self.axes.place(&entry.config)).collect();
        let posterior = Posterior::new(&self.embedding, &self.trend, theta, &data, &pending);
        let acquisition = Acquisition::Bound { deviations: DEVIATIONS };
        let landscape = Landscape { axes: &self.axes, posterior: &posterior, acquisition };
        let mut order: Vec<usize> = (0..data.len()).collect();
        order.sort_by(|&a, &b| data.residuals[a].total_cmp(&data.residuals[b]));
        let centres: Vec<&Point> = order.iter().take(N_CENTRES).map(|&index| &data.points[index]).collect();
        let candidates = candidates::draw(&self.axes, &centres, &mut request.rng());
        let tried: Vec<&Point> = data.points.iter().chain(&pending).collect();
        landscape.summits(candidates).into_iter().find_map(|rated| {
            let is_near = tried.iter().any(|point| landscape.distance(point, &rated.point) < REPEAT_DISTANCE);
            let config = self.axes.config(&rated.point.coordinates);
            (!is_near && request.admits(&config)).then_some(config)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::conformance;

    #[test]
    fn bayesian_search_keeps_the_contract() {
        let mut make = |space: &Space| -> Box<dyn Sampler> { Box::new(Bayes::new(space, 5).unwrap()) };
        conformance::check(&mut make, 12);
        let mut without_startup = |space: &Space| -> Box<dyn Sampler> { Box::new(Bayes::new(space, 0).unwrap()) };
        conformance::check(&mut without_startup, 6);
    }
}
