//! How long the program takes to read a long study and write its leaderboard, beside n log n.

use crate::study::{self, Drive, Shape};
use crate::{IN_MEMORY, memory_bytes};
use experiment::storage::SqliteStore;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Runs of the program at each length; the fastest counts, for others are at work on the machine.
const RUNS: usize = 3;

/// Prints seconds of processor time, the clock's where the system does not say, and the most
/// memory, at a quarter, a half and all of `n` trials.
pub fn measure(n: u64, shape: Shape) {
    let is_there = Path::new(IN_MEMORY).is_dir();
    let results =
        if is_there { tempfile::tempdir_in(IN_MEMORY) } else { tempfile::tempdir() }.unwrap();
    let folder = results.path().join("soak");
    std::fs::create_dir(&folder).unwrap();
    let mut study =
        study::create(Box::new(SqliteStore::create(&folder.join("study.db")).unwrap()), n, shape);
    let folds = if shape == Shape::Full { ", five folds a trial" } else { "" };
    println!("`tune leaderboard --format csv`{folds}, the fastest of {RUNS}");
    let columns = ("trials", "seconds", "growth beside n log n", "peak MB", "bytes/trial");
    println!(
        "{:>10} {:>10} {:>26} {:>10} {:>12}",
        columns.0, columns.1, columns.2, columns.3, columns.4
    );
    let mut first = None;
    for n in [n / 4, n / 2, n] {
        study.drive(Drive::Ask, n, &mut |_| {});
        let (seconds, peak) =
            (0..RUNS).map(|_| write(results.path(), n)).min_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
        let by_length = seconds / (n as f64 * (n as f64).log2());
        let growth = by_length / *first.get_or_insert(by_length);
        println!("{n:>10} {seconds:>10.2} {growth:>26.2} {:>10} {:>12}", peak >> 20, peak / n);
    }
}

/// Has the leaderboard written once; returns the seconds, and the most bytes that the program held.
fn write(results: &Path, n: u64) -> (f64, u64) {
    let csv = results.join("leaderboard.csv");
    let began = Instant::now();
    let mut program = Command::new(env!("CARGO_BIN_EXE_tune"));
    program.arg("--results").arg(results).args(["leaderboard", "soak", "--format", "csv"]);
    let mut program =
        program.stdout(Stdio::from(std::fs::File::create(&csv).unwrap())).spawn().unwrap();
    let (mut peak, mut processor) = (0, None);
    let status = loop {
        processor = processor_seconds(program.id()).or(processor);
        peak = peak.max(memory_bytes(program.id(), "VmHWM"));
        if let Some(status) = program.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    };
    let seconds = processor.unwrap_or(began.elapsed().as_secs_f64());
    assert!(status.success());
    let n_lines = std::fs::read_to_string(&csv).unwrap().lines().count();
    assert_eq!(n_lines as u64, n + 1, "a line a trial");
    (seconds, peak)
}

/// Processor time of a process, as proc(5) has it in the fields 14 and 15 of its `stat`: hundredths
/// of a second.
fn processor_seconds(pid: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
    Some((ticks(14)? + ticks(15)?) / 100.0)
}
