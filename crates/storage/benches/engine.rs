//! What the engine and the store cost a trial: a random study of a trivial space through ask and tell.
//!
//! Prints microseconds a trial over the whole study and over its first and last tenth, and the memory a trial takes,
//! for the engine alone (records in memory), with the store where syncing is free (a folder in memory, if the machine
//! has one), and with the store on disk. `cargo bench -p storage --bench engine -- 200000` takes another number of trials.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and stops at what is broken")]

use std::path::Path;
use std::time::Instant;
use storage::SqliteStore;
use tuner::space::{Domain, Parameter, Scale, Space};
use tuner::store::{MemoryStore, Store, StudyText};
use tuner::study::{Asked, Method, StopRules, Study, StudySpec};
use tuner::trial::{Direction, FoldResult};

fn main() {
    let n = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(20_000);
    println!("{n} random trials of two parameters, ask and tell, one split");
    println!("{:34} {:>10} {:>12} {:>12} {:>14}", "store", "µs/trial", "first tenth", "last tenth", "bytes/trial");
    measure("memory", Box::new(MemoryStore::new()), n);
    let in_memory = Path::new("/dev/shm");
    if in_memory.is_dir() {
        let folder = tempfile::tempdir_in(in_memory).unwrap();
        measure("SQLite, syncs free (/dev/shm)", sqlite(folder.path()), n);
    }
    let folder = tempfile::tempdir().unwrap();
    measure("SQLite, synced to disk", sqlite(folder.path()), n.min(20_000));
}

fn sqlite(folder: &Path) -> Box<dyn Store> {
    Box::new(SqliteStore::create(&folder.join("study.db")).unwrap())
}

fn measure(name: &str, store: Box<dyn Store>, n: u64) {
    let mut study = Study::create(store, text(), spec(n)).unwrap();
    let memory = resident_bytes();
    let mut marks = Vec::with_capacity(11);
    let began = Instant::now();
    for i in 0..n {
        if i % (n / 10).max(1) == 0 {
            marks.push(began.elapsed().as_secs_f64());
        }
        let Asked::Trial(trial) = study.ask(0.0).unwrap() else { panic!("the space is endless") };
        let loss = (trial as f64 * 0.618).fract();
        study.tell(trial, None, &FoldResult::from_loss(loss), 0.0).unwrap();
    }
    marks.push(began.elapsed().as_secs_f64());
    let per_trial = |seconds: f64, trials: u64| seconds / trials as f64 * 1e6;
    let tenth = |i: usize| per_trial(marks[i + 1] - marks[i], n / 10);
    let grown = resident_bytes().saturating_sub(memory) / n;
    let whole = per_trial(marks[marks.len() - 1], n);
    println!("{name:34} {whole:>10.1} {:>12.1} {:>12.1} {grown:>14}", tenth(0), tenth(marks.len() - 2));
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

fn text() -> StudyText {
    StudyText { text: String::new(), folder: String::new(), facts: vec![] }
}

/// Memory of this process in bytes; 0 where the system does not say.
fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}
