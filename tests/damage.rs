//! Damage, seen from outside: what is read is what was written, or it is said what is not.

use crate::run::quick;
use crate::sandbox::Sandbox;
use std::path::{Path, PathBuf};

/// Bytes of a page of the database with its frame's header in the log.
const FRAME: usize = 24 + 4096;

/// A study that was killed while its log held commits, and the ends of those in the log.
fn killed(sandbox: &Sandbox, file: &str) -> (PathBuf, Vec<u8>) {
    let log = sandbox.path("results/quick/study.db-wal");
    let mut run = sandbox.start(&["run", file]);
    let is_long = |log: &Path| std::fs::metadata(log).is_ok_and(|log| log.len() > 12 * FRAME as u64);
    while !is_long(&log) {
        assert_eq!(run.try_wait().unwrap(), None, "the study is longer than its log");
        std::thread::yield_now();
    }
    run.kill().unwrap();
    run.wait().unwrap();
    let bytes = std::fs::read(&log).unwrap();
    (log, bytes)
}

fn outcome(sandbox: &Sandbox) -> (String, String) {
    (sandbox.read("results/quick/leaderboard.csv"), sandbox.read("results/quick/folds.csv"))
}

#[test]
fn commits_lost_to_a_damaged_log_are_said_and_trained_again_to_the_same_bytes() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 24);
    let (log, mut bytes) = killed(&sandbox, &file);
    let middle = 32 + 5 * FRAME + 2000;
    bytes[middle] ^= 0x10;
    std::fs::write(&log, &bytes).unwrap();
    for quiet in [false, true] {
        let args = ["leaderboard", "quick", "--quiet"];
        let said = sandbox.tune_ok(if quiet { &args } else { &args[..2] });
        assert!(said.stderr.contains("is damaged: at least") && said.stderr.contains("were found"), "{}", said.stderr);
    }
    let said = sandbox.tune_ok(&["run", &file]);
    assert!(said.stderr.contains("is damaged: at least") && said.stderr.contains("on record"), "{}", said.stderr);
    let undisturbed = Sandbox::new();
    undisturbed.tune_ok(&["run", &quick(&undisturbed, "random", 24)]);
    assert_eq!(outcome(&sandbox), outcome(&undisturbed));
    assert!(
        !sandbox.tune_ok(&["leaderboard", "quick"]).stderr.contains("damaged"),
        "what was mended is not said again"
    );
}

#[test]
fn a_sound_log_is_not_called_damaged() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 24);
    killed(&sandbox, &file);
    assert_eq!(sandbox.tune_ok(&["leaderboard", "quick"]).stderr, "");
    let said = sandbox.tune_ok(&["run", &file]);
    assert!(!said.stderr.contains("damaged") && said.stderr.contains("going on after"), "{}", said.stderr);
}
