//! `tune fit`, `tune predict` and `tune best --test`: the winner kept, applied, and tested once.

use crate::python::python;
use crate::run::column;
use crate::sandbox::{Sandbox, project};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A study of a space file of the project, cut short, with more keys in its [data].
fn study(sandbox: &Sandbox, name: &str, data_keys: &str) {
    let file = sandbox.adopt(&format!("{name}.toml"), |text| {
        let line = |line: &str| match line.split('=').next().unwrap_or("").trim() {
            "trials" => "trials = 3".to_owned(),
            "epochs" => "epochs = 4".to_owned(),
            "method" => "method = \"random\"".to_owned(),
            _ if line == "[data]" => format!("[data]\n{data_keys}"),
            _ => line.to_owned(),
        };
        text.lines().map(|l| line(l) + "\n").collect()
    });
    sandbox.tune_ok(&["run", &file.display().to_string()]);
}

fn table(name: &str) -> PathBuf {
    project().join(format!("search-spaces/data/{name}.csv"))
}

fn predict(sandbox: &Sandbox, folder: &str, data: &Path) -> String {
    sandbox.tune_ok(&["predict", folder, &data.display().to_string()]).stdout
}

#[test]
fn any_trial_can_be_kept_and_all_rows_trained_on() {
    let sandbox = Sandbox::new();
    study(&sandbox, "penguins", "test_fraction = 0.25");
    let rows = |args: &[&str]| {
        let args = [["fit", "penguins", "--out"].as_slice(), args].concat();
        sandbox.tune_ok(&args).stderr
    };
    let [searched, all] = [rows(&["a", "--trial", "2"]), rows(&["b", "--trial", "2", "--all"])];
    assert!(
        searched.contains("trial 2 trained on 2") && all.contains("trial 2 trained on 344"),
        "{searched}{all}"
    );
    sandbox.tune(&["fit", "penguins", "--out", "c", "--trial", "9"]).complains(2, &["no trial 9"]);
    assert!(!sandbox.exists("c"));
}

#[test]
fn a_classifier_is_kept_and_applied() {
    let sandbox = Sandbox::new();
    study(&sandbox, "penguins", "");
    sandbox.tune_ok(&["fit", "penguins", "--out", "model"]);
    let said = predict(&sandbox, "model", &table("penguins"));
    assert!(
        said.starts_with("predicted,probability_Adelie,probability_Chinstrap,probability_Gentoo\n"),
        "{said}"
    );
    let all = std::fs::read_to_string(table("penguins")).unwrap();
    let is_right = column(&said, "predicted")
        .into_iter()
        .zip(column(&all, "species"))
        .filter(|(a, b)| a == b)
        .count();
    assert!(is_right > 300, "{is_right} of 344 are right after four epochs");
    // Neither the target nor the order of the columns is needed.
    let turned: String =
        all.lines().map(|l| l.rsplit(',').take(7).collect::<Vec<_>>().join(",") + "\n").collect();
    assert_eq!(predict(&sandbox, "model", &sandbox.write("turned.csv", &turned)), said);
    // A category that it does not know is said, and predicted all the same.
    let strange = sandbox.write("strange.csv", &all.replacen("Torgersen", "Atlantis", 2));
    let warned = sandbox.tune_ok(&["predict", "model", &strange.display().to_string()]);
    assert!(
        warned
            .stderr
            .contains("column `island`: 2 rows with a category that the model does not know, such as `Atlantis`"),
        "{}",
        warned.stderr
    );
    assert_eq!(warned.stdout.lines().count(), said.lines().count());
    // The same study gives the same model.
    sandbox.tune_ok(&["fit", "penguins", "--out", "again"]);
    for name in ["model.json", "model.safetensors", "model.onnx"] {
        let bytes = |folder: &str| std::fs::read(sandbox.path(folder).join(name)).unwrap();
        assert_eq!(bytes("model"), bytes("again"), "{name}");
    }
}

#[test]
fn a_regression_predicts_in_the_targets_units() {
    let sandbox = Sandbox::new();
    study(&sandbox, "diabetes", "");
    sandbox.tune_ok(&["fit", "diabetes", "--out", "deep/model", "--rule", "one-se"]);
    let data = table("diabetes").display().to_string();
    sandbox.tune_ok(&["predict", "deep/model", &data, "--out", "predicted.csv"]);
    let said = sandbox.read("predicted.csv");
    let values: Vec<f64> = column(&said, "predicted").iter().map(|v| v.parse().unwrap()).collect();
    // The progression lies between 25 and 346, on average at 152.
    let mean = values.iter().sum::<f64>() / 442.0;
    assert!(values.len() == 442 && (120.0..180.0).contains(&mean), "{mean}");
    assert_eq!(predict(&sandbox, "deep/model", &table("diabetes")), said);
}

#[test]
fn what_cannot_be_fitted_or_predicted_is_said() {
    let sandbox = Sandbox::new();
    study(&sandbox, "penguins", "");
    sandbox.write("full/notes.txt", "mine");
    sandbox.tune(&["fit", "penguins", "--out", "full"]).complains(2, &["full is not empty"]);
    sandbox.write("file", "");
    sandbox.tune(&["fit", "penguins", "--out", "file"]).complains(2, &["cannot write to file"]);
    sandbox.tune_ok(&["fit", "penguins", "--out", "model"]);
    let text = std::fs::read_to_string(table("penguins")).unwrap();
    let data = sandbox.write("new.csv", &text).display().to_string();
    let onto_itself = sandbox.tune(&["predict", "model", "new.csv", "--out", &data]);
    onto_itself.complains(2, &["--out", "nothing is overwritten"]);
    assert_eq!(sandbox.read("new.csv"), text);
    sandbox.tune(&["predict", "full", "x.csv"]).complains(2, &["model.json", "tune fit"]);
    std::fs::create_dir(sandbox.path("empty")).unwrap();
    sandbox.tune_ok(&["fit", "penguins", "--out", "empty"]);
    sandbox.tune(&["predict", "empty", "x.csv"]).complains(2, &["x.csv"]);
    let lacks = sandbox.write("lacks.csv", "island,sex\nDream,male\n");
    let lacks = lacks.display().to_string();
    sandbox.tune(&["predict", "empty", &lacks]).complains(2, &["lacks.csv", "bill_length_mm"]);
    let weights = sandbox.path("empty/model.safetensors");
    std::fs::write(&weights, &std::fs::read(&weights).unwrap()[..90]).unwrap();
    sandbox.tune(&["predict", "empty", &lacks]).complains(2, &["weights"]);
}

#[test]
fn held_out_rows_are_opened_once() {
    let sandbox = Sandbox::new();
    study(&sandbox, "penguins", "test_fraction = 0.25");
    let before = sandbox.tune_ok(&["best", "penguins"]).stdout;
    assert!(!before.contains("held-out"), "{before}");
    let first = sandbox.tune_ok(&["best", "penguins", "--test"]);
    assert!(first.stdout.contains("on the held-out rows: cross_entropy "), "{}", first.stdout);
    assert!(!first.stderr.contains("before"), "{}", first.stderr);
    assert!(
        first.stderr.contains("trained on 258 rows and tested on 86"),
        "of 344: {}",
        first.stderr
    );
    // The model that is kept has not seen them either.
    let fitted = sandbox.tune_ok(&["fit", "penguins", "--out", "model"]);
    assert!(fitted.stderr.contains("trained on 258 rows"), "{}", fitted.stderr);
    // What was said stands, even where the winner is another since.
    sandbox.tune_ok(&["resume", "penguins", "--trials", "9"]);
    let second = sandbox.tune_ok(&["best", "penguins", "--test"]);
    assert!(second.stderr.contains("used before"), "{}", second.stderr);
    let line = |text: &str| text.lines().find(|l| l.contains("held-out")).map(str::to_owned);
    let tested = line(&first.stdout).unwrap();
    let score = tested.split("rows: ").nth(1).unwrap();
    assert!(second.stderr.contains(score), "{}", second.stderr);

    // The score stands beside the values of the trial that it belongs to, and of no other.
    for rule in ["best", "one-se"] {
        let best = ["best", "penguins", "--test", "--rule", rule];
        let shown = sandbox.tune_ok(&best).stdout;
        let winner = shown.split_whitespace().nth(2).unwrap().to_owned();
        let is_tested = tested.starts_with(&format!("# trial {winner} "));
        assert_eq!(line(&shown), is_tested.then(|| tested.clone()), "{shown}");

        let json = sandbox.tune_ok(&[&best[..], &["--format", "json"]].concat()).stdout;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["test"]["metrics"]["error_rate"].is_number(), is_tested, "{json}");
    }
    assert_eq!(sandbox.tune_ok(&["best", "penguins"]).stdout.matches("held-out").count(), 0);
}

#[test]
fn a_test_needs_rows_held_out() {
    let sandbox = Sandbox::new();
    study(&sandbox, "penguins", "");
    sandbox.tune(&["best", "penguins", "--test"]).complains(2, &["test_fraction"]);
}

#[test]
fn onnxruntime_predicts_the_same_from_raw_columns() {
    let Some(python) = python() else { return };
    for name in ["penguins", "diabetes"] {
        let sandbox = Sandbox::new();
        study(&sandbox, name, "");
        sandbox.tune_ok(&["fit", name, "--out", "model"]);
        let said = predict(&sandbox, "model", &table(name));
        sandbox.write("model/predictions.csv", said.split_once('\n').unwrap().1);
        let script = project().join("crates/trainer/tests/onnx.py");
        let output = Command::new(python.join("python3"))
            .arg(script)
            .arg(sandbox.path("model"))
            .arg(table(name))
            .output()
            .unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        println!("{name}: {}", String::from_utf8_lossy(&output.stdout).trim());
    }
}
