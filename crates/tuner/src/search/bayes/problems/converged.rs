//! Problems that are solved early: afterwards the search must stay near the best configuration, and
//! not spend half of its trials on exploration.

use super::{BAYES, Run, number, range};
use crate::space::{Config, Scale, Space};

/// The number of trials within which the problems are solved.
const SOLVED: usize = 35;

const RUN: Run<'_> = Run { n_trials: 80, seeds: 3, ..BAYES };

/// Asserts that after the first trials at most a tenth is worse than the best by 0.01 or more;
/// losses range from about 0 to about 1.
fn assert_little_is_wasted(loss: &dyn Fn(&Config) -> f64) {
    let axes = ["a", "b"].map(|name| range(name, 0.0, 1.0, Scale::Linear));
    let space = Space::new(axes.to_vec(), &[]).unwrap();
    let outcomes = |config: &Config| super::outcome(Some(loss(config)));
    let losses = (0..RUN.seeds).map(|seed| {
        let history = RUN.history(&space, &outcomes, seed);
        history.entries().iter().map(|entry| loss(&entry.config)).collect::<Vec<f64>>()
    });

    let wasted: Vec<usize> = losses
        .map(|losses| {
            let best = losses.iter().copied().fold(f64::INFINITY, f64::min);
            losses[SOLVED..].iter().filter(|loss| **loss > best + 0.01).count()
        })
        .collect();

    let n_after = wasted.len() * (RUN.n_trials - SOLVED);
    assert!(wasted.iter().sum::<usize>() * 10 <= n_after, "{wasted:?} of {n_after}");
}

#[test]
fn a_bowl_that_is_solved_is_refined() {
    assert_little_is_wasted(&|c| {
        let (a, b) = (number(c, 0) - 0.3, number(c, 1) - 0.7);
        a * a + b * b
    });
}

#[test]
fn a_best_corner_that_was_tried_is_not_left_for_a_start_of_the_ascent() {
    assert_little_is_wasted(&|c| 0.1 + (1.0 - number(c, 0)) + 0.5 * (1.0 - number(c, 1)));
}
