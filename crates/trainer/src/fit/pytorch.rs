//! Compares ten steps with ten of PyTorch's, from the same weights and batches;
//! `tests/fixtures/pytorch.py` computes the fixtures.

use std::collections::BTreeMap;

use ndarray::Array2;
use serde::Deserialize;

use super::*;
use crate::choice::NamedChoice;
use crate::data::{Dataset, Features, Target};
use crate::metric::Metric;
use crate::prepare::{Preparation, Scaling};
use crate::recipe::{BatchSize, Recipe, Setting};
use crate::stream::Streams;

#[derive(Deserialize)]
struct Fixtures {
    x: Vec<Vec<f32>>,
    labels: Vec<u32>,
    values: Vec<f64>,
    batch: usize,
    steps: u32,
    defaults: BTreeMap<String, Setting>,
    initial: BTreeMap<String, Initial>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Initial {
    weights: Vec<Vec<f32>>,
    biases: Vec<Vec<f32>>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    target: String,
    metric: String,
    recipe: BTreeMap<String, Setting>,
    weights: Vec<Vec<f64>>,
    biases: Vec<Vec<f64>>,
    gains: Vec<Vec<f64>>,
    running: Vec<[Vec<f64>; 2]>,
    loss: f64,
}

fn fixtures() -> Fixtures {
    serde_json::from_str(include_str!("../../tests/fixtures/pytorch.json")).unwrap()
}

impl Fixtures {
    fn data(&self, target: &str) -> Dataset {
        let x = Array2::from_shape_fn((self.x.len(), self.x[0].len()), |(i, j)| self.x[i][j]);
        let names = |n: u32| (0..n).map(|class| class.to_string()).collect();
        let target = match target {
            "values" => Target::Values(self.values.clone()),
            "two" => Target::Classes {
                codes: self.labels.iter().map(|&label| label.min(1)).collect(),
                names: names(2),
            },
            _ => Target::Classes { codes: self.labels.clone(), names: names(3) },
        };
        Dataset::from_parts(Features::from_array(x).unwrap(), target).unwrap()
    }

    fn recipe(&self, case: &Case) -> Recipe {
        let mut recipe = Recipe { scaling: Scaling::None, epochs: self.steps, ..Recipe::default() };
        recipe.lambda = crate::recipe::PerLayer::All(0.0);
        recipe.batch_size = BatchSize::Rows(self.batch as u32);
        for (name, setting) in self.defaults.iter().chain(&case.recipe) {
            let setting = match setting {
                Setting::Text(list) => Setting::Text(list.replace('/', "-")),
                other => other.clone(),
            };
            recipe.set(name, setting).unwrap();
        }
        recipe
    }
}

/// The largest difference of two tensors, relative to the second's largest number.
fn difference(found: impl Iterator<Item = f32>, expected: &[f64]) -> f64 {
    let largest = expected.iter().fold(0.0, |largest: f64, w| largest.max(w.abs()));
    let found: Vec<f32> = found.collect();
    assert_eq!(found.len(), expected.len());
    found
        .iter()
        .zip(expected)
        .fold(0.0, |worst: f64, (&w, e)| worst.max((f64::from(w) - e).abs() / largest))
}

/// Runs a case and returns its largest relative difference in weights, biases, gains and running
/// moments.
fn run(fixtures: &Fixtures, case: &Case, set: InstructionSet) -> f64 {
    let data = fixtures.data(&case.target);
    let rows: Vec<u32> = (0..fixtures.x.len() as u32).collect();
    let preparation = Preparation::fit(data.features(), &rows, Scaling::None);
    let source = PreparedData::new(&data, &preparation, target_scaling(data.target(), &rows));
    let recipe = fixtures.recipe(case).check(&data.facts()).unwrap();
    let criterion =
        source.criterion(Metric::named(&case.metric).unwrap().loss(), recipe.settings(), &rows);

    let job = Job {
        source: &source,
        recipe: &recipe,
        criterion: &criterion,
        train: rows,
        stop_by: &[],
        watch: &[],
    };

    let draws = Draws { streams: Streams::new(0), repeat: 0, fold: 0 };
    let mut stepper = Stepper::new(&job, draws, By { set, hands: None });

    let initial = &fixtures.initial[if case.target == "three" { "3" } else { "1" }];
    let layers = stepper.network().layers().to_vec();
    for (index, layer) in layers.iter().enumerate() {
        let network = stepper.network_mut();
        let weights =
            Array2::from_shape_vec((layer.inputs, layer.outputs), initial.weights[index].clone());
        network.set_weights(index, &weights.unwrap());
        network.parameters[layer.bias.clone()][..layer.outputs]
            .copy_from_slice(&initial.biases[index]);
    }

    let n = fixtures.x.len();
    let mut loss = 0.0;
    for step in 0..fixtures.steps {
        let batch: Vec<u32> = (0..fixtures.batch)
            .map(|i| ((step as usize * fixtures.batch + i) % n) as u32)
            .collect();
        let rate = recipe.settings().learning_rate * recipe.schedule().factor(f64::from(step), 1.0);
        loss = stepper.step(&source, &criterion, &batch, rate) / fixtures.batch as f64;
    }

    if case.recipe.keys().all(|name| !["label_smoothing", "class_weight"].contains(&name.as_str()))
    {
        assert!(
            (loss - case.loss).abs() < 1e-5 * case.loss,
            "{}: loss {loss} for {}",
            case.name,
            case.loss
        );
    }

    let mut worst = 0.0_f64;
    for (index, layer) in layers.iter().enumerate() {
        let network = stepper.network_mut();
        worst = worst.max(difference(network.weights(index).into_iter(), &case.weights[index]));
        let bias = network.parameters[layer.bias.clone()][..layer.outputs].iter().copied();
        worst = worst.max(difference(bias, &case.biases[index]));
        if let Some(gains) = case.gains.get(index) {
            let gain = network.parameters[layer.gain.clone()][..layer.outputs].iter().copied();
            worst = worst.max(difference(gain, gains));
            let running = &network.running[index];
            worst = worst.max(difference(
                running.mean[..layer.outputs].iter().copied(),
                &case.running[index][0],
            ));
            worst = worst.max(difference(
                running.variance[..layer.outputs].iter().copied(),
                &case.running[index][1],
            ));
        }
    }

    worst
}

#[test]
fn ten_steps_give_pytorchs_weights() {
    let fixtures = fixtures();
    assert!(fixtures.cases.len() > 60);
    for set in InstructionSet::available() {
        for case in &fixtures.cases {
            let worst = run(&fixtures, case, set);
            assert!(worst < 1e-5, "{set:?} {}: relative difference {worst:.2e}", case.name);
        }
    }
}

#[test]
fn every_optimizer_schedule_activation_and_loss_has_a_case() {
    let fixtures = fixtures();
    let seen = |field: &str, value: &str| {
        let is = |setting: &Setting| matches!(setting, Setting::Text(text) if text == value);
        fixtures.defaults.get(field).is_some_and(is)
            || fixtures.cases.iter().any(|case| case.recipe.get(field).is_some_and(is))
    };
    for field in ["optimizer", "schedule", "activation"] {
        for name in crate::recipe::field(field).unwrap().kind.choices() {
            assert!(seen(field, name), "{field} = {name}");
        }
    }
    assert!(
        ["cross_entropy", "mse", "mae", "huber"]
            .iter()
            .all(|metric| fixtures.cases.iter().any(|case| case.metric == *metric))
    );
}
