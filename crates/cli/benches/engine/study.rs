//! A study of trivial trials, driven to any length.

use std::ops::ControlFlow;
use tuner::space::{Domain, Parameter, Scale, Space, Value};
use tuner::store::{Store, StudyText};
use tuner::study::{Asked, Evaluation, Event, Job, Method, Objective, StopRules, Study, StudySpec, Surroundings};
use tuner::trial::{Direction, FoldResult};

/// How trials are evaluated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Drive {
    /// On a thread of the study's own.
    Run,
    /// Between ask and tell.
    Ask,
}

/// A study and the trials it has had.
pub struct Driven {
    study: Study,
    n_done: u64,
}

/// The study as the program reads it; `spec` says the same to the engine.
fn text(trials: u64) -> String {
    format!(
        "[study]\nname = \"soak\"\n[search]\nmethod = \"random\"\ntrials = {trials}\n[space]\n\
         a = {{ type = \"float\", low = 1e-4, high = 1.0, log = true }}\nb = {{ type = \"float\", low = 0.0, high = 1.0 }}\n"
    )
}

fn spec(trials: u64) -> StudySpec {
    let float = |low, scale| Domain::Float { low, high: 1.0, scale, step: None };
    let parameters = vec![Parameter::new("a", float(1e-4, Scale::Log)), Parameter::new("b", float(0.0, Scale::Linear))];
    StudySpec {
        seed: 0,
        method: Method::Random,
        trials: Some(trials),
        parallel: 4,
        startup: 0,
        space: Space::new(parameters, &[]).unwrap(),
        enqueue: vec![],
        n_splits: 1,
        direction: Direction::Minimize,
        stop: StopRules::default(),
    }
}

/// Begins a study of so many trials.
pub fn create(store: Box<dyn Store>, trials: u64) -> Driven {
    let facts = vec![("name".to_owned(), "soak".to_owned())];
    let text = StudyText { text: text(trials), folder: "/".to_owned(), facts };
    Driven { study: Study::create(store, text, spec(trials)).unwrap(), n_done: 0 }
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
                let around =
                    Surroundings { pool: &pool, clock: &|| 0.0, is_interrupted: &|| false, observe: &mut count };
                self.study.run(&Trivial, around).unwrap();
            }
            Drive::Ask => {
                while self.n_done < n {
                    let Asked::Trial(trial) = self.study.ask(0.0).unwrap() else { panic!("the space is endless") };
                    let loss = loss(self.study.slots()[trial as usize].config.get(1));
                    self.study.tell(trial, None, &FoldResult::from_loss(loss), 0.0).unwrap();
                    self.n_done += 1;
                    observe(self.n_done);
                }
            }
        }
    }
}

/// Costs nothing.
struct Trivial;

impl Objective for Trivial {
    fn evaluate(&self, job: &Job<'_>) -> Option<Evaluation> {
        match (job.interrupt)() {
            ControlFlow::Break(()) => None,
            ControlFlow::Continue(()) => {
                Some(Evaluation { result: FoldResult::from_loss(loss(job.config.get(1))), curve: Vec::new() })
            }
        }
    }
}

fn loss(b: Option<&Value>) -> f64 {
    b.and_then(Value::as_number).unwrap_or(0.0)
}
