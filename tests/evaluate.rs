//! `tune evaluate`: a model on a table that has the target, and the interval that `best --test` has too.

use crate::sandbox::Sandbox;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fmt::Write;

const SPACE: &str = "[cv]\nfolds = 3\n[search]\nmethod = \"random\"\ntrials = 2\n[space]\n\
    learning_rate = { type = \"float\", low = 1e-3, high = 1e-1, log = true }\nepochs = 8\nwidth = 4\n";

/// Rows of a table of two numbers and a colour, with a class or a value.
fn rows(target: impl Fn(usize) -> String) -> Vec<String> {
    let row = |i: usize| {
        format!("{}.5,{},{},{}", i * 7 % 31, i * 3 % 17, ["red", "green"][i % 2], target(i))
    };
    (0..240).map(row).collect()
}

/// A sandbox with a table, its study and the model of its winner.
fn fitted(rows: &[String], keys: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("t.csv", &format!("a,b,colour,y\n{}\n", rows.join("\n")));
    let data = "[data]\npath = \"t.csv\"\ntarget = \"y\"\ntest_fraction = 0.25\n";
    sandbox.write("space.toml", &format!("{data}{keys}{SPACE}"));
    sandbox.tune_ok(&["run", "space.toml"]);
    sandbox.tune_ok(&["fit", "space", "--out", "m"]);
    sandbox
}

fn class(i: usize) -> String {
    ["low", "mid", "high"][(i * 7 % 31) / 11].to_owned()
}

fn json(sandbox: &Sandbox, args: &[&str]) -> Json {
    serde_json::from_str(&sandbox.tune_ok(args).stdout).unwrap()
}

#[test]
fn held_out_rows_say_the_same_to_best_and_to_evaluate() {
    for (target, metric) in
        [(class as fn(usize) -> String, "cross_entropy"), (|i| format!("{}.25", i * 7 % 31), "mse")]
    {
        let rows = rows(target);
        let sandbox = fitted(&rows, "");
        let listed = sandbox.tune_ok(&["folds", "space.toml"]).stdout;
        let searched: BTreeSet<usize> = listed
            .lines()
            .skip(1)
            .map(|line| line.split(',').next().unwrap().parse().unwrap())
            .collect();
        let mut held_out = "colour,y,a,b\n".to_owned();
        for row in (0..240).filter(|row| !searched.contains(row)).map(|row| &rows[row]) {
            let cells: Vec<&str> = row.split(',').collect();
            let _ = writeln!(held_out, "{},{},{},{}", cells[2], cells[3], cells[0], cells[1]);
        }
        sandbox.write("held.csv", &held_out);

        let best = json(&sandbox, &["best", "space", "--test", "--format", "json"]);
        let found = json(&sandbox, &["evaluate", "m", "held.csv", "--format", "json"]);
        let mut n = 0;
        for measure in found.as_array().unwrap().iter().filter(|m| m["value"].is_number()) {
            let name = measure["metric"].as_str().unwrap();
            assert_eq!(best["test"]["metrics"][name], measure["value"], "{name}");
            let [low, high] = [0, 1].map(|end| &best["test"]["intervals"][name][end]);
            assert_eq!((low, high), (&measure["low"], &measure["high"]), "{name}");
            assert!(low.as_f64() <= measure["value"].as_f64() && low.as_f64() <= high.as_f64());
            n += 1;
        }
        assert!(n >= 5 && best["test"]["metrics"][metric].is_number(), "{best}");
        let shown = sandbox.tune_ok(&["best", "space", "--test"]).stdout;
        assert!(shown.contains(" (95 %: "), "{shown}");
        let page = sandbox.tune_ok(&["report", "space", "--out", "page.html"]);
        assert!(sandbox.read("page.html").contains("(95 %: "), "{}", page.stderr);
        assert!(!sandbox.read("page.html").contains(&format!("{metric}_low")));
    }
}

#[test]
fn a_table_shows_each_metric_with_its_interval() {
    let sandbox = fitted(&rows(class), "");
    let said = sandbox.tune_ok(&["evaluate", "m", "t.csv"]);
    let lines: Vec<Vec<&str>> =
        said.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["metric", "value", "95", "%", "from", "to"]);
    assert_eq!((lines[1][0], lines[1].len(), lines.len()), ("cross_entropy", 4, 8));
    assert!(said.stderr.contains("tested on 240 rows"), "{}", said.stderr);
    sandbox.write("new.csv", &sandbox.read("t.csv").replacen("red", "green", 1));
    let csv = sandbox.tune_ok(&["evaluate", "m", "new.csv", "--format", "csv", "-q"]);
    assert!(csv.stdout.starts_with("metric,value,low,high,reason\ncross_entropy,0."));
    assert_eq!(csv.stderr, "");
}

#[test]
fn what_cannot_be_tested_is_said() {
    let sandbox = fitted(&rows(class), "");
    sandbox.write("other.csv", "a,b,colour,z\n1,2,red,low\n");
    sandbox
        .tune(&["evaluate", "m", "other.csv"])
        .complains(2, &["other.csv", "target names the column `y`"]);
    sandbox.tune_ok(&["evaluate", "m", "other.csv", "--target", "z"]);
    sandbox.write("class.csv", "a,b,colour,y\n1,2,red,low\n1,2,red,lowest\n1,2,red,lowest\n");
    sandbox.tune(&["evaluate", "m", "class.csv"]).complains(
        2,
        &["row 2 (line 3), column `y`: \"lowest\" (in 2 rows)", "not a class of the model", "mid"],
    );
    sandbox.write("empty.csv", "a,b,colour,y\n1,2,red,\n");
    sandbox.tune(&["evaluate", "m", "empty.csv"]).complains(2, &["the target `y` is missing"]);
    sandbox.write("lacks.csv", "a,colour,y\n1,red,low\n");
    sandbox.tune(&["evaluate", "m", "lacks.csv"]).complains(2, &["`b`"]);
    sandbox.write("text.csv", "a,b,colour,y\nx,2,red,low\n");
    sandbox.tune(&["evaluate", "m", "text.csv"]).complains(2, &["expected a number", "\"x\""]);
    sandbox.tune(&["evaluate", "nowhere", "t.csv"]).complains(2, &["tune fit"]);
    // One class alone: some metrics have no value, and say why; a new category and a row without target are warned of.
    sandbox.write("one.csv", "a,b,colour,y\n1,2,blue,low\n1,2,red,low\n3,4,red,\n");
    sandbox.tune_ok(&["evaluate", "m", "one.csv"]).complains(
        0,
        &[
            "roc_auc has no value: the test rows are all of one class",
            "column `colour`: 1 row with a category that the model does not know, such as `blue`",
            "1 row without a value of `y` left out",
            "tested on 2 rows",
        ],
    );
}

#[test]
fn few_rows_that_own_the_loss_are_named() {
    let target = |i: usize| if i == 99 { "9000".to_owned() } else { format!("{}.25", i * 7 % 31) };
    let sandbox = fitted(&rows(target), "");
    let said = sandbox.tune_ok(&["evaluate", "m", "t.csv"]);
    assert!(
        said.stderr.contains("1 row accounts for ") && said.stderr.contains("row 100 of the table"),
        "{}",
        said.stderr
    );
}

#[test]
fn classes_in_another_spelling_are_tested_and_said() {
    let sandbox = fitted(&rows(|i| format!("${}", 1 + i * 7 % 31 / 11)), "");
    sandbox.write("new.csv", "a,b,colour,y\n1,2,red,$1\n3,1,green,2\n5,4,red,3.0\n");
    let said = sandbox.tune_ok(&["evaluate", "m", "new.csv"]);
    assert!(said.stderr.contains("tested on 3 rows") && !said.stderr.contains("read as"));

    let sandbox = fitted(&rows(class), "");
    sandbox.write("new.csv", "a,b,colour,y\n1,2,red,LOW\n3,1,green,'mid'\n5,4,red,high.\n");
    sandbox.tune_ok(&["evaluate", "m", "new.csv"]).complains(
        0,
        &["1 row of class `LOW` read as `low`", "`high.` read as `high`", "tested on 3 rows"],
    );
}

#[test]
fn the_table_that_a_model_was_trained_on_is_recognised() {
    let sandbox = fitted(&rows(class), "");
    let own = "this is the table that the model was trained on";
    sandbox.tune_ok(&["evaluate", "m", "t.csv"]).complains(0, &[own, "best STUDY --test"]);
    sandbox.write("copy.csv", &sandbox.read("t.csv"));
    sandbox.tune_ok(&["evaluate", "m", "copy.csv"]).complains(0, &[own]);
    sandbox.write("new.csv", &sandbox.read("t.csv").replacen("red", "green", 1));
    assert!(!sandbox.tune_ok(&["evaluate", "m", "new.csv"]).stderr.contains(own));
}
