//! Learning curves of some trials, collected in one replay of the records.

use crate::store::{CurvePoint, FoldRecord, Record};
use crate::study::Study;
use crate::trial::{FoldResult, Prediction, State};
use serde::Serialize;
use std::collections::BTreeMap;

/// The learning curves of a trial.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CurveView {
    /// The trial's number.
    pub trial: u64,
    /// The state in which the trial's last fold ended.
    pub state: State,
    /// After each epoch, the mean training loss over the folds that reached it; `None` if no fold
    /// reports one.
    pub training: Vec<Option<f64>>,
    /// After each epoch, the mean validation loss over the folds that reached it.
    pub validation: Vec<Option<f64>>,
    /// The validation loss of each fold after each epoch.
    pub folds: Vec<Vec<Option<f64>>>,
    /// The prediction when racing stopped the trial: its fold's loss at the end, or
    /// its mean over all folds.
    pub predicted: Option<Prediction>,
    /// The epochs after which racing judged the fold in which it stopped the trial, each with the
    /// loss beyond which it stops.
    pub bars: Vec<(u32, f64)>,
}

impl CurveView {
    /// Adds the bars of a trial that racing stopped inside a fold.
    pub(super) fn add_bars(&mut self, study: &Study) {
        let results = study.results(self.trial);
        let is_raced = |fold: &Option<FoldResult>| {
            fold.as_ref().is_some_and(|fold| fold.state == State::Raced)
        };
        let Some(split) = results.iter().position(is_raced) else { return };
        let (Some(race), Some(fold)) = (study.race_of(self.trial), &results[split]) else { return };

        let rungs = race.rungs.iter().filter_map(|rung| {
            let look = fold.looks.iter().find(|look| look.rung == rung.index)?;
            Some((rung.epoch, race.bars.as_ref()?.bar(split, look)?))
        });
        self.bars = rungs.collect();
    }
}

/// Collects the curves of chosen trials.
pub struct CurveReader {
    folds: BTreeMap<u64, Vec<FoldRecord>>,
}

impl CurveReader {
    /// Collects for these trials.
    pub fn new(trials: impl IntoIterator<Item = u64>) -> Self {
        Self { folds: trials.into_iter().map(|trial| (trial, Vec::new())).collect() }
    }

    /// Handles a record, replayed with its curves.
    pub fn visit(&mut self, record: Record) {
        if let Record::Fold(fold) = record
            && let Some(folds) = self.folds.get_mut(&fold.trial)
        {
            folds.push(fold);
        }
    }

    /// Returns the curves of the trials that have any, by number.
    pub fn finish(self) -> Vec<CurveView> {
        self.folds.into_iter().filter_map(|(trial, folds)| curve(trial, folds)).collect()
    }
}

fn curve(trial: u64, mut folds: Vec<FoldRecord>) -> Option<CurveView> {
    folds.sort_by_key(|fold| fold.split);
    let n_epochs = folds.iter().map(|fold| fold.curve.len()).max().filter(|n| *n > 1)?;
    // Over the folds that reached the epoch: stopped ones are shorter.
    let mean = |epoch: usize, part: fn(&CurvePoint) -> Option<f32>| {
        let at = folds.iter().filter_map(|fold| fold.curve.get(epoch).and_then(part));
        let values: Vec<f64> = at.map(f64::from).filter(|loss| loss.is_finite()).collect();
        crate::stats::mean(&values)
    };

    let of_fold =
        |fold: &FoldRecord| fold.curve.iter().map(|point| point.1.map(f64::from)).collect();
    Some(CurveView {
        trial,
        state: folds.last().map_or(State::Failed, |fold| fold.state),
        training: (0..n_epochs).map(|epoch| mean(epoch, |point| point.0)).collect(),
        validation: (0..n_epochs).map(|epoch| mean(epoch, |point| point.1)).collect(),
        folds: folds.iter().map(of_fold).collect(),
        predicted: folds.last().and_then(|fold| fold.predicted),
        bars: Vec::new(),
    })
}
