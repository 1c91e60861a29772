//! `tune report`, `tune watch` and pictures: what is written, and what never is.

use crate::race::racing;
use crate::sandbox::Sandbox;
use serde_json::Value;

const SPACE: &str = r#"
[study]
name = "script"
[search]
method = "random"
trials = 12
[space]
rate  = { type = "float", low = 1e-4, high = 1.0, log = true }
depth = { type = "int", low = 1, high = 9 }
"#;

/// A random study, told to its end.
fn told() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("space.toml", SPACE);
    for trial in 0..12 {
        let asked: Value =
            serde_json::from_str(&sandbox.tune_ok(&["ask", "space.toml"]).stdout).unwrap();
        let loss = asked["params"]["rate"].as_f64().unwrap().log10().abs();
        sandbox.tune_ok(&["tell", "script", &trial.to_string(), "--loss", &loss.to_string()]);
    }
    sandbox
}

#[test]
fn a_report_is_the_same_bytes_and_names_no_place() {
    let sandbox = told();
    sandbox.tune_ok(&["report", "script"]);
    sandbox.tune_ok(&["report", "script", "--out", "again.html"]);
    let page = sandbox.read("results/script/report.html");
    assert!(page == sandbox.read("again.html"));

    let here = sandbox.path(".").canonicalize().unwrap().to_string_lossy().into_owned();
    assert!(!page.contains(&here), "the page names {here}");
    for part in ["src=", "http://", "https://", "url("] {
        let found = page.replace("http://www.w3.org/", "").contains(part);
        assert!(!found, "the page asks for {part}");
    }
}

#[test]
fn learning_curves_show_beyond_which_losses_racing_stopped_a_trial() {
    let sandbox = Sandbox::new();
    let file = racing(&sandbox, "random", 24);
    sandbox.tune_ok(&["run", &file]);
    sandbox.tune_ok(&["report", "quick", "--out", "page.html"]);
    assert!(sandbox.read("page.html").contains("stopped beyond these"));
}

#[test]
fn a_metric_that_is_maximised_is_named_as_one_minus_it() {
    let sandbox = Sandbox::new();
    let rows: String = (0..60).map(|i| format!("{},{},{}\n", i % 7, i % 5, i % 2)).collect();
    sandbox.write("data.csv", &format!("a,b,y\n{rows}"));
    sandbox.write(
        "auc.toml",
        "[study]\nmetric = \"roc_auc\"\n[data]\npath = \"data.csv\"\ntarget = \"y\"\n\
         task = \"classification\"\n[search]\nmethod = \"random\"\ntrials = 2\n[cv]\nfolds = 2\n\
         [space]\nlearning_rate = { type = \"float\", low = 0.01, high = 0.1 }\nepochs = 1\n",
    );
    sandbox.tune_ok(&["run", "auc.toml"]);
    sandbox.tune_ok(&["report", "auc", "--out", "auc.html"]);
    let page = sandbox.read("auc.html");
    assert!(page.contains("is best, with 1 - roc_auc "), "the metric's name is that of its loss");
}

#[test]
fn a_report_has_the_numbers_of_the_leaderboard_and_of_importance() {
    let sandbox = told();
    sandbox.tune_ok(&["report", "script", "--out", "page.html"]);
    let page = sandbox.read("page.html");

    let table = sandbox.tune_ok(&["leaderboard", "script"]).stdout;
    let first: Vec<&str> = table.lines().nth(1).unwrap().split_whitespace().collect();
    for cell in &first[..3] {
        assert!(page.contains(&format!("<td>{cell}</td>")), "{cell}");
    }

    let said = sandbox.tune_ok(&["importance", "script", "--format", "json"]).stdout;
    let object: Value = serde_json::from_str(&said).unwrap();
    let top = &object["parameters"][0];
    let alone = format!("{:.0} %", 100.0 * top["alone"]["value"].as_f64().unwrap());
    let name = top["name"].as_str().unwrap();
    assert!(page.contains(&format!("{name} matters most (main effect {alone}")), "{name} {alone}");
}

#[test]
fn two_studies_are_compared_on_one_page() {
    let sandbox = told();
    sandbox.tune_ok(&["report", "script", "script", "--out", "both.html"]);
    assert!(sandbox.read("both.html").contains("At equal numbers of trials"));
}

#[test]
fn a_picture_takes_the_place_of_the_table() {
    let sandbox = told();
    let said = sandbox.tune_ok(&["importance", "script", "--chart", "what.svg"]);
    assert!(said.stdout.is_empty() && sandbox.read("what.svg").starts_with("<svg"));
    sandbox.tune_ok(&["show", "script", "3", "--chart", "trial.svg", "--theme", "dark"]);
    assert!(sandbox.read("trial.svg").contains("Trial 3 of script"));
    sandbox
        .tune(&["show", "script", "--chart", "none.svg"])
        .complains(2, &["its number is missing"]);
    assert!(!sandbox.exists("none.svg"));
}

#[test]
fn what_is_watched_is_plain_when_piped_and_ends_with_the_study() {
    let sandbox = told();
    let said = sandbox.tune_ok(&["watch", "script"]).stdout;
    for part in ["study `script`: done", "12 of 12 trials", "best so far", "rank"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains('\u{1b}'));
}

#[test]
fn an_unknown_study_has_no_page() {
    let sandbox = Sandbox::new();
    for command in ["report", "watch", "serve"] {
        sandbox.tune(&[command, "nothing"]).complains(2, &["nothing"]);
    }
}
