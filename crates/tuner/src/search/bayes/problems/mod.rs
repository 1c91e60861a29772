//! Problems with a known optimum, one for each feature of a space, on which the surrogate must beat
//! random search by a stated factor.

mod converged;
mod noise;
mod numbers;
mod optimum;
mod raced;
mod user_priors;

use super::Bayes;
use crate::prior::PriorMean;
use crate::search::{Fitted, Random, Request, Sampler, Setup};
use crate::seed::Streams;
use crate::space::{Condition, Config, Domain, Parameter, Scale, Space, Value};
use crate::trial::{History, Origin, Outcome, State};
use std::sync::Arc;

/// The outcome of a configuration.
type Outcomes<'a> = &'a dyn Fn(&Config) -> Outcome;

/// The settings of a race; without a startup, it uses random search.
#[derive(Clone, Copy)]
struct Run<'a> {
    startup: Option<u64>,
    n_trials: usize,
    /// Trials evaluated at a time.
    parallel: usize,
    seeds: u64,
    /// Tried before the method's own proposals, and before the defaults if the space has any.
    enqueued: &'a [Config],
    /// What is expected before any trial.
    prior_mean: Option<&'a PriorMean>,
}

impl Run<'_> {
    /// The mean over seeds of `score` of the best trial by that score.
    fn race(self, space: &Space, outcomes: Outcomes<'_>, score: &dyn Fn(&Config) -> f64) -> f64 {
        let best = |seed| {
            let history = self.history(space, outcomes, seed);
            history.entries().iter().map(|entry| score(&entry.config)).fold(f64::INFINITY, f64::min)
        };
        (0..self.seeds).map(best).sum::<f64>() / self.seeds as f64
    }

    fn history(self, space: &Space, outcomes: Outcomes<'_>, seed: u64) -> History {
        let mut sampler: Box<dyn Sampler> = match self.startup {
            Some(startup) => {
                let setup = Setup { space, startup, prior_mean: self.prior_mean };
                Box::new(Bayes::new(&setup))
            }
            None => Box::new(Random::default()),
        };

        let enqueued = self.enqueued.iter().map(|config| (config.clone(), Origin::Enqueued));
        let default = space.default_config().filter(|_| self.startup.is_some());
        let presets: Vec<_> =
            enqueued.chain(default.map(|config| (config, Origin::Default))).collect();
        let (mut history, mut fitted): (History, Vec<Fitted>) = (History::new(), Vec::new());

        for n in 0..self.n_trials {
            while history.seen().len() + self.parallel <= n {
                let number = history.seen().len();
                let outcome = outcomes(&history.entries()[number].config);
                history.reveal(number, outcome);
            }
            if let Some((config, origin)) = presets.get(n) {
                history.push(Arc::new(config.clone()), *origin);
                continue;
            }
            let request =
                Request { space, history: &history, streams: Streams::new(seed), fitted: &fitted };
            let suggestion = sampler.propose(&request).unwrap().unwrap();
            fitted.extend(suggestion.fitted);
            history.push(Arc::new(suggestion.config), suggestion.origin);
        }

        history
    }
}

const BAYES: Run<'_> =
    Run { startup: Some(5), n_trials: 30, parallel: 1, seeds: 3, enqueued: &[], prior_mean: None };
const RANDOM: Run<'_> = Run { startup: None, ..BAYES };

/// Asserts that the surrogate's regret is at most random search's divided by `factor`.
fn assert_beats_random(space: &Space, loss: &dyn Fn(&Config) -> Option<f64>, factor: f64) {
    let outcomes = |config: &Config| outcome(loss(config));
    let score = |config: &Config| loss(config).unwrap_or(f64::INFINITY);
    let (ours, random) =
        (BAYES.race(space, &outcomes, &score), RANDOM.race(space, &outcomes, &score));
    assert!(ours * factor <= random, "{ours} · {factor} > {random}");
}

/// The outcome of one fold; `None` if it diverged.
fn outcome(loss: Option<f64>) -> Outcome {
    let state = if loss.is_some() { State::Ok } else { State::Diverged };
    Outcome { state, losses: loss.into_iter().collect(), predicted: None }
}

fn range(name: &str, low: f64, high: f64, scale: Scale) -> Parameter {
    Parameter::new(name, Domain::Float { low, high, scale, step: None })
}

fn category(name: &str, values: &[&str]) -> Parameter {
    Parameter::new(
        name,
        Domain::Categorical(values.iter().map(|v| Value::Text((*v).into())).collect()),
    )
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
        let losses = move |c: &Config| outcome(Some(scale * (bowl(c) - shift)));
        (BAYES.race(&space, &losses, &bowl), RANDOM.race(&space, &losses, &bowl))
    };
    for (scale, shift) in [(1.0, 100.0), (1e300, 1.0), (1e-200, 0.0)] {
        let (ours, random) = scaled(scale, shift);
        assert!(ours * 5.0 <= random, "{scale} {shift}: {ours} {random}");
    }
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
    let when = |parent: &str, value: &str| {
        vec![Condition { parent: parent.into(), values: vec![Value::Text(value.into())] }]
    };
    let mut parameters = bowl_space();
    parameters.push(category("optimizer", &["sgd", "adam"]));
    parameters.push(Parameter {
        when: when("optimizer", "sgd"),
        ..range("momentum", 0.0, 1.0, Scale::Linear)
    });
    parameters.push(Parameter {
        when: when("optimizer", "adam"),
        ..range("beta", 0.0, 1.0, Scale::Linear)
    });
    let space = Space::new(parameters, &[]).unwrap();
    let loss = |c: &Config| {
        let square = |v: f64, best: f64| (v - best) * (v - best);
        let own = if text(c, 2) == "sgd" {
            4.0 * square(number(c, 3), 0.9)
        } else {
            0.3 + 4.0 * square(number(c, 4), 0.2)
        };
        Some(bowl(c) + own)
    };
    assert_beats_random(&space, &loss, 5.0);
}

#[test]
fn constraints() {
    let parameters = ["a", "b", "c"].map(|name| range(name, 0.0, 1.0, Scale::Linear)).to_vec();
    // The best admissible point lies on the edge of the constraint: (0.5, 0.5, 0.2), 0.32 above the
    // bowl's bottom.
    let space = Space::new(parameters, &[("a + b <= 1".into(), String::new())]).unwrap();
    let loss = |c: &Config| {
        let square =
            |index: usize, best: f64| (number(c, index) - best) * (number(c, index) - best);
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
    let losses = |c: &Config| outcome(Some(bowl(c)));
    let parallel = Run { parallel: 4, ..BAYES }.race(&space, &losses, &bowl);
    let random = RANDOM.race(&space, &losses, &bowl);
    assert!(parallel * 5.0 <= random, "{parallel} {random}");
}

#[test]
fn a_plateau_of_a_million_around_the_good_part() {
    let space = Space::new(bowl_space(), &[]).unwrap();
    // Three quarters of the space only show that they are bad.
    let loss = |c: &Config| Some(if bowl(c) > 2.0 { 1e6 } else { bowl(c) - 10.0 });
    let outcomes = |c: &Config| outcome(loss(c));
    let (ours, random) =
        (BAYES.race(&space, &outcomes, &bowl), RANDOM.race(&space, &outcomes, &bowl));
    assert!(ours * 5.0 <= random, "{ours} {random}");
}
