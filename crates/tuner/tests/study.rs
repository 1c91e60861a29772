//! Whole studies: the outcome does not depend on the number of threads, timing or interruptions.

#![expect(clippy::unwrap_used, reason = "a test's helpers are tests")]

mod shared_store;

use shared_store::SharedStore;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use tuner::error::RecordFault;
use tuner::space::{Domain, Parameter, Scale, Space, Value};
use tuner::store::{Curves, MemoryStore, Record, Store, StudyText};
use tuner::study::{
    Asked, Ending, Evaluation, Event, Finish, Job, Method, NO_END, Objective, RunContext,
    StopRules, Study, StudySpec, StudyState, Told, replay,
};
use tuner::trial::{Direction, FoldResult, State, Trial};

/// A bowl with fold effects; it diverges for large rates and fails sometimes.
struct Bowl {
    n_evaluated: AtomicUsize,
    fails_always: bool,
}

impl Bowl {
    fn new() -> Self {
        Self { n_evaluated: AtomicUsize::new(0), fails_always: false }
    }
}

impl Objective for Bowl {
    fn evaluate(&self, job: &Job<'_>) -> Option<Evaluation> {
        let number = |i: usize| job.config.get(i).and_then(Value::as_number).unwrap_or(0.0);
        // Later folds end first, as far as threads allow.
        for _ in 0..(5 - job.split) * 200 {
            if let ControlFlow::Break(()) = (job.interrupt)() {
                return None;
            }
        }
        self.n_evaluated.fetch_add(1, Ordering::Relaxed);
        assert!(number(1) != 7.0 || job.split < 3, "depth 7 breaks in fold 3");
        let loss = if self.fails_always || number(0) > 0.5 && job.split % 2 == 1 {
            f64::NAN
        } else {
            (number(0) - 0.1).powi(2) + 0.01 * number(1) + 0.3 * job.split as f64
        };
        let mut result = FoldResult::from_loss(loss);
        if self.fails_always {
            result.state = State::Failed;
        }
        Some(Evaluation { result, curve: vec![] })
    }
}

fn spec(method: Method, trials: u64) -> StudySpec {
    let rate = Domain::Float { low: 1e-4, high: 1.0, scale: Scale::Log, step: None };
    let mut rate = Parameter::new("rate", rate);
    rate.points = Some(5);
    let depth =
        Parameter::new("depth", Domain::Int { low: 1, high: 9, scale: Scale::Linear, step: 1 });
    let space = Space::new(vec![rate, depth], &[]).unwrap();
    let enqueue = vec![space.complete(&[("depth".to_owned(), Value::Int(2))]).unwrap()];
    StudySpec {
        prior_mean: None,
        seed: 3,
        method,
        trials: Some(trials),
        parallel: 4,
        startup: 4,
        space,
        enqueue,
        n_splits: 5,
        direction: Direction::Minimize,
        stop: StopRules::default(),
        race: None,
    }
}

fn text() -> StudyText {
    StudyText { text: String::new(), folder: String::new(), facts: vec![] }
}

fn run(
    study: &mut Study,
    objective: &dyn Objective,
    workers: usize,
    is_interrupted: &(dyn Fn() -> bool + Sync),
) -> Result<Finish, tuner::Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build().unwrap();
    let around =
        RunContext { pool: &pool, clock: &|| 0.0, is_interrupted, observe: &mut |_, _| {} };
    study.run(objective, around)
}

fn undisturbed(method: Method, workers: usize) -> Vec<Trial> {
    let mut study = Study::create(Box::new(MemoryStore::new()), text(), spec(method, 24)).unwrap();
    assert_eq!(
        run(&mut study, &Bowl::new(), workers, &|| false).unwrap(),
        Finish::Done(Ending::Total)
    );
    study.trials().collect()
}

/// Silences the intended panics of the bowl, and no others.
fn without_panics<T>(f: impl FnOnce() -> T) -> T {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.to_string();
        if !message.contains("breaks in fold") {
            eprintln!("{message}");
        }
    }));
    let result = f();
    std::panic::set_hook(hook);
    result
}

#[test]
fn the_outcome_does_not_depend_on_threads_or_interruptions() {
    without_panics(|| {
        for method in Method::ALL {
            let expected = undisturbed(method, 1);
            assert_eq!(expected.len(), 24);
            assert_eq!(undisturbed(method, 3), expected, "{method:?}");

            let store = SharedStore::new();
            drop(Study::create(Box::new(store.clone()), text(), spec(method, 24)).unwrap());
            let objective = Bowl::new();
            let mut n_runs = 0;
            loop {
                n_runs += 1;
                let boxed = store.breaking_after(1 + n_runs % 3);
                let mut study =
                    Study::open(boxed, |_| Ok::<_, tuner::Error>(spec(method, 24))).unwrap();
                match run(&mut study, &objective, 2, &|| false) {
                    Ok(_) => {
                        assert_eq!(study.trials().collect::<Vec<_>>(), expected, "{method:?}");
                        break;
                    }
                    Err(error) => assert!(error.to_string().contains("the power is gone")),
                }
            }
            assert!(n_runs > 1, "the power was never cut");
        }
    });
}

#[test]
fn an_interrupted_run_goes_on_where_it_was() {
    without_panics(|| {
        let expected = undisturbed(Method::RANDOM, 2);
        let store = SharedStore::new();
        drop(Study::create(Box::new(store.clone()), text(), spec(Method::RANDOM, 24)).unwrap());
        let objective = Bowl::new();
        let n_commits_before = store.n_commits();
        for limit in [7, 30, usize::MAX] {
            let mut study = Study::open(Box::new(store.clone()), |_| {
                Ok::<_, tuner::Error>(spec(Method::RANDOM, 24))
            })
            .unwrap();
            let is_interrupted = || objective.n_evaluated.load(Ordering::Relaxed) >= limit;
            let finish = run(&mut study, &objective, 2, &is_interrupted).unwrap();
            if limit == usize::MAX {
                assert_eq!(finish, Finish::Done(Ending::Total));
                assert_eq!(study.trials().collect::<Vec<_>>(), expected);
            } else {
                assert_eq!(finish, Finish::Interrupted);
            }
        }
        let n_folds = objective.n_evaluated.load(Ordering::Relaxed);
        // Each run may commit once more, for proposals without a fold.
        assert!(store.n_commits() - n_commits_before <= n_folds + 3, "at most one commit a fold");
    });
}

/// A fold that is sometimes skipped, while later ones of its trial run.
struct Quick;

impl Objective for Quick {
    fn evaluate(&self, job: &Job<'_>) -> Option<Evaluation> {
        let rate = job.config.get(0).and_then(Value::as_number).unwrap_or(0.0);
        let result = match job.split {
            0 if rate > 0.5 => FoldResult::from_loss(f64::NAN),
            split => FoldResult::from_loss(rate + split as f64),
        };
        Some(Evaluation { result, curve: vec![] })
    }
}

#[test]
fn a_study_has_all_its_trials_at_every_moment() {
    let n = 3000;
    let spec = |method| StudySpec { n_splits: 3, enqueue: vec![], ..spec(method, n) };
    for method in [Method::RANDOM, Method::SOBOL] {
        let store = SharedStore::new();
        let mut study = Study::create(Box::new(store.clone()), text(), spec(method)).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let n_ended = AtomicUsize::new(0);
        let run = |study: &mut Study, limit: usize| {
            let around = RunContext {
                pool: &pool,
                clock: &|| 0.0,
                is_interrupted: &|| n_ended.load(Ordering::Relaxed) >= limit,
                observe: &mut |study, event| {
                    if let Event::Final(trial) = event {
                        assert!(study.trial(trial).is_some());
                        assert_eq!(study.slots().iter().len(), study.slots().len());
                        n_ended.store(study.trials_ended(), Ordering::Relaxed);
                    }
                },
            };
            study.run(&Quick, around).unwrap()
        };
        assert_eq!(run(&mut study, 2000), Finish::Interrupted);
        assert_eq!(run(&mut study, usize::MAX), Finish::Done(Ending::Total));
        assert_eq!(study.trials().count() as u64, n);
        let opened = Study::open(Box::new(store), |_| Ok::<_, tuner::Error>(spec(method))).unwrap();
        assert!(opened.trials().eq(study.trials()), "{method:?}");
        assert_eq!(opened.n_results(), study.n_results());
        for (a, b) in opened.slots().iter().zip(study.slots().iter()) {
            assert_eq!((&a.config, a.origin, a.is_final()), (&b.config, b.origin, b.is_final()));
        }
    }
}

#[test]
fn a_fact_about_a_trial_that_was_never_proposed_is_damage() {
    let facts = [
        Record::Abandoned { trial: 99 },
        Record::Asked { trial: 99, unix_seconds: 1 },
        Record::HandedOut { trial: 99 },
        Record::TestOpened { trial: 99, metrics: vec![] },
    ];
    for fact in facts {
        let mut store = MemoryStore::new();
        store.append(0, &[Record::Study(text()), fact.clone()]).unwrap();
        let opened =
            Study::open(Box::new(store), |_| Ok::<_, tuner::Error>(spec(Method::RANDOM, 24)));
        let error = opened.err().unwrap_or_else(|| panic!("{fact:?} was accepted"));
        let is_damage =
            matches!(error, tuner::Error::Records(RecordFault::UnknownTrial { trial: 99, .. }));
        assert!(is_damage, "{error}");
    }
}

#[test]
fn a_state_without_a_store_catches_up_record_by_record() {
    let store = SharedStore::new();
    let mut study =
        Study::create(Box::new(store.clone()), text(), spec(Method::BAYES, 24)).unwrap();
    let (mut state, mut head) = (None, 0);
    let mut records = store.clone();
    while let Asked::Trial(trial) = study.ask(0.0).unwrap() {
        for split in 0..5 {
            let loss = (trial * 7 % 5) as f64 + split as f64;
            study.tell(trial, Some(split), &FoldResult::from_loss(loss), 0.0).unwrap();
        }
        let mut read = |_: &StudyText| Ok::<_, tuner::Error>(spec(Method::BAYES, 24));
        let mut visit = |record| StudyState::take_in(&mut state, record, &mut read).unwrap();
        head = records.replay_after(head, Curves::Skip, &mut visit).unwrap();
        let state = state.as_ref().unwrap();
        assert!(state.trials().eq(study.trials()));
        assert_eq!(state.n_counted(), study.n_counted());
    }
    assert_eq!(study.trials().count(), 24);
}

#[test]
fn ask_and_tell_in_order_propose_what_run_proposes() {
    without_panics(|| {
        let expected = undisturbed(Method::BAYES, 2);
        let store = SharedStore::new();
        let mut study =
            Study::create(Box::new(store.clone()), text(), spec(Method::BAYES, 24)).unwrap();
        for trial in &expected {
            assert_eq!(study.ask(0.0).unwrap(), Asked::Trial(trial.number));
            assert_eq!(study.slot(trial.number).unwrap().config, trial.config);
            for (split, fold) in trial.folds.iter().enumerate() {
                assert_eq!(
                    study.tell(trial.number, Some(split), fold, 0.0).unwrap(),
                    Told::Recorded
                );
                assert_eq!(
                    study.tell(trial.number, Some(split), fold, 0.0).unwrap(),
                    Told::Unchanged
                );
            }
            let other = FoldResult::from_loss(99.0);
            assert!(
                study.tell(trial.number, Some(0), &other, 0.0).is_err(),
                "a result is never overwritten"
            );
            // Every caller is a process of its own.
            study = Study::open(Box::new(store.clone()), |_| {
                Ok::<_, tuner::Error>(spec(Method::BAYES, 24))
            })
            .unwrap();
        }
        assert_eq!(study.ask(0.0).unwrap(), Asked::Done(Ending::Total));
        assert_eq!(study.trials().collect::<Vec<_>>(), expected);
    });
}

#[test]
fn an_abandoned_trial_is_handed_out_again() {
    let mut study =
        Study::create(Box::new(MemoryStore::new()), text(), spec(Method::RANDOM, 24)).unwrap();
    assert_eq!(study.ask(0.0).unwrap(), Asked::Trial(0));
    assert_eq!(study.ask(0.0).unwrap(), Asked::Trial(1));
    study.abandon(0).unwrap();
    assert_eq!(study.ask(0.0).unwrap(), Asked::Trial(0));
    assert_eq!(study.ask(0.0).unwrap(), Asked::Trial(2));
    assert!(study.abandon(9).is_err());
}

#[test]
fn a_study_that_only_fails_stops_after_ten() {
    let mut study =
        Study::create(Box::new(MemoryStore::new()), text(), spec(Method::RANDOM, 24)).unwrap();
    let objective = Bowl { fails_always: true, ..Bowl::new() };
    assert_eq!(run(&mut study, &objective, 2, &|| false).unwrap(), Finish::Done(Ending::Failing));
    // Trial 13 is the first that sees the ten.
    assert_eq!(study.trials().count(), 13);
}

#[test]
fn a_panic_is_a_failed_fold_with_its_message() {
    let trials = without_panics(|| undisturbed(Method::GRID, 2));
    let broken: Vec<&Trial> = trials.iter().filter(|t| t.state() == State::Failed).collect();
    assert!(!broken.is_empty());
    assert!(
        broken
            .iter()
            .all(|t| t.folds.len() == 4 && t.reason().contains("depth 7 breaks in fold 3"))
    );
}

#[test]
fn manual_trials_come_on_top_of_the_total() {
    let mut study =
        Study::create(Box::new(MemoryStore::new()), text(), spec(Method::RANDOM, 6)).unwrap();
    let config = study.spec().space.complete(&[("depth".to_owned(), Value::Int(3))]).unwrap();
    assert_eq!(study.add_manual(&config, 0.0).unwrap(), 0);
    without_panics(|| run(&mut study, &Bowl::new(), 2, &|| false)).unwrap();
    assert_eq!(study.trials().count(), 7);
    study.set_total(8).unwrap();
    without_panics(|| run(&mut study, &Bowl::new(), 2, &|| false)).unwrap();
    assert_eq!(study.trials().count(), 9);
}

#[test]
fn a_study_without_an_end_has_no_total() {
    let mut study =
        Study::create(Box::new(MemoryStore::new()), text(), spec(Method::RANDOM, NO_END)).unwrap();
    assert_eq!((study.total(), study.total_with_manual()), (None, None));
    let before = study.store().replay(Curves::Skip, &mut |_| ()).unwrap();
    study.set_total(NO_END).unwrap();
    assert_eq!(study.store().replay(Curves::Skip, &mut |_| ()).unwrap(), before);
    study.set_total(3).unwrap();
    assert_eq!(study.total(), Some(3));
}

/// A grid over `depth` 1 to `deepest`, beside a fixed rate.
fn grid_to(deepest: i64) -> StudySpec {
    let rate = Parameter::new("rate", Domain::Fixed(Value::Float(0.1)));
    let depth = Parameter::new(
        "depth",
        Domain::Int { low: 1, high: deepest, scale: Scale::Linear, step: 1 },
    );
    let space = Space::new(vec![rate, depth], &[]).unwrap();
    StudySpec { trials: None, enqueue: Vec::new(), parallel: 2, space, ..spec(Method::GRID, 0) }
}

#[test]
fn a_revised_grid_tries_what_is_new_and_its_trials_keep_their_own_space() {
    let mut study = Study::create(Box::new(MemoryStore::new()), text(), grid_to(4)).unwrap();
    // One trial is under way when the space changes, and lies outside the new one.
    let deepest = study.spec().space.complete(&[("depth".to_owned(), Value::Int(4))]).unwrap();
    study.add_manual(&deepest, 0.0).unwrap();
    let mut revised = grid_to(6);
    let rate = Parameter::new("rate", Domain::Fixed(Value::Float(0.1)));
    let depth = Parameter::new("depth", Domain::Ordinal([6, 5, 2, 1].map(Value::Int).to_vec()));
    revised.space = Space::new(vec![depth, rate], &[]).unwrap();
    study.revise(text(), revised.clone()).unwrap();
    assert!(!study.slot(0).unwrap().is_in_space());
    assert_eq!(run(&mut study, &Depth, 2, &|| false).unwrap(), Finish::Done(Ending::Total));
    let trials: Vec<Trial> = study.trials().collect();
    assert_eq!(trials.len(), 5);
    let losses: Vec<f64> = trials.iter().map(|t| t.loss().unwrap()).collect();
    assert_eq!(losses[0], 4.0, "the old trial was evaluated in its own space");
    assert_eq!(losses[1..].iter().sum::<f64>(), 6.0 + 5.0 + 2.0 + 1.0);
    assert_eq!(
        trials[0].config.values(),
        [Some(Value::Int(4)), Some(Value::Float(0.1))],
        "shown in the new order"
    );

    let mut records = Vec::new();
    study.store().replay(Curves::Skip, &mut |record| records.push(record)).unwrap();
    let mut specs = [grid_to(4), revised].into_iter();
    let read = |_: &StudyText| Ok::<_, tuner::Error>(specs.next().unwrap());
    let replayed = replay(records, read, &mut |_| {}).unwrap();
    assert_eq!((replayed.n_proposals, replayed.n_manual, replayed.difference), (4, 1, None));
}

#[test]
fn a_revision_that_changes_more_than_the_space_is_refused_and_leaves_nothing() {
    let mut study = Study::create(Box::new(MemoryStore::new()), text(), grid_to(4)).unwrap();
    for spec in [
        StudySpec { n_splits: 3, ..grid_to(5) },
        StudySpec { direction: Direction::Maximize, ..grid_to(5) },
        StudySpec { seed: 4, ..grid_to(5) },
        StudySpec { method: Method::RANDOM, ..grid_to(5) },
    ] {
        assert!(
            study
                .revise(text(), spec)
                .unwrap_err()
                .to_string()
                .contains("a revision of the space changes")
        );
    }
    let mut n = 0;
    study.store().replay(Curves::Skip, &mut |_| n += 1).unwrap();
    assert_eq!(n, 1);
}

#[test]
fn ten_failures_of_an_old_space_do_not_stop_the_new_one() {
    let mut study =
        Study::create(Box::new(MemoryStore::new()), text(), spec(Method::RANDOM, 40)).unwrap();
    let broken = Bowl { fails_always: true, ..Bowl::new() };
    assert_eq!(run(&mut study, &broken, 2, &|| false).unwrap(), Finish::Done(Ending::Failing));
    let n_before = study.trials().count();
    study
        .revise(
            text(),
            StudySpec { space: grid_to(9).space, enqueue: Vec::new(), ..spec(Method::RANDOM, 40) },
        )
        .unwrap();
    run(&mut study, &Depth, 2, &|| false).unwrap();
    assert!(study.trials().count() > n_before);
}

/// The loss is the depth, read by its name.
struct Depth;

impl Objective for Depth {
    fn evaluate(&self, job: &Job<'_>) -> Option<Evaluation> {
        let depth =
            job.space.named(job.config).find(|(name, _)| *name == "depth")?.1.as_number()?;
        Some(Evaluation { result: FoldResult::from_loss(depth), curve: vec![] })
    }
}
