//! Evaluates trials on a pool of threads: a whole study, one trial, or a winner again.

use crate::experiment::{self, Experiment};
use crate::external::end_leftovers;
use crate::facts::StudyFacts;
use crate::folder::StudyFolder;
use crate::platform;
use crate::report::{Cause, Failure, Fault, Warn};
use crate::subject::{self, Subject, training};
use std::ops::ControlFlow;
use std::time::Instant;
use tuner::rank::compare::{FreshWinner, Protocol};
use tuner::study::{Event, Finish, Job, Objective, RunContext, Slot, Study, UNHEARD};

/// Follows a run; by default, each method does nothing.
pub trait RunObserver {
    /// Programs that an earlier run left behind were ended.
    fn leftovers(&mut self, n_ended: u64) {
        let _ = n_ended;
    }

    /// The first fold is about to be handed out.
    fn begin(&mut self, study: &Study) {
        let _ = study;
    }

    /// Receives an event of the run.
    fn observe(&mut self, study: &Study, event: Event<'_>) {
        let _ = (study, event);
    }
}

impl RunObserver for () {}

/// What a run receives from its caller.
pub struct Around<'a> {
    /// Number of evaluating threads; `None` means the file's, or one per core.
    pub workers: Option<usize>,
    /// Whether the run must stop at a point where it can continue later.
    pub is_interrupted: &'a (dyn Fn() -> bool + Sync),
    /// The observer of the run.
    pub observer: &'a mut dyn RunObserver,
}

impl Experiment {
    /// Evaluates trials as the file specifies, with the built-in trainer or the user's program,
    /// until the study ends or is interrupted.
    ///
    /// # Errors
    /// If the data differ from those at the study's beginning, if there is no evaluator, or the
    /// store fails.
    pub fn run(&mut self, around: Around<'_>) -> Result<Finish, Failure> {
        let subject = Subject::of(&self.file)?;
        subject.check_same(&self.study, &self.file)?;
        run(self, &subject, None, around)
    }

    /// Evaluates trials with the caller's objective until the study ends or is interrupted.
    ///
    /// # Errors
    /// If the store fails.
    pub fn run_with(
        &mut self,
        objective: &impl Objective,
        around: Around<'_>,
    ) -> Result<Finish, Failure> {
        drive(self, objective, None, around)
    }
}

/// Returns the number of threads: the requested number, else the file's, else one per core.
fn n_threads(asked: Option<usize>, of_file: Option<usize>) -> usize {
    asked.or(of_file).unwrap_or_else(platform::n_threads)
}

/// Starts threads: the requested number, else the file's, else one per core.
///
/// # Errors
/// If the system cannot start them.
pub fn pool(asked: Option<usize>, of_file: Option<usize>) -> Result<rayon::ThreadPool, Failure> {
    let n = n_threads(asked, of_file);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build();
    pool.map_err(|error| Failure::store(format!("cannot start {n} threads: {error}")))
}

/// Evaluates a study to its end, or `only` one trial of it.
///
/// # Errors
/// If the store fails, or for an error that is not the fault of a trial.
pub fn run(
    experiment: &mut Experiment,
    subject: &Subject,
    only: Option<u64>,
    around: Around<'_>,
) -> Result<Finish, Failure> {
    // The objective borrows the file while the study changes.
    let file = experiment.file.clone();
    let folder = experiment.folder().cloned();
    let objective = subject.objective(&file, folder.as_ref())?;
    let Around { workers, is_interrupted, observer } = around;
    let is_stopped = || is_interrupted() || objective.fault().is_some();
    let around = Around { workers, is_interrupted: &is_stopped, observer };
    let n_threads = n_threads(workers, file.plan.run.workers());
    let finish = objective.helped(n_threads, || drive(experiment, &objective, only, around));
    objective.fault().map_or(finish, Err)
}

/// Evaluates a study, or `only` one trial of it, by any objective.
///
/// # Errors
/// If the store fails, or what an earlier run left behind cannot be ended.
pub fn drive(
    experiment: &mut Experiment,
    objective: &impl Objective,
    only: Option<u64>,
    around: Around<'_>,
) -> Result<Finish, Failure> {
    let Around { workers, is_interrupted, observer } = around;
    let in_folder =
        |error| Failure::store(format!("cannot end what an earlier run left behind: {error}"));

    if let Some(folder) = experiment.folder() {
        // Programs of a run that was killed would compete for memory and devices with this one's.
        let n_ended = end_leftovers(folder.path()).map_err(in_folder)?;
        if n_ended > 0 {
            observer.leftovers(n_ended);
        }
    }

    let pool = pool(workers, experiment.file.plan.run.workers())?;
    observer.begin(&experiment.study);
    let began = Instant::now();

    let around = RunContext {
        pool: &pool,
        clock: &|| began.elapsed().as_secs_f64(),
        is_interrupted,
        observe: &mut |study, event| observer.observe(study, event),
    };

    Ok(match only {
        None => experiment.study.run(objective, around),
        Some(trial) => experiment.study.run_trial(trial, objective, around),
    }?)
}

/// Trains a trial of a study on `repeats` repeats of its cross-validation that the study has not
/// used.
///
/// # Errors
/// If the study or its data cannot be read, or a fold does not train.
pub fn retrain(
    folder: &StudyFolder,
    trial: u64,
    repeats: u32,
    workers: Option<usize>,
    is_interrupted: &(dyn Fn() -> bool + Sync),
    warn: Warn<'_>,
) -> Result<FreshWinner, Failure> {
    let (file, study) = experiment::look(folder, warn)?;
    let used = file.plan.cv.repeats as usize * file.plan.cv.folds as usize;
    let data = subject::load(&file)?.with_repeats(&file, file.plan.cv.repeats as u32 + repeats)?;
    let training = training(&file, &data)?;
    let Slot { config, space, .. } = experiment::trial_of(&study, trial)?;
    let go_on = || {
        if is_interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };

    // A fold without a loss ends the comparison: a mean over the others would be biased.
    let fold = |split: usize| {
        let job = Job { trial, split, config, space, interrupt: &go_on, report: UNHEARD };
        let result = tuner::study::Objective::evaluate(&training, &job).map(|e| e.result);
        result.and_then(|r| r.loss)
    };

    let pool = pool(workers, file.plan.run.workers())?;
    let losses: Option<Vec<f64>> = training.helped(pool.current_num_threads(), || {
        use rayon::prelude::*;
        pool.install(|| (used..data.splits.len()).into_par_iter().map(fold).collect())
    });

    if is_interrupted() {
        let faults = vec![Fault::error("interrupted; nothing was kept")];
        return Err(Failure { cause: Cause::Interrupted, faults });
    }

    let losses = losses.ok_or_else(|| {
        Failure::input(format!("trial {trial} of {} does not train on new repeats", file.plan.name))
    })?;

    let protocol = Protocol {
        metric: StudyFacts::of(&study).loss_name(),
        direction: study.spec().direction,
        data: Some(data.hash.clone()),
        splits: Some(data.split_hash.clone()),
        test_train_ratio: data.splits.mean_test_train_ratio(),
    };

    Ok(FreshWinner { name: file.plan.name, protocol, losses })
}
