//! What a study asks for: the loss of one configuration on one split.

use crate::space::{Config, Space};
use crate::store::CurvePoint;
use crate::trial::{FoldResult, State};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Something to be minimised (or maximised), evaluated split by split on many threads at once.
pub trait Objective: Sync {
    /// Evaluates one split of one trial; none if it was interrupted.
    ///
    /// The result depends on the configuration and the split alone: all trials meet the same splits and streams.
    fn evaluate(&self, job: &Job<'_>) -> Option<Evaluation>;
}

/// One unit of work.
pub struct Job<'a> {
    /// The trial's number.
    pub trial: u64,
    /// The split: repeat · folds + fold.
    pub split: usize,
    /// What to try: a configuration of `space`.
    pub config: &'a Config,
    /// The space that the trial was proposed in.
    pub space: &'a Space,
    /// To be called often, about once a mini-batch: breaks when the result is no longer wanted.
    pub interrupt: &'a (dyn Fn() -> ControlFlow<()> + Sync),
    /// To be told of the loss after each epoch (from 1) but the last, where there are epochs: breaks when the rest of
    /// them is not worth its cost. What is returned then may be cut short; it need not be.
    pub report: &'a (dyn Fn(u32, f64) -> ControlFlow<()> + Sync),
}

/// A [`Job::report`] that nobody hears.
pub const UNHEARD: &(dyn Fn(u32, f64) -> ControlFlow<()> + Sync) =
    &|_, _| ControlFlow::Continue(());

/// What an evaluation yields.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The fold's result.
    pub result: FoldResult,
    /// Its losses by epoch; empty if there are none.
    pub curve: Vec<CurvePoint>,
}

/// Evaluates a fold; a panic of the objective is a failed fold.
pub(super) fn evaluate(objective: &dyn Objective, job: &Job<'_>) -> Option<Evaluation> {
    let caught = catch_unwind(AssertUnwindSafe(|| objective.evaluate(job)));
    caught.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let message =
            text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        let result = FoldResult::not_ok(State::Failed, format!("panicked: {message}"));
        Some(Evaluation { result, curve: Vec::new() })
    })
}
