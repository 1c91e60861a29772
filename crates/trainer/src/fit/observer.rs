//! What a training tells while it runs, and what it asks.

use std::ops::ControlFlow;

use crate::network::Hands;

/// Losses after an epoch, in the units of the target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Epochs trained, from 1.
    pub epoch: u32,
    /// Mean loss on the training rows, as their batches met them.
    pub train: f64,
    /// Mean loss on the test rows after the epoch; NaN if there are none.
    pub test: f64,
    /// The same of the weights that would be kept if training ended now: with early stopping those
    /// of its best epoch, otherwise the present ones.
    pub restored: f64,
}

/// Watches a training. A closure without arguments is one that is asked for interrupts alone.
pub trait Observer {
    /// Asked before each mini-batch: breaks when the training is no longer wanted.
    fn interrupt(&self) -> ControlFlow<()>;

    /// Told of each whole epoch but the last; a break ends the training as
    /// [`Stopped`](super::State::Stopped).
    fn after_epoch(&self, _epoch: &Epoch) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// Asked at the beginning: where idle threads wait to help with products. They change no result.
    fn hands(&self) -> Option<&Hands> {
        None
    }
}

impl<F: Fn() -> ControlFlow<()>> Observer for F {
    fn interrupt(&self) -> ControlFlow<()> {
        self()
    }
}
