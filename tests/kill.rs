//! `kill -9` at random moments: the next run goes on, and the outcome is the one of a run never disturbed.
//!
//! `TUNE_TORTURE_KILLS` takes another number of kills a study; the moments come from a fixed seed and the machine's speed.

#[cfg(unix)]
use crate::command::without_limits;
#[cfg(unix)]
use crate::race::{CURVE, program};
use crate::run::quick;
use crate::sandbox::Sandbox;
use std::time::Duration;

fn n_kills() -> u32 {
    std::env::var("TUNE_TORTURE_KILLS").ok().and_then(|v| v.parse().ok()).unwrap_or(5)
}

/// The quick study, long enough to be killed in the middle.
fn long(sandbox: &Sandbox, method: &str) -> String {
    let file = quick(sandbox, method, 24);
    let text = sandbox.read("quick.toml").replace("epochs = 4", "epochs = 40");
    sandbox.write("quick.toml", &text);
    file
}

/// The study of a program, slow enough to be killed in the middle.
#[cfg(unix)]
fn of_a_program(sandbox: &Sandbox) -> String {
    let path = sandbox
        .adopt("neighbours.toml", |text| without_limits(&text).replace("folds = 5", "folds = 3"));
    path.display().to_string()
}

fn outcome(sandbox: &Sandbox, study: &str) -> (String, String) {
    let read = |name: &str| sandbox.read(&format!("results/{study}/{name}"));
    (read("leaderboard.csv"), read("folds.csv"))
}

#[test]
fn killed_studies_end_as_if_nothing_had_happened() {
    for method in ["grid", "random", "bayes"] {
        survives(method, "quick", |sandbox| long(sandbox, method));
    }
}

#[test]
fn killed_studies_that_race_end_as_if_nothing_had_happened() {
    for method in ["grid", "random", "bayes"] {
        survives(method, "quick", |sandbox| racing(sandbox, method));
    }
}

#[cfg(unix)]
#[test]
fn killed_studies_of_programs_that_race_end_as_if_nothing_had_happened() {
    survives("a program that races", "space", |sandbox| {
        // It waits within each epoch, so that kills come between what it prints.
        program(
            sandbox,
            &format!("{CURVE} | while read -r line; do echo \"$line\"; sleep 0.01; done"),
        );
        "space.toml".to_owned()
    });
}

/// The quick study, racing, long enough to be killed in the middle.
fn racing(sandbox: &Sandbox, method: &str) -> String {
    let file = long(sandbox, method);
    let text = sandbox.read("quick.toml").replace("[space]", "[race]\n\n[space]");
    sandbox.write("quick.toml", &text);
    file
}

#[cfg(unix)]
#[test]
fn killed_studies_of_programs_end_as_if_nothing_had_happened() {
    survives("a program", "neighbours", of_a_program);
}

/// Numbers of workers, taken in turns by the runs that are killed.
const WORKERS: [&str; 3] = ["1", "2", "8"];

/// Kills a study again and again, and compares its outcome with that of
/// one undisturbed.
fn survives(shown: &str, study: &str, write: impl Fn(&Sandbox) -> String) {
    let undisturbed = Sandbox::new();
    let file = write(&undisturbed);
    undisturbed.tune_ok(&["run", &file, "--workers", "2"]);

    let sandbox = Sandbox::new();
    let file = write(&sandbox);
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let (mut n_started, mut n_killed, mut n_finished) = (0_usize, 0, 0);
    while n_killed < n_kills() {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let workers = WORKERS[n_started % WORKERS.len()];
        n_started += 1;
        let mut run = sandbox.start(&["run", &file, "--workers", workers]);
        std::thread::sleep(Duration::from_millis(20 + (random >> 33) % 300));
        let ended = run.try_wait().unwrap();
        run.kill().unwrap();
        run.wait().unwrap();
        if ended.is_none() {
            n_killed += 1;
            continue;
        }
        assert_eq!(outcome(&sandbox, study), outcome(&undisturbed, study), "{shown}");
        sandbox.tune_ok(&["remove", study, "--yes"]);
        n_finished += 1;
    }
    sandbox.tune_ok(&["run", &file]);
    assert_eq!(outcome(&sandbox, study), outcome(&undisturbed, study), "{shown}");
    println!(
        "{shown}: killed {n_killed} times, {} studies ended, every byte as undisturbed",
        n_finished + 1
    );
}
