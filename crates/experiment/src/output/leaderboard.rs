//! The ranking of a study, as a sheet.

use super::sheet::{Cell, Sheet, count, number, text};
use crate::facts::StudyFacts;
use tuner::rank::{Leaderboard, Row, SplitFacts, Totals};
use tuner::space::Value;
use tuner::study::Study;
use tuner::trial::Trial;

/// All trials of a study that have ended, ranked.
pub struct Ranking<'a> {
    study: &'a Study,
    /// Their order.
    pub board: Leaderboard,
    /// Mean over splits of test rows to training rows.
    pub test_train_ratio: f64,
}

impl<'a> Ranking<'a> {
    /// Ranks the trials of a study with `folds` folds a repeat.
    pub fn new(study: &'a Study, folds: u64) -> Self {
        let n_splits = study.spec().n_splits;
        let known = StudyFacts::of(study).test_train_ratio;
        let assumed = SplitFacts::k_fold(folds as usize, n_splits / folds as usize);
        let facts =
            SplitFacts { test_train_ratio: known.unwrap_or(assumed.test_train_ratio), ..assumed };
        let board = Leaderboard::new(study.trials(), &facts, study.spec().direction);
        Self { study, board, test_train_ratio: facts.test_train_ratio }
    }

    /// The trial of a row.
    pub fn trial(&self, row: &Row) -> Trial {
        self.study.trial(row.number).expect("what is ranked has ended")
    }

    /// The winner by loss; none if no trial succeeded.
    pub fn best(&self) -> Option<(&Row, Trial)> {
        self.board.best().map(|row| (row, self.trial(row)))
    }

    /// The table of `leaderboard.csv`.
    pub fn sheet(&self) -> Sheet<'_> {
        let spec = self.study.spec();
        let n_splits = spec.n_splits;
        let parameters = spec.space.parameters();
        let mut header: Vec<String> = FIXED.map(str::to_owned).to_vec();
        header.extend(spec.race.iter().flat_map(|_| RACED.map(str::to_owned)));
        header.extend(self.board.metric_names.iter().cloned());
        header.extend((0..n_splits).map(|split| format!("split{split}_loss")));
        header.extend(parameters.iter().map(|p| format!("param_{}", p.name)));
        Sheet::new(header, self.board.rows.iter().map(|row| self.cells(row)))
    }

    fn cells(&self, row: &Row) -> Vec<Cell> {
        let trial = self.trial(row);
        let totals = Totals::of(&trial.folds);
        let mut cells = vec![
            count(row.rank as u64),
            count(row.number),
            text(trial.state().name()),
            text(trial.reason()),
            text(trial.origin.name()),
            Some(Value::Bool(self.study.slots()[row.number].is_in_space())),
            row.loss.and_then(number),
            row.se.and_then(number),
            row.sd.and_then(number),
            count(row.folds_done as u64),
            row.in_best_set.map(Value::Bool),
            totals.epochs.and_then(number),
            totals.n_parameters.and_then(count),
            totals.multiply_adds.and_then(count),
            row.p_best.and_then(number),
        ];
        if self.study.spec().race.is_some() {
            cells.extend([
                row.raced.and_then(|raced| number(raced.predicted.loss)),
                row.raced.and_then(|raced| number(raced.predicted.se)),
                row.raced.and_then(|raced| count(raced.split as u64)),
                row.raced.and_then(|raced| count(raced.epoch?.into())),
            ]);
        }
        cells.extend(self.board.metric_means(&trial).into_iter().map(|mean| mean.and_then(number)));
        cells.extend(
            (0..self.study.spec().n_splits)
                .map(|split| trial.folds.get(split).and_then(|f| f.loss).and_then(number)),
        );
        cells.extend(trial.config.values().iter().cloned());
        cells
    }
}

/// The columns that every leaderboard has, in order.
const FIXED: [&str; 15] = [
    "rank",
    "trial",
    "state",
    "reason",
    "origin",
    "in_space",
    "loss",
    "se",
    "sd",
    "folds_done",
    "in_best_set",
    "epochs",
    "n_parameters",
    "multiply_adds",
    "p_best",
];

/// The columns of a study whose trials race, behind those that every leaderboard has.
const RACED: [&str; 4] = ["predicted", "predicted_se", "raced_split", "raced_epoch"];

/// Whether a leaderboard has, or in some study may have, a column of its own by this name: no metric can take it.
#[cfg(any(unix, test))]
pub fn is_column(name: &str) -> bool {
    let is_split = name.strip_prefix("split").is_some_and(|rest| rest.ends_with("_loss"));
    FIXED.contains(&name)
        || RACED.contains(&name)
        || is_split
        || name.starts_with("param_")
        || name == "repeat"
        || name == "fold"
}
