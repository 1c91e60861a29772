//! `tune ask` and `tune tell`: other people's trainers, from a script.

use crate::sandbox::Sandbox;
use crate::verify::forge;
use serde_json::{Value, json};
use tuner::store::Record;

pub const SPACE: &str = r#"
[study]
name = "script"
seed = 1
[search]
method = "METHOD"
trials = 12
parallel = 2
[space]
rate  = { type = "float", low = 1e-4, high = 1.0, log = true }
depth = { type = "int", low = 1, high = 4 }
kind  = { type = "categorical", values = ["a", "b"] }
extra = { type = "float", low = 0.0, high = 1.0, when = { kind = ["a"] } }
fixed = 7
"#;

fn ask(sandbox: &Sandbox) -> Value {
    let said = sandbox.tune_ok(&["ask", "space.toml"]);
    assert_eq!(said.stdout.lines().count(), 1, "one line: {}", said.stdout);
    serde_json::from_str(&said.stdout).unwrap()
}

fn loss(params: &Value) -> f64 {
    (params["rate"].as_f64().unwrap().ln() + 3.0).powi(2) + params["depth"].as_f64().unwrap()
}

#[test]
fn a_script_can_drive_a_study_to_its_end() {
    for method in ["random", "sobol", "bayes"] {
        let sandbox = Sandbox::new();
        sandbox.write("space.toml", &SPACE.replace("METHOD", method));
        for trial in 0..12 {
            let asked = ask(&sandbox);
            assert_eq!(asked["trial"], trial);
            assert_eq!(asked["folds"], 1);
            assert!(asked["params"]["depth"].is_i64());
            assert_eq!(asked["params"]["fixed"], 7);
            assert_eq!(
                asked["params"].get("extra").is_some(),
                asked["params"]["kind"] == "a",
                "inactive is absent"
            );
            let loss = loss(&asked["params"]).to_string();
            sandbox.tune_ok(&["tell", "script", &trial.to_string(), "--loss", &loss]);
        }
        assert_eq!(ask(&sandbox), json!({"done": true}));
        let board = sandbox.tune_ok(&["leaderboard", "script", "--format", "csv"]).stdout;
        assert_eq!(board.lines().count(), 13);
    }
}

#[test]
fn the_total_is_the_files_but_never_less_than_what_was_begun() {
    let sandbox = Sandbox::new();
    let total = |trials: u64| {
        let space = SPACE.replace("METHOD", "random");
        sandbox.write("space.toml", &space.replace("trials = 12", &format!("trials = {trials}")));
    };
    let next = || {
        let asked = ask(&sandbox);
        sandbox.tune_ok(&["tell", "script", &asked["trial"].to_string(), "--loss", "1"]);
    };
    total(12);
    (0..3).for_each(|_| next());
    total(5);
    (0..2).for_each(|_| next());
    assert_eq!(ask(&sandbox), json!({"done": true}), "12 became 5");
    total(2);
    assert_eq!(ask(&sandbox), json!({"done": true}));
    let board = || sandbox.tune_ok(&["leaderboard", "script", "--format", "csv"]).stdout;
    assert_eq!(board().lines().count(), 1 + 5);
    total(6);
    next();
    assert_eq!(ask(&sandbox), json!({"done": true}));
}

#[test]
fn a_result_is_told_once() {
    let sandbox = Sandbox::new();
    sandbox.write("space.toml", &SPACE.replace("METHOD", "random"));
    ask(&sandbox);
    sandbox.tune_ok(&["tell", "space.toml", "0", "--loss", "0.5"]);
    sandbox.tune_ok(&["tell", "space.toml", "0", "--loss", "0.5"]);
    sandbox.tune(&["tell", "space.toml", "0", "--loss", "0.6"]).complains(2, &["0.5"]);
    sandbox.tune(&["tell", "space.toml", "5", "--loss", "0.6"]).complains(2, &["5"]);
}

#[test]
fn a_failed_trial_and_a_nan_are_results() {
    let sandbox = Sandbox::new();
    sandbox.write("space.toml", &SPACE.replace("METHOD", "bayes"));
    ask(&sandbox);
    ask(&sandbox);
    sandbox.tune_ok(&["tell", "script", "0", "--failed", "out of memory"]);
    sandbox.tune_ok(&["tell", "script", "1", "--loss", "nan"]);
    let board = sandbox.tune_ok(&["leaderboard", "script", "--format", "csv"]).stdout;
    assert!(board.contains("failed,out of memory") && board.contains("diverged"), "{board}");
}

#[test]
fn many_callers_at_once_get_different_trials() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "space.toml",
        &SPACE.replace("METHOD", "random").replace("trials = 12", "trials = 100"),
    );
    let asked: Vec<Value> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..100).map(|_| scope.spawn(|| ask(&sandbox))).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let mut trials: Vec<i64> = asked.iter().map(|a| a["trial"].as_i64().unwrap()).collect();
    trials.sort_unstable();
    assert_eq!(trials, (0..100).collect::<Vec<_>>());
    sandbox.tune_ok(&["verify", "script"]);
}

#[test]
fn an_abandoned_trial_is_handed_out_again_and_again_the_same() {
    let sandbox = Sandbox::new();
    sandbox.write("space.toml", &SPACE.replace("METHOD", "bayes"));
    let first: Vec<Value> = (0..3).map(|_| ask(&sandbox)).collect();
    for trial in ["1", "0"] {
        sandbox.tune_ok(&["tell", "script", trial, "--abandon"]);
    }
    assert_eq!([ask(&sandbox), ask(&sandbox)], [first[0].clone(), first[1].clone()]);
    assert_eq!(ask(&sandbox)["trial"], 3);
    sandbox.tune_ok(&["tell", "script", "2", "--loss", "1"]);
    sandbox.tune(&["tell", "script", "2", "--abandon"]).complains(2, &["trial 2"]);
    // Who was given up for lost and answers all the same is heard, and the trial is not handed out again.
    sandbox.tune_ok(&["tell", "script", "1", "--abandon"]);
    sandbox.tune_ok(&["tell", "script", "1", "--loss", "2"]);
    assert_eq!(ask(&sandbox)["trial"], 4);
}

#[test]
fn trials_are_released_by_age_when_asked_to_and_never_else() {
    let sandbox = Sandbox::new();
    sandbox.write("space.toml", &SPACE.replace("METHOD", "random"));
    let first = ask(&sandbox);
    ask(&sandbox);
    sandbox.tune_ok(&["tell", "script", "1", "--loss", "1"]);
    let release = |age: &str| sandbox.tune_ok(&["ask", "script", "--release", "--older-than", age]);
    let said = release("1h");
    assert!(
        said.stdout.contains("\"trial\":2") && said.stderr.contains("nothing was handed out"),
        "{said:?}"
    );
    // The clock of whoever asked was an hour behind.
    forge(&sandbox, "script", |_, record| {
        if let Record::Asked { trial: 0, unix_seconds } = record {
            *unix_seconds -= 3601;
        }
    });
    let said = release("1h");
    assert_eq!(serde_json::from_str::<Value>(&said.stdout).unwrap(), first);
    assert!(said.stderr.contains("1 trial put back: 0"), "{said:?}");
    // A clock that is set back makes nothing older.
    forge(&sandbox, "script", |_, record| {
        if let Record::Asked { unix_seconds, .. } = record {
            *unix_seconds += 1_000_000;
        }
    });
    assert!(release("1s").stdout.contains("\"trial\":3"));
    sandbox.tune(&["ask", "script", "--release"]).complains(2, &["--older-than"]);
    sandbox.tune(&["ask", "script", "--release", "--older-than", "-1h"]).complains(2, &["age"]);
    sandbox.tune(&["ask", "script", "--release", "--older-than", "soon"]).complains(2, &["15m"]);
    sandbox.tune_ok(&["verify", "script"]);
}

#[test]
fn folds_are_told_one_by_one() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "space.toml",
        &SPACE.replace("METHOD", "random").replace("[space]", "[cv]\nfolds = 3\n[space]"),
    );
    assert_eq!(ask(&sandbox)["folds"], 3);
    sandbox.tune(&["tell", "script", "0", "--loss", "1"]).complains(2, &["fold"]);
    for fold in ["2", "0", "1"] {
        sandbox.tune_ok(&["tell", "script", "0", "--fold", fold, "--loss", &format!("1.{fold}")]);
    }
    sandbox
        .tune(&["tell", "script", "0", "--fold", "3", "--loss", "1"])
        .complains(2, &["split 3 does not exist"]);
    let board = sandbox.tune_ok(&["leaderboard", "script", "--format", "csv"]).stdout;
    assert!(board.contains(",1,1.1,1.2,"), "{board}");
    ask(&sandbox);
    sandbox.tune_ok(&["tell", "script", "1", "--fold", "0", "--loss", "1"]);
    sandbox.tune_ok(&["tell", "script", "1", "--failed", "the node went down"]);
    let board = sandbox.tune_ok(&["leaderboard", "script", "--format", "csv"]).stdout;
    assert!(board.contains("failed,the node went down"), "{board}");
}

#[test]
fn an_ask_and_tell_study_cannot_be_run() {
    let sandbox = Sandbox::new();
    sandbox.write("space.toml", &SPACE.replace("METHOD", "random"));
    sandbox
        .tune_ok(&["check", "space.toml"])
        .complains(0, &["an ask/tell study, driven by a script"]);
    assert!(sandbox.tune_ok(&["plan", "space.toml"]).stdout.contains("trainer  an ask/tell study"));
    sandbox.tune(&["run", "space.toml"]).complains(2, &["ask"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_trial_that_nobody_received_is_handed_out_again() {
    let sandbox = Sandbox::new();
    sandbox.write("space.toml", &SPACE.replace("METHOD", "random"));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let refused = sandbox.command(&["ask", "space.toml"]).stdout(full).output().unwrap();
    assert_eq!(refused.status.code(), Some(4), "{refused:?}");
    assert!(String::from_utf8(refused.stderr).unwrap().contains("cannot write to stdout"));
    assert_eq!(ask(&sandbox)["trial"], 0);

    let (reader, closed) = std::io::pipe().unwrap();
    drop(reader);
    let unheard = sandbox.command(&["ask", "space.toml"]).stdout(closed).output().unwrap();
    assert_eq!((unheard.status.code(), unheard.stderr.len()), (Some(0), 0), "{unheard:?}");
    assert_eq!(ask(&sandbox)["trial"], 1);
}

#[test]
fn a_trial_that_was_told_is_shown_without_blank_lines() {
    let sandbox = Sandbox::new();
    sandbox.write("space.toml", &SPACE.replace("METHOD", "random"));
    ask(&sandbox);
    sandbox.tune_ok(&["tell", "script", "0", "--loss", "0.5"]);
    let shown = sandbox.tune_ok(&["show", "script", "0"]).stdout;
    assert!(shown.lines().all(|line| !line.is_empty()), "{shown}");
    sandbox
        .tune(&["show", "script", "9"])
        .complains(2, &["no trial 9", "counted from 0", "`tune leaderboard script`"]);
}

#[test]
fn what_is_missing_is_named_before_the_first_result() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "space.toml",
        &SPACE.replace("METHOD", "random").replace("[search]", "[cv]\nfolds = 3\n[search]"),
    );
    ask(&sandbox);
    assert_eq!(sandbox.tune_ok(&["leaderboard", "script"]).stdout.lines().count(), 1);
    assert!(sandbox.tune_ok(&["show", "script"]).stdout.ends_with("no trial has ended yet\n"));
    let untold = sandbox.tune(&["tell", "script", "0", "--loss", "0.5"]);
    untold.complains(2, &["tell each with its fold", "--fold 0 to 2"]);
}
