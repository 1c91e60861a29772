//! What the engine and the store cost a trial, and whether that stays so: `cargo bench -p cli
//! --bench engine -- 200000`.
//!
//! A random study of a trivial space goes through [`Study::run`], and through ask and tell, for the
//! engine alone (records in memory), with the store where syncing is free (a folder in memory, if
//! the machine has one), and with the store on disk; once more with five folds a trial and all that
//! the built-in trainer says of each. Each has a process of its own, so that memory is its own too.
//! Prints processor time a trial, for the whole and for the first and the last tenth, the bytes
//! that a trial adds to the resident memory, and that memory after each tenth. With the store on
//! disk or in a folder in memory these bytes are the engine's alone: a run keeps a fingerprint of a
//! trial, and whoever asks and tells keeps the trial (the program does so in a process a call).
//! Then the time in which the program writes the leaderboard of a study, at a quarter, a half and
//! all of its trials, beside n log n, and the bytes a trial at its peak: there all trials are read
//! back.
//!
//! Exits with 1 if a trial of the last tenth takes more than 1.5 of the time of one of the first,
//! or a run with its records on disk more than 1.5 of the memory.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and stops at what is broken"
)]

mod leaderboard;
mod study;

use experiment::storage::SqliteStore;
use experiment::tuner::store::{MemoryStore, Store};
use std::path::Path;
use std::process::{Command, ExitCode};
use study::{Drive, Shape};

/// What the last tenth may cost in time, by the first.
const MOST: f64 = 1.5;
/// Bytes that a run may hold for a trial of one split, from whose state any process can go on.
const MOST_BYTES: u64 = 500;
/// Bytes that it may hold for each further split: a loss, six metrics, the counts and the seconds.
const MOST_BYTES_OF_SPLIT: u64 = 120;
/// Trials that are synced to a disk one by one, at most.
const MOST_SYNCED: u64 = 20_000;
const MEGABYTE: f64 = 1_048_576.0;
/// A folder in memory, on Linux.
const IN_MEMORY: &str = "/dev/shm";

/// What is measured in a process of its own.
const ROWS: [(&str, Drive, Keeping, Shape); 6] = [
    ("run, records in memory", Drive::Run, Keeping::Memory, Shape::Bare),
    ("run, SQLite, syncs free", Drive::Run, Keeping::Free, Shape::Bare),
    ("ask and tell, records in memory", Drive::Ask, Keeping::Memory, Shape::Bare),
    ("ask and tell, SQLite, syncs free", Drive::Ask, Keeping::Free, Shape::Bare),
    ("ask and tell, SQLite, synced", Drive::Ask, Keeping::Disk, Shape::Bare),
    ("run, five folds, syncs free", Drive::Run, Keeping::Free, Shape::Full),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeping {
    Memory,
    Free,
    Disk,
}

fn main() -> ExitCode {
    let numbers: Vec<u64> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    if let [n, row] = numbers[..] {
        return measure(n, row as usize);
    }
    let n = numbers.first().copied().unwrap_or(20_000);
    println!(
        "{n} random trials of two parameters, one split where no other is named; processor time"
    );
    println!(
        "{:34} {:>8} {:>12} {:>11} {:>12}",
        "", "µs/trial", "first tenth", "last tenth", "bytes/trial"
    );
    let program = std::env::current_exe().unwrap();
    let mut is_flat = true;
    for row in 0..ROWS.len() {
        let mut of_its_own = Command::new(&program);
        is_flat &= of_its_own.args([n.to_string(), row.to_string()]).status().unwrap().success();
    }
    leaderboard::measure(n, Shape::Bare);
    leaderboard::measure(n, Shape::Full);
    if is_flat { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Measures one row and prints it.
fn measure(n: u64, row: usize) -> ExitCode {
    let (name, drive, keeping, shape) = ROWS[row];
    if keeping == Keeping::Free && !Path::new(IN_MEMORY).is_dir() {
        println!("{name:34} no {IN_MEMORY} on this machine");
        return ExitCode::SUCCESS;
    }
    let n = if keeping == Keeping::Disk { n.min(MOST_SYNCED) } else { n };
    let folder = if keeping == Keeping::Free {
        tempfile::tempdir_in(IN_MEMORY)
    } else {
        tempfile::tempdir()
    }
    .unwrap();
    let store: Box<dyn Store> = match keeping {
        Keeping::Memory => Box::new(MemoryStore::new()),
        Keeping::Free | Keeping::Disk => {
            Box::new(SqliteStore::create(&folder.path().join("study.db")).unwrap())
        }
    };
    let resident_bytes = || memory_bytes(std::process::id(), "VmRSS");
    let before = resident_bytes();
    let mut marks = vec![(processor_time(), before)];
    study::create(store, n, shape).drive(drive, n, &mut |n_done| {
        if n_done % (n / 10) == 0 {
            marks.push((processor_time(), resident_bytes()));
        }
    });
    let micros = |from: usize, to: usize| (marks[to].0 - marks[from].0) * 1e6;
    let (whole, first, last) =
        (micros(0, 10) / n as f64, micros(0, 1) * 10.0 / n as f64, micros(9, 10) * 10.0 / n as f64);
    let bytes = marks[10].1.saturating_sub(before) / n;
    println!("{name:34} {whole:>8.1} {first:>12.1} {last:>11.1} {bytes:>12}");
    let megabytes: Vec<String> =
        marks.iter().map(|(_, bytes)| format!("{:.1}", *bytes as f64 / MEGABYTE)).collect();
    println!("  resident MB after each tenth: {}", megabytes.join(" "));
    let time = last / first;
    let is_memory_judged = drive == Drive::Run && keeping != Keeping::Memory;
    let most_bytes = MOST_BYTES + MOST_BYTES_OF_SPLIT * (shape.n_splits() as u64 - 1);
    let limit =
        if is_memory_judged { format!("at most {most_bytes}") } else { "not judged".to_owned() };
    println!(
        "  last tenth / first tenth: time {time:.2} (at most {MOST}); bytes a trial {bytes} ({limit})"
    );

    let is_flat = time <= MOST && (bytes <= most_bytes || !is_memory_judged);
    if is_flat { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Seconds of processor time of this process: other jobs on the machine do not lengthen it.
fn processor_time() -> f64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
}

/// A figure of memory, such as `VmRSS` or its peak `VmHWM`, of a process; 0 where the system does
/// not say.
fn memory_bytes(pid: u32, figure: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) << 10
}
