//! Trials that racing stopped after their first fold: what they showed counts, and they are not
//! called failed.

use super::noise::{FOLDS, folds};
use super::{BAYES, Run, bowl, bowl_space};
use crate::space::{Config, Space};
use crate::trial::{Outcome, State};

const RUN: Run<'_> = Run { n_trials: 20, seeds: 36, ..BAYES };

/// A trial is stopped if its first fold lies this far above the optimum's own.
const TOLERATED: f64 = 1.0;

/// The losses of a trial, and whether it was stopped after the first.
fn raced(config: &Config) -> (Vec<f64>, State) {
    let losses = folds(config);
    if losses[0] > 5.0 + FOLDS[0] + TOLERATED {
        (vec![losses[0]], State::Raced)
    } else {
        (losses, State::Ok)
    }
}

fn outcome((losses, state): (Vec<f64>, State)) -> Outcome {
    Outcome { state, losses: losses.into(), predicted: None }
}

#[test]
fn trials_stopped_early_are_learned_from() {
    let space = Space::new(bowl_space(), &[]).unwrap();
    let after = |outcomes: &dyn Fn((Vec<f64>, State)) -> Outcome| {
        RUN.race(&space, &|c| outcomes(raced(c)), &bowl)
    };

    let adjusted = after(&outcome);
    let called_failed = after(&|(losses, state)| match state {
        State::Ok => outcome((losses, State::Ok)),
        _ => outcome((Vec::new(), State::Failed)),
    });

    // The first fold of a bad trial leads to the bowl nearly as surely as all five would, though few
    // trials are complete; a failure only warns.
    let complete = RUN.race(&space, &|c| outcome((folds(c), State::Ok)), &bowl);
    let random = Run { startup: None, ..RUN }.race(&space, &|c| outcome(raced(c)), &bowl);
    assert!(adjusted * 3.0 <= random, "{adjusted} {random}");
    assert!(adjusted * 1.5 <= called_failed, "{adjusted} {called_failed}");
    assert!(adjusted <= 2.0 * complete, "{adjusted} {complete}");
}
