//! The objective: the loss of one configuration on one split.

use crate::space::{Config, Space};
use crate::store::CurvePoint;
use crate::trial::{FoldResult, State};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Something to be minimised (or maximised), evaluated split by split on many threads at once.
pub trait Objective: Sync {
    /// Evaluates one split of one trial; returns `None` if it was interrupted.
    ///
    /// The result depends on the configuration and the split alone: all trials have the same splits
    /// and streams.
    fn evaluate(&self, job: &Job<'_>) -> Option<Evaluation>;
}

/// One unit of work.
pub struct Job<'a> {
    /// The trial's number.
    pub trial: u64,
    /// The split: repeat · folds + fold.
    pub split: usize,
    /// The configuration to evaluate, in `space`.
    pub config: &'a Config,
    /// The space in which the trial was proposed.
    pub space: &'a Space,
    /// To be called often, about once per mini-batch; breaks when the result is no longer wanted.
    pub interrupt: &'a (dyn Fn() -> ControlFlow<()> + Sync),
    /// To be called with the loss after each epoch (from 1) except the last; breaks when racing
    /// stops the fold. The evaluation may then end early, but need not.
    pub report: &'a (dyn Fn(u32, f64) -> ControlFlow<()> + Sync),
}

/// A [`Job::report`] that does nothing.
pub const UNHEARD: &(dyn Fn(u32, f64) -> ControlFlow<()> + Sync) =
    &|_, _| ControlFlow::Continue(());

/// The result of an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The fold's result.
    pub result: FoldResult,
    /// The fold's losses by epoch; empty if there are none.
    pub curve: Vec<CurvePoint>,
}

/// Cuts the curve of a stopped fold to the epochs that count.
pub(super) fn cut(evaluation: &mut Evaluation) {
    if evaluation.result.state == State::Raced {
        let n_epochs = evaluation.result.epochs.unwrap_or(0);
        evaluation.curve.truncate(n_epochs as usize);
    }
}

/// Evaluates a fold; a panic of the objective makes it a failed fold.
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
