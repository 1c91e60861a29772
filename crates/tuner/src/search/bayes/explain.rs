//! Why a trial was proposed: what the model predicted there, and from what.

use super::DEVIATIONS;
use super::acquisition::Acquisition;
use super::features::Cloud;
use super::model::Model;
use crate::search::Request;
use crate::space::Config;

/// Trials named as nearest.
const N_NEAREST: usize = 5;

/// What the model knew of a configuration before it was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The predicted median loss, as losses are minimised; none before the first loss.
    pub loss: Option<f64>,
    /// The losses one standard deviation below and above it, noise aside.
    pub band: Option<(f64, f64)>,
    /// The confidence bound, negated: higher is more promising. In standard deviations of the warped losses.
    pub acquisition: f64,
    /// Each searched parameter and its length scale, as a share of its range: the shorter, the more the loss depends on
    /// it. Beyond 1 it hardly does.
    pub length_scales: Vec<(String, f64)>,
    /// The trials whose results were known that are nearest, with their distances in length scales, nearest first.
    pub nearest: Vec<(usize, f64)>,
}

/// Explains the proposal of `config`, a configuration of the space, for the `request` that led to it.
pub fn explain(request: &Request<'_>, config: &Config) -> Explanation {
    let model = Model::new(request);
    let (fit, _) = model.fit(request.fitted);
    let data = model.known(fit.family);
    let place = model.posterior(&fit.theta, &data).predict(vec![model.axes.place(config)]).swap_remove(0);
    let warp = model.warp(fit.family);
    let has_loss = request.history.results().any(|(_, _, outcome)| outcome.mean().is_some());
    let loss = |deviations: f64| warp.loss(place.prediction.mean + deviations * place.prediction.sd);
    let parameters = request.space.axes().iter().map(|&position| request.space.parameters()[position].name.clone());
    Explanation {
        loss: has_loss.then(|| loss(0.0)),
        band: has_loss.then(|| (loss(-1.0), loss(1.0))),
        acquisition: Acquisition::Bound { deviations: DEVIATIONS }.worth(place.prediction).value,
        length_scales: parameters.zip(fit.theta.weights().iter().map(|w| 1.0 / w.sqrt())).collect(),
        nearest: nearest(&model, &fit.theta.weights(), config),
    }
}

/// The known trials nearest to a configuration by the kernel's own distance.
fn nearest(model: &Model<'_>, weights: &[f64], config: &Config) -> Vec<(usize, f64)> {
    let points: Vec<_> = model.history.results().map(|(_, entry, _)| model.axes.place(&entry.config)).collect();
    let cloud = Cloud::new(&model.embedding, points.iter());
    let mut features = vec![0.0; model.embedding.n_features()];
    model.embedding.embed(&model.axes.place(config), &mut features);
    let mut distances = vec![0.0; points.len()];
    cloud.distances(&model.embedding, weights, &features, 0, &mut distances);
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
    fn an_explanation_is_in_the_units_of_the_loss_and_names_the_nearest_trials() {
        let range = || Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        let space = Space::new(vec![Parameter::new("a", range()), Parameter::new("b", range())], &[]).unwrap();
        let mut history = History::new();
        for number in 0..9 {
            let a = f64::from(number) / 8.0;
            history.push(Arc::new(config(a)), Origin::Random);
            history.reveal(number as usize, Outcome { state: State::Ok, losses: [0.1 + (a - 0.4) * (a - 0.4)].into() });
        }
        let request = Request { space: &space, history: &history, streams: Streams::new(0), fitted: &[] };
        let explanation = explain(&request, &config(0.45));
        let (low, high) = explanation.band.unwrap();
        let loss = explanation.loss.unwrap();
        assert!((loss - 0.1025).abs() < 0.01 && low < loss && loss < high, "{explanation:?}");
        assert_eq!(explanation.nearest.iter().map(|n| n.0).collect::<Vec<_>>(), [4, 3, 5, 2, 6]);
        assert_eq!(explanation.length_scales.len(), 2);
        let empty = Request { history: &History::new(), ..request };
        assert_eq!(explain(&empty, &config(0.3)).loss, None);
    }
}
