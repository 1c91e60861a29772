//! What it costs the search that its model uses 1,000 of 10,000 results: `just bench-subset`.
//!
//! Problems of seven dimensions with known optima. After so many random trials, 30 more by the Gaussian process; at 1,000
//! it uses all results, at 10,000 (the same thousand and nine thousand more) the better half of its limit and an even
//! spread of the rest. Prints the mean regret of the best trial before and after them with its standard error over
//! seeds. Numbers as arguments choose how many seeds.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and fails loudly")]

use std::sync::Arc;

use tuner::search::{Fitted, Method, Request, Sampler, build};
use tuner::seed::Streams;
use tuner::space::{Config, Domain, Parameter, Scale, Space, Value};
use tuner::trial::{History, Outcome, State};

const DIMENSIONS: usize = 7;
const SIZES: [usize; 2] = [1000, 10_000];
const PROPOSALS: usize = 30;

/// A name, the bounds of each coordinate, and the regret.
type Problem = (&'static str, f64, f64, fn(&[f64]) -> f64);

const PROBLEMS: [Problem; 3] = [
    ("Rosenbrock", -2.0, 2.0, rosenbrock),
    ("Styblinski-Tang", -5.0, 5.0, styblinski_tang),
    ("Ackley", -10.0, 20.0, ackley),
];

fn main() {
    let n_seeds = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(3);
    println!("{:16}{:>8}{:>24}{:>24}", "problem", "known", "regret before", "after 30 proposals");
    for (name, low, high, regret) in PROBLEMS {
        let parameter =
            |i| Parameter::new(format!("x{i}"), Domain::Float { low, high, scale: Scale::Linear, step: None });
        let space = Space::new((0..DIMENSIONS).map(parameter).collect(), &[]).unwrap();
        for n_known in SIZES {
            let runs: Vec<[f64; 2]> = (0..n_seeds).map(|seed| search(&space, regret, n_known, seed)).collect();
            let [before, after] = [0, 1].map(|i| mean_and_error(&runs.iter().map(|run| run[i]).collect::<Vec<_>>()));
            println!("{name:16}{n_known:8}{:14.4} ± {:7.4}{:14.4} ± {:7.4}", before.0, before.1, after.0, after.1);
        }
    }
}

/// Returns the regret of the best of `n_known` random trials, and of the best when the model's were added.
fn search(space: &Space, regret: fn(&[f64]) -> f64, n_known: usize, seed: u64) -> [f64; 2] {
    let (mut history, mut fitted) = (History::new(), Vec::new());
    let mut run = |method, n| {
        let mut sampler = build(method, space, 0).unwrap();
        (0..n)
            .map(|_| add(sampler.as_mut(), space, regret, seed, &mut history, &mut fitted))
            .fold(f64::INFINITY, f64::min)
    };
    let before = run(Method::Random, n_known);
    [before, before.min(run(Method::Bayes, PROPOSALS))]
}

/// Proposes a trial, adds it with its loss, and returns that.
fn add(
    sampler: &mut dyn Sampler,
    space: &Space,
    regret: fn(&[f64]) -> f64,
    seed: u64,
    history: &mut History,
    fitted: &mut Vec<Fitted>,
) -> f64 {
    let request = Request { space, history, streams: Streams::new(seed), fitted };
    let suggestion = sampler.propose(&request).unwrap().unwrap();
    fitted.extend(suggestion.fitted);
    let loss = regret(&coordinates(&suggestion.config));
    history.push(Arc::new(suggestion.config), suggestion.origin);
    history.reveal(history.len() - 1, Outcome { state: State::Ok, losses: [loss].into() });
    loss
}

fn coordinates(config: &Config) -> Vec<f64> {
    (0..DIMENSIONS).map(|i| config.get(i).and_then(Value::as_number).unwrap()).collect()
}

fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}

/// A curved valley to (1, …, 1).
fn rosenbrock(x: &[f64]) -> f64 {
    x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
}

/// Two basins a coordinate, the better one at −2.903534.
fn styblinski_tang(x: &[f64]) -> f64 {
    x.iter().map(|x| 0.5 * (x.powi(4) - 16.0 * x * x + 5.0 * x) + 39.166_165_703_771_42).sum()
}

/// Waves on a funnel to 0.
fn ackley(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let size = (x.iter().map(|x| x * x).sum::<f64>() / n).sqrt();
    let waves = x.iter().map(|x| (std::f64::consts::TAU * x).cos()).sum::<f64>() / n;
    20.0 - 20.0 * (-0.2 * size).exp() + std::f64::consts::E - waves.exp()
}
