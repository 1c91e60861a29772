//! The built-in trainer as an objective: a configuration becomes a recipe, and a score a fold's
//! result.

use super::cost::Sizes;
use super::data::Data;
use super::helpers::Helpers;
use super::recipe::recipe;
use std::ops::ControlFlow;
use std::time::Instant;
use trainer::recipe::CheckedRecipe;
use trainer::split::Fold;
use trainer::stream::Streams;
use trainer::{Hands, Metric, NamedChoice, Score};
use tuner::space::{Config, Space};
use tuner::store::CurvePoint;
use tuner::study::{Evaluation, Job, Objective};
use tuner::trial::{FoldResult, State};

/// Trains networks on the folds of a data set.
pub struct Training<'a> {
    data: &'a Data,
    metric: Metric,
    streams: Streams,
    folds: Vec<Fold>,
    /// The most seconds of a fold.
    max_seconds: Option<f64>,
    /// The most planned multiply-adds of a trial, and what they are computed from.
    max_multiply_adds: Option<(u64, Sizes)>,
    helpers: Helpers,
}

/// Limits of a trial.
#[derive(Clone, Copy, Debug, Default)]
pub struct TrainingLimits {
    /// The most seconds of a fold.
    pub max_seconds: Option<f64>,
    /// The most planned multiply-adds of a trial.
    pub max_multiply_adds: Option<u64>,
}

impl<'a> Training<'a> {
    /// Prepares to train on `data`; `cv_seed` is the seed of all streams that belong to a fold.
    pub fn new(data: &'a Data, metric: Metric, cv_seed: u64, limits: TrainingLimits) -> Self {
        Self {
            data,
            metric,
            streams: Streams::new(cv_seed),
            folds: (0..data.splits.len()).map(|index| data.splits.fold(index)).collect(),
            max_seconds: limits.max_seconds,
            max_multiply_adds: limits.max_multiply_adds.map(|limit| (limit, Sizes::of(data))),
            helpers: Helpers::default(),
        }
    }

    /// Runs some work on `n_threads` threads; those without a fold help with the others' products.
    pub fn helped<T>(&self, n_threads: usize, work: impl FnOnce() -> T) -> T {
        self.helpers.during(n_threads, work)
    }

    /// Returns the objective without time limits.
    #[must_use]
    pub fn without_clock(self) -> Self {
        Self { max_seconds: None, ..self }
    }

    fn checked(&self, space: &Space, config: &Config) -> Result<CheckedRecipe, String> {
        let recipe = recipe(space, config).map_err(|error| error.to_string())?;
        recipe.check(&self.data.dataset.facts()).map_err(|error| error.to_string())
    }

    /// Returns why a trial exceeds the cost limit, if it does.
    fn exceeds_cost_limit(&self, space: &Space, config: &Config) -> Option<String> {
        let (limit, sizes) = self.max_multiply_adds.as_ref()?;
        let planned = sizes.cost(space, config, self.data)?.multiply_adds;
        (planned > *limit).then(|| {
            format!("planned at {planned} multiply-adds, above max_multiply_adds = {limit}")
        })
    }

    fn train(&self, job: &Job<'_>, recipe: &CheckedRecipe, began: Instant) -> Option<Evaluation> {
        let is_late =
            || self.max_seconds.is_some_and(|limit| began.elapsed().as_secs_f64() > limit);
        let _running = self.helpers.training();
        let watch = Watch { job, is_late: &is_late, hands: self.helpers.hands() };
        let fold = &self.folds[job.split];

        match trainer::evaluate(
            &self.data.dataset,
            fold,
            recipe,
            self.metric,
            &self.streams,
            &watch,
        ) {
            Ok(score) => Some(self.evaluation(score)),
            // An interrupt and a limit stop the training alike; only the limit is a result of the
            // trial.
            Err(_) if is_late() && (job.interrupt)().is_continue() => {
                let limit = self.max_seconds.unwrap_or_default();
                Some(not_ok(State::Timeout, format!("longer than max_seconds = {limit}")))
            }
            Err(_) => None,
        }
    }

    fn evaluation(&self, score: Score) -> Evaluation {
        let (name, _) =
            Metric::NAMES.iter().find(|(_, m)| *m == self.metric).expect("every metric has a name");
        let mut result = match score.state {
            trainer::TrainingState::Trained => match score.undefined {
                Some(reason) => {
                    FoldResult::not_ok(State::Failed, format!("{name} is not defined: {reason}"))
                }
                None => {
                    let value = score.losses.iter().find(|(n, _)| n == name);
                    let value = value.map_or(f64::NAN, |(_, value)| *value);
                    FoldResult::from_loss(self.metric.loss_of(value))
                }
            },
            trainer::TrainingState::Diverged { epoch } => {
                FoldResult::not_ok(State::Diverged, format!("diverged in epoch {epoch}"))
            }
            trainer::TrainingState::Stopped { epoch } => {
                FoldResult::not_ok(State::Raced, format!("stopped after epoch {epoch}"))
            }
        };

        // For a maximised metric, its value is recorded beside the loss.
        let is_shown = |n: &str| n != *name || self.metric.is_maximised();
        let others = score.losses.iter().filter(|(n, _)| is_shown(n));
        result.metrics = others.map(|(n, loss)| ((*n).to_owned(), *loss)).collect();
        result.epochs = Some(score.epochs);
        result.n_parameters = Some(score.n_parameters);
        result.multiply_adds = Some(score.multiply_adds);
        let finite = |v: f32| v.is_finite().then_some(v);
        let curve = score
            .curve
            .into_iter()
            .map(|(train, test)| -> CurvePoint { (finite(train), finite(test)) });

        Evaluation { result, curve: curve.collect() }
    }
}

/// A fold's job in the trainer's form.
struct Watch<'a> {
    job: &'a Job<'a>,
    is_late: &'a dyn Fn() -> bool,
    hands: &'a Hands,
}

impl trainer::Observer for Watch<'_> {
    fn interrupt(&self) -> ControlFlow<()> {
        if (self.is_late)() { ControlFlow::Break(()) } else { (self.job.interrupt)() }
    }

    fn after_epoch(&self, epoch: &trainer::Epoch) -> ControlFlow<()> {
        (self.job.report)(epoch.epoch, epoch.restored)
    }

    fn hands(&self) -> Option<&Hands> {
        Some(self.hands)
    }
}

impl Objective for Training<'_> {
    fn evaluate(&self, job: &Job<'_>) -> Option<Evaluation> {
        let began = Instant::now();
        let mut evaluation = match self.checked(job.space, job.config) {
            Ok(recipe) => match self.exceeds_cost_limit(job.space, job.config) {
                None => self.train(job, &recipe, began),
                Some(reason) => Some(not_ok(State::Timeout, reason)),
            },
            Err(reason) => Some(not_ok(State::Failed, reason)),
        };

        // Also for folds that fail, whose time counts in the study's.
        if let Some(evaluation) = &mut evaluation {
            evaluation.result.seconds = began.elapsed().as_secs_f64();
        }
        evaluation
    }
}

fn not_ok(state: State, reason: String) -> Evaluation {
    Evaluation { result: FoldResult::not_ok(state, reason), curve: Vec::new() }
}
