//! The ranking of a study as a sheet.

use super::sheet::{Cell, Sheet, count, number, text};
use crate::facts::StudyFacts;
use crate::report::{Failure, Fault, in_words, quoted};
use trainer::{Metric, NamedChoice};
use tuner::rank::{Leaderboard, Row, SplitFacts, Totals};
use tuner::space::Value;
use tuner::study::Study;
use tuner::trial::{Direction, Trial};

/// All ended trials of a study, ranked.
pub struct Ranking<'a> {
    study: &'a Study,
    /// The trials in the order of their losses, or of the metric in `by`.
    pub board: Leaderboard,
    /// Mean over splits of the ratio of test to training rows.
    pub test_train_ratio: f64,
    /// The further metric that ranks instead of the loss, if any.
    by: Option<String>,
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
        Self { study, board, test_train_ratio: facts.test_train_ratio, by: None }
    }

    /// Ranks the same trials by a further recorded metric; `loss` then is among the further
    /// metrics.
    ///
    /// # Errors
    /// If no trial has the metric.
    pub fn by(self, metric: &str, direction: Direction, folds: u64) -> Result<Self, Failure> {
        if !self.board.metric_names.iter().any(|name| name == metric) {
            let known = in_words(self.board.metric_names.iter().map(|name| quoted(name)));
            let fault =
                Fault::error(format!("no trial has the metric {} on record", quoted(metric)));
            let hint = if known.is_empty() {
                "the trials have a loss and no further metric".to_owned()
            } else {
                format!("on record: {known}")
            };
            return Err(fault.hint(hint).into());
        }

        let n_splits = self.study.spec().n_splits;
        let assumed = SplitFacts::k_fold(folds as usize, n_splits / folds as usize);
        let facts = SplitFacts { test_train_ratio: self.test_train_ratio, ..assumed };
        // Ranked again, with the tests and intervals of that metric.
        let trials = self.study.trials().map(|trial| ranked_by(trial, metric));
        let board = Leaderboard::new(trials, &facts, direction);

        Ok(Self { board, by: Some(metric.to_owned()), ..self })
    }

    /// Returns the metric that ranks the trials, if it is not the study's own.
    pub fn metric(&self) -> Option<&str> {
        self.by.as_deref()
    }

    /// The trial of a row.
    pub fn trial(&self, row: &Row) -> Trial {
        let trial = self.study.trial(row.number).expect("what is ranked has ended");
        match &self.by {
            Some(metric) => ranked_by(trial, metric),
            None => trial,
        }
    }

    /// Returns the trial with the lowest loss; `None` if no trial succeeded.
    pub fn best(&self) -> Option<(&Row, Trial)> {
        self.board.best().map(|row| (row, self.trial(row)))
    }

    /// Returns the table of `leaderboard.csv`.
    pub fn sheet(&self) -> Sheet<'_> {
        let spec = self.study.spec();
        let n_splits = spec.n_splits;
        let parameters = spec.space.parameters();
        let ranks = self.by.as_deref().unwrap_or("loss");
        let renamed = |name: &str| if name == "loss" { ranks.to_owned() } else { name.to_owned() };
        let mut header: Vec<String> = FIXED.map(renamed).to_vec();
        header.extend(spec.race.iter().flat_map(|_| RACED.map(str::to_owned)));
        header.extend(self.board.metric_names.iter().cloned());
        header.extend((0..n_splits).map(|split| format!("split{split}_{ranks}")));
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
            self.study.slot(row.number).map(|slot| Value::Bool(slot.is_in_space())),
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

/// Returns the trial with a further metric instead of its loss, and the loss among the further
/// metrics.
fn ranked_by(mut trial: Trial, metric: &str) -> Trial {
    for fold in &mut trial.folds {
        let position = fold.metrics.iter().position(|(name, _)| name == metric);
        let value = position.map(|position| fold.metrics.remove(position).1);
        if let Some(loss) = fold.loss.take() {
            fold.metrics.push(("loss".to_owned(), loss));
        }
        fold.loss = value;
    }
    trial
}

/// Returns the direction of a further metric: known for the trainer's, guessed from the name for a
/// program's.
pub fn direction_of(metric: &str) -> Option<Direction> {
    const MAXIMISED: [&str; 8] =
        ["accuracy", "auc", "precision", "recall", "f1", "r2", "score", "iou"];
    if let Some((_, metric)) = Metric::NAMES.iter().find(|(name, _)| *name == metric) {
        let is_maximised = metric.is_maximised();
        return Some(if is_maximised { Direction::Maximize } else { Direction::Minimize });
    }
    let lower = metric.to_lowercase();
    let has = |names: &[&str]| names.iter().any(|name| lower.contains(name));
    // A name that says both, such as `precision_loss`, or neither, is left to the user.
    match (has(&MAXIMISED), has(&["loss", "error", "mse", "mae", "entropy", "seconds"])) {
        (true, false) => Some(Direction::Maximize),
        (false, true) => Some(Direction::Minimize),
        _ => None,
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

/// Additional columns of a study that races, after those of every leaderboard.
const RACED: [&str; 4] = ["predicted", "predicted_se", "raced_split", "raced_epoch"];

/// Whether some leaderboard has a fixed column of this name, which no metric can take.
#[cfg(any(unix, test))]
pub(crate) fn is_column(name: &str) -> bool {
    let is_split = name.strip_prefix("split").is_some_and(|rest| rest.ends_with("_loss"));
    FIXED.contains(&name)
        || RACED.contains(&name)
        || is_split
        || name.starts_with("param_")
        || name == "repeat"
        || name == "fold"
}
