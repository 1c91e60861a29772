//! `leaderboard.meta.json`: the origin of a leaderboard, so that two can be compared honestly.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tuner::trial::Direction;

/// The contents of the file. Readers accept additional keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    /// The study's name.
    pub study: String,
    /// Version of the program that created the study.
    pub version: String,
    /// Instruction set with which it began.
    pub instruction_set: String,
    /// The search method.
    pub method: String,
    /// The name of the loss.
    pub metric: String,
    /// The ranked quantity if it is not the metric itself: `1 - roc_auc`; absent in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<String>,
    /// The direction of optimisation.
    pub direction: Direction,
    /// Seed of the proposals.
    pub seed: u64,
    /// Seed of folds and training.
    pub cv_seed: u64,
    /// Folds of one repeat.
    pub folds: u64,
    /// Number of repeats.
    pub repeats: u64,
    /// Mean over splits of the ratio of test to training rows.
    pub test_train_ratio: f64,
    /// Trials in the leaderboard.
    pub trials: usize,
    /// Trials that have started and not ended.
    pub unfinished: usize,
    /// Whether a time limit ended the study or a fold.
    pub clock_limit_fired: bool,
    /// SHA-256 of the data, the split and the space, if there are any.
    pub hashes: BTreeMap<String, String>,
}

impl Meta {
    /// The file's bytes.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("the fields are plain values");
        bytes.push(b'\n');
        bytes
    }
}
