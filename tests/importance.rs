//! `tune importance`: what matters in a study.

use crate::sandbox::Sandbox;
use serde_json::Value;

const SPACE: &str = r#"
[study]
name = "script"
[search]
method = "random"
trials = N
[space]
rate  = { type = "float", low = 1e-4, high = 1.0, log = true }
kind  = { type = "categorical", values = ["a", "b"] }
extra = { type = "float", low = 0.0, high = 1.0, when = { kind = ["a"] } }
inert = { type = "int", low = 1, high = 9 }
"#;

/// A random study that was asked and told to its end.
fn told(n: usize, loss: impl Fn(&Value) -> f64) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("space.toml", &SPACE.replace('N', &n.to_string()));
    for trial in 0..n {
        let asked: Value =
            serde_json::from_str(&sandbox.tune_ok(&["ask", "space.toml"]).stdout).unwrap();
        let loss = loss(&asked["params"]).to_string();
        sandbox.tune_ok(&["tell", "script", &trial.to_string(), "--loss", &loss]);
    }
    sandbox
}

#[test]
fn importance_ranks_what_matters_above_what_does_not() {
    let sandbox = told(40, |params| {
        let decades = params["rate"].as_f64().unwrap().log10() + 2.0;
        0.1 + decades.powi(2) + params["extra"].as_f64().unwrap_or(0.5)
    });
    let said = sandbox.tune_ok(&["importance", "script"]).stdout;
    for part in ["40 trials", "rate", "extra (active in", "total effect", "likely best", "R²"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let object: Value = serde_json::from_str(
        &sandbox.tune_ok(&["importance", "script", "--format", "json"]).stdout,
    )
    .unwrap();
    let total = |name: &str| {
        let of = object["parameters"].as_array().unwrap().iter().find(|p| p["name"] == name);
        of.unwrap()["total"]["value"].as_f64().unwrap()
    };
    assert!(total("rate") > 0.5 && total("inert") < 0.1, "{object}");
    assert_eq!(object["parameters"][0]["name"], "rate");
    let best = object["parameters"][0]["best"].as_f64().unwrap();
    assert!((0.003..0.03).contains(&best), "{best}");
    let csv = sandbox.tune_ok(&["importance", "script", "--format", "csv"]).stdout;
    assert!(csv.starts_with("parameter,alone,") && csv.lines().count() == 5, "{csv}");
    assert_eq!(csv, sandbox.tune_ok(&["importance", "script", "--format", "csv"]).stdout);
}

#[test]
fn a_study_with_too_little_information_is_refused() {
    told(5, |_| 1.0)
        .tune(&["importance", "script"])
        .complains(2, &["8 successful trials", "found 5"]);
    told(9, |_| 1.5).tune(&["importance", "script"]).complains(2, &["all 9 trials are equal"]);
    Sandbox::new().tune(&["importance", "none"]).complains(2, &["no study"]);
}
