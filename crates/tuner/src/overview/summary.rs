//! A study in a few numbers.

use super::board::RowView;
use crate::rank::Leaderboard;
use crate::study::Study;
use crate::trial::{Direction, State};
use serde::Serialize;

/// Facts that the study itself does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The study's name.
    pub name: String,
    /// Folds of one repeat.
    pub folds: usize,
    /// The space file that was run.
    pub file: String,
}

/// A study in a few numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The study's name.
    pub name: String,
    /// The name of the loss.
    pub metric: String,
    /// The direction of optimisation.
    pub direction: Direction,
    /// The search method.
    pub method: &'static str,
    /// The seed of the proposals.
    pub seed: u64,
    /// Folds of one repeat, and repeats.
    pub folds: (usize, usize),
    /// Trials that have ended.
    pub n_ended: usize,
    /// The total number of trials, if known.
    pub total: Option<u64>,
    /// Trials by state; states without a trial are left out.
    pub states: Vec<(State, usize)>,
    /// The best trial.
    pub best: Option<BestView>,
    /// Number of trials that may be the best, and of trials with a loss.
    pub best_set: (usize, usize),
    /// The simplest trial within one standard error of the best, if it is another one: its number
    /// and its number of parameters.
    pub one_se: Option<(u64, u64)>,
    /// The loss of a constant prediction, if known.
    pub baseline: Option<f64>,
    /// The beginning of the hash of the data.
    pub data: Option<String>,
    /// Version and instruction set of the program that created the study.
    pub made_by: (Option<String>, Option<String>),
    /// Whether a time limit ended the study or a fold.
    pub clock_fired: bool,
    /// Number of trials outside the current space.
    pub n_outside: usize,
    /// Tests on the held-out rows: the trial and its metrics.
    pub tests: Vec<(u64, Vec<(String, f64)>)>,
}

/// The best trial.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BestView {
    /// The best trial's number.
    pub trial: u64,
    /// The best trial's loss.
    pub loss: f64,
    /// The corrected standard error of its loss.
    pub se: Option<f64>,
    /// The number of parameters of the best trial's model, if counted.
    pub n_parameters: Option<u64>,
}

/// Characters of a hash that are shown.
const HASH_LETTERS: usize = 12;

pub(super) fn summary(
    study: &Study,
    board: &Leaderboard,
    about: &About,
    rows: &[RowView],
) -> Summary {
    let fact = |name: &str| {
        let facts = &study.text().facts;
        facts.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone())
    };

    let n_of = |state: State| rows.iter().filter(|row| row.state == state).count();
    let best = board.best().and_then(|row| {
        let (trial, n_parameters) = (row.number, row.n_parameters);
        Some(BestView { trial, loss: row.loss?, se: row.se, n_parameters })
    });

    // The simplest trial within one standard error is only worth a line if it is another one.
    let simple = board.one_se().filter(|row| best.as_ref().is_some_and(|b| b.trial != row.number));
    let n_splits = study.spec().n_splits;
    Summary {
        name: about.name.clone(),
        metric: fact("metric").unwrap_or_else(|| "loss".to_owned()),
        direction: study.spec().direction,
        method: study.spec().method.name(),
        seed: study.spec().seed,
        folds: (about.folds, n_splits / about.folds.max(1)),
        n_ended: study.trials_ended(),
        total: study.total_with_manual(),
        states: State::ALL.map(|s| (s, n_of(s))).into_iter().filter(|(_, n)| *n > 0).collect(),
        best,
        best_set: (
            rows.iter().filter(|row| row.in_best_set == Some(true)).count(),
            rows.iter().filter(|row| row.loss.is_some()).count(),
        ),
        one_se: simple.and_then(|row| Some((row.number, row.n_parameters?))),
        baseline: fact("baseline").and_then(|loss| loss.parse().ok()),
        data: fact("data").map(|hash| hash.chars().take(HASH_LETTERS).collect()),
        made_by: (fact("version"), fact("instruction_set")),
        clock_fired: study.clock_fired(),
        n_outside: study.slots().iter().filter(|slot| !slot.is_in_space()).count(),
        tests: study.tests().to_vec(),
    }
}
