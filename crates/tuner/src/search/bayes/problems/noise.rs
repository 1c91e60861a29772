//! Problems with observation noise: the value of fold losses over means alone.

use super::{BAYES, Run, bowl, bowl_space, number};
use crate::space::{Config, Space};
use crate::trial::{Outcome, State};

/// The fold effects.
pub(super) const FOLDS: [f64; 5] = [-1.5, 1.0, -0.5, 1.5, -0.5];

/// Standard deviation of the noise in a fold.
const NOISE: f64 = 0.5;

const RUN: Run<'_> = Run { n_trials: 20, seeds: 36, ..BAYES };

/// A number near the standard normal, determined by a configuration and a fold.
fn noise_of(config: &Config, fold: usize) -> f64 {
    let uniform = |k: f64| {
        let angle = 1e3 * (libm::log10(number(config, 0)) + k)
            + 77.7 * number(config, 1)
            + 13.3 * fold as f64;
        let x = libm::sin(angle) * 43_758.545_3;
        x - libm::floor(x)
    };
    (0..12).map(|k| uniform(f64::from(k))).sum::<f64>() - 6.0
}

/// Five folds of unequal difficulty around a bowl, with noise on top of each.
pub(super) fn folds(config: &Config) -> Vec<f64> {
    let loss = |(fold, effect): (usize, &f64)| {
        5.0 + bowl(config) + effect + NOISE * noise_of(config, fold)
    };
    FOLDS.iter().enumerate().map(loss).collect()
}

fn ok(losses: &[f64]) -> Outcome {
    Outcome { state: State::Ok, losses: losses.into(), predicted: None }
}

/// The data of a surrogate that gets one number per trial.
fn mean(losses: &[f64]) -> Outcome {
    ok(&[losses.iter().sum::<f64>() / losses.len() as f64])
}

#[test]
fn folds_that_disagree() {
    let space = Space::new(bowl_space(), &[]).unwrap();
    let aware = RUN.race(&space, &|c| ok(&folds(c)), &bowl);
    let blind = RUN.race(&space, &|c| mean(&folds(c)), &bowl);
    let random = Run { startup: None, ..RUN }.race(&space, &|c| ok(&folds(c)), &bowl);

    // A model that is told means alone finds the noise in how they scatter, and comes about as
    // close.
    assert!(aware <= 1.5 * blind, "{aware} {blind}");
    assert!(aware * 10.0 <= random && blind * 10.0 <= random, "{aware} {blind} {random}");
}
