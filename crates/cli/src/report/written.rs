//! Snapshots of the errors in space files as the user sees them.

use super::{Look, render};
use experiment::file::SpaceFile;
use std::path::PathBuf;

/// The errors of a refused file.
fn read(text: &str) -> Result<SpaceFile, String> {
    SpaceFile::parse("space.toml", text.to_owned(), PathBuf::from("/folder"))
        .map_err(|faults| render(&faults, Look::Plain))
}

/// A complete file around the lines of `[space]`.
fn with_space(lines: &str) -> String {
    format!("[search]\nmethod = \"random\"\ntrials = 9\n\n[space]\n{lines}\n")
}

const TRAINER: &str = r#"
[data]
path = "a.csv"
target = "y"
[search]
trials = 5
[space]
lr = { type = "float", low = 1e-4, high = 1.0 }
momentm = 3
momentum = { type = "float", low = 0.0, high = 1.0 }
depth = { type = "float", low = 1.0, high = 2.0 }
dropout = "0.5"
activation = { type = "categorical", values = ["relu", "rleu"] }
width = { type = "int", low = 9, high = 3 }
keep_prob = 0.5
"#;

#[test]
fn every_fault_is_shown_at_its_line() {
    let space = |line: &str| with_space(line);
    let data = |lines: &str| {
        format!(
            "[data]\npath = \"a.csv\"\ntarget = \"y\"\n{lines}\n[search]\ntrials = 9\n[space]\nwidth = {{ type = \"int\", low = 1, high = 3 }}\n"
        )
    };
    let cases: Vec<(&str, String)> = vec![
        ("empty", String::new()),
        ("only a comment", "# nothing\n".into()),
        ("not TOML", "[space]\nlr = relu\nx = .5\n".into()),
        ("key twice", space("depth = 1\ndepth = 2")),
        ("unknown key", "[study]\nnaem = \"x\"\n[search]\ntrials = 1\n[space]\nx = { type = \"int\", low = 1, high = 3 }".into()),
        ("foreign key", "[search]\nn_trials = 60\n[space]\nx = { type = \"int\", low = 1, high = 3 }".into()),
        ("foreign section", "[parameters]\nx = 1\n[search]\ntrials = 1".into()),
        ("key of another section", data("folds = 3")),
        ("cv as a number", format!("cv = 5\n{}", data(""))),
        ("foreign scikit-learn", data("[cv]\nn_splits = 5")),
        ("scoring", data("[study]\nscoring = \"accuracy\"")),
        ("metric of another task", data("task = \"regression\"\n[study]\nmetric = \"error_rate\"")),
        ("accuracy", data("[study]\nmetric = \"accuracy\"")),
        ("goal", data("[study]\ngoal = \"minimize\"")),
        ("maximize with the trainer", data("[study]\ndirection = \"maximize\"")),
        ("race", data("[race]\nalpha = 0.05")),
        ("no trials", "[space]\nx = { type = \"int\", low = 1, high = 3 }".into()),
        ("no space", "[search]\ntrials = 3\n".into()),
        ("misspelt method", "[search]\nmethod = \"baies\"\ntrials = 3\n[space]\nx = { type = \"int\", low = 1, high = 3 }".into()),
        ("unsafe name", "[study]\nname = \"../x\"\n[search]\ntrials = 3\n[space]\nx = { type = \"int\", low = 1, high = 3 }".into()),
        ("quoted number", space("x = { type = \"float\", low = \"0.1\", high = 1.0 }")),
        ("min and max", space("x = { type = \"float\", min = 0.1, max = 1.0 }")),
        ("low above high", space("x = { type = \"float\", low = 2.0, high = 1.0 }")),
        ("log from 0", space("x = { type = \"float\", low = 0.0, high = 1.0, log = true }")),
        ("infinite", space("x = { type = \"float\", low = 0.1, high = inf }")),
        ("too large", space("x = 99999999999999999999")),
        ("float bounds of an int", space("x = { type = \"int\", low = 1.0, high = 3 }")),
        ("no type", space("x = { low = 1.0, high = 3 }")),
        ("foreign type", space("x = { type = \"log_uniform\", low = 1e-3, high = 3 }")),
        ("plain list", space("units = [16, 32]\nactivation = [\"relu\", \"tanh\"]")),
        ("value table", space("x = { value = 3 }")),
        ("no values", space("x = { type = \"categorical\", values = [] }")),
        ("value twice", space("x = { type = \"ordinal\", values = [1, 2, 1.0] }")),
        ("choices", space("x = { type = \"categorical\", choices = [1, 2] }")),
        ("default outside", space("x = { type = \"int\", low = 1, high = 3, default = 4 }")),
        ("confidence without prior", space("x = { type = \"int\", low = 1, high = 3, prior_confidence = \"low\" }")),
        ("distribution without key", space("x = { type = \"float\", low = 0, high = 3, dist = \"normal\", mean = 1, sigma = 2 }")),
        ("distribution's key alone", space("x = { type = \"float\", low = 0, high = 3, alpha = 1 }")),
        ("when a scalar", space("o = { type = \"categorical\", values = [\"a\", \"b\"] }\nx = { type = \"int\", low = 1, high = 3, when = { o = \"a\" } }")),
        ("when unknown", space("x = { type = \"int\", low = 1, high = 3, when = { o = [\"a\"] } }")),
        ("constraint", format!("{}\n[[constraints]]\nexpr = \"x * y <= 3\"\n", space("x = { type = \"int\", low = 1, high = 3 }"))),
        ("command as a text", "[objective]\ncommand = \"python3 train.py\"\n[search]\ntrials = 1\n[space]\nx = { type = \"int\", low = 1, high = 3 }".into()),
        ("group without data", "[cv]\ngroup = \"g\"\n[search]\ntrials = 1\n[space]\nx = { type = \"int\", low = 1, high = 3 }".into()),
        ("stratified and order", data("[cv]\nstratified = true\norder = \"t\"")),
        ("folds", data("[cv]\nfolds = 1")),
        ("many at once", "[study]\nseed = -1\n[cv]\nfolds = 0\n[search]\ntrials = \"3\"\n[space]\nx = { type = \"int\" }\n".into()),
        ("grid without end", "[search]\nmethod = \"grid\"\n[space]\nx = { type = \"int\", low = 1, high = 100_000_000 }".into()),
        ("trainer's fields", TRAINER.into()),
        ("odd characters", space("\"\u{202e}\\u001b[2J\" = [1]\n\"naïve 参数\" = { type = \"flaot\" }")),
    ];
    let mut shown = String::new();
    for (name, text) in cases {
        let faults = read(&text).expect_err(name);
        assert!(faults.contains("space.toml"), "{name}: {faults}");
        shown.push_str(&format!("## {name}\n{faults}\n"));
    }
    insta::assert_snapshot!("faults", shown);
}

#[test]
fn of_many_faults_the_first_are_shown() {
    let lines: Vec<String> = (0..1000)
        .map(|i| format!("p{i} = {{ type = \"float\", lwo = 0.0, high = 1.0 }}"))
        .collect();
    let shown = read(&with_space(&lines.join("\n"))).unwrap_err();
    assert!(shown.contains("faults more") && shown.len() < 20_000);
}

#[test]
fn deep_nesting_and_other_files_are_refused_in_few_words() {
    let deep = format!("x = {}", "[".repeat(100_000));
    let wide = "a,b,c\n1,2,3\n".repeat(10_000);
    let keys = "a.".repeat(50_000) + "b = 1";
    for text in [
        deep,
        wide,
        keys,
        "{\"space\": 1}".into(),
        "\u{feff}\u{0}".into(),
        "space:\n  lr: 1\n".into(),
    ] {
        let shown = read(&text).unwrap_err();
        assert!(shown.starts_with("error") && shown.len() < 20_000, "{shown}");
    }
}
