//! Disks that fail, seen from outside: a clear error, exit 4, and a study that goes on when the cause is gone.

#![cfg(unix)]

use crate::run::quick;
use crate::sandbox::{Said, Sandbox};
use std::process::Command;

/// Runs the program where no file may grow beyond `blocks` of 512 bytes: the disk is full.
fn limited(sandbox: &Sandbox, blocks: u32, args: &[&str]) -> Said {
    let program = sandbox.command(args);
    let mut shell = Command::new("sh");
    let script = format!("ulimit -f {blocks}; exec \"$0\" \"$@\"");
    shell.args(["-c", &script]).arg(program.get_program()).args(program.get_args());
    shell.current_dir(sandbox.path("")).env("NO_COLOR", "1");
    let output = shell.output().unwrap();
    Said {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn outcome(sandbox: &Sandbox) -> (String, String) {
    (sandbox.read("results/quick/leaderboard.csv"), sandbox.read("results/quick/folds.csv"))
}

#[test]
fn a_full_disk_is_said_and_the_study_goes_on_when_there_is_room() {
    let undisturbed = Sandbox::new();
    undisturbed.tune_ok(&["run", &quick(&undisturbed, "bayes", 6)]);

    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "bayes", 6);
    let mut n_full = 0;
    for blocks in
        [0, 1, 8, 16, 24, 40, 64, 65, 80, 100, 120, 150, 180, 220, 260, 300, 350, 400, 500]
    {
        let said = limited(&sandbox, blocks, &["run", &file]);
        if said.code == 0 {
            break;
        }
        said.complains(4, &["error: ", "cannot "]);
        assert!(!said.stderr.contains("a bug in tune"), "{}", said.stderr);
        n_full += 1;
    }
    assert!(n_full > 6, "{n_full} limits were too low");
    sandbox.tune_ok(&["run", &file]);
    assert_eq!(outcome(&sandbox), outcome(&undisturbed));
    sandbox.tune_ok(&["verify", "quick"]);
    let left = std::fs::read_dir(sandbox.path("results/quick")).unwrap();
    let left: Vec<String> =
        left.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    assert!(left.iter().all(|name| !name.starts_with('.')), "{left:?}");
}

#[test]
fn what_cannot_be_told_is_told_again_when_there_is_room() {
    let sandbox = Sandbox::new();
    sandbox.write("space.toml", &crate::ask::SPACE.replace("METHOD", "random"));
    for trial in 0..3 {
        for blocks in [0, 1, 32] {
            limited(&sandbox, blocks, &["ask", "space.toml"]).complains(4, &["cannot "]);
        }
        let asked: serde_json::Value =
            serde_json::from_str(&sandbox.tune_ok(&["ask", "space.toml"]).stdout).unwrap();
        assert_eq!(asked["trial"], trial);
        let tell = ["tell", "script", &trial.to_string(), "--loss", "1"];
        limited(&sandbox, 32, &tell).complains(4, &["cannot "]);
        sandbox.tune_ok(&tell);
    }
    sandbox.tune_ok(&["verify", "script"]);
}

#[test]
fn a_folder_that_is_deleted_ends_the_run() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 5000);
    let run =
        sandbox.command(&["run", &file]).stderr(std::process::Stdio::piped()).spawn().unwrap();
    while !sandbox.exists("results/quick/space.toml") {
        std::thread::yield_now();
    }
    // A file that is written meanwhile may come between: again until it is gone.
    while sandbox.exists("results/quick") {
        let _ = std::fs::remove_dir_all(sandbox.path("results/quick"));
    }
    let output = run.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{stderr}");
    assert!(stderr.contains("error: ") && stderr.contains("quick"), "{stderr}");
}

#[test]
fn a_folder_that_cannot_be_written_is_said_and_still_read() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 3);
    sandbox.tune_ok(&["run", &file]);
    let permit = |mode| {
        for name in ["results/quick", "results/quick/study.lock", "results/quick/study.db"] {
            let mode = if name.contains('.') { mode & 0o666 } else { mode };
            std::fs::set_permissions(sandbox.path(name), std::fs::Permissions::from_mode(mode))
                .unwrap();
        }
    };
    permit(0o555);
    // The superuser may write all the same; then there is nothing to see.
    let is_shut = std::fs::write(sandbox.path("results/quick/probe"), "").is_err();
    let read = sandbox.tune(&["leaderboard", "quick"]);
    let resumed = sandbox.tune(&["resume", "quick", "--trials", "4"]);
    permit(0o755);
    assert_eq!(read.code, 0, "{}", read.stderr);
    if is_shut {
        resumed.complains(4, &["cannot lock", "study.lock"]);
    }
    sandbox.tune_ok(&["resume", "quick", "--trials", "4"]);
}
