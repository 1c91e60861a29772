//! `tune folds` and `[cv] file`: a program on the folds of the built-in trainer.

use crate::run::quick;
use crate::sandbox::Sandbox;

/// The README's study, and in `listed.csv` the folds that it draws.
fn listed() -> (Sandbox, String) {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 4);
    sandbox.tune_ok(&["folds", &file, "--out", "listed.csv"]);
    (sandbox, file)
}

#[test]
fn a_study_of_listed_folds_is_the_one_that_drew_them() {
    let (sandbox, file) = listed();
    let text = sandbox.read("quick.toml").replace("name = \"quick\"", "name = \"same\"");
    sandbox.write("same.toml", &text.replace("[cv]", "[cv]\nfile = \"listed.csv\""));
    sandbox.tune_ok(&["run", &file]);
    sandbox.tune_ok(&["run", "same.toml"]);
    let losses = |study: &str| {
        let csv = sandbox.read(&format!("results/{study}/leaderboard.csv"));
        crate::run::column(&csv, "loss").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(losses("quick"), losses("same"));
    let said = sandbox.tune_ok(&["compare", "quick", "same"]).stdout;
    assert!(said.contains("paired") && !said.contains("unpaired"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_program_on_listed_folds_is_compared_fold_by_fold() {
    let (sandbox, file) = listed();
    let data: String = sandbox
        .read("quick.toml")
        .lines()
        .skip_while(|line| !line.starts_with("[data]"))
        .take_while(|line| !line.starts_with("[cv]"))
        .map(|line| format!("{line}\n"))
        .collect();
    sandbox.write("program.sh", "echo \"{\\\"loss\\\": 0.$TUNE_FOLD$1}\"\n");
    sandbox.write(
        "program.toml",
        &format!(
            "[study]\nmetric = \"cross_entropy\"\n{data}[objective]\n\
             command = [\"sh\", \"program.sh\", \"{{way}}\"]\n\
             [cv]\nfolds = 3\nfile = \"listed.csv\"\nseed = 7\n\
             [search]\nmethod = \"random\"\ntrials = 3\n\
             [space]\nway = {{ type = \"int\", low = 1, high = 9 }}\n"
        ),
    );
    sandbox.tune_ok(&["run", &file]);
    sandbox.tune_ok(&["run", "program.toml"]);
    let said = sandbox.tune_ok(&["compare", "quick", "program"]).stdout;
    assert!(said.contains("paired") && !said.contains("unpaired"), "{said}");

    // Another list is another study.
    let list = sandbox.read("listed.csv");
    let other = list.replace("\n0,0,0\n", "\n0,0,9\n").replace("\n0,0,1\n", "\n0,0,0\n");
    let other = other.replace("\n0,0,2\n", "\n0,0,0\n").replace("\n0,0,9\n", "\n0,0,1\n");
    assert_ne!(list, other);
    sandbox.write("listed.csv", &other);
    sandbox
        .tune(&["run", "program.toml"])
        .complains(2, &["listed.csv has changed since the study began"]);
}

#[test]
fn a_list_that_does_not_fit_is_refused_with_what_is_wrong() {
    let (sandbox, _) = listed();
    let text = sandbox.read("quick.toml").replace("[cv]", "[cv]\nfile = \"listed.csv\"");
    sandbox.write("space.toml", &text);
    let list = sandbox.read("listed.csv");
    for (list, complaint) in [
        (list.replace("row,repeat,fold", "row,fold"), "expected the columns row, repeat, fold"),
        (format!("{list}99999,0,0\n"), "the list has row 99999"),
        (list.lines().take(900).map(|l| format!("{l}\n")).collect(), "is in no fold of the list"),
        ("row,repeat,fold\n0,0,0\n1,0,1\n".to_owned(), "2 folds and 1 repeat"),
    ] {
        sandbox.write("listed.csv", &list);
        sandbox.tune(&["run", "space.toml"]).complains(2, &["space.toml", complaint]);
    }
    std::fs::remove_file(sandbox.path("listed.csv")).unwrap();
    sandbox.tune(&["run", "space.toml"]).complains(2, &["listed.csv"]);
}

#[test]
fn boosting_is_written_beside_on_the_same_folds() {
    let sandbox = Sandbox::new();
    let row = |i: u32| format!("{},{},{}\n", f64::from(i * 7 % 40) / 10.0, i * 3 % 11, i % 3);
    let rows: String = (0..60).map(row).collect();
    sandbox.write("birds.csv", &format!("wing,beak,kind\n{rows}"));
    let init = ["init", "birds.csv", "--target", "kind", "--with", "boosting"];
    sandbox.tune_ok(&init);
    assert_eq!(sandbox.tune_ok(&["folds", "space.toml"]).stdout, sandbox.read("folds.csv"));
    sandbox.tune_ok(&["check", "boosting.toml"]);
    assert!(sandbox.read("boosting.py").contains("HistGradientBoosting"));
    std::fs::remove_file(sandbox.path("space.toml")).unwrap();
    sandbox.tune(&init).complains(2, &["exists"]);
    assert!(!sandbox.exists("space.toml"), "nothing is written by halves");
}
