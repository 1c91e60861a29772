//! No program outlives its run: after INT, TERM and HUP, after `kill -9` of `tune`, and after that of its supervisor too.

use crate::command::study;
use crate::sandbox::Sandbox;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// A program that starts another, writes down both and itself waits; once there is a file `go`, it answers.
const WAITING: &str = r#"
    [ -e go ] && echo '{"loss": 1}' && exit
    sleep 1000 &
    echo "$$ $! $PPID" > started.part && mv started.part started
    wait
"#;

/// A machine can be very busy; what is waited for takes two seconds at most, those between TERM and KILL.
const PATIENCE: Duration = Duration::from_mins(5);

/// Waits until `condition` holds.
fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Whether a process runs; one that has ended and was not waited for does not.
fn is_alive(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, fields)| !fields.trim_start().starts_with(['Z', 'X']))
}

fn signal(name: &str, pid: &impl ToString) {
    assert!(
        Command::new("kill")
            .args([format!("-{name}"), pid.to_string()])
            .status()
            .unwrap()
            .success()
    );
}

/// Starts a study and waits for its first program; returns the program, what it has started, and its supervisor.
fn started(sandbox: &Sandbox) -> (Child, Vec<String>) {
    study(sandbox, WAITING, 2, "");
    let run = sandbox.start(&["run", "space.toml", "--workers", "1"]);
    wait_until("the program starts", || sandbox.exists("started"));
    let pids = sandbox.read("started").split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert!(pids.len() == 3 && pids.iter().all(|pid| is_alive(pid)), "{pids:?}");
    (run, pids)
}

fn goes_on(sandbox: &Sandbox) -> String {
    sandbox.write("go", "");
    let said = sandbox.tune_ok(&["run", "space.toml"]);
    assert!(said.stdout.contains("best: trial"), "{}", said.stdout);
    said.stderr
}

#[test]
fn signals_to_tune_end_its_programs() {
    for name in ["INT", "TERM", "HUP"] {
        let sandbox = Sandbox::new();
        let (mut run, pids) = started(&sandbox);
        signal(name, &run.id());
        assert_eq!(run.wait().unwrap().code(), Some(3), "{name}");
        assert!(!pids.iter().any(|pid| is_alive(pid)), "{name}");
        goes_on(&sandbox);
    }
}

#[test]
fn programs_end_with_a_killed_tune() {
    let sandbox = Sandbox::new();
    let (mut run, pids) = started(&sandbox);
    run.kill().unwrap();
    run.wait().unwrap();
    wait_until("the programs end", || !pids.iter().any(|pid| is_alive(pid)));
    goes_on(&sandbox);
}

#[test]
fn the_next_run_ends_what_was_left_without_a_supervisor() {
    let sandbox = Sandbox::new();
    let (mut run, pids) = started(&sandbox);
    // Stopped, it does not notice that the supervisor is gone.
    signal("STOP", &run.id());
    signal("KILL", &pids[2]);
    run.kill().unwrap();
    run.wait().unwrap();
    assert!(is_alive(&pids[0]) && is_alive(&pids[1]));
    let said = goes_on(&sandbox);
    assert!(said.contains("ended 1 program that an earlier run left behind"), "{said}");
    assert!(!pids.iter().any(|pid| is_alive(pid)));
}

#[test]
fn a_killed_supervisor_fails_the_fold_and_leaves_nothing() {
    let sandbox = Sandbox::new();
    let (mut run, pids) = started(&sandbox);
    sandbox.write("go", "");
    signal("KILL", &pids[2]);
    assert_eq!(run.wait().unwrap().code(), Some(0));
    wait_until("the programs end", || !pids.iter().any(|pid| is_alive(pid)));
    assert!(sandbox.read("results/space/leaderboard.csv").contains("ended from outside"));
}
