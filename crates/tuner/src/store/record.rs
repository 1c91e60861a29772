//! The stored form: one record per fact, in the order in which the facts became true.
//!
//! Records serialise with serde, tagged by `kind`. Their names and meanings never change; a new
//! fact is a new kind.

use crate::space::Value;
use crate::trial::{FoldResult, Look, Origin, Prediction, State};
use serde::{Deserialize, Serialize};

/// One fact about a study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Record {
    /// The study as written: always the first record.
    Study(StudyText),
    /// A revised space; later trials refer to it by its position among the revisions, and the
    /// study's own space is 0.
    Revision(StudyText),
    /// A new total of trials, replacing the file's.
    Total {
        /// The total number of trials.
        trials: u64,
    },
    /// A trial was proposed.
    Trial(Proposal),
    /// A fold ended.
    Fold(FoldRecord),
    /// Kernel parameters were fitted.
    Fitted {
        /// The revision of the space they belong to.
        revision: u64,
        /// Number of results used, in the order in which trials saw them.
        n_results: usize,
        /// The parameters.
        values: Vec<f64>,
    },
    /// An asked trial was put back: it will be handed out again.
    Abandoned {
        /// The trial.
        trial: u64,
    },
    /// A trial that had been put back was handed out again.
    HandedOut {
        /// The trial.
        trial: u64,
    },
    /// The time of day at which a trial was handed out, for the first time or again.
    Asked {
        /// The trial.
        trial: u64,
        /// Seconds since 1970 in UTC, by the clock of the process that handed it out.
        unix_seconds: u64,
    },
    /// Racing stopped a trial after its first folds, all of which are ok.
    Raced(Raced),
    /// An epoch of an open trial was told.
    Epoch {
        /// The trial.
        trial: u64,
        /// The split.
        split: usize,
        /// The epoch, from 1.
        epoch: u32,
        /// The loss after it, in the user's units; `None` if it is not finite.
        loss: Option<f64>,
    },
    /// A time limit ended the study before this trial was proposed.
    OutOfTime {
        /// The trial that would have been next.
        trial: u64,
        /// Seconds that all runs took together.
        seconds: f64,
    },
    /// Another version of the program, or another machine, continues the study: these facts replace
    /// those of the same name.
    Session {
        /// The facts by name.
        facts: Vec<(String, String)>,
    },
    /// A trial was tested on the held-out rows.
    TestOpened {
        /// The trial tested.
        trial: u64,
        /// Metrics on the held-out rows, by name.
        metrics: Vec<(String, f64)>,
    },
}

/// A study as written, opaque to this crate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudyText {
    /// The space file, byte for byte.
    pub text: String,
    /// The absolute folder of the file, to which its paths are relative.
    pub folder: String,
    /// The origin of the study: hashes and versions, by name.
    pub facts: Vec<(String, String)>,
}

/// A proposed trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// The trial's number.
    pub trial: u64,
    /// The revision of the space it belongs to.
    pub revision: u64,
    /// The trial's origin.
    pub origin: Origin,
    /// The values of the active parameters, in the order of the space.
    pub params: Vec<(String, Value)>,
    /// All trials below this one were seen.
    pub watermark: u64,
    /// Trials that it saw and the trial before did not, ascending.
    pub seen: Vec<u64>,
    /// Seconds of all runs when it was proposed, which trace time limits; nothing else uses it.
    pub at_seconds: f64,
}

/// A trial that was stopped after a fold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Raced {
    /// The trial.
    pub trial: u64,
    /// The number of its folds that count: from the first, fewer than all.
    pub n_folds: usize,
    /// The predicted mean over all folds.
    pub predicted: Prediction,
    /// The reason in words.
    pub reason: String,
}

/// A fold that ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoldRecord {
    /// The trial's number.
    pub trial: u64,
    /// The split: repeat · folds + fold.
    pub split: usize,
    /// The state in which the fold ended.
    pub state: State,
    /// Why it is not ok.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The study's metric, in the user's units.
    pub loss: Option<f64>,
    /// Further metrics.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<(String, f64)>,
    /// Number of trained epochs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epochs: Option<u32>,
    /// Number of the network's parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n_parameters: Option<u64>,
    /// Planned multiply-adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiply_adds: Option<u64>,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Seconds of all runs when it ended.
    #[serde(default)]
    pub at_seconds: f64,
    /// The fold's learning curve at the rungs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<Look>,
    /// The predicted loss at its end, if racing stopped it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicted: Option<Prediction>,
    /// Losses by epoch; empty if the objective keeps none, or if the replay left them out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curve: Vec<CurvePoint>,
}

/// The losses after one epoch, as (training, validation); `None` if not finite or unknown.
pub type CurvePoint = (Option<f32>, Option<f32>);

impl FoldRecord {
    /// The record of a fold's result.
    pub fn new(
        trial: u64,
        split: usize,
        result: &FoldResult,
        curve: Vec<CurvePoint>,
        at_seconds: f64,
    ) -> Self {
        let result = result.clone();
        Self {
            trial,
            split,
            state: result.state,
            reason: result.reason,
            loss: result.loss,
            metrics: result.metrics,
            epochs: result.epochs,
            n_parameters: result.n_parameters,
            multiply_adds: result.multiply_adds,
            seconds: result.seconds,
            looks: result.looks,
            predicted: result.predicted,
            at_seconds,
            curve,
        }
    }

    /// The result that was recorded.
    pub fn result(self) -> FoldResult {
        FoldResult {
            state: self.state,
            reason: self.reason,
            loss: self.loss,
            metrics: self.metrics,
            epochs: self.epochs,
            n_parameters: self.n_parameters,
            multiply_adds: self.multiply_adds,
            seconds: self.seconds,
            looks: self.looks,
            predicted: self.predicted,
        }
    }
}
