//! A study as written, in the engine's own terms.

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
    /// How configurations are proposed.
    pub method: Method,
    /// Trials in total, manual ones aside; none: the size of the grid.
    pub trials: Option<u64>,
    /// The window: trial n is proposed when all trials below n − parallel + 1 are final. At least 1.
    pub parallel: u64,
    /// Trials before the model, for model-based methods.
    pub startup: u64,
    /// What can be tried.
    pub space: Space,
    /// What is expected of the loss over the space, learned on other problems; `None`: nothing.
    pub prior_mean: Option<Arc<PriorMean>>,
    /// What is tried first.
    pub enqueue: Vec<Config>,
    /// Splits of a trial: folds · repeats, at least 1.
    pub n_splits: usize,
    /// Which way is better.
    pub direction: Direction,
    /// What ends the study early.
    pub stop: StopRules,
    /// What stops hopeless trials; none: every trial runs to its end.
    pub race: Option<Race>,
}

impl StudySpec {
    /// A search of `space` for the least loss: one trial at a time, one split a trial, seed 0, and the method's usual
    /// number of initial trials. What else it may hold is set by name: `StudySpec { seed: 7, ..StudySpec::new(…) }`.
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

    /// What the study's sampler is built for.
    pub fn setup(&self) -> Setup<'_> {
        let prior_mean = self.prior_mean.as_deref();
        Setup { space: &self.space, startup: self.startup, prior_mean }
    }
}

/// Rules that end a study before its total; evaluated over what the next proposal may see.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StopRules {
    /// A loss, as told, that is good enough.
    pub target: Option<f64>,
    /// Results in a row without a gain.
    pub patience: Option<u64>,
    /// What the next trial must be expected to gain, as a share of the distance from the best loss to the median.
    pub gain: Option<f64>,
    /// Seconds of all runs together.
    pub max_seconds: Option<f64>,
    /// Multiply-adds of the trials that have ended, as far as they are counted.
    pub multiply_adds: Option<u64>,
}
