//! What matters: each parameter's share of the variance of the loss, which parameters act on one another, and where the
//! best values lie.
//!
//! A Gaussian process is fitted to all trials that are ok, whatever proposed them, and its mean is taken apart over the
//! space's own distribution (functional ANOVA: Sobol' 1993; Hutter, Hoos and Leyton-Brown 2014). Shares are of the
//! variance of the logarithm of the loss, shifted where losses are not all above 0; unlike in search, bad losses are not
//! cut off: how bad they are is what is asked for. Intervals hold nine in ten functions drawn from the model's
//! posterior: they say what the trials leave open, length scales taken as given.

mod design;
mod marginal;
mod paths;
mod shares;

use crate::error::{Error, ImportanceFault};
use crate::gp::Dataset;
use crate::gp::Posterior;
use crate::gp::fit;
use crate::prior::MeanFunction;
use crate::search::Request;
use crate::search::bayes::surrogate::Capacity;
use crate::search::bayes::surrogate::Surrogate;
use crate::search::bayes::surrogate::{Family, Warp};
use crate::seed::{Purpose, Streams};
use crate::space::{Domain, Value};
use crate::trial::{Entry, Outcome};
use design::{Design, Surface};
use marginal::{Marginal, levels, value};
use paths::{Functions, Parts, Paths};
use shares::{Values, interaction, main_effect, total};

/// Trials below which nothing is said.
const NEEDED: usize = 8;

/// Searched parameters up to which they are told apart: the cost grows with their square.
const MOST_PARAMETERS: usize = 512;

/// Results that θ is fitted to, and that predictions are made from, at most.
const FITTED: usize = 300;
const KNOWN: usize = 1000;

/// Functions drawn.
const N_DRAWS: usize = 50;

/// Evaluations that the marginals may cost, and bounds of the rows each is averaged over.
const BUDGET: usize = 8192;
const FEWEST: usize = 16;
const MOST: usize = 128;

/// Parameters among which pairs are sought, and pairs that are named.
const N_PAIRED: usize = 8;
const N_PAIRS: usize = 5;

/// Values of one parameter for which the best of the other is named.
const N_SHIFTS: usize = 3;

/// Sampled configurations in which a conditional parameter must be active to be judged.
const ACTIVE_NEEDED: usize = 8;

/// A share of the variance, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// The share of the model's mean.
    pub value: f64,
    /// The 5 % and 95 % quantiles over functions drawn from the model, widened to hold the value: the mean is smoother
    /// than functions drawn, and its share can lie outside of theirs.
    pub interval: (f64, f64),
}

impl Share {
    fn new(value: f64, (low, high): (f64, f64)) -> Self {
        Self { value, interval: (low.min(value), high.max(value)) }
    }
}

/// What one parameter does.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Its name.
    pub name: String,
    /// Its share alone.
    pub main: Share,
    /// Its share with all interactions it takes part in.
    pub total: Share,
    /// The probability that it is active; shares are among configurations where it is.
    pub active: f64,
    /// The value at which the loss is lowest on average over all others.
    pub best: Value,
    /// Where nine in ten functions drawn have it: of a range its ends, of categories those that are best now and then.
    pub best_among: Vec<Value>,
    /// Values in the order of the domain, and the typical loss there: that of the mean of the logarithms.
    pub marginal: Vec<(Value, f64)>,
}

/// How two parameters act on one another.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The parameter that is acted on: of the two, the one that matters more.
    pub name: String,
    /// The parameter that acts on it.
    pub by: String,
    /// The share of the interactions that hold both.
    pub share: Share,
    /// Values of `by`, and at each the best value of `name` with the loss there.
    pub shifts: Vec<(Value, Value, f64)>,
}

/// What matters in a study.
#[derive(Clone, Debug, PartialEq)]
pub struct Importance {
    /// Trials that it was learned from.
    pub n_trials: usize,
    /// The share of the losses' variance that the model predicts of trials left out one at a time; it can be below 0.
    pub fit: f64,
    /// What each searched parameter does, the greatest total share first; one that is hardly ever active is left out.
    pub effects: Vec<Effect>,
    /// The strongest pairs, the strongest first.
    pub pairs: Vec<Pair>,
}

/// Measures importance from the results of a history that are ok.
///
/// Cost: the fit of a proposal, and some 30 000 predictions.
///
/// # Errors
/// [`Error::Importance`] if the trials or the space do not allow it.
pub fn importance(request: &Request<'_>) -> Result<Importance, Error> {
    let fault = |fault| Err(Error::Importance(fault));
    let losses: Vec<f64> =
        request.history.results().filter_map(|(_, _, outcome)| outcome.mean()).collect();
    if request.space.axes().is_empty() {
        return fault(ImportanceFault::NothingToVary);
    }
    if request.space.axes().len() > MOST_PARAMETERS {
        let (found, at_most) = (request.space.axes().len(), MOST_PARAMETERS);
        return fault(ImportanceFault::TooManyParameters { found, at_most });
    }
    if losses.len() < NEEDED {
        return fault(ImportanceFault::TooFew { found: losses.len(), needed: NEEDED });
    }
    if losses.iter().all(|loss| *loss == losses[0]) {
        return fault(ImportanceFault::Constant { found: losses.len() });
    }
    let mean_function = MeanFunction::new(request.space);
    let model = Surrogate::new(request, &mean_function, Capacity::default());
    let (data, warp) = learned(&model, KNOWN);
    let (theta, _) = fit(
        &model.hyperprior,
        &model.embedding,
        model.mean_function,
        &learned(&model, FITTED).0,
        None,
    );
    let posterior = Posterior::new(&model.embedding, model.mean_function, &theta, &data, &[]);
    let parts = Parts {
        axes: &model.axes,
        embedding: &model.embedding,
        mean_function: model.mean_function,
        theta: &theta,
        data: &data,
        posterior: &posterior,
    };
    let mut rng = request.streams.rng(Purpose::Importance, 0);
    let surface = Surface {
        space: request.space,
        axes: &model.axes,
        paths: Paths::new(&parts, N_DRAWS, &mut rng),
    };
    let Some((effects, pairs)) = decompose(&surface, &warp, request.streams) else {
        return fault(ImportanceFault::TooNarrow);
    };
    Ok(Importance { n_trials: losses.len(), fit: left_out_fit(&posterior, &data), effects, pairs })
}

/// The results that are ok, at most `limit` of them evenly spread over their order, and how losses became targets.
fn learned(model: &Surrogate<'_>, limit: usize) -> (Dataset, Warp) {
    let ok: Vec<(usize, &Entry, &Outcome)> =
        model.history.results().filter(|(_, _, outcome)| outcome.mean().is_some()).collect();
    let loss = |i: usize| ok[i].2.mean().unwrap_or_default().clamp(-f64::MAX, f64::MAX);
    let places = model.places(&ok);
    let targets = model.targets(&ok, &places, Family::Plain);
    let n = ok.len().min(limit);
    let chosen: Vec<usize> = (0..n).map(|i| i * ok.len() / n).collect();
    let points = chosen.iter().map(|&i| places[i].clone()).collect();
    let values = chosen.iter().map(|&i| targets.warp.uncapped(loss(i))).collect();
    let noise = chosen.iter().map(|&i| targets.noise[i]).collect();
    (Dataset::new(&model.embedding, model.mean_function, points, values, noise), targets.warp)
}

/// Effects and pairs.
type Decomposition = (Vec<Effect>, Vec<Pair>);

/// Takes a surface apart; none if the constraints leave too little to compare.
fn decompose(surface: &Surface<'_>, warp: &Warp, streams: Streams) -> Option<Decomposition> {
    let design = Design::new(surface.space, streams)?;
    let analysis = Analysis {
        surface,
        warp,
        rows: surface.values(&design.rows, Functions::All),
        design: &design,
    };
    let n_axes = surface.space.axes().len();
    let crossed: Vec<Vec<Values>> =
        (0..n_axes).map(|axis| surface.values(&design.crossed(&[axis]), Functions::All)).collect();
    let mut effects: Vec<(usize, Effect)> = (0..n_axes)
        .filter_map(|axis| Some((axis, analysis.effect(axis, &crossed[axis])?)))
        .collect();
    effects.sort_by(|a, b| b.1.total.value.total_cmp(&a.1.total.value));
    let first: Vec<usize> = effects.iter().take(N_PAIRED).map(|(axis, _)| *axis).collect();
    let pairs = analysis.pairs(&first, &crossed);
    Some((effects.into_iter().map(|(_, effect)| effect).collect(), pairs))
}

/// A surface and the rows at which it is known.
struct Analysis<'a> {
    surface: &'a Surface<'a>,
    warp: &'a Warp,
    design: &'a Design,
    /// The functions at the design's rows.
    rows: Vec<Values>,
}

impl Analysis<'_> {
    fn effect(&self, axis: usize, crossed: &[Values]) -> Option<Effect> {
        let space = self.surface.space;
        let is_active =
            |row: &Vec<f64>| self.surface.place(row).is_some_and(|point| point.active[axis]);
        let active: Vec<bool> = self.design.rows.iter().map(is_active).collect();
        let n_active = active.iter().filter(|a| **a).count();
        if n_active < ACTIVE_NEEDED {
            return None;
        }
        let n_levels: usize = (0..space.axes().len()).map(|axis| levels(space, axis).len()).sum();
        let n_rows = (BUDGET / n_levels).clamp(FEWEST, MOST);
        let counted =
            self.design.rows.iter().zip(&active).filter(|(_, active)| **active).map(|(row, _)| row);
        let rows: Vec<Vec<f64>> = counted.take(n_rows).cloned().collect();
        let marginal = Marginal::new(self.surface, axis, &rows, Functions::All);
        let total = share(&total(&self.rows, crossed, &active));
        let main = share(&main_effect(&marginal.means, &self.rows, &active));
        Some(Effect {
            name: self.name(axis),
            // What is estimated from different rows can come out in the wrong order by a hair.
            main: Share::new(main.value.min(total.value), main.interval),
            total,
            active: n_active as f64 / active.len() as f64,
            best: marginal.values[marginal.best(0)?].clone(),
            best_among: self.best_among(axis, &marginal),
            marginal: marginal
                .values
                .iter()
                .cloned()
                .zip(marginal.means.iter().map(|m| self.warp.loss(m[0])))
                .collect(),
        })
    }

    /// Where the functions drawn have their best values.
    fn best_among(&self, axis: usize, marginal: &Marginal) -> Vec<Value> {
        let mut best: Vec<usize> = (1..=N_DRAWS).filter_map(|draw| marginal.best(draw)).collect();
        best.sort_unstable();
        let [low, high] =
            [0.05, 0.95].map(|p| best[(p * (best.len() - 1) as f64).round() as usize]);
        let domain = &self.surface.space.parameters()[self.surface.space.axes()[axis]].domain;
        if let Domain::Categorical(_) = domain {
            let n_best = |position: &usize| best.iter().filter(|b| *b == position).count();
            let often =
                (0..marginal.values.len()).filter(|position| 10 * n_best(position) >= N_DRAWS);
            return often.map(|position| marginal.values[position].clone()).collect();
        }
        [low, high].map(|position| marginal.values[position].clone()).to_vec()
    }

    /// The strongest pairs among `axes`, which come in falling order of importance.
    fn pairs(&self, axes: &[usize], crossed: &[Vec<Values>]) -> Vec<Pair> {
        let both = |a: usize, b: usize, functions| {
            self.surface.values(&self.design.crossed(&[a, b]), functions)
        };
        let shares = |a: usize, b: usize, functions| {
            interaction(&self.rows, &crossed[a], &crossed[b], &both(a, b, functions))
        };
        let mut found: Vec<(usize, usize, f64)> = Vec::new();
        for (position, &a) in axes.iter().enumerate() {
            found.extend(
                axes[position + 1..].iter().map(|&b| (a, b, shares(a, b, Functions::Mean)[0])),
            );
        }
        found.sort_by(|x, y| y.2.total_cmp(&x.2));
        let pair = |(a, b, _): (usize, usize, f64)| Pair {
            name: self.name(a),
            by: self.name(b),
            share: share(&shares(a, b, Functions::All)),
            shifts: self.shifts(a, b),
        };
        found.into_iter().take(N_PAIRS).map(pair).collect()
    }

    /// The best values of axis `a` at some values of axis `b`; those at which `a` is inactive are left out.
    fn shifts(&self, a: usize, b: usize) -> Vec<(Value, Value, f64)> {
        let space = self.surface.space;
        let all = levels(space, b);
        let n = N_SHIFTS.min(all.len());
        let chosen = (0..n).map(|i| all[i * (all.len() - 1) / (n - 1).max(1)]);
        let at = |level: f64| {
            let fixed = |row: &Vec<f64>| {
                let mut row = row.clone();
                row[b] = level;
                let is_active =
                    |axis: usize| self.surface.place(&row).is_some_and(|point| point.active[axis]);
                (is_active(a) && is_active(b)).then_some(row)
            };
            let rows: Vec<Vec<f64>> =
                self.design.rows.iter().filter_map(fixed).take(FEWEST * 2).collect();
            let marginal = Marginal::new(self.surface, a, &rows, Functions::Mean);
            let best = marginal.best(0)?;
            Some((
                value(space, b, level),
                marginal.values[best].clone(),
                self.warp.loss(marginal.means[best][0]),
            ))
        };
        chosen.filter_map(at).collect()
    }

    fn name(&self, axis: usize) -> String {
        let space = self.surface.space;
        space.parameters()[space.axes()[axis]].name.clone()
    }
}

/// The share of the mean, with the interval of the draws.
fn share(of_functions: &[f64]) -> Share {
    let mut draws = of_functions[1..].to_vec();
    draws.sort_by(f64::total_cmp);
    let quantile = |p: f64| draws[(p * (draws.len() - 1) as f64).round() as usize];
    Share::new(of_functions[0], (quantile(0.05), quantile(0.95)))
}

/// One minus the mean squared error of predictions that leave out the trial they are of, over the variance of the
/// targets (Rasmussen and Williams 2006, equation 5.12).
fn left_out_fit(posterior: &Posterior<'_>, data: &Dataset) -> f64 {
    let n = data.len();
    let mut unit = vec![0.0; n];
    let mut squares = 0.0;
    for i in 0..n {
        unit.fill(0.0);
        unit[i] = 1.0;
        posterior.solve(&mut unit);
        let error = posterior.alpha()[i] / unit[i];
        squares += error * error;
    }
    let mean = data.targets.iter().sum::<f64>() / n as f64;
    1.0 - squares / data.targets.iter().map(|z| (z - mean) * (z - mean)).sum::<f64>()
}

#[cfg(test)]
mod tests;
