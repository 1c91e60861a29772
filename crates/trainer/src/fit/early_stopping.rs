//! Early stopping: ends training after some epochs without improvement and restores the best
//! weights.

use std::ops::ControlFlow;

use super::prepared::PreparedData;
use super::step::Stepper;
use crate::loss::Criterion;
use crate::network::{Aligned, Running};

/// The best epoch so far, by the loss on held-out training rows; inactive if patience is 0.
pub(super) struct EarlyStopping {
    patience: u32,
    best_loss: f64,
    since_best: u32,
    parameters: Aligned,
    running: Vec<Running>,
}

impl EarlyStopping {
    pub(super) fn new(patience: u32, stepper: &Stepper) -> Self {
        let network = stepper.network();
        let len = if patience == 0 { 0 } else { network.parameters.len() };
        let running = if patience == 0 { Vec::new() } else { network.running.clone() };
        Self {
            patience,
            best_loss: f64::INFINITY,
            since_best: 0,
            parameters: Aligned::zeros(len),
            running,
        }
    }

    /// Compares the epoch with the best one; breaks when patience is exhausted.
    pub(super) fn after_epoch(
        &mut self,
        stepper: &mut Stepper,
        source: &PreparedData,
        criterion: &Criterion,
        rows: &[u32],
    ) -> ControlFlow<()> {
        if self.patience == 0 || rows.is_empty() {
            return ControlFlow::Continue(());
        }

        let loss = stepper.mean_loss(source, criterion, rows);
        // NaN is not smaller, so it counts as an epoch without improvement.
        if loss < self.best_loss {
            self.best_loss = loss;
            self.since_best = 0;
            self.parameters.copy_from_slice(&stepper.network().parameters);
            copy(&mut self.running, &stepper.network().running);
            return ControlFlow::Continue(());
        }

        self.since_best += 1;
        if self.since_best >= self.patience {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Whether the weights of the last epoch are those that [`restore`](Self::restore) keeps.
    pub(super) fn is_best(&self) -> bool {
        self.since_best == 0
    }

    /// Restores the weights of the best epoch.
    pub(super) fn restore(&self, stepper: &mut Stepper) {
        if self.best_loss < f64::INFINITY {
            let network = stepper.network_mut();
            network.parameters.copy_from_slice(&self.parameters);
            copy(&mut network.running, &self.running);
        }
    }
}

fn copy(to: &mut [Running], from: &[Running]) {
    for (to, from) in to.iter_mut().zip(from) {
        to.copy_from(from);
    }
}
