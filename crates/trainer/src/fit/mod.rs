//! Training: epochs of mini-batches until all are done, early stopping ends them, or they diverge.

mod average;
mod early_stopping;
mod job;
mod observer;
mod prepared;
mod step;

#[cfg(test)]
mod pytorch;

pub(crate) use job::{Draws, Job};
pub use observer::{Epoch, Observer};
pub(crate) use prepared::{PreparedData, most_probable, n_outputs, target_scaling};
pub(crate) use step::Stepper;

use rand::rngs::ChaCha8Rng;

use crate::loss::Loss;
use crate::network::kernels::{By, InstructionSet};
use crate::stream::{Purpose, shuffle};
use early_stopping::EarlyStopping;

/// A loss above this many times the first batch's (at least one) has diverged.
const DIVERGED: f64 = 1e6;
/// Training ends once an epoch's mean loss is below this: then all classes are certain, or the
/// error is rounding.
const NEAR_ZERO_OF_CLASSES: f64 = 1e-6;
const NEAR_ZERO_OF_VALUES: f64 = 1e-12;

/// The caller asked the training to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("interrupted")]
pub struct Interrupted;

/// How a training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrainingState {
    /// With usable weights.
    Trained,
    /// With a loss that is not finite, or above 10⁶ times the first.
    Diverged {
        /// The epoch in which it diverged, counted from 1.
        epoch: u32,
    },
    /// Stopped by its observer after a whole epoch.
    Stopped {
        /// Epochs trained.
        epoch: u32,
    },
}

/// A trained network and the course of its training.
pub(crate) struct Fitted<'h> {
    pub stepper: Stepper<'h>,
    pub state: TrainingState,
    /// Number of epochs started.
    pub epochs: u32,
    /// Mean loss of each epoch on the training rows (at the time of each batch) and on the watched
    /// rows (after the epoch; NaN if there are none), in the units of the target.
    pub curve: Vec<(f32, f32)>,
}

/// Trains a network.
///
/// # Errors
/// [`Interrupted`] as soon as `observer`, which is asked before each mini-batch, says so.
pub(crate) fn fit<'h>(
    mut job: Job,
    draws: Draws,
    set: InstructionSet,
    observer: &'h dyn Observer,
) -> Result<Fitted<'h>, Interrupted> {
    let settings = job.recipe.settings();
    let mut stepper = Stepper::new(&job, draws, By { set, hands: observer.hands() });
    let mut shuffles = draws.of(Purpose::Shuffles);
    let mut stopping = EarlyStopping::new(settings.patience, &stepper);
    let mut first_loss = None;
    let mut curve = Vec::with_capacity(settings.epochs.min(1 << 16) as usize);
    let unit = job.criterion.loss.unit(job.source.scaling);
    let near_zero = match job.criterion.loss {
        Loss::CrossEntropy => NEAR_ZERO_OF_CLASSES,
        Loss::Mse | Loss::Mae | Loss::Huber => NEAR_ZERO_OF_VALUES,
    };

    let mut epochs = 0;
    // The loss of the weights that would be kept if training ended now.
    let mut restored = f64::NAN;

    while epochs < settings.epochs {
        epochs += 1;
        stepper.hide_average();
        let Some(loss) =
            epoch(&mut job, &mut stepper, &mut shuffles, epochs - 1, &mut first_loss, observer)?
        else {
            return Ok(Fitted {
                stepper,
                state: TrainingState::Diverged { epoch: epochs },
                epochs,
                curve,
            });
        };
        stepper.show_average();
        // Recorded only: the watched rows decide nothing.
        let validation = stepper.mean_loss(job.source, job.criterion, job.watch);
        curve.push(((unit * loss) as f32, (unit * validation) as f32));
        let stop = stopping.after_epoch(&mut stepper, job.source, job.criterion, job.stop_by);
        if stopping.is_best() {
            restored = unit * validation;
        }
        if stop.is_break() || loss < near_zero {
            break;
        }

        // The final score covers the last epoch.
        let told = Epoch { epoch: epochs, train: unit * loss, test: unit * validation, restored };
        if epochs < settings.epochs && observer.after_epoch(&told).is_break() {
            let state = TrainingState::Stopped { epoch: epochs };
            return Ok(Fitted { stepper, state, epochs, curve });
        }
    }

    stopping.restore(&mut stepper);
    // No loss has been computed after the last step.
    if !stepper.network().is_finite() {
        return Ok(Fitted {
            stepper,
            state: TrainingState::Diverged { epoch: epochs },
            epochs,
            curve,
        });
    }

    Ok(Fitted { stepper, state: TrainingState::Trained, epochs, curve })
}

/// Runs one epoch and returns its mean loss; `None` if it diverged.
fn epoch(
    job: &mut Job,
    stepper: &mut Stepper,
    shuffles: &mut ChaCha8Rng,
    n_before: u32,
    first_loss: &mut Option<f64>,
    observer: &dyn Observer,
) -> Result<Option<f64>, Interrupted> {
    let (settings, schedule) = (job.recipe.settings(), job.recipe.schedule());
    let n_batches = job.recipe.n_batches(job.train.len());
    if n_batches > 1 {
        shuffle(shuffles, &mut job.train);
    }

    stepper.begin_epoch(n_before);
    let mut sum = 0.0;
    for (index, rows) in shared_out(&job.train, n_batches).enumerate() {
        if observer.interrupt().is_break() {
            return Err(Interrupted);
        }
        let time = f64::from(n_before) + index as f64 / n_batches as f64;
        let rate = settings.learning_rate * schedule.factor(time, 1.0 / n_batches as f64);
        let loss = stepper.step(job.source, job.criterion, rows, rate);
        let mean = loss / rows.len() as f64;
        // Divergence is judged against the first batch, whatever the scale of the loss.
        let first = *first_loss.get_or_insert(mean);
        if mean.is_nan() || mean > DIVERGED * first.max(1.0) {
            return Ok(None);
        }
        sum += loss;
    }

    Ok(Some(sum / job.train.len() as f64))
}

/// Divides rows into `n` batches whose sizes differ by at most one row; the first ones are larger.
fn shared_out(rows: &[u32], n: usize) -> impl Iterator<Item = &[u32]> {
    let (fewest, n_larger) = (rows.len() / n, rows.len() % n);
    let (larger, smaller) = rows.split_at(n_larger * (fewest + 1));
    larger.chunks(fewest + 1).chain(smaller.chunks(fewest.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_hold_all_rows_and_differ_by_one_at_most() {
        let rows: Vec<u32> = (0..23).collect();
        for n in 1..=23 {
            let batches: Vec<&[u32]> = shared_out(&rows, n).collect();
            assert_eq!((batches.len(), batches.concat()), (n, rows.clone()));
            let sizes = || batches.iter().map(|batch| batch.len());
            assert!(sizes().max() <= sizes().min().map(|fewest| fewest + 1), "{n}: {batches:?}");
        }
    }
}
