//! What a trial is expected to gain: how far below the best known loss its own is expected to come,
//! as a share of the distance from the best loss to the median.
//!
//! The expectation is over the predictive distribution, noise aside, and in losses: near the best a
//! warp stretches differences that are none. It is a sum over quantiles, whose tails count since
//! they are heavy.

use super::decision::centres;
use super::explain::Losses;
use super::predictive::Predictive;
use super::surrogate::Surrogate;
use crate::search::Request;
use crate::space::Config;
use crate::trial::Outcome;

/// Quantiles that the expectation is summed over.
const N_QUANTILES: u32 = 1000;

/// The expected gain of `config` for the `request` that led to it; `None` where losses have no
/// spread.
pub(super) fn gain(
    surrogate: &Surrogate<'_>,
    request: &Request<'_>,
    config: &Config,
) -> Option<f64> {
    let spread = spread(request)?;
    let (fit, _) = surrogate.fit(request.fitted);
    let known = surrogate.known(&fit);
    let posterior = surrogate.posterior(&Predictive::theta(&fit.theta), &known.data);
    let (_, incumbent) = centres(&posterior, &known);

    let losses = Losses::new(surrogate.warp(fit.family), request);
    let best = losses.of_target(incumbent?.mean);
    let place = posterior.predict(vec![surrogate.axes.place(config)]).swap_remove(0);
    let predictive = Predictive::new(place.prediction, 0.0);
    // Summed over quantiles, since the gain is in losses and the warp between them and targets has
    // no closed form of it.
    let gains = (0..N_QUANTILES).map(|k| {
        let probability = (f64::from(k) + 0.5) / f64::from(N_QUANTILES);
        (best - losses.of_target(predictive.quantile(probability))).max(0.0) / spread
    });

    Some(gains.sum::<f64>() / f64::from(N_QUANTILES))
}

/// The distance from the best loss to the median, if there is any.
fn spread(request: &Request<'_>) -> Option<f64> {
    let outcomes = request.history.results().map(|(_, _, outcome)| outcome);
    let mut losses: Vec<f64> = outcomes.filter_map(Outcome::mean).collect();
    losses.sort_by(f64::total_cmp);
    let (best, median) = (losses.first()?, losses[losses.len() / 2]);
    let spread = median - best;
    (spread.is_finite() && spread > 0.0).then_some(spread)
}

#[cfg(test)]
mod tests {
    use crate::search::bayes::Bayes;
    use crate::search::{Request, Sampler, Setup};
    use crate::seed::Streams;
    use crate::space::{Config, Domain, Parameter, Scale, Space, Value};
    use crate::trial::{History, Origin, Outcome, State};
    use std::sync::Arc;

    fn config(x: f64) -> Config {
        Config::new(vec![Some(Value::Float(x))])
    }

    /// What the model expects of trying `x` after `tried` on a bowl around 0.5, at losses `scale`
    /// as large.
    fn gain(tried: &[f64], x: f64, scale: f64) -> Option<f64> {
        let range = Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        let space = Space::new(vec![Parameter::new("x", range)], &[]).unwrap();
        let mut history = History::new();
        for (number, &at) in tried.iter().enumerate() {
            history.push(Arc::new(config(at)), Origin::Random);
            let loss = scale * ((at - 0.5) * (at - 0.5) + 1.0);
            let losses = [loss].into();
            history.reveal(number, Outcome { state: State::Ok, losses, predicted: None });
        }
        let streams = Streams::new(0);
        let request = Request { space: &space, history: &history, streams, fitted: &[] };
        Bayes::new(&Setup::new(&space, 1)).expected_gain(&request, &config(x))
    }

    #[test]
    fn little_is_expected_beside_what_is_known_and_more_where_it_is_not() {
        let few = [0.0, 0.25, 0.9];
        let many = [0.0, 0.1, 0.25, 0.3, 0.45, 0.499, 0.501, 0.55, 0.7, 0.9];
        let (before, after) = (gain(&few, 0.45, 1.0).unwrap(), gain(&many, 0.502, 1.0).unwrap());
        assert!(before > 0.05 && after < 0.01, "{before} {after}");
        let larger = gain(&few, 0.45, 64.0).unwrap();
        assert!((larger / before - 1.0).abs() < 1e-6, "a share knows no unit: {larger} {before}");
    }

    #[test]
    fn losses_without_a_spread_say_nothing() {
        assert_eq!(gain(&[0.2, 0.8], 0.5, 0.0), None);
    }
}
