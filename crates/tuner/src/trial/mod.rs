//! Trials, their folds, and their states.
//!
//! A trial is one configuration, evaluated on every split (repeat and fold) of the study. Its
//! record is its folds in order up to and including the first that is not ok, which gives the trial
//! its state.

mod history;
mod tried;

pub use history::{Entry, History, Outcome};

use crate::space::Config;
use crate::stats;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How a fold, and with it its trial, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// With a loss.
    Ok,
    /// Stopped early by racing, since it could not win.
    Raced,
    /// The loss was not finite, or exploded.
    Diverged,
    /// The evaluation failed: a crash, a panic, no answer.
    Failed,
    /// A limit of time or output was exceeded.
    Timeout,
    /// A limit of memory was exceeded.
    #[serde(rename = "out_of_memory")]
    OutOfMemory,
}

impl State {
    /// Whether a limit ended it that depends on the clock or on sampling: another run may not
    /// exceed it.
    pub(crate) fn is_limit(self) -> bool {
        matches!(self, Self::Timeout | Self::OutOfMemory)
    }

    /// All states, in the order of their declaration.
    pub const ALL: [Self; 6] =
        [Self::Ok, Self::Raced, Self::Diverged, Self::Failed, Self::Timeout, Self::OutOfMemory];

    /// The name used in files and on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Raced => "raced",
            Self::Diverged => "diverged",
            Self::Failed => "failed",
            Self::Timeout => "timeout",
            Self::OutOfMemory => "out_of_memory",
        }
    }
}

/// The origin of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The user, in the space file.
    Enqueued,
    /// The defaults of the space.
    Default,
    /// The user, by hand during the study.
    Manual,
    /// Grid search.
    Grid,
    /// Random search.
    Random,
    /// Sobol search.
    Sobol,
    /// The initial design of a method with a surrogate.
    Startup,
    /// The surrogate.
    Model,
}

impl Origin {
    /// All origins, in the order of their declaration.
    pub const ALL: [Self; 8] = [
        Self::Enqueued,
        Self::Default,
        Self::Manual,
        Self::Grid,
        Self::Random,
        Self::Sobol,
        Self::Startup,
        Self::Model,
    ];

    /// The name used in files and on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enqueued => "enqueued",
            Self::Default => "default",
            Self::Manual => "manual",
            Self::Grid => "grid",
            Self::Random => "random",
            Self::Sobol => "sobol",
            Self::Startup => "startup",
            Self::Model => "model",
        }
    }

    /// Whether the study's method made the proposal; its proposals are counted by these.
    pub(crate) fn is_method(self) -> bool {
        !matches!(self, Self::Enqueued | Self::Default | Self::Manual)
    }
}

/// The direction of optimisation. Losses inside this crate are always minimised: a maximised value
/// is negated at the border.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Smaller is better.
    Minimize,
    /// Larger is better.
    Maximize,
}

impl Direction {
    /// Converts a value in the user's units to an internal one, and back.
    pub fn inner(self, value: f64) -> f64 {
        match self {
            Self::Minimize => value,
            Self::Maximize => -value,
        }
    }
}

/// The result of one fold of a trial. Values are in the user's units, not negated.
#[derive(Clone, Debug, PartialEq)]
pub struct FoldResult {
    /// The state in which the fold ended.
    pub state: State,
    /// Why it is not ok; empty if it is.
    pub reason: String,
    /// The study's metric; present if the state is ok, and in the last fold before racing stopped a
    /// trial.
    pub loss: Option<f64>,
    /// Further metrics by name, in a fixed order.
    pub metrics: Vec<(String, f64)>,
    /// Epochs trained, if the objective counts them.
    pub epochs: Option<u32>,
    /// Number of the network's parameters, if the objective knows it.
    pub n_parameters: Option<u64>,
    /// Planned multiply-adds, if the objective knows them.
    pub multiply_adds: Option<u64>,
    /// Wall-clock seconds, for timings only.
    pub seconds: f64,
    /// The fold's learning curve at the rungs, in order; empty if it was not judged.
    pub looks: Vec<Look>,
    /// If racing stopped the fold, its predicted loss at the end; if racing stopped the trial after
    /// this fold, the predicted mean over all folds.
    pub predicted: Option<Prediction>,
}

/// A fold's learning curve at a rung. Losses are in the user's units.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// The position of the rung among the shares of the epochs.
    pub rung: usize,
    /// The loss there.
    pub loss: f64,
    /// The loss after half as many epochs.
    pub halfway: f64,
}

/// A predicted loss, in the user's units.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// The loss.
    pub loss: f64,
    /// The standard error of the prediction.
    pub se: f64,
}

impl FoldResult {
    /// A successful fold with only a loss; a loss that is not finite makes it diverged.
    pub fn from_loss(loss: f64) -> Self {
        if loss.is_finite() {
            Self { state: State::Ok, loss: Some(loss), ..Self::not_ok(State::Ok, String::new()) }
        } else {
            Self::not_ok(State::Diverged, format!("the loss is {loss}"))
        }
    }

    /// A fold that did not succeed.
    pub fn not_ok(state: State, reason: String) -> Self {
        Self {
            state,
            reason,
            loss: None,
            metrics: Vec::new(),
            epochs: None,
            n_parameters: None,
            multiply_adds: None,
            seconds: 0.0,
            looks: Vec::new(),
            predicted: None,
        }
    }
}

/// An ended trial: its folds in order, up to and including the first that is not ok. One that
/// racing stopped after a fold ends with that fold, which is raced and has its loss.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The trial's number, from 0.
    pub number: u64,
    /// The trial's configuration.
    pub config: Arc<Config>,
    /// The trial's origin.
    pub origin: Origin,
    /// The trial's folds, in order.
    pub folds: Vec<FoldResult>,
}

impl Trial {
    /// Returns the state of the trial: that of its last fold.
    pub fn state(&self) -> State {
        self.folds.last().map_or(State::Failed, |f| f.state)
    }

    /// Why it is not ok; empty if it is.
    pub fn reason(&self) -> &str {
        self.folds.last().map_or("", |f| f.reason.as_str())
    }

    /// The losses of its ok folds, in order of the splits, in the user's units.
    pub fn losses(&self) -> impl Iterator<Item = f64> {
        self.folds.iter().filter_map(|f| f.loss)
    }

    /// The unweighted mean of the split losses, in the user's units; `None` unless the trial is ok.
    pub fn loss(&self) -> Option<f64> {
        let losses: Vec<f64> = self.losses().collect();
        if self.state() == State::Ok { stats::mean(&losses) } else { None }
    }
}

/// Cuts results that arrived in any order to a trial's record: the folds up to and including the
/// first that is not ok; `None` while an earlier one is missing. `state` returns how a fold ended.
pub(crate) fn record_of<T>(
    results: &[Option<T>],
    state: impl Fn(&T) -> State,
) -> Option<&[Option<T>]> {
    for (split, result) in results.iter().enumerate() {
        match result {
            None => return None,
            Some(fold) if state(fold) != State::Ok => return Some(&results[..=split]),
            Some(_) => {}
        }
    }
    (!results.is_empty()).then_some(results)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trial_of_finite_losses_has_a_finite_loss() {
        let of = |losses: &[f64]| {
            let folds = losses.iter().map(|&loss| FoldResult::from_loss(loss)).collect();
            Trial {
                number: 0,
                config: Arc::new(Config::new(vec![])),
                origin: Origin::Random,
                folds,
            }
            .loss()
        };
        assert_eq!(of(&[1e308, 1e308, 1.6e308, 0.0]), Some(9e307));
        assert_eq!((of(&[1.0, 2.0]), of(&[1.0, f64::NAN]), of(&[])), (Some(1.5), None, None));
    }

    #[test]
    fn a_record_ends_at_the_first_fold_that_is_not_ok() {
        let (ok, bad) = (Some(State::Ok), Some(State::Diverged));
        let n_recorded =
            |results: &[Option<State>]| record_of(results, |state| *state).map(<[_]>::len);
        assert_eq!(n_recorded(&[ok, None, bad]), None);
        assert_eq!(n_recorded(&[ok, bad, None]), Some(2));
        assert_eq!(n_recorded(&[ok, bad, ok]), Some(2));
        assert_eq!(n_recorded(&[ok, ok, ok]), Some(3));
        assert_eq!(n_recorded(&[]), None);
    }
}
