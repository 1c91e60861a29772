//! Problems with a known optimum, one for each thing a space can hold, on which the model must beat random search by
//! a stated factor.

use super::Bayes;
use crate::search::{Fitted, Random, Request, Sampler};
use crate::seed::Streams;
use crate::space::{Condition, Confidence, Config, Domain, Parameter, Prior, Scale, Space, Value};
use crate::trial::{History, Outcome, State};
use std::sync::Arc;

const SEEDS: u64 = 3;

/// Losses of the folds of a configuration; empty: it diverged.
type Losses<'a> = &'a dyn Fn(&Config) -> Vec<f64>;

/// The mean over seeds of `score` of the best trial by mean loss after `n_trials`, of which `parallel` are evaluated
/// at a time.
fn race(space: &Space, losses: Losses<'_>, score: &dyn Fn(&Config) -> f64, run: Run) -> f64 {
    let mut sum = 0.0;
    for seed in 0..SEEDS {
        let mut sampler: Box<dyn Sampler> = match run.startup {
            Some(startup) => Box::new(Bayes::new(space, startup).unwrap()),
            None => Box::new(Random::default()),
        };
        let (mut history, mut fitted): (History, Vec<Fitted>) = (History::new(), Vec::new());
        for n in 0..run.n_trials {
            while history.seen().len() + run.parallel <= n {
                let number = history.seen().len();
                let folds = losses(&history.entries()[number].config);
                let state = if folds.is_empty() { State::Diverged } else { State::Ok };
                history.reveal(number, Outcome { state, losses: folds.into() });
            }
            let request = Request { space, history: &history, streams: Streams::new(seed), fitted: &fitted };
            let suggestion = sampler.propose(&request).unwrap().unwrap();
            fitted.extend(suggestion.fitted);
            history.push(Arc::new(suggestion.config), suggestion.origin);
        }
        let tried = history.entries().iter().map(|entry| &entry.config);
        let mean = |config: &Config| {
            let folds = losses(config);
            if folds.is_empty() { f64::INFINITY } else { folds.iter().sum::<f64>() / folds.len() as f64 }
        };
        let best = tried.min_by(|a, b| mean(a).total_cmp(&mean(b))).unwrap();
        sum += score(best) / SEEDS as f64;
    }
    sum
}

/// How a race is run; without a startup, by random search.
#[derive(Clone, Copy)]
struct Run {
    startup: Option<u64>,
    n_trials: usize,
    parallel: usize,
}

const BAYES: Run = Run { startup: Some(5), n_trials: 30, parallel: 1 };
const RANDOM: Run = Run { startup: None, ..BAYES };

/// Asserts that the model's regret is at most random search's divided by `factor`.
fn assert_beats_random(space: &Space, loss: &dyn Fn(&Config) -> Option<f64>, factor: f64) {
    let losses = |config: &Config| loss(config).into_iter().collect::<Vec<f64>>();
    let score = |config: &Config| loss(config).unwrap_or(f64::INFINITY);
    let (ours, random) = (race(space, &losses, &score, BAYES), race(space, &losses, &score, RANDOM));
    assert!(ours * factor <= random, "{ours} · {factor} > {random}");
}

fn range(name: &str, low: f64, high: f64, scale: Scale) -> Parameter {
    Parameter::new(name, Domain::Float { low, high, scale, step: None })
}

fn int(name: &str, low: i64, high: i64) -> Parameter {
    Parameter::new(name, Domain::Int { low, high, scale: Scale::Linear, step: 1 })
}

fn category(name: &str, values: &[&str]) -> Parameter {
    Parameter::new(name, Domain::Categorical(values.iter().map(|v| Value::Text((*v).into())).collect()))
}

fn number(config: &Config, index: usize) -> f64 {
    config.get(index).and_then(Value::as_number).unwrap_or(f64::NAN)
}

fn text(config: &Config, index: usize) -> String {
    config.get(index).map(ToString::to_string).unwrap_or_default()
}

/// A bowl around a learning rate of 0.01 and a second number of 0.7.
fn bowl(config: &Config) -> f64 {
    let decades = libm::log10(number(config, 0)) + 2.0;
    decades * decades + 4.0 * (number(config, 1) - 0.7) * (number(config, 1) - 0.7)
}

fn bowl_space() -> Vec<Parameter> {
    vec![range("rate", 1e-5, 1.0, Scale::Log), range("b", 0.0, 1.0, Scale::Linear)]
}

#[test]
fn ranges() {
    let space = Space::new(bowl_space(), &[]).unwrap();
    assert_beats_random(&space, &|c| Some(bowl(c)), 20.0);
}

#[test]
fn losses_below_zero_and_of_great_size() {
    let space = Space::new(bowl_space(), &[]).unwrap();
    let scaled = |scale: f64, shift: f64| {
        let losses = move |c: &Config| vec![scale * (bowl(c) - shift)];
        let score = |c: &Config| bowl(c);
        (race(&space, &losses, &score, BAYES), race(&space, &losses, &score, RANDOM))
    };
    for (scale, shift) in [(1.0, 100.0), (1e300, 1.0), (1e-200, 0.0)] {
        let (ours, random) = scaled(scale, shift);
        assert!(ours * 5.0 <= random, "{scale} {shift}: {ours} {random}");
    }
}

#[test]
fn numbers_with_gaps() {
    let mut parameters = vec![int("depth", 1, 8), int("units", 1, 200)];
    parameters.push(Parameter::new("batch", Domain::Ordinal([8, 16, 32, 64, 128, 256].map(Value::Int).to_vec())));
    parameters.push(Parameter::new("p", Domain::Float { low: 0.0, high: 0.5, scale: Scale::Linear, step: Some(0.05) }));
    let space = Space::new(parameters, &[]).unwrap();
    let loss = |c: &Config| {
        let batch = libm::log2(number(c, 2)) - 6.0;
        let (depth, units, p) = (number(c, 0) - 3.0, number(c, 1) / 50.0 - 3.0, number(c, 3) - 0.2);
        Some(0.2 * depth * depth + units * units + 0.3 * batch * batch + 10.0 * p * p)
    };
    assert_beats_random(&space, &loss, 5.0);
}

#[test]
fn categories() {
    let mut parameters = bowl_space();
    parameters.push(category("activation", &["relu", "tanh", "sigmoid", "elu", "gelu"]));
    parameters.push(category("optimizer", &["sgd", "adam", "rmsprop"]));
    let space = Space::new(parameters, &[]).unwrap();
    let loss = |c: &Config| {
        let activation = if text(c, 2) == "tanh" { 0.0 } else { 1.0 };
        let optimizer = if text(c, 3) == "adam" { 0.0 } else { 0.7 };
        Some(bowl(c) + activation + optimizer)
    };
    assert_beats_random(&space, &loss, 4.0);
}

#[test]
fn conditions() {
    let when =
        |parent: &str, value: &str| vec![Condition { parent: parent.into(), values: vec![Value::Text(value.into())] }];
    let mut parameters = bowl_space();
    parameters.push(category("optimizer", &["sgd", "adam"]));
    parameters.push(Parameter { when: when("optimizer", "sgd"), ..range("momentum", 0.0, 1.0, Scale::Linear) });
    parameters.push(Parameter { when: when("optimizer", "adam"), ..range("beta", 0.0, 1.0, Scale::Linear) });
    let space = Space::new(parameters, &[]).unwrap();
    let loss = |c: &Config| {
        let square = |v: f64, best: f64| (v - best) * (v - best);
        let own =
            if text(c, 2) == "sgd" { 4.0 * square(number(c, 3), 0.9) } else { 0.3 + 4.0 * square(number(c, 4), 0.2) };
        Some(bowl(c) + own)
    };
    assert_beats_random(&space, &loss, 5.0);
}

#[test]
fn constraints() {
    let parameters = ["a", "b", "c"].map(|name| range(name, 0.0, 1.0, Scale::Linear)).to_vec();
    // The best admissible point lies on the edge of the constraint: (0.5, 0.5, 0.2), 0.32 above the bowl's bottom.
    let space = Space::new(parameters, &[("a + b <= 1".into(), String::new())]).unwrap();
    let loss = |c: &Config| {
        let square = |index: usize, best: f64| (number(c, index) - best) * (number(c, index) - best);
        Some(square(0, 0.9) + square(1, 0.9) + square(2, 0.2) - 0.32)
    };
    assert_beats_random(&space, &loss, 5.0);
}

#[test]
fn divergence() {
    let space = Space::new(bowl_space(), &[]).unwrap();
    // Beyond a rate of 0.1 training diverges; short of it the loss explodes.
    let loss = |c: &Config| match number(c, 0) {
        rate if rate > 0.1 => None,
        rate if rate > 0.03 => Some(1e6 * rate),
        _ => Some(bowl(c)),
    };
    assert_beats_random(&space, &loss, 5.0);
}

#[test]
fn trials_at_the_same_time() {
    let space = Space::new(bowl_space(), &[]).unwrap();
    let losses = |c: &Config| vec![bowl(c)];
    let parallel = race(&space, &losses, &bowl, Run { parallel: 4, ..BAYES });
    let random = race(&space, &losses, &bowl, RANDOM);
    assert!(parallel * 5.0 <= random, "{parallel} {random}");
}

#[test]
fn beliefs_help_when_right_and_are_outgrown_when_wrong() {
    let believed = |rate: f64, b: f64| {
        let mut parameters = bowl_space();
        for (parameter, value) in parameters.iter_mut().zip([rate, b]) {
            parameter.prior = Some(Prior { value: Value::Float(value), confidence: Confidence::Medium });
        }
        Space::new(parameters, &[]).unwrap()
    };
    let losses = |c: &Config| vec![bowl(c)];
    let after = |space: &Space, n_trials| race(space, &losses, &bowl, Run { startup: Some(0), n_trials, ..BAYES });
    let none = Space::new(bowl_space(), &[]).unwrap();
    let (right, wrong) = (believed(0.012, 0.68), believed(0.5, 0.05));
    let (with, without) = (after(&right, 4), after(&none, 4));
    assert!(with * 2.0 <= without, "{with} {without}");
    let (outgrown, random) = (after(&wrong, 25), race(&none, &losses, &bowl, RANDOM));
    assert!(outgrown * 5.0 <= random, "{outgrown} {random}");
}
