//! How long a search takes: some batches of some trials are trained and timed.

use super::first_trials_of;
use crate::bridge::data::Data;
use crate::bridge::recipe::recipe;
use crate::file::SpaceFile;
use crate::report::Failure;
use crate::subject::metric;
use std::cell::Cell;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};
use trainer::recipe::CheckedRecipe;
use trainer::stream::Streams;
use tuner::study::Method;

/// Seconds that trials take on one thread, as far as their first batches tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Timing {
    /// Of each trial that was timed, over all its splits.
    pub seconds: Vec<f64>,
    /// Whether trainings may end before their last epoch.
    pub is_at_most: bool,
}

/// Trials that are timed…
const TRIALS: usize = 8;
/// …each for so long, but for one batch at least.
const EACH: Duration = Duration::from_millis(500);

impl Timing {
    /// Times configurations drawn from the space of a file, each in the first fold.
    ///
    /// # Errors
    /// If the metric does not suit the task, or the space has no configuration.
    pub fn of(file: &SpaceFile, data: &Data) -> Result<Self, Failure> {
        let metric = metric(file, data)?;
        let mut spec = file.plan.spec();
        spec.method = Method::RANDOM;
        spec.trials = Some(TRIALS as u64);
        let trials = first_trials_of(file, spec, TRIALS)?;

        let fold = data.splits.fold(0);
        let streams = Streams::new(file.plan.cv.seed);
        let mut timing = Self { seconds: Vec::new(), is_at_most: file.plan.race.is_some() };
        for (_, config) in &trials {
            let checked = recipe(&file.plan.space, config);
            let checked = checked.and_then(|recipe| recipe.check(&data.dataset.facts()));
            // A trial that cannot be trained fails at once.
            let Ok(checked) = checked else { continue };
            timing.is_at_most |= checked.settings().patience > 0;
            let watch = Stopwatch::default();
            let interrupt = || watch.before_batch();
            let began = Instant::now();
            let trained =
                trainer::evaluate(&data.dataset, &fold, &checked, metric, &streams, &interrupt);
            let of_fold = match trained {
                Ok(_) => began.elapsed().as_secs_f64(),
                Err(_) => {
                    let epoch = Epoch::of(&checked, fold.train.len(), fold.test.len());
                    let n_epochs = f64::from(checked.settings().epochs);
                    watch.seconds.get() * n_epochs / epoch.part_of(watch.n_batches.get())
                }
            };
            timing.seconds.push(of_fold * data.splits.len() as f64);
        }
        Ok(timing)
    }

    /// Seconds of `n_trials` trials on `n_threads` threads: as the mean of those timed, and if all
    /// were like the fastest or the slowest of them. None if no trial could be trained.
    pub fn total(&self, n_trials: u64, n_threads: usize) -> Option<(f64, (f64, f64))> {
        let n = self.seconds.len();
        let mean = self.seconds.iter().sum::<f64>() / n as f64;
        let fastest = self.seconds.iter().copied().min_by(f64::total_cmp)?;
        let slowest = self.seconds.iter().copied().max_by(f64::total_cmp)?;
        let total = |seconds: f64| seconds * n_trials as f64 / n_threads.max(1) as f64;
        Some((total(mean), (total(fastest), total(slowest))))
    }
}

/// The work of one epoch, in mini-batches.
struct Epoch {
    batches: f64,
    /// The pass over the test rows that ends the epoch.
    testing: f64,
}

/// A training row costs as much as this many test rows: it needs three products of matrices
/// (forward, the gradient of the weights, the gradient of the inputs) instead of one.
const TESTED_ROWS: f64 = 3.0;

impl Epoch {
    fn of(recipe: &CheckedRecipe, n_train: usize, n_test: usize) -> Self {
        let batches = recipe.n_batches(n_train) as f64;
        let rows_a_batch = n_train as f64 / batches;
        Self { batches, testing: n_test as f64 / (TESTED_ROWS * rows_a_batch) }
    }

    /// Returns the share of an epoch's work in the first `n_batches`; each completed epoch includes
    /// its pass over the test rows.
    fn part_of(&self, n_batches: u32) -> f64 {
        let n_batches = f64::from(n_batches.max(1));
        let n_tested = (n_batches / self.batches).floor();
        (n_batches + n_tested * self.testing) / (self.batches + self.testing)
    }
}

/// Counts batches from the second one on, until the time is up.
#[derive(Default)]
struct Stopwatch {
    began: Cell<Option<Instant>>,
    n_batches: Cell<u32>,
    seconds: Cell<f64>,
}

impl Stopwatch {
    fn before_batch(&self) -> ControlFlow<()> {
        let Some(began) = self.began.get() else {
            // What is done once, such as preparation, is over.
            self.began.set(Some(Instant::now()));
            return ControlFlow::Continue(());
        };
        self.n_batches.set(self.n_batches.get() + 1);
        self.seconds.set(began.elapsed().as_secs_f64());
        if began.elapsed() < EACH { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_takes_its_trials_divided_by_the_threads() {
        let timing = Timing { seconds: vec![1.0, 3.0, 8.0], is_at_most: false };
        assert_eq!(timing.total(10, 2), Some((20.0, (5.0, 40.0))));
        assert_eq!(Timing { seconds: Vec::new(), is_at_most: false }.total(10, 2), None);
    }

    #[test]
    fn testing_counts_whether_or_not_the_time_covers_an_epoch() {
        // Four batches of 100 rows; testing 150 rows takes as long as half a batch.
        let epoch = Epoch { batches: 4.0, testing: 150.0 / (TESTED_ROWS * 100.0) };
        assert_eq!(epoch.part_of(4), 1.0);
        assert_eq!(epoch.part_of(8), 2.0);
        // Two batches are no longer half an epoch: the test rows are still to come.
        assert_eq!(epoch.part_of(2), 2.0 / 4.5);
        assert_eq!(epoch.part_of(0), epoch.part_of(1));
    }
}
