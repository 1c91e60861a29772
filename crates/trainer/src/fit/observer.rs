//! Reports from a running training, and requests to end it.

use std::ops::ControlFlow;

use crate::network::Hands;

/// Losses after an epoch, in the units of the target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Epochs trained, from 1.
    pub epoch: u32,
    /// Mean loss on the training rows, at the time of their batches.
    pub train: f64,
    /// Mean loss on the test rows after the epoch; NaN if there are none.
    pub test: f64,
    /// Mean loss on the test rows of the weights that would be kept if training ended now: with early
    /// stopping those of its best epoch, otherwise the current ones.
    pub restored: f64,
}

/// Watches a training. A closure without arguments is an observer that only interrupts.
pub trait Observer {
    /// Called before each mini-batch; breaks if the training is no longer wanted.
    fn interrupt(&self) -> ControlFlow<()>;

    /// Called after each whole epoch but the last; a break ends the training as
    /// [`Stopped`](super::TrainingState::Stopped).
    fn after_epoch(&self, _epoch: &Epoch) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// Called at the beginning: returns the pool of idle threads that help with products. They
    /// change no result.
    fn hands(&self) -> Option<&Hands> {
        None
    }
}

impl<F: Fn() -> ControlFlow<()>> Observer for F {
    fn interrupt(&self) -> ControlFlow<()> {
        self()
    }
}
