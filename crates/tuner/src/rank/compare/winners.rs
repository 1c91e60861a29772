//! How two winners differ, and which configurations both studies tried.

use super::{Board, BoardTrial};
use std::collections::BTreeMap;

/// A hyperparameter that two winners set differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference<'a> {
    /// The hyperparameter's name.
    pub name: &'a str,
    /// The value in the reference; `None` if the parameter is inactive there.
    pub reference: Option<&'a str>,
    /// The value in the other study.
    pub other: Option<&'a str>,
}

/// A configuration that two studies tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    /// The configuration's first trial in the reference.
    pub reference: u64,
    /// The configuration's first trial in the other study.
    pub other: u64,
    /// The configuration's loss in the reference, in the user's units.
    pub reference_loss: Option<f64>,
    /// The configuration's loss in the other study, in the user's units.
    pub other_loss: Option<f64>,
}

/// Returns the hyperparameters in which two trials differ: those of the reference in its order,
/// then those that only the other has.
pub fn differing<'a>(reference: &'a BoardTrial, other: &'a BoardTrial) -> Vec<Difference<'a>> {
    let value = |trial: &'a BoardTrial, name: &str| {
        trial.params.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    };
    // Parameters that only the other study has come last.
    let additional = other.params.iter().filter(|(name, _)| value(reference, name).is_none());

    let names = reference.params.iter().chain(additional).map(|(name, _)| name.as_str());
    names
        .map(|name| Difference {
            name,
            reference: value(reference, name),
            other: value(other, name),
        })
        .filter(|d| d.reference != d.other)
        .collect()
}

/// Returns the configurations that both studies tried, by trial of the reference. The order of
/// hyperparameters does not matter.
pub fn shared(reference: &Board, other: &Board) -> Vec<Shared> {
    let others = first_trials(other);
    // A configuration may have been tried twice: its first trial stands for it.
    let mut shared: Vec<Shared> = first_trials(reference)
        .into_iter()
        .filter_map(|(params, trial)| {
            let twin = others.get(&params)?;
            Some(Shared {
                reference: trial.number,
                other: twin.number,
                reference_loss: trial.loss(),
                other_loss: twin.loss(),
            })
        })
        .collect();

    shared.sort_by_key(|s| s.reference);
    shared
}

fn first_trials(board: &Board) -> BTreeMap<Vec<(&str, &str)>, &BoardTrial> {
    let mut trials: Vec<&BoardTrial> = board.trials.iter().collect();
    trials.sort_by_key(|t| t.number);
    let mut first = BTreeMap::new();
    for trial in trials {
        let mut params: Vec<(&str, &str)> =
            trial.params.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        params.sort_unstable();
        first.entry(params).or_insert(trial);
    }
    first
}
