//! The surrogate of a request: the space's axes, θ by the schedule, results as data.

use crate::gp::Dataset;
use crate::gp::Embedding;
use crate::gp::Posterior;
use crate::gp::fit;
use crate::gp::likelihood::Likelihood;
use crate::gp::{Hyperprior, Theta};
use crate::prior::Expected;
use crate::prior::MeanFunction;
use crate::search::bayes::surrogate::observations::Observations;
use crate::search::bayes::surrogate::schedule;
use crate::search::bayes::surrogate::subset::{Capacity, PENDING, Sites};
use crate::search::bayes::surrogate::warp::{Family, Warp, floor};
use crate::search::{Fitted, Request};
use crate::space::Point;
use crate::space::axes::Axes;
use crate::trial::{Entry, History, Outcome};
use crate::tuning::bayes::{EQUAL_DISTANCE, N_EQUAL, WARP_CHOICE_FROM};

/// The parts of the surrogate that follow from the space, and the history from which it learns.
pub(crate) struct Surrogate<'a> {
    /// The coordinates of the space.
    pub(crate) axes: Axes<'a>,
    /// The features between which distances are measured.
    pub(crate) embedding: Embedding,
    /// The prior of θ.
    pub(crate) hyperprior: Hyperprior,
    /// The prior mean.
    pub(crate) mean_function: &'a MeanFunction,
    /// Trials below the proposed one.
    pub(crate) history: &'a History,
    capacity: Capacity,
}

impl<'a> Surrogate<'a> {
    /// Builds the parts for the space of a request, with the prior mean `trend` and a limit on the
    /// number of results.
    pub(crate) fn new(
        request: &Request<'a>,
        mean_function: &'a MeanFunction,
        capacity: Capacity,
    ) -> Self {
        let axes = Axes::new(request.space);
        let embedding = Embedding::new(&axes);
        let hyperprior = Hyperprior::new(&axes, mean_function);
        Self { axes, embedding, hyperprior, mean_function, history: request.history, capacity }
    }

    /// Returns the fit at the schedule's last entry, and again for storage if the request did not
    /// have it.
    pub(crate) fn fit(&self, fitted: &[Fitted]) -> (Fit, Vec<Fitted>) {
        let n_results = schedule::entry(self.history.seen().len());
        let stored = fitted.iter().rev().find(|f| f.n_results == n_results);
        if let Some(fit) = stored.and_then(|f| Fit::from_values(&f.values, self.axes.len())) {
            return (fit, Vec::new());
        }

        let (plain, plain_cost) = self.fit_family(n_results, Family::Plain, None);
        // A learned mean is of ln loss, which is the plain warp: a few results cannot speak against
        // it.
        let fit = if self.mean_function.scale().is_some() && n_results < WARP_CHOICE_FROM {
            plain
        } else {
            let (shifted, shifted_cost) =
                self.fit_family(n_results, Family::Shifted, Some(&plain.theta));
            if shifted_cost < plain_cost { shifted } else { plain }
        };

        let values = fit.values();
        (fit, vec![Fitted { n_results, values }])
    }

    /// Returns the Laplace approximation of the posterior of θ under the wide prior, by the family of
    /// warps that a fit chooses: what hyperpriors are learned from.
    pub(crate) fn learn(&self) -> LengthScales {
        let results = self.results(usize::MAX);
        let points = self.places(&results);
        let prior = Hyperprior::wide(&self.axes, self.mean_function);
        let targets = self.targets(&results, &points, self.fit(&[]).0.family);
        let (data, _) = self.data(&points, &targets, &prior.centre().weights(), |sites| {
            sites.near(self.capacity.fitted_along(self.axes.len()))
        });

        let (mode, _) = fit(&prior, &self.embedding, self.mean_function, &data, None);
        let mut likelihood = Likelihood::new(&self.embedding, self.mean_function, &data);
        let mut slopes = |index: usize, step: f64| {
            let mut theta = mode.values().to_vec();
            theta[index] += step;
            let mut gradient = vec![0.0; theta.len()];
            likelihood.evaluate(&theta, &mut gradient);
            prior.penalty(&theta, &mut gradient);
            gradient
        };

        let step = 1e-3;
        let curvature = |index| {
            let (above, below) = (slopes(index, step), slopes(index, -step));
            above.iter().zip(&below).map(|(a, b)| (a - b) / (2.0 * step)).collect()
        };
        let precision = (0..mode.values().len()).map(curvature).collect();
        let kinds = self.axes.axes().iter().map(|axis| axis.kind.name()).collect();
        LengthScales { kinds, mode: mode.values().to_vec(), precision }
    }

    /// Returns the fit with one family of warps, and −ln of the density of the losses under it;
    /// `other` is that of another family.
    fn fit_family(&self, n_results: usize, family: Family, other: Option<&Theta>) -> (Fit, f64) {
        let results = self.results(n_results);
        let points = self.places(&results);
        let targets = self.targets(&results, &points, family);
        let limit = self.capacity.fitted_along(self.axes.len());
        let metric = self.hyperprior.centre().weights();
        let (data, chosen) = self.data(&points, &targets, &metric, |sites| sites.near(limit));
        let slopes = targets.log_slopes(&chosen);
        let (theta, cost) =
            fit(&self.hyperprior, &self.embedding, self.mean_function, &data, other);
        (Fit { theta, family }, cost - slopes)
    }

    /// All results in the surrogate's form, without those beyond its capacity.
    pub(crate) fn known(&self, fit: &Fit) -> Known {
        let results = self.results(usize::MAX);
        let points = self.places(&results);
        let targets = self.targets(&results, &points, fit.family);
        let (data, chosen) = self.data(&points, &targets, &fit.theta.weights(), |sites| {
            sites.near_and_far(self.capacity.known)
        });
        Known { data, trials: chosen.into_iter().map(|index| results[index].0).collect() }
    }

    /// Returns the results at `points` that `choose` selects, and their positions; `metric` has
    /// 1/l² of each axis.
    fn data(
        &self,
        points: &[Point],
        targets: &Observations,
        metric: &[f64],
        choose: impl Fn(&Sites<'_>) -> Vec<usize>,
    ) -> (Dataset, Vec<usize>) {
        let sites =
            Sites { embedding: &self.embedding, weights: metric, points, targets: &targets.values };
        let chosen = choose(&sites);
        let values = chosen.iter().map(|&index| targets.values[index]).collect();
        let noise = chosen.iter().map(|&index| targets.noise[index]).collect();
        let points = chosen.iter().map(|&index| points[index].clone()).collect();
        (Dataset::new(&self.embedding, self.mean_function, points, values, noise), chosen)
    }

    /// Returns results, which lie at `points`, as targets, given the learned prior mean.
    pub(crate) fn targets(
        &self,
        results: &[Result<'_>],
        points: &[Point],
        family: Family,
    ) -> Observations {
        let expectations = self.mean_function.expectations(&points.iter().collect::<Vec<_>>());
        let expected = expectations
            .as_deref()
            .zip(self.mean_function.scale())
            .map(|(expectations, scale)| Expected { expectations, scale });
        Observations::new(&outcomes(results), family, expected)
    }

    /// The points of results.
    pub(crate) fn places(&self, results: &[Result<'_>]) -> Vec<Point> {
        results.iter().map(|(_, entry, _)| self.axes.place(&entry.config)).collect()
    }

    /// The first results, at most `n`.
    fn results(&self, n: usize) -> Vec<Result<'a>> {
        let results: Vec<Result<'a>> = self.history.results().take(n).collect();
        if self.mean_function.scale().is_some() { results } else { self.thinned(results) }
    }

    /// Omits results that count as equal to the best and lie close to better ones of that kind,
    /// except a few: around the best point of a converged search there may be hundreds.
    fn thinned(&self, results: Vec<Result<'a>>) -> Vec<Result<'a>> {
        let losses: Vec<f64> = results.iter().filter_map(|(_, _, o)| o.mean()).collect();
        let floor = floor(&losses);
        let loss = |row: usize| results[row].2.mean().filter(|loss| *loss <= floor);
        let mut equal: Vec<(usize, f64)> =
            (0..results.len()).filter_map(|row| Some((row, loss(row)?))).collect();
        equal.sort_by(|a, b| a.1.total_cmp(&b.1));

        let mut kept: Vec<Point> = Vec::new();
        let mut left_out = vec![false; results.len()];
        for (row, _) in equal {
            let place = self.axes.place(&results[row].1.config);
            let is_close =
                kept.iter().any(|other| self.axes.distance(other, &place) < EQUAL_DISTANCE);
            if is_close && kept.len() >= N_EQUAL {
                left_out[row] = true;
            } else {
                kept.push(place);
            }
        }

        let rows = results.into_iter().zip(left_out);
        rows.filter(|(_, is_left_out)| !is_left_out).map(|(result, _)| result).collect()
    }

    /// The warp of all results.
    pub(crate) fn warp(&self, family: Family) -> Warp {
        let results = self.results(usize::MAX);
        self.targets(&results, &self.places(&results), family).warp
    }

    /// Conditions on the results in `data` and on pending trials.
    pub(crate) fn posterior(&self, theta: &Theta, data: &Dataset) -> Posterior<'_> {
        let mut pending: Vec<Point> =
            self.history.pending().map(|(_, entry)| self.axes.place(&entry.config)).collect();
        pending.drain(..pending.len().saturating_sub(PENDING));
        Posterior::new(&self.embedding, self.mean_function, theta, data, &pending)
    }
}

/// Results in the surrogate's form.
pub(crate) struct Known {
    /// Points and targets.
    pub(crate) data: Dataset,
    /// The number of the trial of each row.
    pub(crate) trials: Vec<usize>,
}

/// A trial's number, its point, and its outcome.
type Result<'a> = (usize, &'a Entry, &'a Outcome);

fn outcomes<'r>(results: &[Result<'r>]) -> Vec<&'r Outcome> {
    results.iter().map(|(_, _, outcome)| *outcome).collect()
}

/// What results tell about length scales, for learning hyperpriors from many problems.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct LengthScales {
    /// The kind of each axis.
    pub kinds: Vec<&'static str>,
    /// The most likely θ: ln length scales by axis, ln signal variance, ln noise variance.
    pub mode: Vec<f64>,
    /// The second derivatives there of −ln of the posterior's density under the wide prior.
    pub precision: Vec<Vec<f64>>,
}

impl LengthScales {
    /// Returns what the results of a request tell, without a learned prior mean.
    pub fn of(request: &Request<'_>) -> Self {
        let mean_function = MeanFunction::new(request.space, None);
        Surrogate::new(request, &mean_function, Capacity::default()).learn()
    }
}

/// What is learned from the first results and applies until the schedule's next entry.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fit {
    /// The kernel's parameters.
    pub(crate) theta: Theta,
    /// The family of warps with the highest likelihood.
    pub(crate) family: Family,
}

impl Fit {
    /// The stored form: θ, then 0 for a plain logarithm or 1 for a shifted one.
    fn values(&self) -> Vec<f64> {
        let family = f64::from(u8::from(self.family == Family::Shifted));
        self.theta.values().iter().copied().chain([family]).collect()
    }

    /// Whether stored values can come from a fit: the box of θ ends at 50 and 1e-8, well within
    /// this.
    pub(crate) fn is_sane(values: &[f64]) -> bool {
        const LARGEST: f64 = 50.0;
        values.iter().all(|value| value.abs() <= LARGEST)
    }

    /// Reads the stored form; `None` if it does not fit a space of `n_axes` axes.
    fn from_values(values: &[f64], n_axes: usize) -> Option<Self> {
        let (family, theta) = values.split_last()?;
        let is_sound = theta.len() == n_axes + 2 && Self::is_sane(values);
        let family = if *family == 0.0 { Family::Plain } else { Family::Shifted };
        is_sound.then(|| Self { theta: Theta::from_values(theta.to_vec()), family })
    }
}
