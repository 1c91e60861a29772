//! A disk that fails at the k-th write, for every k: the error is said, and the study goes on where it was.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests stop at what is broken, and print what they counted"
)]

mod faults;

use faults::Failing;
use std::path::Path;
use storage::SqliteStore;
use tuner::Error;
use tuner::error::StoreError;
use tuner::space::{Domain, Parameter, Scale, Space, Value};
use tuner::store::{MemoryStore, Store, StudyText};
use tuner::study::{Evaluation, Job, Method, Objective, StopRules, Study, StudySpec, Surroundings};
use tuner::trial::{Direction, FoldResult, Trial};

/// The loss of fold s at x is x + s.
struct Line;

impl Objective for Line {
    fn evaluate(&self, job: &Job<'_>) -> Option<Evaluation> {
        let x = job.config.get(0).and_then(Value::as_number)?;
        // A curve, so that rows are as long as those of real studies.
        let curve = vec![(Some(x as f32), None); 300];
        Some(Evaluation { result: FoldResult::from_loss(x + job.split as f64), curve })
    }
}

fn spec() -> StudySpec {
    let x = Parameter::new(
        "x",
        Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None },
    );
    StudySpec {
        prior_mean: None,
        seed: 1,
        method: Method::RANDOM,
        trials: Some(6),
        parallel: 2,
        startup: 0,
        space: Space::new(vec![x], &[]).unwrap(),
        enqueue: Vec::new(),
        n_splits: 2,
        direction: Direction::Minimize,
        stop: StopRules::default(),
        race: None,
    }
}

fn text() -> StudyText {
    StudyText { text: "x".to_owned(), folder: String::new(), facts: Vec::new() }
}

/// Begins a study or goes on with it, as the program does, to its end.
fn run(path: &Path, pool: &rayon::ThreadPool) -> Result<Vec<Trial>, Error> {
    let store = if path.exists() { SqliteStore::open(path)? } else { SqliteStore::create(path)? };
    let is_new = store.is_empty();
    go_on(Box::new(store), is_new, pool)
}

fn go_on(
    store: Box<dyn Store>,
    is_new: bool,
    pool: &rayon::ThreadPool,
) -> Result<Vec<Trial>, Error> {
    let mut study = if is_new {
        Study::create(store, text(), spec())?
    } else {
        Study::open(store, |_| Ok::<_, Error>(spec()))?
    };
    // The clock stands still: it is no part of the outcome.
    let around =
        Surroundings { pool, clock: &|| 0.0, is_interrupted: &|| false, observe: &mut |_, _| {} };
    study.run(&Line, around)?;
    Ok(study.trials().collect())
}

#[test]
fn a_disk_that_fails_at_any_write_loses_nothing_but_time() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let expected = go_on(Box::new(MemoryStore::new()), true, &pool).unwrap();
    assert_eq!(expected.len(), 6);
    faults::install();
    for how in [Failing::Broken, Failing::Full] {
        let mut n_refused = 0;
        for k in 0.. {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("study.db");
            faults::fail_after(k, how);
            let broken = run(&path, &pool);
            let is_past_the_last_write = faults::mend() == 0;
            match broken {
                Err(error) => {
                    assert!(
                        matches!(&error, Error::Store(StoreError::Access { .. })),
                        "write {k}: {error:?}"
                    );
                    assert!(error.to_string().contains("study.db"), "write {k}: {error}");
                    n_refused += 1;
                }
                // What fails when all is recorded, as tidying up the log does, costs nothing.
                Ok(trials) => assert_eq!(trials, expected, "write {k}"),
            }
            let mended = run(&path, &pool).unwrap_or_else(|error| panic!("write {k}: {error}"));
            assert_eq!(mended, expected, "write {k}");
            if is_past_the_last_write {
                println!(
                    "{how:?}: failed at each of {k} writes, {n_refused} of them told; every study ended the same"
                );
                break;
            }
        }
        assert!(n_refused > 30, "the fault point works");
    }
}
