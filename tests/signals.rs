//! Signals and closed pipes: a run that is asked to stop stops where it can go on, and nobody listening is no error.

#![cfg(unix)]

use crate::run::quick;
use crate::sandbox::Sandbox;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};

fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill")
        .args([&format!("-{signal}"), &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// Waits until a run has a trial, and returns what it says from then on.
fn after_first_trial(run: &mut Child) -> BufReader<ChildStderr> {
    let mut stderr = BufReader::new(run.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("trial ") {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "the run ended before its first trial");
    }
    stderr
}

/// Starts a run and waits until it has a trial.
fn start(sandbox: &Sandbox, file: &str) -> (Child, BufReader<ChildStderr>) {
    let mut run = sandbox
        .command(&["run", file])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stderr = after_first_trial(&mut run);
    (run, stderr)
}

fn outcome(sandbox: &Sandbox) -> (String, String) {
    (sandbox.read("results/quick/leaderboard.csv"), sandbox.read("results/quick/folds.csv"))
}

#[test]
fn a_run_that_is_asked_to_stop_saves_and_goes_on_to_the_same_bytes() {
    let undisturbed = Sandbox::new();
    undisturbed.tune_ok(&["run", &quick(&undisturbed, "random", 20)]);
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 20);
    for signal in ["INT", "TERM", "HUP"] {
        let (mut run, mut stderr) = start(&sandbox, &file);
        send(signal, &run);
        let mut said = String::new();
        stderr.read_to_string(&mut said).unwrap();
        assert_eq!(run.wait().unwrap().code(), Some(3), "{signal}: {said}");
        assert!(said.contains("interrupted; run the same command to continue"), "{signal}: {said}");
        assert!(
            sandbox.exists("results/quick/leaderboard.csv"),
            "{signal}: the sheets are written"
        );
    }
    // Suspended and woken up, it is only late.
    let (mut run, mut stderr) = start(&sandbox, &file);
    send("STOP", &run);
    sandbox
        .tune(&["run", &file])
        .complains(4, &["in use by `run`", &run.id().to_string(), "since 20"]);
    send("CONT", &run);
    stderr.read_to_string(&mut String::new()).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(0));
    assert_eq!(outcome(&sandbox), outcome(&undisturbed));
}

#[test]
fn a_signal_that_was_ignored_from_the_start_stays_ignored() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 20);
    // As `nohup` does it, and a shell for what it runs in the background.
    let script = format!("trap '' HUP INT; exec {} run '{file}'", env!("CARGO_BIN_EXE_tune"));
    let mut run = Command::new("sh")
        .args(["-c", &script])
        .current_dir(sandbox.path(""))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = after_first_trial(&mut run);
    send("HUP", &run);
    send("INT", &run);
    let mut said = String::new();
    stderr.read_to_string(&mut said).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(0), "{said}");
}

#[test]
fn nobody_listening_is_no_error() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 4);
    // A run whose stdout and stderr have no reader any more still does its work.
    let mut run = sandbox
        .command(&["run", &file])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop((run.stdout.take(), run.stderr.take()));
    assert_eq!(run.wait().unwrap().code(), Some(0));
    assert_eq!(sandbox.read("results/quick/leaderboard.csv").lines().count(), 5);
    for args in [
        ["leaderboard", "quick"].as_slice(),
        &["show", "quick"],
        &["best", "quick"],
        &["list"],
        &["--help"],
    ] {
        let mut reader =
            sandbox.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(reader.stdout.take());
        let output = reader.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{args:?}");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
    }
}
