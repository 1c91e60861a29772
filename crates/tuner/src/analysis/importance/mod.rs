//! Parameter importance: each parameter's share of the variance of the loss, interactions, and
//! where the best values lie.
//!
//! A Gaussian process is fitted to all ended trials, whatever proposed them, and its mean is
//! decomposed over the space's own distribution (functional ANOVA: Sobol' 1993; Hutter, Hoos and
//! Leyton-Brown 2014). Shares are of the variance of the logarithm of the loss, shifted if that
//! predicts left-out trials better. Unlike in search, bad losses are not capped, since how bad they
//! are matters here. A trial without a loss counts as the worst. Intervals contain nine in ten
//! functions drawn from the posterior: they express the uncertainty that the trials leave, for
//! fixed length scales.
//!
//! The best value of a parameter is computed with the others as in the best trials (`profile`).
//! Over all settings of the others, most of which are bad, an average would show where bad trials
//! are least bad.

mod design;
mod marginal;
mod paths;
mod profile;
mod shares;
pub mod slices;

use crate::cast;
use crate::error::{Error, ImportanceFault};
use crate::gp::{Dataset, Posterior, Theta, fit};
use crate::prior::{MeanFunction, PriorMean};
use crate::search::Request;
use crate::search::bayes::surrogate::{Capacity, Family, Surrogate, Warp};
use crate::seed::{Purpose, Streams};
use crate::space::Point;
use crate::trial::{Entry, Outcome};
use crate::view::{Effect, Importance, ImportanceScale, Level, Pair, Share, Shift};
use design::{Design, Surface};
use marginal::{Marginal, levels, value};
use paths::{Functions, Parts, Paths};
use profile::{BestTrials, Profile};
use shares::{Values, interaction, main_effect, total, variances};

/// With fewer trials importance is not measured.
const NEEDED: usize = 8;

/// The most searched parameters; the cost grows with their square.
const MOST_PARAMETERS: usize = 512;

/// The most results that θ is fitted to, and that predictions use.
const FITTED: usize = 300;
const KNOWN: usize = 1000;

/// Results closer than this coordinate difference count as crowded.
const CROWDED: f64 = 0.05;

/// Number of functions drawn.
const N_DRAWS: usize = 50;

/// The most evaluations of the marginals, and limits of the rows that each averages.
const BUDGET: usize = 8192;
const FEWEST: usize = 16;
const MOST: usize = 128;

/// Number of parameters among which pairs are searched, and of pairs named.
const N_PAIRED: usize = 8;
const N_PAIRS: usize = 5;

/// Number of values of one parameter for which the best of the other is named.
const N_SHIFTS: usize = 3;

/// Number of sampled configurations in which a conditional parameter must be active to be judged.
const ACTIVE_NEEDED: usize = 8;

/// Measures importance from the results of a history that are ok; `prior_mean` is what the study's
/// search expected.
///
/// Cost: the fit of a proposal, and some 30 000 predictions.
///
/// # Errors
/// [`Error::Importance`] if the trials or the space do not allow it.
pub fn importance(
    request: &Request<'_>,
    prior_mean: Option<&PriorMean>,
) -> Result<Importance, Error> {
    let n_with_loss = check(request)?;
    let mean_function = MeanFunction::new(request.space, prior_mean);
    let model = Surrogate::new(request, &mean_function, Capacity::default());
    let (family, theta) = best_predicting(&model);
    let Learned { data, warp } = learned(&model, family, KNOWN, Crowds::Once);
    let posterior = Posterior::new(&model.embedding, model.mean_function, &theta, &data, &[]);

    let parts = Parts {
        axes: &model.axes,
        embedding: &model.embedding,
        mean_function: model.mean_function,
        theta: &theta,
        data: &data,
        posterior: &posterior,
    };

    // A stream of its own, so that the same study has the same importance.
    let mut rng = request.streams.rng(Purpose::Importance, 0);
    let surface = Surface {
        space: request.space,
        axes: &model.axes,
        paths: Paths::new(&parts, N_DRAWS, &mut rng),
    };

    let best = BestTrials::new(&surface, &model);
    let Some((effects, pairs)) = decompose(&surface, &best, &warp, request.streams) else {
        return Err(Error::Importance(ImportanceFault::TooNarrow));
    };

    Ok(Importance {
        n_trials: request.history.seen().len(),
        n_without_loss: request.history.seen().len() - n_with_loss,
        // Losses that are not all positive are shifted under each family.
        scale: match warp.shift() {
            0.0 => ImportanceScale::Log,
            _ => ImportanceScale::ShiftedLog,
        },
        shift: warp.shift(),
        fit: left_out_fit(&posterior, &data),
        winner: best.winner as u64,
        effects,
        pairs,
    })
}

/// Returns the number of results with a loss, if they and the space allow importance to be
/// measured.
fn check(request: &Request<'_>) -> Result<usize, Error> {
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
    // Without variance there is nothing to share out.
    if losses.iter().all(|loss| *loss == losses[0]) {
        return fault(ImportanceFault::Constant { found: losses.len() });
    }

    Ok(losses.len())
}

/// Returns the family of warps under which the surrogate predicts left-out trials best, and θ under
/// it.
///
/// The criterion of search, the highest likelihood, does not work here: one loss next to 0 would
/// outweigh all others, since a logarithm that turns it into a spike gives it a density without
/// bound.
fn best_predicting(model: &Surrogate<'_>) -> (Family, Theta) {
    let fitted = |family| {
        let Learned { data, .. } = learned(model, family, FITTED, Crowds::Once);
        let (theta, _) = fit(&model.hyperprior, &model.embedding, model.mean_function, &data, None);
        let posterior = Posterior::new(&model.embedding, model.mean_function, &theta, &data, &[]);
        (family, left_out_fit(&posterior, &data), theta)
    };

    // By what trials that are left out say: a fit to all would favour the most flexible family.
    let (family, _, theta) = [Family::Shifted, Family::Plain, Family::Wide]
        .map(fitted)
        .into_iter()
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .expect("there are families");

    (family, theta)
}

/// The data that the surrogate for importance learns from.
struct Learned {
    data: Dataset,
    /// The warp from losses to targets.
    warp: Warp,
}

/// How crowded results count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Crowds {
    /// Only the first of them: a search leaves most of its trials around the best, and they
    /// contribute nothing about the space as a whole.
    Once,
    /// All of them.
    All,
}

/// Returns the results, at most `limit` of them evenly spread over their order, as targets without
/// a cap.
fn learned(model: &Surrogate<'_>, family: Family, limit: usize, crowds: Crowds) -> Learned {
    let all: Vec<(usize, &Entry, &Outcome)> = model.history.results().collect();
    let places = model.places(&all);
    let observed = model.targets(&all, &places, family);
    let target = |i: usize| {
        let loss = observed.loss(i)?;
        Some(observed.warp.uncapped(loss.clamp(-f64::MAX, f64::MAX)))
    };

    // Trials without a loss count as the worst one: without them their regions would look
    // unexplored.
    let worst = (0..all.len()).filter_map(target).fold(f64::NEG_INFINITY, f64::max);

    let apart = match crowds {
        Crowds::Once => apart(model, &places),
        Crowds::All => (0..places.len()).collect(),
    };

    let n = apart.len().min(limit);
    // Evenly over all results, so that a limit does not favour early or late ones.
    let chosen: Vec<usize> = (0..n).map(|i| apart[i * apart.len() / n]).collect();
    let points = chosen.iter().map(|&i| places[i].clone()).collect();
    let mut values: Vec<f64> = chosen.iter().map(|&i| target(i).unwrap_or(worst)).collect();
    let mut noise: Vec<f64> = chosen.iter().map(|&i| observed.noise[i]).collect();

    // Without a cap, targets of a search that has converged spread over thousands of the standard
    // deviations that the warp knows, which no prior of the signal expects. A learned prior mean
    // states the scale.
    let mut warp = observed.warp.clone();
    if model.mean_function.learned().is_none() {
        let sd = warp.spread_over(&mut values);
        for variance in &mut noise {
            *variance /= sd * sd;
        }
    }
    let data = Dataset::new(&model.embedding, model.mean_function, points, values, noise);
    Learned { data, warp }
}

/// Returns the positions of points that are apart from all earlier ones that were kept; returns all
/// if too few remain.
fn apart(model: &Surrogate<'_>, places: &[Point]) -> Vec<usize> {
    let mut kept: Vec<usize> = Vec::new();
    for (position, place) in places.iter().enumerate() {
        let is_near = |&other: &usize| model.axes.distance(&places[other], place) < CROWDED;
        if !kept.iter().any(is_near) {
            kept.push(position);
        }
    }
    if kept.len() >= NEEDED { kept } else { (0..places.len()).collect() }
}

/// Main and total effects, and pairs.
type Decomposition = (Vec<Effect>, Vec<Pair>);

/// Decomposes a surface; returns `None` if the constraints leave too little to compare.
fn decompose(
    surface: &Surface<'_>,
    best: &BestTrials,
    warp: &Warp,
    streams: Streams,
) -> Option<Decomposition> {
    let design = Design::new(surface.space, streams)?;
    let analysis = Analysis {
        surface,
        best,
        warp,
        rows: surface.values(&design.rows, Functions::All),
        design: &design,
    };

    let n_axes = surface.space.axes().len();
    // Once for each axis: its total effect and all its interactions use the same rows.
    let crossed: Vec<Vec<Values>> =
        (0..n_axes).map(|axis| surface.values(&design.crossed(&[axis]), Functions::All)).collect();
    let mut effects: Vec<(usize, Effect)> = (0..n_axes)
        .filter_map(|axis| Some((axis, analysis.effect(axis, &crossed[axis])?)))
        .collect();

    effects.sort_by(|a, b| b.1.total.value.total_cmp(&a.1.total.value));
    // Only among the most important axes: pairs grow with the square of their number.
    let first: Vec<usize> = effects.iter().take(N_PAIRED).map(|(axis, _)| *axis).collect();
    let pairs = analysis.pairs(&first, &crossed);
    Some((effects.into_iter().map(|(_, effect)| effect).collect(), pairs))
}

/// A surface and the rows at which it is evaluated.
struct Analysis<'a> {
    surface: &'a Surface<'a>,
    best: &'a BestTrials,
    warp: &'a Warp,
    design: &'a Design,
    /// The values of the functions at the design's rows.
    rows: Vec<Values>,
}

impl Analysis<'_> {
    fn effect(&self, axis: usize, crossed: &[Values]) -> Option<Effect> {
        let space = self.surface.space;
        let is_active =
            |row: &Vec<f64>| self.surface.place(row).is_some_and(|point| point.active[axis]);
        let active: Vec<bool> = self.design.rows.iter().map(is_active).collect();

        // The crossed rows are draws from the space, too, and double the sample for the variances.
        let variances =
            variances([(self.rows.as_slice(), active.as_slice()), (crossed, active.as_slice())]);

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
        let total = share(&total(&self.rows, crossed, &active, &variances));
        let main = share(&main_effect(&marginal.halves, &variances));
        let profile = Profile::new(self.surface, self.best, axis)?;

        Some(Effect {
            name: self.name(axis),
            // Estimates from different rows can be slightly out of order.
            main: Share::new(main.value.min(total.value), (main.low, main.high)),
            total,
            active: n_active as f64 / active.len() as f64,
            at_end: profile.end(self.surface, self.best),
            best: profile.best,
            best_among: profile.best_among,
            winner: self.best.value(axis),
            marginal: marginal
                .values
                .into_iter()
                .zip(&marginal.means)
                .map(|(value, means)| Level { value, loss: self.warp.loss(means[0]) })
                .collect(),
        })
    }

    /// Returns the strongest pairs among `axes`, which are sorted by falling importance.
    fn pairs(&self, axes: &[usize], crossed: &[Vec<Values>]) -> Vec<Pair> {
        let both = |a: usize, b: usize, functions| {
            self.surface.values(&self.design.crossed(&[a, b]), functions)
        };
        let shares = |a: usize, b: usize, functions| {
            interaction(&self.rows, &crossed[a], &crossed[b], &both(a, b, functions))
        };

        // Ranked by the mean function alone; all draws are computed only for the pairs that are
        // shown.
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

    /// Returns the best values of axis `a` at some values of axis `b`, without those at which `a`
    /// is inactive.
    fn shifts(&self, a: usize, b: usize) -> Vec<Shift> {
        let space = self.surface.space;
        let all = levels(space, b);
        let n = N_SHIFTS.min(all.len());
        let chosen = (0..n).map(|i| all[i * (all.len() - 1) / (n - 1).max(1)]);

        // Only rows in which both parameters are active say how one depends on the other.
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
            Some(Shift {
                by: value(space, b, level),
                best: marginal.values[best].clone(),
                loss: self.warp.loss(marginal.means[best][0]),
            })
        };

        chosen.filter_map(at).collect()
    }

    fn name(&self, axis: usize) -> String {
        let space = self.surface.space;
        space.parameters()[space.axes()[axis]].name.clone()
    }
}

/// Returns the share of the mean, with the interval of the draws.
fn share(of_functions: &[f64]) -> Share {
    let mut draws = of_functions[1..].to_vec();
    draws.sort_by(f64::total_cmp);
    let quantile = |p: f64| draws[cast::floor((p * (draws.len() - 1) as f64).round())];
    Share::new(of_functions[0], (quantile(0.05), quantile(0.95)))
}

/// Returns one minus the mean squared error of leave-one-out predictions over the variance of the
/// targets (Rasmussen and Williams 2006, equation 5.12): the cross-validated R².
fn left_out_fit(posterior: &Posterior<'_>, data: &Dataset) -> f64 {
    let n = data.len();
    let mut unit = vec![0.0; n];
    let mut squares = 0.0;

    // The leave-one-out residual is α_i / (K⁻¹)_ii (Rasmussen and Williams 2006, equation 5.12).
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
