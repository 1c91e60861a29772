//! A study of trivial trials, driven to any length.

use experiment::tuner::space::{Domain, Parameter, Scale, Space, Value};
use experiment::tuner::store::{Store, StudyText};
use experiment::tuner::study::{
    Asked, Evaluation, Event, Job, Method, Objective, RunContext, StopRules, Study, StudySpec,
};
use experiment::tuner::trial::{Direction, FoldResult};
use std::ops::ControlFlow;

/// How trials are evaluated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Drive {
    /// On a thread of the study's own.
    Run,
    /// Between ask and tell.
    Ask,
}

/// How much there is to a trial.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One split, a loss and nothing else.
    Bare,
    /// Five folds with what the built-in trainer says of each.
    Full,
}

impl Shape {
    /// The number of splits of its trials.
    pub fn n_splits(self) -> usize {
        match self {
            Self::Bare => 1,
            Self::Full => 5,
        }
    }

    /// What an evaluation yields at a value of `b`.
    fn result(self, b: Option<&Value>) -> FoldResult {
        let loss = b.and_then(Value::as_number).unwrap_or(0.0);
        let bare = FoldResult { seconds: loss / 3.0, ..FoldResult::from_loss(loss) };
        if self == Self::Bare {
            return bare;
        }
        let names = [
            "accuracy",
            "balanced_accuracy",
            "brier",
            "calibration_error",
            "error_rate",
            "macro_f1",
        ];
        let metrics =
            names.iter().map(|name| ((*name).to_owned(), loss / name.len() as f64)).collect();
        let counts = (Some(40), Some(26_634), Some(1_200_000_000));
        FoldResult {
            metrics,
            epochs: counts.0,
            n_parameters: counts.1,
            multiply_adds: counts.2,
            ..bare
        }
    }
}

/// A study and the trials it has had.
pub struct Driven {
    study: Study,
    shape: Shape,
    n_done: u64,
}

/// The study as the program reads it; `spec` says the same to the engine.
fn text(trials: u64, shape: Shape) -> String {
    let folds = shape.n_splits();
    format!(
        "[study]\nname = \"soak\"\n[cv]\nfolds = {folds}\n[search]\nmethod = \"random\"\ntrials = {trials}\n[space]\n\
         a = {{ type = \"float\", low = 1e-4, high = 1.0, log = true }}\nb = {{ type = \"float\", low = 0.0, high = 1.0 }}\n"
    )
}

fn spec(trials: u64, shape: Shape) -> StudySpec {
    let float = |low, scale| Domain::Float { low, high: 1.0, scale, step: None };
    let parameters = vec![
        Parameter::new("a", float(1e-4, Scale::Log)),
        Parameter::new("b", float(0.0, Scale::Linear)),
    ];
    StudySpec {
        prior_mean: None,
        seed: 0,
        method: Method::RANDOM,
        trials: Some(trials),
        parallel: 4,
        startup: 0,
        space: Space::new(parameters, &[]).unwrap(),
        enqueue: vec![],
        n_splits: shape.n_splits(),
        direction: Direction::Minimize,
        stop: StopRules::default(),
        race: None,
    }
}

/// Creates a study of `trials` trials.
pub fn create(store: Box<dyn Store>, trials: u64, shape: Shape) -> Driven {
    let facts = vec![("name".to_owned(), "soak".to_owned())];
    let text = StudyText { text: text(trials, shape), folder: "/".to_owned(), facts };
    Driven { study: Study::create(store, text, spec(trials, shape)).unwrap(), shape, n_done: 0 }
}

impl Driven {
    /// Goes on until `n` trials have ended; `observe` is told of each how many have.
    pub fn drive(&mut self, drive: Drive, n: u64, observe: &mut dyn FnMut(u64)) {
        match drive {
            Drive::Run => {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
                let mut count = |study: &Study, event: Event<'_>| {
                    if matches!(event, Event::Final(_)) {
                        observe(study.trials_ended() as u64);
                    }
                };
                let around = RunContext {
                    pool: &pool,
                    clock: &|| 0.0,
                    is_interrupted: &|| false,
                    observe: &mut count,
                };
                self.study.run(&Trivial(self.shape), around).unwrap();
            }
            Drive::Ask => {
                while self.n_done < n {
                    let Asked::Trial(trial) = self.study.ask(0.0).unwrap() else {
                        panic!("the space is endless")
                    };
                    let result = self.shape.result(self.study.slot(trial).unwrap().config.get(1));
                    for split in 0..self.shape.n_splits() {
                        self.study.tell(trial, Some(split), &result, 0.0).unwrap();
                    }
                    self.n_done += 1;
                    observe(self.n_done);
                }
            }
        }
    }
}

/// Costs nothing.
struct Trivial(Shape);

impl Objective for Trivial {
    fn evaluate(&self, job: &Job<'_>) -> Option<Evaluation> {
        match (job.interrupt)() {
            ControlFlow::Break(()) => None,
            ControlFlow::Continue(()) => {
                Some(Evaluation { result: self.0.result(job.config.get(1)), curve: Vec::new() })
            }
        }
    }
}
