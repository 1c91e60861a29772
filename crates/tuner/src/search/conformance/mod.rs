//! The contract of samplers, as a suite that every sampler's tests call.
//!
//! All spaces of the suite have levels, so that a grid can search them too. `n_trials` is the length of the studies
//! that do not run to exhaustion: some dozens for a quick sampler, a dozen for one that fits models.

mod rehearsal;
mod spaces;

use super::{Random, Sampler};
use crate::space::{Config, Lattice, Space};
use crate::trial::{Origin, Outcome, State};
use rehearsal::Rehearsal;
use std::collections::HashSet;
use std::sync::Arc;

pub use spaces::mixed as mixed_space;

/// Makes a fresh sampler for a space.
pub type Make<'a> = dyn FnMut(&Space) -> Box<dyn Sampler> + 'a;

/// Checks the contract of all samplers.
///
/// # Panics
/// If the contract is broken.
pub fn check(make: &mut Make<'_>, n_trials: usize) {
    every_proposal_is_new_and_in_the_space(make, n_trials);
    a_fresh_sampler_proposes_the_same(make, n_trials);
    another_seed_proposes_otherwise(make);
    finite_spaces_are_exhausted(make);
    any_number_of_dimensions_is_searched(make, n_trials);
    any_losses_are_borne(make, n_trials);
    repeated_trials_are_borne(make, n_trials);
    a_long_history_is_borne(make);
    impossible_constraints_are_an_error(make);
}

/// Checks what more holds of samplers without a model: results are nothing to them.
///
/// # Panics
/// If the contract is broken.
pub fn check_without_model(make: &mut Make<'_>, n_trials: usize) {
    for space in spaces::all() {
        let mut in_order = Rehearsal::new(&space, make);
        let mut backwards = Rehearsal::new(&space, make);
        let mut never = Rehearsal::new(&space, make);
        for n in 0..n_trials {
            let config = never.propose();
            assert_eq!(in_order.propose(), config, "results do not matter");
            assert_eq!(backwards.propose(), config, "the order of results does not matter");
            if config.is_none() {
                break;
            }
            in_order.reveal(n, spaces::outcome);
            if n % 5 == 4 {
                (n - 4..=n).rev().for_each(|late| backwards.reveal(late, spaces::outcome));
            }
        }
    }
}

/// Up to four trials are pending at each proposal; then none is ever seen.
fn every_proposal_is_new_and_in_the_space(make: &mut Make<'_>, n_trials: usize) {
    for space in spaces::all() {
        let mut study = Rehearsal::new(&space, make);
        study.run(n_trials, 4, spaces::outcome);
        let mut blind = Rehearsal::new(&space, make);
        while blind.history.len() < n_trials && blind.propose().is_some() {}
    }
}

fn a_fresh_sampler_proposes_the_same(make: &mut Make<'_>, n_trials: usize) {
    for space in spaces::all() {
        let mut study = Rehearsal::new(&space, make);
        for n in 0..n_trials {
            let asked_twice = (n % 5 == 0).then(|| study.suggest().expect("a satisfiable space"));
            let fresh = study.with_sampler(make(&space));
            let forgetful = study.without_fits(make(&space));
            let is_checked = n % 5 == 0 || n + 1 == n_trials;
            let others: Vec<_> = [fresh, forgetful]
                .into_iter()
                .filter(|_| is_checked)
                .map(|mut s| s.propose())
                .collect();
            let config = study.propose();
            if let Some(asked) = asked_twice {
                assert_eq!(asked.map(|s| s.config), config, "asking changes nothing");
            }
            assert!(
                others.iter().all(|other| *other == config),
                "trial {n}: {others:?}, not {config:?}"
            );
            if n >= 3 && n - 3 < study.history.len() {
                study.reveal(n - 3, spaces::outcome);
            }
            if config.is_none() {
                break;
            }
        }
    }
}

fn another_seed_proposes_otherwise(make: &mut Make<'_>) {
    let space = spaces::cube(3);
    let mut runs = [0, 1].map(|seed| {
        let mut study = Rehearsal::new(&space, make);
        study.seed = seed;
        study.run(3, 1, spaces::outcome);
        study.configs()
    });
    runs.sort_by_key(|configs| format!("{configs:?}"));
    assert_ne!(runs[0], runs[1]);
}

/// Visits each configuration once, says none, and says it again.
fn finite_spaces_are_exhausted(make: &mut Make<'_>) {
    for space in spaces::finite() {
        let lattice = Lattice::exhaustive(&space).expect("a finite space");
        let points: HashSet<Config> =
            (0..lattice.n_raw()).filter_map(|i| lattice.point(&space, i)).collect();
        for n_pending in [0, 5] {
            let mut study = Rehearsal::new(&space, make);
            study.run(points.len() + 1, n_pending + 1, spaces::outcome);
            let visited: HashSet<Config> = study.configs().iter().map(|c| (**c).clone()).collect();
            assert_eq!(visited, points);
            assert_eq!(study.history.len(), points.len());
            assert_eq!(study.propose(), None);
        }
    }
}

fn any_number_of_dimensions_is_searched(make: &mut Make<'_>, n_trials: usize) {
    for n_dimensions in [1, 2, 7, 30, 100] {
        Rehearsal::new(&spaces::cube(n_dimensions), make).run(n_trials.min(12), 2, spaces::outcome);
    }
}

fn any_losses_are_borne(make: &mut Make<'_>, n_trials: usize) {
    let ok = |loss: f64| Outcome { state: State::Ok, losses: [loss].into(), predicted: None };
    let not_ok = |state, losses: &[f64]| Outcome { state, losses: losses.into(), predicted: None };
    let kinds: [&dyn Fn(usize) -> Outcome; 12] = [
        &|_| ok(0.0),
        &|_| ok(1e300),
        &|n| ok([1e300, -1e300, 1.0, f64::MAX, f64::MIN, 5e-324][n % 6]),
        &|n| ok(-(n as f64)),
        &|n| ok(1e-300 * (1.0 + n as f64)),
        &|n| ok(5e-324 * ((n * 7) % 5) as f64),
        &|n| ok(if n % 3 == 0 { 3.0 } else { 3f64.next_up() }),
        &|n| ok(10f64.powf((n % 40) as f64 - 20.0)),
        &|_| not_ok(State::Failed, &[]),
        &|_| not_ok(State::Diverged, &[0.5]),
        &|n| {
            if n < n_trials / 2 { not_ok(State::Timeout, &[]) } else { ok(1.0) }
        },
        &|n| {
            if n == 3 { ok(0.1) } else { not_ok([State::Raced, State::Failed][n % 2], &[0.01]) }
        },
    ];
    for losses in kinds {
        for space in [spaces::mixed(), spaces::cube(2)] {
            Rehearsal::new(&space, make).run(n_trials, 1, |_, n, _| losses(n));
        }
    }
}

/// A person may try one configuration by hand as often as they like, with another result each time.
fn repeated_trials_are_borne(make: &mut Make<'_>, n_trials: usize) {
    let space = spaces::mixed();
    let mut study = Rehearsal::new(&space, make);
    let by_hand = Arc::new(space.complete(&[]).expect("the defaults satisfy the constraints"));
    for _ in 0..n_trials {
        let number = study.history.len();
        study.history.push(Arc::clone(&by_hand), Origin::Manual);
        study.reveal(number, |_, n, _| Outcome {
            state: State::Ok,
            losses: [n as f64].into(),
            predicted: None,
        });
        study.run(number + 2, 1, spaces::outcome);
    }
}

/// After 5 000 trials a proposal is as valid and as new as the first ones, and a fresh sampler makes the same.
fn a_long_history_is_borne(make: &mut Make<'_>) {
    let space = spaces::cube(7);
    let mut study = Rehearsal::new(&space, &mut |_| Box::new(Random::default()));
    study.run(5000, 1, spaces::outcome);
    let [mut long, mut fresh] =
        [make(&space), make(&space)].map(|sampler| study.with_sampler(sampler));
    assert_eq!(long.propose(), fresh.propose());
    long.reveal(4999, spaces::outcome);
    assert!(long.propose().is_some());
}

fn impossible_constraints_are_an_error(make: &mut Make<'_>) {
    let space = spaces::impossible();
    assert!(Rehearsal::new(&space, make).suggest().is_err());
}
