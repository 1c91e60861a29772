//! Evaluates recorded folds again and compares the results with the record, bit by bit.

use super::difference::{ReplayDifference, is_identical};
use super::objective::{self, Job, Objective};
use super::racing::TrialRace;
use super::state::StudyState;
use crate::space::Value;
use crate::trial::{FoldResult, State};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// The result of evaluating folds again.
#[derive(Clone, Debug, PartialEq)]
pub struct Repetition {
    /// Number of folds that were reproduced.
    pub n_same: usize,
    /// The first that was not, in the given order.
    pub difference: Option<ReplayDifference>,
}

/// Picks `n` recorded folds as (trial, split), spread over trials and splits: the same ones each
/// time, or all if there are no more. Folds that a limit ended are not picked, since the clock may
/// have decided.
pub fn sample(study: &StudyState, n: usize) -> Vec<(u64, usize)> {
    // A limit of time or memory may not be reached again.
    let is_repeatable = |result: &FoldResult| !result.state.is_limit();
    let splits = |trial: u64| -> Vec<usize> {
        let results = study.results(trial);
        (0..results.len())
            .filter(|split| results[*split].as_ref().is_some_and(is_repeatable))
            .collect()
    };

    let trials = (0..study.slots().len() as u64).map(|trial| (trial, splits(trial)));
    let trials: Vec<(u64, Vec<usize>)> = trials.filter(|(_, splits)| !splits.is_empty()).collect();
    // The middle of each of n equal parts: evenly from the whole study.
    let at = |i: usize, len: usize| (2 * i + 1) * len / (2 * n);

    if n <= trials.len() {
        let pick = |i: usize| {
            let (trial, splits) = &trials[at(i, trials.len())];
            (*trial, splits[i % splits.len()])
        };
        return (0..n).map(pick).collect();
    }

    let all: Vec<(u64, usize)> =
        trials.iter().flat_map(|(trial, splits)| splits.iter().map(|s| (*trial, *s))).collect();
    if n >= all.len() { all } else { (0..n).map(|i| all[at(i, all.len())]).collect() }
}

/// Evaluates recorded folds again on a pool of threads; returns `None` if interrupted. `observe` is
/// called, on any thread, for each that ended.
///
/// # Panics
/// If a fold is not recorded: see [`sample`].
pub fn repeat(
    study: &StudyState,
    objective: &dyn Objective,
    folds: &[(u64, usize)],
    pool: &rayon::ThreadPool,
    is_interrupted: &(dyn Fn() -> bool + Sync),
    observe: &(dyn Fn() + Sync),
) -> Option<Repetition> {
    let ledger = &study.ledger;
    let races: BTreeMap<u64, TrialRace> =
        folds.iter().filter_map(|(trial, _)| Some((*trial, study.race_of(*trial)?))).collect();

    // Folds after a difference are not needed.
    let cutoff = AtomicUsize::new(folds.len());
    let again =
        |(index, &(trial, split)): (usize, &(u64, usize))| -> Option<Option<ReplayDifference>> {
            let interrupt = || {
                let is_useless = is_interrupted() || cutoff.load(Ordering::Relaxed) < index;
                if is_useless { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            if interrupt().is_break() {
                return None;
            }
            let slot = ledger.slots().get(trial).expect("the trial is recorded");
            let judge = races.get(&trial).map(|race| Mutex::new(race.judge(split)));
            let report = |epoch: u32, loss: f64| {
                let goes_on = judge.as_ref().is_none_or(|judge| {
                    judge.lock().unwrap_or_else(PoisonError::into_inner).hear(epoch, loss)
                });
                if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            };
            let job = Job {
                trial,
                split,
                config: &slot.config,
                space: &slot.space,
                interrupt: &interrupt,
                report: &report,
            };
            let mut repeated = objective::evaluate(objective, &job)?.result;
            if let Some(judge) = &judge {
                judge.lock().unwrap_or_else(PoisonError::into_inner).conclude(&mut repeated);
            }
            let recorded = ledger.results(trial).swap_remove(split).expect("the fold is recorded");
            let difference = difference(trial, split, &recorded, &repeated);
            if difference.is_some() {
                cutoff.fetch_min(index, Ordering::Relaxed);
            }
            observe();
            Some(difference)
        };

    let mut outcomes: Vec<Option<Option<ReplayDifference>>> =
        pool.install(|| folds.par_iter().enumerate().map(again).collect());
    let first = outcomes.iter().position(|outcome| outcome.as_ref().is_none_or(Option::is_some));

    let n_same = first.unwrap_or(outcomes.len());
    match first.map(|first| outcomes.swap_remove(first)) {
        None => Some(Repetition { n_same, difference: None }),
        Some(outcome) => outcome.map(|difference| Repetition { n_same, difference }),
    }
}

fn difference(
    trial: u64,
    split: usize,
    recorded: &FoldResult,
    repeated: &FoldResult,
) -> Option<ReplayDifference> {
    if recorded.state != repeated.state {
        let text = |state: State| Some(Value::Text(state.name().to_owned()));
        let why = (!repeated.reason.is_empty())
            .then(|| format!("{} ({})", repeated.state.name(), repeated.reason));
        let (recorded, repeated) =
            (text(recorded.state), why.map(Value::Text).or_else(|| text(repeated.state)));
        return Some(ReplayDifference::Fold {
            trial,
            split,
            name: "state".to_owned(),
            recorded,
            repeated,
        });
    }

    let (recorded, mut repeated) = (facts(recorded), facts(repeated));
    // A metric that is gone is a difference, too.
    let missing = recorded.iter().filter(|(name, _)| !repeated.iter().any(|(n, _)| n == name));
    let missing: Vec<(String, Option<Value>)> =
        missing.map(|(name, _)| (name.clone(), None)).collect();
    repeated.extend(missing);
    let of_record =
        |name: &str| recorded.iter().find(|(n, _)| n == name).and_then(|(_, value)| value.clone());
    let differences =
        repeated.into_iter().map(|(name, repeated)| (of_record(&name), name, repeated));
    let mut real = differences
        .filter(|(recorded, _, repeated)| !is_identical(recorded.as_ref(), repeated.as_ref()));

    real.next().map(|(recorded, name, repeated)| ReplayDifference::Fold {
        trial,
        split,
        name,
        recorded,
        repeated,
    })
}

/// The values of a result that follow from the configuration and the split, besides its state.
fn facts(result: &FoldResult) -> Vec<(String, Option<Value>)> {
    let count = |n: u64| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
    let mut facts = vec![("loss".to_owned(), result.loss.map(Value::Float))];
    facts.extend(
        result.metrics.iter().map(|(name, value)| (name.clone(), Some(Value::Float(*value)))),
    );

    for look in &result.looks {
        facts.push((format!("curve at rung {}", look.rung), Some(Value::Float(look.loss))));
    }
    facts.extend(result.predicted.map(|p| ("predicted".to_owned(), Some(Value::Float(p.loss)))));
    facts.push(("epochs".to_owned(), result.epochs.map(|n| count(n.into()))));
    facts.push(("n_parameters".to_owned(), result.n_parameters.map(count)));
    facts.push(("multiply_adds".to_owned(), result.multiply_adds.map(count)));

    facts
}
