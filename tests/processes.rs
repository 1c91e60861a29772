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
fn a_killed_supervisor_has_the_fold_run_again_and_leaves_nothing() {
    let sandbox = Sandbox::new();
    let (mut run, pids) = started(&sandbox);
    sandbox.write("go", "");
    signal("KILL", &pids[2]);
    assert_eq!(run.wait().unwrap().code(), Some(0));
    wait_until("the programs end", || !pids.iter().any(|pid| is_alive(pid)));
    let board = sandbox.read("results/space/leaderboard.csv");
    assert_eq!(crate::run::column(&board, "state"), ["ok", "ok"]);
}

#[test]
fn a_supervisor_that_always_dies_ends_the_run_and_is_no_result() {
    let sandbox = Sandbox::new();
    study(&sandbox, "[ -e go ] || kill -9 $PPID; echo '{\"loss\": 1}'", 1, "");
    let said = sandbox.tune(&["run", "space.toml"]);
    said.complains(
        4,
        &["ended from outside, 5 times in a row", "run the same command to continue"],
    );
    goes_on(&sandbox);
}

/// As [`started`], with a program whose processes leave its group: by `setsid`, and as `timeout` does.
fn escaped(sandbox: &Sandbox) -> (Child, Vec<String>) {
    let script = r#"
        [ -e go ] && echo '{"loss": 1}' && exit
        setsid sh -c 'echo $$ > one; sleep 1000; :' &
        timeout 1000 sh -c 'echo $$ > two; sleep 1000; :' &
        while ! [ -s one ] || ! [ -s two ]; do sleep 0.01; done
        echo "$(cat one) $(cat two) $PPID" > started.part && mv started.part started
        wait
    "#;
    study(sandbox, script, 2, "");
    let run = sandbox.start(&["run", "space.toml", "--workers", "1"]);
    wait_until("the program starts", || sandbox.exists("started"));
    let pids = sandbox.read("started").split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert!(pids.len() == 3 && pids.iter().all(|pid| is_alive(pid)), "{pids:?}");
    (run, pids)
}

#[test]
fn what_left_the_group_ends_too() {
    for way in ["INT", "KILL", "KILL both"] {
        let sandbox = Sandbox::new();
        let (mut run, pids) = escaped(&sandbox);
        if way == "KILL both" {
            signal("STOP", &run.id());
            signal("KILL", &pids[2]);
            signal("KILL", &run.id());
            run.wait().unwrap();
            assert!(is_alive(&pids[0]) && is_alive(&pids[1]));
        } else {
            signal(way, &run.id());
            run.wait().unwrap();
            wait_until(way, || !pids.iter().any(|pid| is_alive(pid)));
        }
        goes_on(&sandbox);
        assert!(!pids.iter().any(|pid| is_alive(pid)), "{way}");
    }
}

#[test]
fn what_a_program_leaves_behind_ends_with_it() {
    let sandbox = Sandbox::new();
    let script =
        "setsid sh -c 'echo $$ >> left; exec sleep 1000' & sleep 0.1; echo '{\"loss\": 1}'";
    study(&sandbox, script, 3, "");
    sandbox.tune_ok(&["run", "space.toml"]);
    let left = sandbox.read("left");
    assert!(left.lines().count() == 3 && !left.lines().any(is_alive), "{left}");
}

#[test]
fn a_program_that_asks_at_the_terminal_fails_at_once() {
    let sandbox = Sandbox::new();
    let script = "read answer < /dev/tty || exit 9; echo '{\"loss\": 1}'";
    study(&sandbox, script, 1, "");
    // `script` runs it on a terminal of its own.
    let run = format!("{} run space.toml", env!("CARGO_BIN_EXE_tune"));
    let mut on_terminal = Command::new("script");
    on_terminal.args(["-qec", &run, "/dev/null"]).current_dir(sandbox.path(""));
    let Ok(output) = on_terminal.stdin(std::process::Stdio::null()).output() else {
        println!("skipped: there is no `script` here");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let board = sandbox.read("results/space/leaderboard.csv");
    assert!(board.contains("failed,exit code 9") && board.contains("/dev/tty"), "{said}\n{board}");
}

#[test]
fn a_shortage_of_processes_is_no_result() {
    let sandbox = Sandbox::new();
    study(&sandbox, "echo '{\"loss\": 1}'", 4, "");
    // As a user of few processes; the superuser has no such limit.
    let folder = sandbox.path("");
    let shut = |mode| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    shut(0o777);
    let run = |n_processes: u32| {
        let script = format!(
            "ulimit -u {n_processes}; exec {} run -w 1 space.toml",
            env!("CARGO_BIN_EXE_tune")
        );
        let mut user = Command::new("setpriv");
        user.args(["--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", &script]);
        user.current_dir(&folder).env("NO_COLOR", "1").output()
    };
    let is_user = run(1000).is_ok_and(|output| output.status.code() == Some(0));
    if !is_user {
        println!("skipped: no other user can be taken here");
        return;
    }
    for n_processes in 1..9 {
        std::fs::remove_dir_all(sandbox.path("results")).unwrap();
        let output = run(n_processes).unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let board = std::fs::read_to_string(sandbox.path("results/space/leaderboard.csv"));
        assert!(!board.unwrap_or_default().contains("failed"), "{n_processes}: {said}");
        assert!([Some(0), Some(4)].contains(&output.status.code()), "{n_processes}: {said}");
        std::fs::create_dir_all(sandbox.path("results")).unwrap();
    }
}
