//! `folds.csv` and `timings.csv`: a row a fold, in long form; what the clock says stands in the second alone.

use super::sheet::{Sheet, count, number, text};
use std::collections::BTreeSet;
use tuner::trial::{FoldResult, Trial};

/// Lists every recorded fold of the trials. `folds` is the number of folds of one repeat.
pub fn folds(trials: &[Trial], folds: usize) -> Sheet {
    let metrics = metric_names(trials);
    let mut header: Vec<String> = ["trial", "repeat", "fold", "state", "epochs", "loss"].map(str::to_owned).to_vec();
    header.extend(metrics.iter().cloned());
    let rows = each_fold(trials).map(|(trial, split, fold)| {
        let mut row = place(trial, split, folds);
        row.extend([text(fold.state.name()), fold.epochs.and_then(|e| count(e.into())), fold.loss.and_then(number)]);
        row.extend(metrics.iter().map(|name| metric(fold, name).and_then(number)));
        row
    });
    Sheet { header, rows: rows.collect() }
}

/// Lists how long each recorded fold took, in seconds.
pub fn timings(trials: &[Trial], folds: usize) -> Sheet {
    let header = ["trial", "repeat", "fold", "state", "seconds"].map(str::to_owned).to_vec();
    let rows = each_fold(trials).map(|(trial, split, fold)| {
        let mut row = place(trial, split, folds);
        row.extend([text(fold.state.name()), number(fold.seconds)]);
        row
    });
    Sheet { header, rows: rows.collect() }
}

/// The names of the further metrics of all folds, alphabetically.
pub fn metric_names(trials: &[Trial]) -> Vec<String> {
    let names = each_fold(trials).flat_map(|(_, _, fold)| fold.metrics.iter().map(|(name, _)| name));
    names.collect::<BTreeSet<_>>().into_iter().cloned().collect()
}

/// A further metric of a fold.
pub fn metric(fold: &FoldResult, name: &str) -> Option<f64> {
    fold.metrics.iter().find(|(n, _)| n == name).map(|(_, value)| *value)
}

fn each_fold(trials: &[Trial]) -> impl Iterator<Item = (&Trial, usize, &FoldResult)> {
    trials.iter().flat_map(|t| t.folds.iter().enumerate().map(move |(split, fold)| (t, split, fold)))
}

fn place(trial: &Trial, split: usize, folds: usize) -> Vec<super::sheet::Cell> {
    vec![count(trial.number), count((split / folds) as u64), count((split % folds) as u64)]
}
