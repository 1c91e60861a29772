//! Why a trial was proposed: what the model predicted there, and from what.

use crate::gp::FeatureMatrix;
use crate::gp::{Posterior, Prediction};
use crate::prior::MeanFunction;
use crate::search::Request;
use crate::search::bayes::acquisition::{Acquisition, DEVIATIONS};
use crate::search::bayes::boundary::BoundaryPenalty;
use crate::search::bayes::shrinkage::shrunk;
use crate::search::bayes::surrogate::Capacity;
use crate::search::bayes::surrogate::Surrogate;
use crate::search::bayes::surrogate::Warp;
use crate::space::Config;
use crate::stats::cdf_between;
use std::cmp::Ordering;

/// Trials named as nearest.
const N_NEAREST: usize = 5;

/// Results of lowest loss among which the incumbent is sought.
const N_LOWEST: usize = 20;

/// What the model predicted of a configuration before it was tried. Losses are inner ones, to be minimised.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// The predicted median loss.
    pub loss: f64,
    /// The losses one standard deviation below and above it, noise aside.
    pub band: (f64, f64),
    /// The lower confidence bound of the loss: what was hoped for.
    pub bound: f64,
    /// Standard deviations that the bound lies below the mean.
    pub deviations: f64,
    /// Whether the trial was to improve on the incumbent, and not to go where the bound is best.
    pub improves: bool,
    /// The acquisition, which the search maximises: the bound negated, or the logarithm of the improvement on the incumbent
    /// that is expected beside noise, less `corner_cost`; losses in standard deviations, as the model sees them.
    pub acquisition: f64,
    /// What the place costs for lying far from the middle of the space; 0 without experience.
    pub corner_cost: f64,
    /// The trial that the model held to be the best known, and the loss it believed of it: what is lower was luck.
    pub incumbent: (usize, f64),
    /// The probability of a loss below the incumbent's, noise aside.
    pub chance: f64,
    /// Each searched parameter and its length scale, as a share of its range: the shorter, the more the loss depends on
    /// it. Beyond 1 it hardly does.
    pub length_scales: Vec<(String, f64)>,
    /// The trials whose results were known that are nearest, with their distances in length scales, nearest first.
    pub nearest: Vec<(usize, f64)>,
    /// What experience had to do with it; none without.
    pub experienced: Option<Experienced>,
    /// How far the loss that came lies above the prediction, in standard deviations of it with noise; none if no loss
    /// came.
    pub surprise: Option<f64>,
}

/// What experience had to do with a prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Experienced {
    /// The loss that it expects by itself, on the level that the results show; the model's prediction departs from it by
    /// what results nearby say.
    pub loss: f64,
    /// How far the results bear it out: the factor of its heights and valleys, 1 before any, and its standard deviation.
    pub trust: (f64, f64),
}

/// Explains the proposal of `config`, a configuration of the space, for the `request` that led to it; `came` is the
/// loss that it has had since. None if the model knew no loss.
pub fn explain(request: &Request<'_>, config: &Config, came: Option<f64>) -> Option<Forecast> {
    if !request.history.results().any(|(_, _, outcome)| outcome.mean().is_some()) {
        return None;
    }
    let mean_function = MeanFunction::new(request.space);
    let model = Surrogate::new(request, &mean_function, Capacity::default());
    let (fit, _) = model.fit(request.fitted);
    let data = model.known(&fit);
    let theta = shrunk(&fit.theta, request.history.len());
    let posterior = model.posterior(&theta, &data);
    let place = posterior.predict(vec![model.axes.place(config)]).swap_remove(0);
    let prediction = place.prediction;
    let corner_cost =
        BoundaryPenalty::new(&model.axes, &mean_function, request.history.len()).cost(&place.point);
    let (best, believed) = incumbent(&model, &posterior);
    let noise = theta.noise() + data.mean_noise();
    let criterion =
        Acquisition::of_turn(request.history.len(), posterior.is_experienced(), believed, noise);
    let warp = model.warp(fit.family);
    // Below the lowest known losses the curve goes on straight: where none is negative, none is believed to be.
    let mut means = request.history.results().filter_map(|(_, _, outcome)| outcome.mean());
    let least = if means.all(|mean| mean >= 0.0) { 0.0 } else { f64::NEG_INFINITY };
    let loss_of = |target: f64| warp.loss(target).max(least);
    let loss = |deviations: f64| loss_of(prediction.mean + deviations * prediction.sd);
    let parameters = request
        .space
        .axes()
        .iter()
        .map(|&position| request.space.parameters()[position].name.clone());
    Some(Forecast {
        loss: loss(0.0),
        band: (loss(-1.0), loss(1.0)),
        bound: loss(-DEVIATIONS),
        deviations: DEVIATIONS,
        improves: matches!(criterion, Acquisition::Improvement { .. }),
        acquisition: criterion.rate(prediction).value - corner_cost,
        corner_cost,
        incumbent: (best, loss_of(believed)),
        chance: cdf_between(f64::NEG_INFINITY, (believed - prediction.mean) / prediction.sd),
        length_scales: parameters.zip(theta.weights().iter().map(|w| 1.0 / w.sqrt())).collect(),
        nearest: nearest(&model, &theta.weights(), config),
        experienced: experienced(&model, &posterior, &loss_of, config),
        surprise: came.map(|loss| surprise(prediction, loss, &warp, noise)),
    })
}

/// The part of experience in the prediction of a configuration.
fn experienced(
    model: &Surrogate<'_>,
    posterior: &Posterior<'_>,
    loss_of: &impl Fn(f64) -> f64,
    config: &Config,
) -> Option<Experienced> {
    let expectation = model.mean_function.expectation()?;
    let height = model.mean_function.heights(&[&model.axes.place(config)])?[0];
    let (level, trust) = (posterior.coefficient(0).0, posterior.coefficient(expectation));
    Some(Experienced { loss: loss_of(level + trust.0 * height), trust })
}

/// Of the results of lowest loss, the number of the one whose predicted mean is lowest, and that mean.
fn incumbent(model: &Surrogate<'_>, posterior: &Posterior<'_>) -> (usize, f64) {
    let mut lowest: Vec<_> =
        model.history.results().filter(|(_, _, outcome)| outcome.mean().is_some()).collect();
    lowest.sort_by(|a, b| a.2.mean().partial_cmp(&b.2.mean()).unwrap_or(Ordering::Equal));
    lowest.truncate(N_LOWEST);
    let places = posterior
        .predict(lowest.iter().map(|(_, entry, _)| model.axes.place(&entry.config)).collect());
    let believed =
        lowest.iter().zip(places).map(|((number, ..), place)| (*number, place.prediction.mean));
    believed.min_by(|a, b| a.1.total_cmp(&b.1)).expect("the caller has seen a loss")
}

/// The deviation of a loss from its prediction, in standard deviations of the latent function and the noise of a trial,
/// whose variance is `noise`.
fn surprise(prediction: Prediction, loss: f64, warp: &Warp, noise: f64) -> f64 {
    let variance = prediction.sd * prediction.sd + noise;
    (warp.uncapped(loss) - prediction.mean) / variance.sqrt()
}

/// The known trials nearest to a configuration by the kernel's own distance.
fn nearest(model: &Surrogate<'_>, weights: &[f64], config: &Config) -> Vec<(usize, f64)> {
    let points: Vec<_> =
        model.history.results().map(|(_, entry, _)| model.axes.place(&entry.config)).collect();
    let known = FeatureMatrix::new(&model.embedding, points.iter());
    let mut features = vec![0.0; model.embedding.n_features()];
    model.embedding.embed(&model.axes.place(config), &mut features);
    let mut distances = vec![0.0; points.len()];
    known.distances(&model.embedding, weights, &features, 0, &mut distances);
    let mut nearest: Vec<(usize, f64)> =
        model.history.seen().iter().copied().zip(distances.iter().map(|q| q.sqrt())).collect();
    nearest.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    nearest.truncate(N_NEAREST);
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Streams;
    use crate::space::{Domain, Parameter, Scale, Space, Value};
    use crate::trial::{History, Origin, Outcome, State};
    use std::sync::Arc;

    fn config(a: f64) -> Config {
        Config::new(vec![Some(Value::Float(a)), Some(Value::Float(0.5))])
    }

    #[test]
    fn a_forecast_is_in_the_units_of_the_loss_and_names_the_nearest_trials() {
        let range = || Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        let space =
            Space::new(vec![Parameter::new("a", range()), Parameter::new("b", range())], &[])
                .unwrap();
        let mut history = History::new();
        for number in 0..9 {
            let a = f64::from(number) / 8.0;
            history.push(Arc::new(config(a)), Origin::Random);
            history.reveal(
                number as usize,
                Outcome { state: State::Ok, losses: [0.1 + (a - 0.4) * (a - 0.4)].into() },
            );
        }
        let request =
            Request { space: &space, history: &history, streams: Streams::new(0), fitted: &[] };
        let of = |a: f64, came: Option<f64>| explain(&request, &config(a), came).unwrap();
        let forecast = of(0.45, None);
        let (low, high) = forecast.band;
        assert!(
            (forecast.loss - 0.1025).abs() < 0.01 && low < forecast.loss && forecast.loss < high,
            "{forecast:?}"
        );
        assert!(forecast.bound < low && forecast.surprise.is_none() && forecast.corner_cost == 0.0);
        assert_eq!(forecast.nearest.iter().map(|n| n.0).collect::<Vec<_>>(), [4, 3, 5, 2, 6]);
        assert_eq!(forecast.length_scales.len(), 2);
        assert!(
            forecast.incumbent.0 == 3 && (forecast.incumbent.1 - 0.1006).abs() < 0.005,
            "{forecast:?}"
        );
        assert!(forecast.chance > of(0.9, None).chance && (0.0..=1.0).contains(&forecast.chance));
        let surprise = |came| of(0.45, Some(came)).surprise.unwrap();
        assert!(
            surprise(forecast.loss).abs() < 1e-9 && surprise(0.3) > 2.0 && surprise(0.05) < -2.0
        );
        let empty = Request { history: &History::new(), ..request };
        assert_eq!(explain(&empty, &config(0.3), None), None);
    }
}
