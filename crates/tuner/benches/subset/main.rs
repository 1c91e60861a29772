//! The cost of a surrogate that uses only a part of the results: `just bench-subset`.
//!
//! Problems with known optima. After a number of random trials, 30 more by the Gaussian process: of
//! 1,000 results a model of all, one of 300 and the program's own; of 10,000 (the same thousand and
//! nine thousand more) the program's own. Prints the mean regret of the best trial before and after
//! them with its standard error over seeds, which run at the same time. Numbers as arguments choose
//! how many seeds, words which problems.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and fails loudly"
)]

#[path = "../functions/hartmann.rs"]
mod hartmann;
mod problems;

use std::sync::Arc;

use problems::{PROBLEMS, Problem};
use tuner::search::bayes::{Bayes, Capacity};
use tuner::search::{Fitted, Random, Request, Sampler, Setup};
use tuner::seed::Streams;
use tuner::space::Space;
use tuner::trial::{History, Outcome, State};

const PROPOSALS: usize = 30;

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let n_seeds = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(3);
    let words: Vec<&String> =
        arguments.iter().filter(|argument| argument.parse::<u64>().is_err()).collect();
    let all = Capacity { fitted: usize::MAX, known: usize::MAX };
    let three_hundred = Capacity { known: 300, ..Capacity::default() };
    let rows = [
        (1000, all),
        (1000, three_hundred),
        (1000, Capacity::default()),
        (10_000, Capacity::default()),
    ];
    println!(
        "{:16}{:>8}{:>8}{:>8}{:>22}{:>22}",
        "problem", "results", "θ from", "model of", "regret before", "after 30"
    );
    for problem in PROBLEMS
        .iter()
        .filter(|p| words.is_empty() || words.iter().any(|word| p.name.contains(*word)))
    {
        for (n_known, capacity) in rows {
            let [before, after] =
                regrets(problem, n_known, capacity, n_seeds).map(|values| mean_and_error(&values));
            print!("{:16}{n_known:8}", problem.name);
            print!("{:8}{:8}", capacity.fitted.min(n_known), capacity.known.min(n_known));
            println!("{:13.4} ± {:6.4}{:13.4} ± {:6.4}", before.0, before.1, after.0, after.1);
        }
    }
}

/// Returns the regrets over seeds of the best of `n_known` random trials, and of the best when the
/// model's were added.
fn regrets(problem: &Problem, n_known: usize, capacity: Capacity, n_seeds: u64) -> [Vec<f64>; 2] {
    let space = (problem.space)();
    let search = |seed| search(problem, &space, n_known, capacity, seed);
    let runs: Vec<[f64; 2]> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_seeds).map(|seed| scope.spawn(move || search(seed))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    [0, 1].map(|i| runs.iter().map(|run| run[i]).collect())
}

fn search(
    problem: &Problem,
    space: &Space,
    n_known: usize,
    capacity: Capacity,
    seed: u64,
) -> [f64; 2] {
    let (mut history, mut fitted): (History, Vec<Fitted>) = (History::new(), Vec::new());
    let mut best_of = |sampler: &mut dyn Sampler, n: usize| {
        let mut best = f64::INFINITY;
        for _ in 0..n {
            let request =
                Request { space, history: &history, streams: Streams::new(seed), fitted: &fitted };
            let suggestion = sampler.propose(&request).unwrap().unwrap();
            fitted.extend(suggestion.fitted);
            let regret = (problem.regret)(&suggestion.config);
            history.push(Arc::new(suggestion.config), suggestion.origin);
            history.reveal(
                history.len() - 1,
                Outcome { state: State::Ok, losses: [regret].into(), predicted: None },
            );
            best = regret.min(best);
        }
        best
    };
    let before = best_of(&mut Random::default(), n_known);
    [
        before,
        before.min(best_of(&mut Bayes::with_capacity(&Setup::new(space, 0), capacity), PROPOSALS)),
    ]
}

fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}
