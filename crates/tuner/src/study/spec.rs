//! A study's specification, in the engine's own terms.

use crate::prior::PriorMean;
use crate::race::Race;
use crate::search::{Method, Setup};
use crate::space::{Config, Space};
use crate::trial::Direction;
use std::sync::Arc;

/// Everything that proposals and endings depend on.
#[derive(Clone, Debug, PartialEq)]
pub struct StudySpec {
    /// Seed of the proposals.
    pub seed: u64,
    /// The search method.
    pub method: Method,
    /// Total number of trials, without manual ones; `None`: the size of the grid.
    pub trials: Option<u64>,
    /// The window: trial n is proposed when all trials below n − parallel + 1 are final. At least
    /// 1.
    pub parallel: u64,
    /// Size of the initial design, for methods with a surrogate.
    pub startup: u64,
    /// The search space.
    pub space: Space,
    /// The learned prior mean of the loss, fitted on other problems; `None` without one.
    pub prior_mean: Option<Arc<PriorMean>>,
    /// The enqueued trials.
    pub enqueue: Vec<Config>,
    /// Splits of a trial: folds · repeats, at least 1.
    pub n_splits: usize,
    /// The direction of optimisation.
    pub direction: Direction,
    /// The stopping rules.
    pub stop: StopRules,
    /// The racing rule; `None`: every trial runs to its end.
    pub race: Option<Race>,
}

impl StudySpec {
    /// A search of `space` for the least loss: one trial at a time, one split a trial, seed 0, and
    /// the method's usual number of initial trials. Set other fields with struct update syntax:
    /// `StudySpec { seed: 7, ..StudySpec::new(…) }`.
    pub fn new(space: Space, method: Method, trials: u64) -> Self {
        Self {
            seed: 0,
            method,
            trials: Some(trials),
            parallel: 1,
            startup: method.model().map_or(0, |model| model.startup),
            space,
            prior_mean: None,
            enqueue: Vec::new(),
            n_splits: 1,
            direction: Direction::Minimize,
            stop: StopRules::default(),
            race: None,
        }
    }

    /// Returns what the study's sampler is built from.
    pub fn setup(&self) -> Setup<'_> {
        let prior_mean = self.prior_mean.as_deref();
        Setup { space: &self.space, startup: self.startup, prior_mean }
    }
}

/// Stopping rules: they end a study before its total, evaluated over what the next proposal may
/// see.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StopRules {
    /// A loss, in the user's units, at which the study ends.
    pub target: Option<f64>,
    /// Number of results in a row without improvement.
    pub patience: Option<u64>,
    /// The least expected gain of the next trial, as a share of the distance from the best loss to
    /// the median.
    pub gain: Option<f64>,
    /// Seconds, over all runs.
    pub max_seconds: Option<f64>,
    /// Multiply-adds of the ended trials, as far as they are counted.
    pub multiply_adds: Option<u64>,
}
