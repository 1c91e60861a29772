//! `folds.csv` and `timings.csv`: one row per fold, in long form; only the second depends on the
//! clock.

use super::leaderboard::Ranking;
use super::sheet::{Cell, Sheet, count, number, text};
use tuner::study::Study;
use tuner::trial::FoldResult;

/// Lists every recorded fold of the ended trials. `folds` is the number of folds of one repeat.
pub fn folds<'a>(study: &'a Study, ranking: &'a Ranking<'_>, folds: usize) -> Sheet<'a> {
    let metrics = &ranking.board.metric_names;
    let mut header: Vec<String> =
        ["trial", "repeat", "fold", "state", "epochs", "loss"].map(str::to_owned).to_vec();
    header.extend(metrics.iter().cloned());

    // One fold at a time: a study may hold millions.
    let rows = each_fold(study).map(move |(trial, split, fold)| {
        let mut row = place(trial, split, folds);
        row.extend([
            text(fold.state.name()),
            fold.epochs.and_then(|e| count(e.into())),
            fold.loss.and_then(number),
        ]);
        row.extend(metrics.iter().map(|name| metric(&fold, name).and_then(number)));
        row
    });

    Sheet::new(header, rows)
}

/// Lists the seconds of each recorded fold.
pub fn timings(study: &Study, folds: usize) -> Sheet<'_> {
    let header = ["trial", "repeat", "fold", "state", "seconds"].map(str::to_owned).to_vec();
    let rows = each_fold(study).map(move |(trial, split, fold)| {
        let mut row = place(trial, split, folds);
        row.extend([text(fold.state.name()), number(fold.seconds)]);
        row
    });
    Sheet::new(header, rows)
}

/// A further metric of a fold.
fn metric(fold: &FoldResult, name: &str) -> Option<f64> {
    fold.metrics.iter().find(|(n, _)| n == name).map(|(_, value)| *value)
}

/// The folds with their trial's number and their split.
fn each_fold(study: &Study) -> impl Iterator<Item = (u64, usize, FoldResult)> {
    study.trials().flat_map(|t| {
        t.folds.into_iter().enumerate().map(move |(split, fold)| (t.number, split, fold))
    })
}

fn place(trial: u64, split: usize, folds: usize) -> Vec<Cell> {
    vec![count(trial), count((split / folds) as u64), count((split % folds) as u64)]
}
