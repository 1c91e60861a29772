//! The model of a request: the space laid out, θ by the schedule, results as data.

use super::axes::Axes;
use super::dataset::Dataset;
use super::features::Embedding;
use super::fit::fit;
use super::hyperparameters::Theta;
use super::posterior::Posterior;
use super::targets::Targets;
use super::trend::Trend;
use super::warp::Warp;
use super::{schedule, subset};
use crate::search::{Fitted, Request};
use crate::seed::Purpose;
use crate::space::Point;
use crate::trial::{Entry, History, Outcome};

/// The parts of the model that follow from the space, and the history it learns from.
pub(super) struct Model<'a> {
    /// Coordinates.
    pub(super) axes: Axes<'a>,
    /// What distances are measured between.
    pub(super) embedding: Embedding,
    /// The mean.
    pub(super) trend: Trend,
    /// Trials below the proposed one.
    pub(super) history: &'a History,
}

impl<'a> Model<'a> {
    /// Lays out the space of a request.
    pub(super) fn new(request: &Request<'a>) -> Self {
        let axes = Axes::new(request.space);
        let embedding = Embedding::new(&axes);
        Self { axes, embedding, trend: Trend::new(request.space), history: request.history }
    }

    /// Returns θ at the schedule's last entry, and its fit if the request did not bring it.
    pub(super) fn theta(&self, request: &Request<'_>) -> (Theta, Vec<Fitted>) {
        let n_results = schedule::entry(self.history.seen().len());
        let stored = request.fitted.iter().rev().find(|f| f.n_results == n_results);
        let is_sound = |f: &&Fitted| f.values.len() == self.axes.len() + 2 && f.values.iter().all(|v| v.is_finite());
        if let Some(stored) = stored.filter(is_sound) {
            return (Theta::from_values(stored.values.clone()), Vec::new());
        }
        let mut rng = request.streams.rng(Purpose::Fit, n_results as u64);
        let theta = fit(&self.embedding, &self.trend, &self.dataset(n_results, subset::FITTED), &mut rng);
        let fitted = Fitted { n_results, values: theta.values().to_vec() };
        (theta, vec![fitted])
    }

    /// The first `n_results` results as the model sees them, at most `limit` of them.
    pub(super) fn dataset(&self, n_results: usize, limit: usize) -> Dataset {
        let results: Vec<Result<'_>> = self.history.results().take(n_results).collect();
        let targets = targets_of(&results);
        let chosen = subset::choose(&targets.values, limit);
        let points = chosen.iter().map(|&index| self.axes.place(&results[index].1.config)).collect();
        let values: Vec<f64> = chosen.iter().map(|&index| targets.values[index]).collect();
        let noise = chosen.iter().map(|&index| targets.noise[index]).collect();
        Dataset::new(&self.embedding, &self.trend, points, values, noise)
    }

    /// The warp of all results.
    pub(super) fn warp(&self) -> Warp {
        targets_of(&self.history.results().collect::<Vec<_>>()).warp
    }

    /// Conditions on the results in `data` and on what is pending.
    pub(super) fn posterior(&self, theta: &Theta, data: &Dataset) -> Posterior<'_> {
        let mut pending: Vec<Point> = self.history.pending().map(|(_, entry)| self.axes.place(&entry.config)).collect();
        pending.drain(..pending.len().saturating_sub(subset::PENDING));
        Posterior::new(&self.embedding, &self.trend, theta, data, &pending)
    }
}

/// A trial's number, what was tried, and its outcome.
type Result<'a> = (usize, &'a Entry, &'a Outcome);

fn targets_of(results: &[Result<'_>]) -> Targets {
    Targets::new(&results.iter().map(|(_, _, outcome)| *outcome).collect::<Vec<_>>())
}
