//! Racing in whole studies: stops depend only on the records, and good trials are kept.

#![expect(clippy::unwrap_used, reason = "a test's helpers are tests")]

mod shared_store;

use shared_store::SharedStore;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use tuner::race::{Epochs, Race};
use tuner::space::{Domain, Parameter, Scale, Space, Value};
use tuner::store::{Curves, MemoryStore, Record, StudyText};
use tuner::study::{
    Asked, Ending, Evaluation, Finish, Job, Method, Objective, RunContext, StopRules, Study,
    StudySpec, repeat, replay, sample,
};
use tuner::trial::{Direction, FoldResult, State, Trial};

const EPOCHS: u32 = 20;

/// Learning curves that fall towards a bowl over two parameters, with fold effects and residuals.
struct Curved {
    loss: fn(&Job<'_>) -> f64,
    n_epochs: AtomicU64,
}

impl Curved {
    fn new(loss: fn(&Job<'_>) -> f64) -> Self {
        Self { loss, n_epochs: AtomicU64::new(0) }
    }
}

fn number(job: &Job<'_>, name: &str) -> f64 {
    let (_, value) = job.space.named(job.config).find(|(n, _)| *n == name).unwrap();
    value.as_number().unwrap()
}

fn bowl(job: &Job<'_>) -> f64 {
    let (a, b) = (number(job, "a"), number(job, "b"));
    let rest = 1.0 + 0.02 * (17.0 * a + 31.0 * b + 3.0 * job.split as f64).sin();
    (0.1 + (a - 0.3).powi(2) + (b - 0.6).powi(2)) * (1.0 + 0.2 * job.split as f64) * rest
}

impl Objective for Curved {
    fn evaluate(&self, job: &Job<'_>) -> Option<Evaluation> {
        let end = (self.loss)(job);
        let mut curve = Vec::new();
        // Later folds end first, as far as threads allow.
        for _ in 0..(3 - job.split) * 2000 {
            std::thread::yield_now();
        }
        for epoch in 1..=EPOCHS {
            if (job.interrupt)().is_break() {
                return None;
            }
            self.n_epochs.fetch_add(1, Ordering::Relaxed);
            let share = f64::from(EPOCHS - epoch) / f64::from(EPOCHS);
            let loss = end * (1.0 + share * (1.0 + number(job, "a")));
            curve.push((None, Some(loss as f32)));
            if epoch < EPOCHS
                && let ControlFlow::Break(()) = (job.report)(epoch, loss)
            {
                break;
            }
        }
        let epochs = Some(curve.len() as u32);
        Some(Evaluation { result: FoldResult { epochs, ..FoldResult::from_loss(end) }, curve })
    }
}

fn race() -> Race {
    let epochs = Epochs { total: (None, Some(EPOCHS)), warmup: (None, None) };
    Race { risk: 0.05, after: 6, folds: true, at: vec![0.25, 0.5], epochs: Some(epochs) }
}

fn spec(method: Method, trials: u64) -> StudySpec {
    let range = |name: &str| {
        let scale = Scale::Linear;
        let domain = Domain::Float { low: 0.0, high: 1.0, scale, step: None };
        let mut parameter = Parameter::new(name, domain);
        parameter.points = Some(7);
        parameter
    };
    StudySpec {
        prior_mean: None,
        seed: 5,
        method,
        trials: Some(trials),
        parallel: 4,
        startup: 4,
        space: Space::new(vec![range("a"), range("b")], &[]).unwrap(),
        enqueue: vec![],
        n_splits: 3,
        direction: Direction::Minimize,
        stop: StopRules::default(),
        race: Some(race()),
    }
}

fn text() -> StudyText {
    StudyText { text: String::new(), folder: String::new(), facts: vec![] }
}

fn run(
    study: &mut Study,
    objective: &dyn Objective,
    workers: usize,
) -> Result<Finish, tuner::Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build().unwrap();
    let around = RunContext {
        pool: &pool,
        clock: &|| 0.0,
        is_interrupted: &|| false,
        observe: &mut |_, _| {},
    };
    study.run(objective, around)
}

fn done(spec: StudySpec, objective: &dyn Objective, workers: usize) -> Study {
    let mut study = Study::create(Box::new(MemoryStore::new()), text(), spec).unwrap();
    assert_eq!(run(&mut study, objective, workers).unwrap(), Finish::Done(Ending::Total));
    study
}

fn trials(spec: StudySpec, objective: &dyn Objective) -> Vec<Trial> {
    done(spec, objective, 2).trials().collect()
}

fn n_raced(trials: &[Trial]) -> usize {
    trials.iter().filter(|trial| trial.state() == State::Raced).count()
}

const METHODS: [Method; 5] =
    [Method::GRID, Method::RANDOM, Method::SOBOL, Method::BAYES, Method::TPE];

#[test]
fn trials_are_stopped_inside_folds_and_after_them_and_the_best_is_found() {
    let (raced, whole) = (Curved::new(bowl), Curved::new(bowl));
    let study = trials(spec(Method::RANDOM, 40), &raced);
    let without = trials(StudySpec { race: None, ..spec(Method::RANDOM, 40) }, &whole);
    let best = |trials: &[Trial]| {
        trials.iter().filter_map(|t| Some((t.loss()?, t.number))).min_by(|a, b| a.0.total_cmp(&b.0))
    };
    assert_eq!(best(&study), best(&without));
    let is_inside = |t: &Trial| t.folds.last().unwrap().loss.is_none();
    let stopped: Vec<&Trial> = study.iter().filter(|t| t.state() == State::Raced).collect();
    assert!(stopped.iter().filter(|t| is_inside(t)).count() > 5);
    assert!(stopped.iter().all(|t| t.loss().is_none() && t.number >= 6));
    assert!(stopped.iter().all(|t| t.folds.last().unwrap().predicted.is_some()));
    assert!(stopped.iter().all(|t| t.reason().contains("predicted")));
    let (some, all) = (&raced.n_epochs, &whole.n_epochs);
    assert!(some.load(Ordering::Relaxed) * 4 < all.load(Ordering::Relaxed) * 3);

    let by_folds =
        StudySpec { race: Some(Race { at: vec![], ..race() }), ..spec(Method::RANDOM, 40) };
    let study = trials(by_folds, &Curved::new(bowl));
    assert!(n_raced(&study) > 5);
    let whole_folds = |t: &Trial| t.folds.iter().all(|fold| fold.loss.is_some());
    assert!(study.iter().all(whole_folds));
}

#[test]
fn the_outcome_does_not_depend_on_threads_or_power_cuts() {
    for method in METHODS {
        for direction in [Direction::Minimize, Direction::Maximize] {
            let spec = || StudySpec { direction, ..spec(method, 24) };
            let loss: fn(&Job<'_>) -> f64 = match direction {
                Direction::Minimize => bowl,
                Direction::Maximize => |job| 10.0 - bowl(job),
            };
            let objective = Curved::new(loss);
            let expected: Vec<Trial> = done(spec(), &objective, 1).trials().collect();
            assert!(n_raced(&expected) > 0, "{method:?} {direction:?}");
            let threaded: Vec<Trial> = done(spec(), &objective, 8).trials().collect();
            assert_eq!(threaded, expected, "{method:?} {direction:?}");

            let store = SharedStore::new();
            drop(Study::create(Box::new(store.clone()), text(), spec()).unwrap());
            for n_runs in 1.. {
                let breaking = store.breaking_after(1 + n_runs % 5);
                let mut study = Study::open(breaking, |_| Ok::<_, tuner::Error>(spec())).unwrap();
                if run(&mut study, &objective, 2).is_ok() {
                    assert!(n_runs > 1, "the power was never cut");
                    assert_eq!(study.trials().collect::<Vec<_>>(), expected, "{method:?}");
                    break;
                }
            }
        }
    }
}

fn records(study: &mut Study) -> Vec<Record> {
    let mut records = Vec::new();
    study.store().replay(Curves::Skip, &mut |record| records.push(record)).unwrap();
    records
}

#[test]
fn every_decision_is_made_again_and_one_that_was_not_made_is_named() {
    let read = |_: &StudyText| Ok::<_, tuner::Error>(spec(Method::RANDOM, 40));
    let mut study = done(spec(Method::RANDOM, 40), &Curved::new(bowl), 2);
    let sound = records(&mut study);
    let found = replay(sound.clone(), read, &mut |_| {}).unwrap();
    assert_eq!((found.n_proposals, found.difference), (40, None));

    let is_inside = |r: &Record| matches!(r, Record::Fold(fold) if fold.state == State::Raced);
    let position = sound.iter().position(is_inside).unwrap();
    let mut changed = sound.clone();
    if let Record::Fold(fold) = &mut changed[position] {
        (fold.state, fold.loss, fold.predicted) = (State::Ok, Some(1.0), None);
    }
    let found = replay(changed, read, &mut |_| {}).unwrap().difference.unwrap().to_string();
    assert!(found.contains("continues on record, predicted"), "{found}");

    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let folds = sample(&study, usize::MAX / 1_000_000);
    let objective = Curved::new(bowl);
    let again = repeat(&study, &objective, &folds, &pool, &|| false, &|| {}).unwrap();
    assert_eq!((again.n_same, again.difference), (folds.len(), None));
}

#[test]
fn ties_constants_and_losses_that_are_not_numbers_stop_nothing() {
    let constant: fn(&Job<'_>) -> f64 = |_| 0.5;
    let of_folds: fn(&Job<'_>) -> f64 = |job| job.split as f64;
    let broken: fn(&Job<'_>) -> f64 = |_| f64::NAN;
    for loss in [constant, of_folds, broken] {
        for direction in [Direction::Minimize, Direction::Maximize] {
            let spec = StudySpec { direction, ..spec(Method::RANDOM, 20) };
            assert_eq!(n_raced(&trials(spec, &Curved::new(loss))), 0);
        }
    }
}

#[test]
fn one_fold_and_one_epoch_are_judged_by_what_there_is() {
    let one_fold = || StudySpec { n_splits: 1, ..spec(Method::RANDOM, 40) };
    assert!(n_raced(&trials(one_fold(), &Curved::new(bowl))) > 5);
    let alone = StudySpec { race: Some(Race { at: vec![], ..race() }), ..one_fold() };
    assert_eq!(n_raced(&trials(alone, &Curved::new(bowl))), 0);
    let epochs = Epochs { total: (None, Some(1)), warmup: (None, None) };
    let one_epoch = Race { epochs: Some(epochs), folds: false, ..race() };
    let one_epoch = StudySpec { race: Some(one_epoch), ..spec(Method::RANDOM, 40) };
    assert_eq!(n_raced(&trials(one_epoch, &Curved::new(bowl))), 0);
}

#[test]
fn trials_set_up_by_hand_run_to_their_end_and_a_raised_total_goes_on() {
    let mut study = done(spec(Method::RANDOM, 20), &Curved::new(bowl), 2);
    let set = [("a".to_owned(), Value::Float(1.0)), ("b".to_owned(), Value::Float(0.0))];
    let worst = study.spec().space.complete(&set).unwrap();
    let trial = study.add_manual(&worst, 0.0).unwrap();
    study.set_total(40).unwrap();
    run(&mut study, &Curved::new(bowl), 2).unwrap();
    assert_eq!(study.trial(trial).unwrap().state(), State::Ok);
    assert_eq!(study.trials().count(), 41);
    assert!(study.trials().skip(21).any(|t| t.state() == State::Raced));
    let read = |_: &StudyText| Ok::<_, tuner::Error>(spec(Method::RANDOM, 20));
    assert_eq!(replay(records(&mut study), read, &mut |_| {}).unwrap().difference, None);
}

#[test]
fn told_epochs_are_durable_and_stop_what_a_run_stops() {
    let expected = trials(spec(Method::BAYES, 24), &Curved::new(bowl));
    let store = SharedStore::new();
    let mut study =
        Study::create(Box::new(store.clone()), text(), spec(Method::BAYES, 24)).unwrap();
    while let Asked::Trial(trial) = study.ask(0.0).unwrap() {
        for split in 0..3 {
            let slot = study.slot(trial).unwrap();
            if slot.is_final() {
                break;
            }
            let (config, space) = (slot.config.clone(), slot.space.clone());
            let go_on = || ControlFlow::Continue(());
            let told = Mutex::new(Vec::new());
            let report = |epoch: u32, loss: f64| {
                told.lock().unwrap().push((epoch, loss));
                ControlFlow::Continue(())
            };
            let (config, space) = (&*config, &*space);
            let job = Job { trial, split, config, space, interrupt: &go_on, report: &report };
            let result = Curved::new(bowl).evaluate(&job).unwrap().result;
            let mut goes_on = true;
            for told in told.into_inner().unwrap() {
                // Every caller is a process of its own.
                let read = |_: &StudyText| Ok::<_, tuner::Error>(spec(Method::BAYES, 24));
                study = Study::open(Box::new(store.clone()), read).unwrap();
                goes_on = study.tell_epoch(trial, Some(split), told, 0.0).unwrap();
                if !goes_on {
                    assert!(!study.tell_epoch(trial, Some(split), told, 0.0).unwrap());
                    break;
                }
            }
            if goes_on {
                study.tell(trial, Some(split), &result, 0.0).unwrap();
            }
        }
    }
    let outcome = |trials: &mut dyn Iterator<Item = Trial>| -> Vec<_> {
        trials.map(|t| (t.number, t.state(), t.losses().collect::<Vec<_>>())).collect()
    };
    assert_eq!(outcome(&mut study.trials()), outcome(&mut expected.into_iter()));
}
