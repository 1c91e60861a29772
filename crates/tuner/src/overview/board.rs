//! A line of the leaderboard with its configuration.

use super::parameter::ParameterView;
use crate::rank::{Leaderboard, Row, SplitFacts, Totals, rank_intervals};
use crate::space::Value;
use crate::study::Study;
use crate::trial::{Origin, State};
use serde::Serialize;

/// An ended trial.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RowView {
    /// From 1, the best.
    pub rank: usize,
    /// The trial's number.
    pub trial: u64,
    /// The state in which the trial ended.
    pub state: State,
    /// Why it is not ok; empty if it is. It may contain a program's output.
    pub reason: String,
    /// The trial's origin.
    pub origin: Origin,
    /// Whether the trial lies in the current space.
    pub in_space: bool,
    /// Mean loss over the splits.
    pub loss: Option<f64>,
    /// The corrected standard error of the loss.
    pub se: Option<f64>,
    /// Whether the trial is in the best set, which holds 97 % of the probability to be the best.
    pub in_best_set: Option<bool>,
    /// The ranks that are possible given the observation noise.
    pub ranks: Option<(usize, usize)>,
    /// Number of the network's parameters.
    pub n_parameters: Option<u64>,
    /// Planned multiply-adds of all its folds.
    pub multiply_adds: Option<u64>,
    /// Further metrics, in the order of the leaderboard's names.
    pub metrics: Vec<Option<f64>>,
    /// The loss of each split.
    pub folds: Vec<Option<f64>>,
    /// The searched parameters' values; `None` where inactive.
    pub params: Vec<Option<Value>>,
}

/// The most trials with known rank intervals.
const N_RANKED: usize = 40;

/// All lines in rank order.
pub(super) fn rows(
    study: &Study,
    board: &Leaderboard,
    facts: &SplitFacts,
    parameters: &[ParameterView],
) -> Vec<RowView> {
    let ranks = rank_intervals(study.trials(), facts, study.spec().direction, N_RANKED);
    let line = |(position, row): (usize, &Row)| {
        let trial = study.trial(row.number)?;
        let slot = study.slots().get(row.number)?;
        let totals = Totals::of(&trial.folds);
        let value = |parameter: &ParameterView| {
            // By name: the trial may belong to an earlier space with other parameters.
            let mut named = slot.named();
            named.find(|(name, _)| *name == parameter.name).map(|(_, value)| value.clone())
        };
        let n_splits = study.spec().n_splits;
        Some(RowView {
            rank: row.rank,
            trial: row.number,
            state: trial.state(),
            reason: trial.reason().to_owned(),
            origin: trial.origin,
            in_space: slot.is_in_space(),
            loss: row.loss,
            se: row.se,
            in_best_set: row.in_best_set,
            ranks: ranks.get(position).copied(),
            n_parameters: totals.n_parameters,
            multiply_adds: totals.multiply_adds,
            metrics: board.metric_means(&trial),
            folds: (0..n_splits).map(|split| trial.folds.get(split).and_then(|f| f.loss)).collect(),
            params: parameters.iter().map(value).collect(),
        })
    };

    board.rows.iter().enumerate().filter_map(line).collect()
}
