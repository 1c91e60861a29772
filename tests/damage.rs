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
    let is_long =
        |log: &Path| std::fs::metadata(log).is_ok_and(|log| log.len() > 12 * FRAME as u64);
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
    let middle = 32 + 9 * FRAME + 2000;
    bytes[middle] ^= 0x10;
    std::fs::write(&log, &bytes).unwrap();
    for quiet in [false, true] {
        let args = ["leaderboard", "quick", "--quiet"];
        let said = sandbox.tune_ok(if quiet { &args } else { &args[..2] });
        assert!(
            said.stderr.contains("is damaged: at least") && said.stderr.contains("were found"),
            "{}",
            said.stderr
        );
    }
    let said = sandbox.tune_ok(&["run", &file]);
    assert!(
        said.stderr.contains("is damaged: at least") && said.stderr.contains("were found"),
        "{}",
        said.stderr
    );
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
    assert!(
        !said.stderr.contains("damaged") && said.stderr.contains("continuing after"),
        "{}",
        said.stderr
    );
}

/// The bytes of a study that was asked and told, and its ranking.
fn told(sandbox: &Sandbox) -> (PathBuf, Vec<u8>, String) {
    sandbox.write("space.toml", &crate::ask::SPACE.replace("METHOD", "random"));
    for trial in ["0", "1", "2"] {
        sandbox.tune_ok(&["ask", "space.toml"]);
        sandbox.tune_ok(&["tell", "script", trial, "--loss", &format!("0.{trial}")]);
    }
    let path = sandbox.path("results/script/study.db");
    let bytes = std::fs::read(&path).unwrap();
    let board = sandbox.tune_ok(&["leaderboard", "script", "--format", "csv"]).stdout;
    (path, bytes, board)
}

#[test]
fn a_damaged_study_reads_as_it_was_or_is_named_whatever_the_command() {
    let sandbox = Sandbox::new();
    let (path, sound, board) = told(&sandbox);
    let mut n_named = 0;
    let cut = (0..sound.len())
        .step_by(sound.len() / 12)
        .map(|length| (sound[..length].to_vec(), format!("cut to {length}")));
    let flipped =
        (0..100).step_by(6).chain((100..sound.len()).step_by(sound.len() / 60)).map(|at| {
            let mut bytes = sound.clone();
            bytes[at] ^= 0x5a;
            (bytes, format!("byte {at}"))
        });
    for (bytes, what) in cut.chain(flipped) {
        std::fs::write(&path, &bytes).unwrap();
        let read = sandbox.tune(&["leaderboard", "script", "--format", "csv"]);
        match read.code {
            0 => assert_eq!(read.stdout, board, "{what}"),
            code => {
                assert_eq!(code, 4, "{what}: {}", read.stderr);
                assert!(
                    read.stdout.is_empty() && read.stderr.contains("study.db"),
                    "{what}: {}",
                    read.stderr
                );
                n_named += 1;
            }
        }
        for args in [["ask", "script"].as_slice(), &["verify", "script"], &["show", "script", "1"]]
        {
            std::fs::write(&path, &bytes).unwrap();
            let said = sandbox.tune(args);
            assert!([0, 4].contains(&said.code), "{what}, {args:?}: {} {}", said.code, said.stderr);
            assert!(
                said.code == 0 || !said.stderr.contains("a bug in tune"),
                "{what}: {}",
                said.stderr
            );
        }
    }
    assert!(n_named > 20, "{n_named} were named");
}

#[test]
fn what_is_no_study_or_of_a_later_program_is_said() {
    let sandbox = Sandbox::new();
    let (path, sound, _) = told(&sandbox);
    for (bytes, said) in
        [("rank,trial\n".repeat(20).into_bytes(), "is not a study"), (Vec::new(), "is not a study")]
    {
        std::fs::write(&path, bytes).unwrap();
        sandbox.tune(&["leaderboard", "script"]).complains(4, &[said]);
        sandbox.tune(&["ask", "space.toml"]).complains(4, &[said]);
    }
    // The number of the form is the header's big-endian word at byte 60.
    let mut newer = sound;
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&path, newer).unwrap();
    sandbox.tune(&["leaderboard", "script"]).complains(4, &["form 99", "use a newer `tune`"]);
}
