//! Learning curves of some trials, collected from records that are replayed once.

use crate::store::{CurvePoint, Fold, Record};
use crate::trial::{Prediction, State};
use serde::Serialize;
use std::collections::BTreeMap;

/// The learning curves of a trial.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CurveView {
    /// The trial's number.
    pub trial: u64,
    /// How its last fold ended.
    pub state: State,
    /// After each epoch the mean training loss over the folds that reached it; none where no fold reports one.
    pub training: Vec<Option<f64>>,
    /// The same of the validation loss.
    pub validation: Vec<Option<f64>>,
    /// The validation loss of each fold after each epoch.
    pub folds: Vec<Vec<Option<f64>>>,
    /// What was predicted when the trial was stopped as hopeless: its fold's loss at the end, or its mean over all folds.
    pub predicted: Option<Prediction>,
}

/// Collects the curves of chosen trials.
pub struct CurveReader {
    folds: BTreeMap<u64, Vec<Fold>>,
}

impl CurveReader {
    /// For these trials.
    pub fn new(trials: impl IntoIterator<Item = u64>) -> Self {
        Self { folds: trials.into_iter().map(|trial| (trial, Vec::new())).collect() }
    }

    /// Takes in a record, replayed with its curves.
    pub fn visit(&mut self, record: Record) {
        if let Record::Fold(fold) = record
            && let Some(folds) = self.folds.get_mut(&fold.trial)
        {
            folds.push(fold);
        }
    }

    /// The curves of the trials that have any, by number.
    pub fn finish(self) -> Vec<CurveView> {
        self.folds.into_iter().filter_map(|(trial, folds)| curve(trial, folds)).collect()
    }
}

fn curve(trial: u64, mut folds: Vec<Fold>) -> Option<CurveView> {
    folds.sort_by_key(|fold| fold.split);
    let n_epochs = folds.iter().map(|fold| fold.curve.len()).max().filter(|n| *n > 1)?;
    let mean = |epoch: usize, part: fn(&CurvePoint) -> Option<f32>| {
        let at = folds.iter().filter_map(|fold| fold.curve.get(epoch).and_then(part));
        let values: Vec<f64> = at.map(f64::from).filter(|loss| loss.is_finite()).collect();
        crate::stats::mean(&values)
    };
    let of_fold = |fold: &Fold| fold.curve.iter().map(|point| point.1.map(f64::from)).collect();
    Some(CurveView {
        trial,
        state: folds.last().map_or(State::Failed, |fold| fold.state),
        training: (0..n_epochs).map(|epoch| mean(epoch, |point| point.0)).collect(),
        validation: (0..n_epochs).map(|epoch| mean(epoch, |point| point.1)).collect(),
        folds: folds.iter().map(of_fold).collect(),
        predicted: folds.last().and_then(|fold| fold.predicted),
    })
}
