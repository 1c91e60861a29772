//! The model of a request: the space laid out, θ by the schedule, results as data.

use super::axes::Axes;
use super::dataset::Dataset;
use super::features::Embedding;
use super::fit::fit;
use super::hyperparameters::Theta;
use super::posterior::Posterior;
use super::targets::Targets;
use super::trend::Trend;
use super::warp::{Family, Warp};
use super::{schedule, subset};
use crate::search::{Fitted, Request};
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

    /// Returns the fit at the schedule's last entry, and again to be kept if the request did not bring it.
    pub(super) fn fit(&self, fitted: &[Fitted]) -> (Fit, Vec<Fitted>) {
        let n_results = schedule::entry(self.history.seen().len());
        let stored = fitted.iter().rev().find(|f| f.n_results == n_results);
        if let Some(fit) = stored.and_then(|f| Fit::from_values(&f.values, self.axes.len())) {
            return (fit, Vec::new());
        }
        let fits = [Family::Plain, Family::Shifted].map(|family| self.fit_family(n_results, family));
        let [(plain, plain_cost), (shifted, shifted_cost)] = fits;
        let fit = if shifted_cost < plain_cost { shifted } else { plain };
        let values = fit.values();
        (fit, vec![Fitted { n_results, values }])
    }

    /// Returns the fit with one family of warps, and −ln of the density of the losses under it.
    fn fit_family(&self, n_results: usize, family: Family) -> (Fit, f64) {
        let results = self.results(n_results);
        let targets = Targets::new(&outcomes(&results), family);
        let chosen = subset::choose(&targets.values, subset::FITTED);
        let of_chosen: Vec<&Outcome> = chosen.iter().map(|&index| results[index].2).collect();
        let slopes = targets.log_slopes(&of_chosen);
        let (theta, cost) = fit(&self.embedding, &self.trend, &self.data_of(&results, &targets, &chosen));
        (Fit { theta, family }, cost - slopes)
    }

    /// All results as the model sees them, but for those beyond what it can use.
    pub(super) fn known(&self, family: Family) -> Dataset {
        let results = self.results(usize::MAX);
        let targets = Targets::new(&outcomes(&results), family);
        self.data_of(&results, &targets, &subset::choose(&targets.values, subset::KNOWN))
    }

    fn data_of(&self, results: &[Result<'_>], targets: &Targets, chosen: &[usize]) -> Dataset {
        let points = chosen.iter().map(|&index| self.axes.place(&results[index].1.config)).collect();
        let values = chosen.iter().map(|&index| targets.values[index]).collect();
        let noise = chosen.iter().map(|&index| targets.noise[index]).collect();
        Dataset::new(&self.embedding, &self.trend, points, values, noise)
    }

    /// The first results, at most `n`.
    fn results(&self, n: usize) -> Vec<Result<'a>> {
        self.history.results().take(n).collect()
    }

    /// The warp of all results.
    pub(super) fn warp(&self, family: Family) -> Warp {
        Targets::new(&outcomes(&self.results(usize::MAX)), family).warp
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

fn outcomes<'r>(results: &[Result<'r>]) -> Vec<&'r Outcome> {
    results.iter().map(|(_, _, outcome)| *outcome).collect()
}

/// What is learned from the first results and holds until the schedule's next entry.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fit {
    /// The kernel's parameters.
    pub(super) theta: Theta,
    /// The family of warps under which the losses are likeliest.
    pub(super) family: Family,
}

impl Fit {
    /// The stored form: θ, then 0 for a plain logarithm or 1 for a shifted one.
    fn values(&self) -> Vec<f64> {
        let family = f64::from(u8::from(self.family == Family::Shifted));
        self.theta.values().iter().copied().chain([family]).collect()
    }

    /// Reads the stored form; none if it is not that of a space of `n_axes` axes.
    fn from_values(values: &[f64], n_axes: usize) -> Option<Self> {
        let (family, theta) = values.split_last()?;
        let is_sound = theta.len() == n_axes + 2 && theta.iter().all(|v| v.is_finite());
        let family = if *family == 0.0 { Family::Plain } else { Family::Shifted };
        is_sound.then(|| Self { theta: Theta::from_values(theta.to_vec()), family })
    }
}
