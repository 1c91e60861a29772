//! Explains a proposal: makes its decision again, and predicts its result.

use super::acquisition::Acquisition;
use super::decision::{Decision, PassedOver as Reason, Situation, decide};
use super::predictive::Predictive;
use super::surrogate::{Surrogate, Warp};
use crate::gp::{FeatureMatrix, Place, Posterior, Prediction};
use crate::search::Request;
use crate::space::{Config, Point};
use crate::view::{
    Candidate, Choice, Criterion, Explored, Forecast, Incumbent, LearnedMean, Neighbour, PassedOver,
};

/// Number of nearest trials named.
const N_NEAREST: usize = 5;

/// Standard deviations of a normal distribution between which its central 95 % lie.
const DEVIATIONS_95: f64 = 1.959_963_984_540_054;

/// Number of skipped configurations named.
const N_PASSED_OVER: usize = 5;

/// Explains the proposal of `config`, a configuration of the space, for the `request` that led to
/// it; `observed` is its loss, if known by now. Losses are internal ones. Returns `None` if the
/// surrogate knew no loss.
pub(super) fn explain(
    surrogate: &Surrogate<'_>,
    request: &Request<'_>,
    config: &Config,
    observed: Option<f64>,
) -> Option<Forecast> {
    if !request.history.results().any(|(_, _, outcome)| outcome.mean().is_some()) {
        return None;
    }

    let (fit, _) = surrogate.fit(request.fitted);
    let known = surrogate.known(&fit);
    let situation = Situation::new(surrogate, request, &known, &fit);
    let losses = Losses::new(surrogate.warp(fit.family), request);
    let incumbent = situation.incumbent?;

    let place = surrogate.axes.place(config);
    let best = surrogate.axes.place(&request.history.entries()[incumbent.trial].config);
    let told = surrogate.posterior(&Predictive::theta(&fit.theta), &known.data);
    let [there, at_best] = [&place, &best].map(|point| predict(&told, point).prediction);
    let (latent, result) = (Predictive::new(there, 0.0), Predictive::new(there, situation.noise));
    let of_result = |deviations| losses.of_target(result.at(deviations));

    // The length scales that the proposal saw, in its turn.
    let theta = situation.turn.theta(&fit.theta);
    let lengths = theta.weights().into_iter().map(|weight| 1.0 / weight.sqrt());
    let parameters = request.space.axes().iter().map(|&p| &request.space.parameters()[p].name);
    let length_scales =
        parameters.clone().zip(lengths).map(|(name, length)| (name.clone(), length));
    let centre = situation.turn.theta(&surrogate.hyperprior.centre());
    let lengths = centre.weights().into_iter().map(|weight| 1.0 / weight.sqrt());
    let prior_length_scales = parameters.zip(lengths).map(|(name, length)| (name.clone(), length));

    let proposed = predict(&situation.posterior, &place);
    Some(Forecast {
        loss: of_result(0.0),
        low: of_result(-1.0),
        high: of_result(1.0),
        low_95: of_result(-DEVIATIONS_95),
        high_95: of_result(DEVIATIONS_95),
        choice: choice(&situation, request, config, &losses),
        incumbent: Incumbent {
            trial: incumbent.trial as u64,
            loss: losses.of_target(incumbent.mean),
        },
        probability_of_improvement: latent.probability_below(at_best.mean),
        boundary_penalty: situation.boundary().cost(&place),
        prior_mean: learned_mean(surrogate, &situation.posterior, &losses, &proposed),
        length_factor: situation.turn.length_factor(),
        length_scales: length_scales.collect(),
        prior_length_scales: prior_length_scales.collect(),
        nearest: nearest(surrogate, &theta.weights(), &proposed),
        standardized_residual: observed.map(|loss| result.deviations(losses.target(loss))),
    })
}

fn predict(posterior: &Posterior<'_>, point: &Point) -> Place {
    posterior.predict(vec![point.clone()]).swap_remove(0)
}

/// Converts the surrogate's targets back to losses.
pub(super) struct Losses {
    warp: Warp,
    /// No loss is reported below this.
    least: f64,
}

impl Losses {
    /// Below the lowest known losses the warp is extrapolated linearly; if no known loss is
    /// negative, none is predicted to be.
    pub(super) fn new(warp: Warp, request: &Request<'_>) -> Self {
        let mut means = request.history.results().filter_map(|(_, _, outcome)| outcome.mean());
        let least = if means.all(|mean| mean >= 0.0) { 0.0 } else { f64::NEG_INFINITY };
        Self { warp, least }
    }

    /// The loss of a target.
    pub(super) fn of_target(&self, target: f64) -> f64 {
        self.warp.loss(target).max(self.least)
    }

    /// Returns the loss this many standard deviations above a prediction's mean.
    fn at(&self, prediction: Prediction, deviations: f64) -> f64 {
        self.of_target(prediction.mean + deviations * prediction.sd)
    }

    fn target(&self, loss: f64) -> f64 {
        self.warp.uncapped(loss)
    }
}

/// Makes the decision again, and reports how it was made if the outcome is the same.
fn choice(
    situation: &Situation<'_>,
    request: &Request<'_>,
    config: &Config,
    losses: &Losses,
) -> Choice {
    match decide(situation, request) {
        None => Choice::Draw,
        Some(decision) if decision.config == *config => acquisition(&decision, request, losses),
        Some(_) => Choice::OtherVersion,
    }
}

fn acquisition(decision: &Decision, request: &Request<'_>, losses: &Losses) -> Choice {
    let criterion = match decision.acquisition {
        Acquisition::Bound { deviations } => Criterion::LowerConfidenceBound {
            deviations,
            bound: losses.at(decision.place.prediction, -deviations),
        },
        Acquisition::Improvement { noise, .. } => {
            Criterion::LogAugmentedExpectedImprovement { noise }
        }
    };

    let widened_from = match (decision.first_acquisition, decision.acquisition) {
        (Acquisition::Bound { deviations: first }, Acquisition::Bound { deviations })
            if first < deviations =>
        {
            Some(first)
        }
        _ => None,
    };

    // Ascents from several starts often end at one point: each reason is reported once.
    let mut passed_over: Vec<PassedOver> = Vec::new();
    for (place, config, reason) in &decision.passed_over {
        let (reason, trial) = match reason {
            Reason::Repeats(trial) => ("repeats", Some(*trial as u64)),
            Reason::NotAdmitted => ("not_admitted", None),
            Reason::Known => ("known", None),
        };
        let params: Vec<_> =
            request.space.named(config).map(|(name, v)| (name.to_owned(), v.clone())).collect();
        let is_told = passed_over.iter().any(|told| {
            (trial.is_some() && told.trial == trial) || told.candidate.params == params
        });
        if !is_told && passed_over.len() < N_PASSED_OVER {
            let loss = losses.at(place.prediction, 0.0);
            passed_over.push(PassedOver { candidate: Candidate { params, loss }, reason, trial });
        }
    }

    let explored = decision.branch.and_then(|branch| {
        let position = request.space.axes()[branch.axis];
        let parameter = request.space.parameters()[position].name.clone();
        Some(Explored { parameter, value: decision.config.get(position)?.clone() })
    });

    Choice::Acquisition { criterion, value: decision.value, explored, widened_from, passed_over }
}

/// Returns the part of the learned prior mean in a prediction.
fn learned_mean(
    surrogate: &Surrogate<'_>,
    posterior: &Posterior<'_>,
    losses: &Losses,
    place: &Place,
) -> Option<LearnedMean> {
    let position = surrogate.mean_function.learned()?;
    let value = surrogate.mean_function.expectations(&[&place.point])?[0];
    let (level, _) = posterior.coefficient(0);
    let (coefficient, coefficient_sd) = posterior.coefficient(position);
    let loss = losses.of_target(level + coefficient * value);
    Some(LearnedMean { loss, coefficient, coefficient_sd })
}

/// Returns the known trials nearest to a point by the kernel's distance.
fn nearest(surrogate: &Surrogate<'_>, weights: &[f64], place: &Place) -> Vec<Neighbour> {
    let results: Vec<_> = surrogate.history.results().collect();
    let points: Vec<_> =
        results.iter().map(|(_, entry, _)| surrogate.axes.place(&entry.config)).collect();
    let known = FeatureMatrix::new(&surrogate.embedding, points.iter());
    let mut features = vec![0.0; surrogate.embedding.n_features()];
    surrogate.embedding.embed(&place.point, &mut features);
    let mut squares = vec![0.0; points.len()];
    known.distances(&surrogate.embedding, weights, &features, 0, &mut squares);

    let mut nearest: Vec<Neighbour> = results
        .iter()
        .zip(squares)
        .map(|((trial, ..), q)| Neighbour { trial: *trial as u64, distance: q.sqrt() })
        .collect();

    nearest.sort_by(|a, b| a.distance.total_cmp(&b.distance).then(a.trial.cmp(&b.trial)));
    nearest.truncate(N_NEAREST);
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::bayes::Bayes;
    use crate::search::{Sampler, Setup};
    use crate::seed::Streams;
    use crate::space::{Domain, Parameter, Scale, Space, Value};
    use crate::trial::{History, Origin, Outcome, State};
    use crate::view::Reasoning;
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
                Outcome {
                    state: State::Ok,
                    losses: [0.1 + (a - 0.4) * (a - 0.4)].into(),
                    predicted: None,
                },
            );
        }
        let request =
            Request { space: &space, history: &history, streams: Streams::new(0), fitted: &[] };
        let sampler = Bayes::new(&Setup::new(&space, 4));
        let of = |a: f64, observed: Option<f64>| {
            let Some(Reasoning::Forecast(f)) = sampler.explain(&request, &config(a), observed)
            else {
                panic!("results are known")
            };
            f
        };
        let forecast = of(0.45, None);
        let (low, high) = (forecast.low, forecast.high);
        assert!(
            (forecast.loss - 0.1025).abs() < 0.01 && low < forecast.loss && forecast.loss < high,
            "{forecast:?}"
        );
        assert!(forecast.standardized_residual.is_none() && forecast.boundary_penalty == 0.0);
        assert_eq!(forecast.nearest.iter().map(|n| n.trial).collect::<Vec<_>>(), [4, 3, 5, 2, 6]);
        assert_eq!(forecast.length_scales.len(), 2);
        assert_eq!(forecast.prior_length_scales.len(), 2);
        assert!(
            forecast.incumbent.trial == 3 && (forecast.incumbent.loss - 0.1006).abs() < 0.005,
            "{forecast:?}"
        );
        assert!(
            (of(0.9, None).probability_of_improvement..=1.0)
                .contains(&forecast.probability_of_improvement)
        );
        let residual = |observed| of(0.45, Some(observed)).standardized_residual.unwrap();
        assert!(
            residual(forecast.loss).abs() < 1e-9 && residual(0.3) > 2.0 && residual(0.05) < -2.0
        );
        let empty = Request { history: &History::new(), ..request };
        assert_eq!(sampler.explain(&empty, &config(0.3), None), None);
    }
}
