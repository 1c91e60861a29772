//! Large tables: reading them, and an epoch over their rows, in one thread.
//!
//! `cargo bench -p trainer --bench table -- make ROWS COLUMNS FILE` writes a table of normal
//! numbers and a target; `read FILE` and `epoch FILE` print seconds of processor time and the
//! process's peak memory. `table/peers.py FILE` does the same with pandas, PyTorch and
//! scikit-learn.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and fails loudly"
)]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;

use rustix::time::{ClockId, clock_gettime};
use trainer::data::{Dataset, ReadOptions, Roles, Table, Task};
use trainer::recipe::{Recipe, Setting};
use trainer::split::{Fold, Scheme};
use trainer::stream::{Purpose, Streams, below};
use trainer::{Metric, evaluate};

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", rows, columns, file] => {
            make(rows.parse().unwrap(), columns.parse().unwrap(), file);
        }
        ["read", file] => {
            let begin = processor_seconds();
            let data = read(file);
            print("read", begin, &data);
        }
        ["epoch", file] => {
            let data = read(file);
            let begin = processor_seconds();
            epoch(&data);
            print("epoch", begin, &data);
        }
        _ => println!("expected: make ROWS COLUMNS FILE, read FILE or epoch FILE"),
    }
}

/// Writes columns x0, x1, … of six digits, and y, their mean with noise.
fn make(n_rows: usize, n_columns: usize, file: &str) {
    let mut out = BufWriter::new(File::create(file).unwrap());
    let mut rng = Streams::new(1).rng(Purpose::Command, 0, 0);
    // The sum of three uniform numbers is near enough to normal.
    let mut number =
        || (0..3).map(|_| f64::from(below(&mut rng, 2_000_001)) / 1e6 - 1.0).sum::<f64>();

    let names: Vec<String> = (0..n_columns).map(|column| format!("x{column}")).collect();
    writeln!(out, "{},y", names.join(",")).unwrap();
    for _ in 0..n_rows {
        let mut sum = number();
        for _ in 0..n_columns {
            let x = number();
            sum += x.abs();
            write!(out, "{x:.6},").unwrap();
        }
        writeln!(out, "{sum:.6}").unwrap();
    }
}

fn read(file: &str) -> Dataset {
    let table = Table::read(File::open(file).unwrap(), &ReadOptions::default()).unwrap();
    let roles = Roles { target: "y".to_owned(), task: Some(Task::Regression), ..Roles::default() };
    Dataset::new(table, &roles).unwrap()
}

/// One epoch of 128-128 relu by adam in batches of 256, on all rows.
fn epoch(data: &Dataset) {
    let mut recipe = Recipe::default();
    let settings: [(&str, Setting); 4] = [
        ("epochs", 1.into()),
        ("depth", 2.into()),
        ("width", 128.into()),
        ("batch_size", 256.into()),
    ];
    for (name, setting) in settings {
        recipe.set(name, setting).unwrap();
    }
    let recipe = recipe.check(&data.facts()).unwrap();
    let train: Vec<u32> = (0..data.facts().n_rows as u32).collect();
    let test = train[..1].to_vec();
    let fold = Fold { repeat: 0, fold: 0, scheme: Scheme::Plain, train, test };
    let go_on = &|| ControlFlow::Continue(());
    evaluate(data, &fold, &recipe, Metric::Mse, &Streams::new(0), go_on).unwrap();
}

fn print(what: &str, begin: f64, data: &Dataset) {
    let facts = data.facts();
    println!(
        "tune,{what},{} x {},{:.2} s,{} MB at most",
        facts.n_rows,
        facts.n_features,
        processor_seconds() - begin,
        peak_megabytes()
    );
}

/// Processor time, which other jobs on the machine do not add to.
fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// The peak resident memory, as Linux reports it.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}
