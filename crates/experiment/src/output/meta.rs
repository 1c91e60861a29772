//! `leaderboard.meta.json`: what a leaderboard was made from, so that two can be compared honestly.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tuner::trial::Direction;

/// The contents of the file. Readers accept added keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    /// The study's name.
    pub study: String,
    /// Version of the program that began the study.
    pub version: String,
    /// Instruction set with which it was begun.
    pub instruction_set: String,
    /// Method of search.
    pub method: String,
    /// What the losses are.
    pub metric: String,
    /// What is ranked by, where it is not the metric itself: `1 - roc_auc`. Older files do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<String>,
    /// Which way is better.
    pub direction: Direction,
    /// Seed of the proposals.
    pub seed: u64,
    /// Seed of folds and training.
    pub cv_seed: u64,
    /// Folds of one repeat.
    pub folds: u64,
    /// Repeats.
    pub repeats: u64,
    /// Mean over splits of test rows to training rows.
    pub test_train_ratio: f64,
    /// Trials in the leaderboard.
    pub trials: usize,
    /// Trials that were begun and have not ended.
    pub unfinished: usize,
    /// Whether a limit that the clock decides ended the study or a fold.
    pub clock_limit_fired: bool,
    /// SHA-256 of the data, the split and the space, where there are any.
    pub hashes: BTreeMap<String, String>,
}

impl Meta {
    /// The file's bytes.
    pub fn to_json(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("the fields are plain values");
        bytes.push(b'\n');
        bytes
    }
}
