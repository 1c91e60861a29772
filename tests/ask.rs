//! `tune ask` and `tune tell`: other people's trainers, from a script.

use crate::sandbox::Sandbox;
use serde_json::{Value, json};

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
            assert_eq!(asked["params"].get("extra").is_some(), asked["params"]["kind"] == "a", "inactive is absent");
            let loss = loss(&asked["params"]).to_string();
            sandbox.tune_ok(&["tell", "script", &trial.to_string(), "--loss", &loss]);
        }
        assert_eq!(ask(&sandbox), json!({"done": true}));
        let board = sandbox.tune_ok(&["leaderboard", "script", "--format", "csv"]).stdout;
        assert_eq!(board.lines().count(), 13);
    }
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
    sandbox.write("space.toml", &SPACE.replace("METHOD", "random").replace("trials = 12", "trials = 100"));
    let asked: Vec<Value> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20).map(|_| scope.spawn(|| ask(&sandbox))).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let mut trials: Vec<i64> = asked.iter().map(|a| a["trial"].as_i64().unwrap()).collect();
    trials.sort_unstable();
    assert_eq!(trials, (0..20).collect::<Vec<_>>());
}

#[test]
fn an_ask_and_tell_study_cannot_be_run() {
    let sandbox = Sandbox::new();
    sandbox.write("space.toml", &SPACE.replace("METHOD", "random"));
    sandbox.tune(&["run", "space.toml"]).complains(2, &["ask"]);
}
