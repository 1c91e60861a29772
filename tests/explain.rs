//! `tune explain`: why a trial was proposed.

use crate::sandbox::Sandbox;
use serde_json::Value;

const SPACE: &str = r#"
[study]
name = "script"
seed = 1
[search]
method = "METHOD"
trials = 12
startup = 4
parallel = 2
[space]
rate  = { type = "float", low = 1e-4, high = 1.0, log = true, default = 0.1 }
kind  = { type = "categorical", values = ["a", "b"] }
extra = { type = "float", low = 0.0, high = 1.0, when = { kind = ["a"] } }
"#;

/// A study that was asked and told to its end; trial 6 failed.
fn told(method: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("space.toml", &SPACE.replace("METHOD", method));
    for trial in 0..12 {
        let asked: Value =
            serde_json::from_str(&sandbox.tune_ok(&["ask", "space.toml"]).stdout).unwrap();
        let params = &asked["params"];
        let loss = (params["rate"].as_f64().unwrap().log10() + 2.0).powi(2)
            + params["extra"].as_f64().unwrap_or(0.5);
        let trial = trial.to_string();
        let loss = loss.to_string();
        let result = if trial == "6" { ["--failed", "no disk"] } else { ["--loss", loss.as_str()] };
        sandbox.tune_ok(&[&["tell", "script", &trial], &result[..]].concat());
    }
    sandbox
}

#[test]
fn every_origin_is_explained_in_words() {
    let sandbox = told("bayes");
    let said = |trial| sandbox.tune_ok(&["explain", "script", trial]).stdout;
    insta::assert_snapshot!(["0", "2"].map(said).join("\n"));
    assert!(said("6").contains("the trial ended as failed: no disk"));
    let model = said("11");
    for part in [
        "proposed by the surrogate",
        "predicted",
        "incumbent",
        "length scale",
        "nearest trial",
        "observed: loss",
    ] {
        assert!(model.contains(part), "{part}: {model}");
    }
    let tpe = told("tpe");
    let said = tpe.tune_ok(&["explain", "script", "11"]).stdout;
    assert!(said.contains("density ratio of good") && said.contains("rate"), "{said}");
}

#[test]
fn the_json_form_holds_the_numbers() {
    let sandbox = told("bayes");
    let said = sandbox.tune_ok(&["explain", "script", "10", "--format", "json"]);
    let object: Value = serde_json::from_str(&said.stdout).unwrap();
    let prediction = &object["prediction"];
    let number = |name: &str| prediction[name].as_f64().unwrap();
    assert!(number("low") < number("loss") && number("loss") < number("high"));
    assert!((0.0..=1.0).contains(&number("probability_of_improvement")));
    assert!(prediction["length_scales"]["rate"].is_f64());
    assert_eq!(prediction["boundary_penalty"], 0.0, "without a prior mean nothing is penalised");
    let choice = &prediction["choice"];
    assert_eq!(
        (&choice["by"], &choice["criterion"]["name"]),
        (&"acquisition".into(), &"lower_confidence_bound".into())
    );
    // With `parallel = 2`, trial 10 sees trials 0 to 8.
    assert_eq!((&object["known_results"], &object["pending"]), (&9.into(), &1.into()));
    assert_eq!(object["loss"].as_f64().is_some(), object["state"] == "ok");
    let again = sandbox.tune_ok(&["explain", "script", "10", "--format", "json"]);
    assert_eq!(said.stdout, again.stdout);
}

#[test]
fn an_unknown_trial_is_the_users_error() {
    let sandbox = told("random");
    sandbox.tune(&["explain", "script", "12"]).complains(2, &["no trial 12", "12 trials"]);
    sandbox.tune(&["explain", "script", "18446744073709551615"]).complains(2, &["no trial"]);
    sandbox.tune(&["explain", "scripd", "1"]).complains(2, &["no study"]);
}
