//! Tables as people have them: decorated numbers, markers, dates, other separators, no header.

use crate::sandbox::Sandbox;
use std::fmt::Write;

const SPACE: &str = "learning_rate = { type = \"float\", low = 1e-3, high = 1e-1, log = true }\nepochs = 2\nwidth = 4\n";

fn file(data: &str) -> String {
    format!(
        "[data]\n{data}\n[cv]\nfolds = 3\n[search]\nmethod = \"random\"\ntrials = 2\n[space]\n{SPACE}"
    )
}

#[test]
fn decorated_numbers_and_markers_are_numbers_and_said() {
    let sandbox = Sandbox::new();
    let mut rows = String::new();
    for i in 0..60_u32 {
        let marker = if i % 6 == 0 { ".".to_owned() } else { format!("{}.5", i * 7 % 60) };
        let _ = writeln!(
            rows,
            "{},\"{},{:03}\",{marker},{}.1",
            ["A", "B"][i as usize % 2],
            i + 1,
            i * 7,
            i * 3 % 50
        );
    }
    sandbox.write("t.csv", &format!("city,population,a,income\n{rows}"));
    let said = sandbox.tune_ok(&["init", "t.csv", "--target", "income"]);
    said.complains(0, &["numbers with thousands separators: `population`", "`.` 10"]);
    let written = sandbox.read("space.toml");
    assert!(!written.contains("drop ="), "{written}");
    let said = sandbox.tune_ok(&["check", "space.toml"]);
    said.complains(0, &["`population`", "missing in `a` (10 of 60: `.` 10)"]);
    sandbox.write("run.toml", &file("path = \"t.csv\"\ntarget = \"income\""));
    let said = sandbox.tune_ok(&["run", "run.toml"]);
    said.complains(0, &["thousands separators", "missing in `a`"]);
}

#[test]
fn semicolons_and_decimal_commas_need_no_key() {
    let sandbox = Sandbox::new();
    let rows: String = (0..40).map(|i| format!("{},{};{};{}\n", i, i % 10, i * 2, i % 2)).collect();
    sandbox.write("w.csv", &format!("\"fixed acidity\";\"pH\";\"quality\"\n{rows}"));
    sandbox.tune_ok(&["init", "w.csv", "--target", "quality"]);
    let said = sandbox.tune_ok(&["run", "space.toml", "--quiet"]);
    assert!(said.stdout.contains("ok") || !said.stdout.is_empty(), "{}", said.stdout);
}

#[test]
fn a_file_without_header_is_refused_with_the_way_on() {
    let sandbox = Sandbox::new();
    let rows: String =
        (0..40).map(|i| format!("{}.5,{},{}\n", i * 3 % 17, i * 7 % 31, i % 2)).collect();
    sandbox.write("haberman.data", &rows);
    sandbox
        .tune(&["init", "haberman.data", "--target", "class"])
        .complains(2, &["the first line looks like data", "header = false", "--no-header"]);
    sandbox.tune_ok(&["init", "haberman.data", "--target", "column_3", "--no-header"]);
    assert!(sandbox.read("space.toml").contains("header = false"));
    sandbox.tune_ok(&["check", "space.toml"]).complains(0, &["40 rows, 2 features", "no header"]);
}

#[test]
fn a_table_where_a_space_file_is_due_is_told_apart() {
    let sandbox = Sandbox::new();
    sandbox.write("data.csv", "x,y\n1,a\n2,b\n");
    sandbox
        .tune(&["run", "data.csv"])
        .complains(2, &["found the table data.csv", "tune init data.csv"]);
}

#[test]
fn a_fold_that_tests_what_it_never_trained_on_is_warned_of() {
    let sandbox = Sandbox::new();
    let class = |t: u32| {
        if t < 80 {
            "a"
        } else if t < 150 {
            "b"
        } else {
            "c"
        }
    };
    let rows: String = (0..200).map(|t| format!("{t},{}.5,{}\n", t * 7 % 31, class(t))).collect();
    sandbox.write("t.csv", &format!("t,x,y\n{rows}"));
    let text =
        file("path = \"t.csv\"\ntarget = \"y\"").replace("folds = 3", "folds = 4\norder = \"t\"");
    sandbox.write("space.toml", &text);
    let expected = "of which it trains on none";
    sandbox.tune_ok(&["check", "space.toml"]).complains(0, &["tests", "class `b`", expected]);
    sandbox.tune_ok(&["run", "space.toml"]).complains(0, &[expected]);
}

#[test]
fn what_is_maximised_is_ranked_by_one_minus_it() {
    let sandbox = Sandbox::new();
    let rows: String = (0..90).map(|i| format!("{}.5,{}\n", i * 7 % 31, i % 3 / 2)).collect();
    sandbox.write("t.csv", &format!("x,y\n{rows}"));
    let text =
        format!("[study]\nmetric = \"roc_auc\"\n{}", file("path = \"t.csv\"\ntarget = \"y\""));
    sandbox.write("space.toml", &text);
    sandbox.tune_ok(&["run", "space.toml"]);
    let board = sandbox.read("results/space/leaderboard.csv");
    let mut lines = board.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let first = lines.next().unwrap();
    let of = |name: &str| -> f64 {
        first[header.iter().position(|column| *column == name).unwrap()].parse().unwrap()
    };
    assert!((of("loss") - (1.0 - of("roc_auc"))).abs() < 1e-12, "{board}");
    assert!(of("cross_entropy") > 0.0);
}
