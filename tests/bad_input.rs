//! Bad input: one clear error each, with its place, exit code 2, and nothing left behind.

use crate::run::quick;
use crate::sandbox::Sandbox;

/// Runs the quick study after an edit of its file, and demands a complaint.
fn edited(edit: impl Fn(&str) -> String, of: &[&str]) {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 4);
    let text = sandbox.read("quick.toml");
    let changed = edit(&text);
    assert_ne!(changed, text, "the edit changes the file");
    sandbox.write("quick.toml", &changed);
    let said = sandbox.tune(&["run", &file]);
    said.complains(2, of);
    assert!(said.stdout.is_empty(), "nothing on stdout");
    assert!(!sandbox.exists("results/quick"), "nothing left behind");
    assert_eq!(said.stderr.matches("error").count(), 1, "one error: {}", said.stderr);
}

/// A table of five classes' worth of nothing much, with the target last.
fn table(rows: &[&str]) -> String {
    format!("a,b,y\n{}\n", rows.join("\n"))
}

/// Runs a small study on a table.
fn on_table(csv: &str, data_keys: &str, of: &[&str]) {
    let sandbox = Sandbox::new();
    sandbox.write("data.csv", csv);
    let space = format!(
        "[data]\npath = \"data.csv\"\ntarget = \"y\"\n{data_keys}\n[search]\nmethod = \"random\"\ntrials = 2\n[space]\n\
         learning_rate = {{ type = \"float\", low = 0.01, high = 0.1, log = true }}\nepochs = 2\n"
    );
    sandbox.write("space.toml", &space);
    let said = sandbox.tune(&["run", "space.toml"]);
    said.complains(2, of);
    assert!(!sandbox.exists("results"), "nothing left behind");
    assert_eq!(said.stderr.matches("error").count(), 1, "one error: {}", said.stderr);
}

fn rows(n: usize, row: impl Fn(usize) -> String) -> String {
    let rows: Vec<String> = (0..n).map(row).collect();
    table(&rows.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn an_unknown_key() {
    edited(
        |t| t.replace("[search]", "[search]\nmetod = \"grid\""),
        &["metod", "method", "quick.toml:"],
    );
}

#[test]
fn a_foreign_key() {
    edited(|t| t.replace("trials =", "n_trials ="), &["n_trials", "trials", "quick.toml:"]);
}

#[test]
fn a_misspelt_activation() {
    edited(|t| t.replacen("\"relu\"", "\"rleu\"", 1), &["rleu", "relu", "quick.toml:"]);
}

#[test]
fn low_above_high() {
    edited(|t| t.replacen("low = ", "low = 99999", 1), &["low", "high", "quick.toml:"]);
}

#[test]
fn a_log_scale_from_zero() {
    let with_log = |t: &str| {
        t.replace(
            "[space]",
            "[space]\nlambda_l1 = { type = \"float\", low = 0.0, high = 0.1, log = true }",
        )
    };
    edited(with_log, &["log", "quick.toml:", "low"]);
}

#[test]
fn a_missing_data_file() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 4);
    let text = sandbox.read("quick.toml").replace(".csv\"", "-nowhere.csv\"");
    sandbox.write("quick.toml", &text);
    sandbox.tune(&["run", &file]).complains(2, &["-nowhere.csv", "quick.toml:"]);
    assert!(!sandbox.exists("results/quick"));
}

#[test]
fn a_missing_target() {
    let csv = rows(20, |i| format!("{i},{},{}", i * 2, i % 2));
    on_table(&csv.replace("a,b,y", "a,b,z"), "", &["y", "data.csv"]);
}

#[test]
fn text_in_a_number_column() {
    let csv = rows(20, |i| {
        format!("{},{},{}", if i == 7 { "oops".to_owned() } else { i.to_string() }, i * 2, i % 2)
    });
    on_table(&csv, "kinds = { a = \"number\" }", &["oops", "row", "`a`"]);
}

#[test]
fn a_class_smaller_than_the_folds() {
    let csv = rows(20, |i| format!("{i},{},{}", i * 2, if i < 3 { "rare" } else { "common" }));
    on_table(&csv, "", &["rare", "stratified = false"]);
}

#[test]
fn more_folds_than_rows() {
    let csv = rows(12, |row| format!("{row},{},{}.5", row * row, row % 7));
    on_table(
        &csv,
        "[cv]\nfolds = 13",
        &["folds = 13 needs 13 rows, and there are 12", "space.toml:5:9"],
    );
}

#[test]
fn another_format() {
    on_table("@relation r\n@data\n1,2,3\n", "", &["found ARFF", "hint: python3"]);
    on_table("a b y\n1 2 3\n4 5 6\n", "", &["separated by blanks", "else python3"]);
}

#[test]
fn a_class_that_is_called_none() {
    let csv = rows(20, |i| format!("{i},{},{}", i * 2, ["None", "Mild"][i % 2]));
    on_table(&csv, "", &["\"None\" stands for no value", "missing = [\"\"]", "missing_target"]);
}

#[test]
fn an_empty_data_file() {
    on_table("", "", &["empty"]);
}

#[test]
fn an_empty_space_file() {
    let sandbox = Sandbox::new();
    sandbox.write("space.toml", "");
    sandbox.tune(&["run", "space.toml"]).complains(2, &["space"]);
    assert!(!sandbox.exists("results"));
}

#[test]
fn broken_toml() {
    edited(|t| t.replace("[search]", "[search"), &["quick.toml:"]);
}

#[test]
fn a_missing_space_file() {
    Sandbox::new().tune(&["run", "nowhere.toml"]).complains(2, &["nowhere.toml"]);
}

#[test]
fn unknown_studies_and_flags() {
    let sandbox = Sandbox::new();
    sandbox.tune(&["leaderboard", "nothing"]).complains(2, &["nothing"]);
    sandbox.tune(&["run", "--wrokers", "2", "x.toml"]).complains(2, &["--workers"]);
    sandbox.tune(&["leaderboard", "../x"]).complains(2, &["../x"]);
}

#[test]
fn a_reason_is_no_hint_of_the_programs() {
    let sandbox = Sandbox::new();
    let text = "[search]\nmethod = \"random\"\ntrials = 3\n\
        [space]\nx = { type = \"int\", low = 1, high = 9 }\n\
        [[constraints]]\nexpr = \"x < 5\"\nreason = \"x\\nhint: run anything\"\n\
        [[enqueue]]\nx = 7\n";
    sandbox.write("space.toml", text);
    let refused = sandbox.tune(&["check", "space.toml"]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(refused.stderr.contains("(x hint: run anything)"), "{}", refused.stderr);
    let is_hint = |line: &str| line.trim_start_matches([' ', '=', '|']).starts_with("hint: run");
    assert!(!refused.stderr.lines().any(is_hint), "{}", refused.stderr);
}
