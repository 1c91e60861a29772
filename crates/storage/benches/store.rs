//! Measures the store: single appends, opening, and replays of studies of growing size.
//!
//! A record here is a fold with the usual numbers and a curve of 40 epochs. Run it with `cargo
//! bench -p storage --bench store`.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and stops at what is broken"
)]

use std::time::Instant;
use storage::SqliteStore;
use tuner::store::{Curves, FoldRecord, Record, Store};
use tuner::trial::FoldResult;

const RECORDS_A_COMMIT: usize = 10_000;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    println!("one record a commit, synced to disk, in a study of 20,000 records");
    let path = folder.path().join("appends.db");
    let mut store = SqliteStore::create(&path).unwrap();
    let mut head = store.append(0, &folds(0, 20_000)).unwrap();
    let began = Instant::now();
    for record in folds(20_000, 1_000) {
        head = store.append(head, &[record]).unwrap();
    }
    println!("{:.0} µs a commit\n", began.elapsed().as_secs_f64() * 1e3);

    println!(
        "{:>10} {:>8} {:>12} {:>10} {:>16} {:>16}",
        "records", "MB", "µs to append", "open, s", "replay, s", "with curves, s"
    );
    for n in [10_000_usize, 100_000, 1_000_000] {
        let path = folder.path().join(format!("{n}.db"));
        let mut store = SqliteStore::create(&path).unwrap();
        let appended = seconds(|| {
            for from in (0..n).step_by(RECORDS_A_COMMIT) {
                store.append(from as u64, &folds(from as u64, RECORDS_A_COMMIT)).unwrap();
            }
        });
        drop(store);
        let megabytes = std::fs::metadata(&path).unwrap().len() as f64 / 1e6;
        let mut opened = None;
        let open = seconds(|| opened = Some(SqliteStore::open(&path).unwrap()));
        let mut store = opened.unwrap();
        let mut replay = |curves| seconds(|| assert!(store.replay(curves, &mut |_| ()).is_ok()));
        let (skip, load) = (replay(Curves::Skip), replay(Curves::Load));
        let append = appended / n as f64 * 1e6;
        println!("{n:>10} {megabytes:>8.1} {append:>12.1} {open:>10.3} {skip:>16.3} {load:>16.3}");
    }
}

fn seconds(work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    began.elapsed().as_secs_f64()
}

fn folds(from: u64, n: usize) -> Vec<Record> {
    let fold = |i: u64| {
        let result = FoldResult {
            metrics: vec![("error_rate".to_owned(), (i as f64 * 0.732).fract())],
            epochs: Some(40),
            n_parameters: Some(4810),
            multiply_adds: Some(123_456_789),
            seconds: 0.25,
            ..FoldResult::from_loss((i as f64 * 0.618).fract())
        };
        let curve = (1..=40).map(|epoch| (Some(1.0 / epoch as f32), Some(0.5))).collect();
        FoldRecord::new(i / 5, (i % 5) as usize, &result, curve, i as f64)
    };
    (from..from + n as u64).map(|i| Record::Fold(fold(i))).collect()
}
