//! `tune resume --space`: a study goes on in a changed space, and nothing of what it was is lost.

use crate::run::{column, quick};
use crate::sandbox::Sandbox;

/// The quick study's file with its space rewritten by pairs of (old, new).
fn rewritten(sandbox: &Sandbox, name: &str, pairs: &[(&str, &str)]) -> String {
    let mut text = sandbox.read("quick.toml");
    for (old, new) in pairs {
        assert!(text.contains(old), "`{old}` is not in:\n{text}");
        text = text.replace(old, new);
    }
    let text =
        if text.contains("name") { text } else { format!("[study]\nname = \"quick\"\n{text}") };
    sandbox.write(name, &text).display().to_string()
}

fn outcome(sandbox: &Sandbox) -> (String, String) {
    (sandbox.read("results/quick/leaderboard.csv"), sandbox.read("results/quick/folds.csv"))
}

/// The first `n` lines of a sheet by trial number.
fn rows_of(csv: &str, trials: std::ops::Range<u64>) -> Vec<String> {
    let numbers = column(csv, "trial");
    let rows = numbers.iter().zip(csv.lines().skip(1));
    let mut rows: Vec<(u64, String)> =
        rows.map(|(n, row)| (n.parse().unwrap(), row.to_owned())).collect();
    rows.retain(|(n, _)| trials.contains(n));
    rows.sort_unstable();
    rows.into_iter().map(|(_, row)| row).collect()
}

const WIDER: [(&str, &str); 3] = [
    ("low = 0.003, high = 0.3", "low = 0.001, high = 0.5"),
    (r#"values = ["relu", "tanh"]"#, r#"values = ["relu", "tanh", "gelu"]"#),
    (
        "depth = {",
        "dropout = { type = \"float\", low = 0.0, high = 0.5, step = 0.1, default = 0.0 }\ndepth = {",
    ),
];

#[test]
fn a_wider_space_keeps_all_trials_and_goes_on() {
    for method in ["bayes", "grid"] {
        let sandbox = Sandbox::new();
        let file = quick(&sandbox, method, 8);
        sandbox.tune_ok(&["run", &file]);
        let before = sandbox.read("results/quick/folds.csv");
        let wider = rewritten(
            &sandbox,
            "wider.toml",
            &[WIDER.as_slice(), &[("trials = 8", "trials = 14")]].concat(),
        );
        let said = sandbox.tune_ok(&["resume", "quick", "--space", &wider]);
        for part in [
            "[space] learning_rate.high: 0.3 → 0.5",
            "dropout",
            "gelu",
            "8 trials so far, all inside it",
        ] {
            assert!(said.stderr.contains(part), "`{part}` is not in:\n{}", said.stderr);
        }
        let folds = sandbox.read("results/quick/folds.csv");
        assert_eq!(rows_of(&folds, 0..8), rows_of(&before, 0..8), "{method}: old trials stand");
        let board = sandbox.read("results/quick/leaderboard.csv");
        assert_eq!(board.lines().count(), 15);
        assert!(column(&board, "in_space").iter().all(|inside| *inside == "true"));
        assert!(
            column(&board, "param_dropout").iter().all(|v| !v.is_empty()),
            "old trials have the default"
        );
        assert_eq!(sandbox.read("results/quick/space.toml"), sandbox.read("wider.toml"));
        // The new file is the study's now, and the old one is not.
        sandbox.tune_ok(&["run", &wider]);
        assert_eq!(sandbox.read("results/quick/leaderboard.csv"), board);
        sandbox
            .tune(&["run", &file])
            .complains(2, &["created from a different file", "tune resume"]);
        // Spread over the trials: the first half belongs to the old space.
        let said = sandbox.tune_ok(&["verify", "quick", "--sample", "6"]).stdout;
        assert!(said.contains("14 proposals and 6 folds of 42 reproduced"), "{method}: {said}");
        sandbox.tune_ok(&["explain", "quick", "3"]);
        sandbox.tune_ok(&["explain", "quick", "12"]);
    }
}

#[test]
fn trials_outside_a_narrower_space_stay_marked_and_teach_nothing() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "bayes", 10);
    sandbox.tune_ok(&["run", &file]);
    let narrow = [("values = [32, 64, 128]", "values = [64, 128]"), ("trials = 10", "trials = 16")];
    let narrow = rewritten(&sandbox, "narrow.toml", &narrow);
    let said = sandbox.tune_ok(&["resume", "quick", "--space", &narrow]);
    assert!(said.stderr.contains("outside: the leaderboard keeps those"), "{}", said.stderr);
    let board = sandbox.read("results/quick/leaderboard.csv");
    let inside = column(&board, "in_space");
    for (batch_size, inside) in column(&board, "param_batch_size").iter().zip(&inside) {
        assert_eq!(*inside, if *batch_size == "32" { "false" } else { "true" });
    }
    assert!(inside.contains(&"false") && board.lines().count() == 17);
    sandbox.tune_ok(&["verify", "quick"]);
    // What lies outside can win, be shown and be trained all the same.
    sandbox.tune_ok(&["best", "quick"]);
    let summary = sandbox.tune_ok(&["leaderboard", "quick"]).stdout;
    assert_eq!(
        summary.contains("is the best of all and lies outside"),
        inside[0] == "false",
        "{summary}"
    );
    let number = column(&board, "trial")
        [inside.iter().position(|inside| *inside == "false").unwrap()]
    .to_owned();
    let shown = sandbox.tune_ok(&["show", "quick", &number]).stdout;
    assert!(
        shown.contains("outside the current space") && shown.contains("batch_size = 32"),
        "{shown}"
    );
}

#[test]
fn more_than_the_space_cannot_change() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 4);
    sandbox.tune_ok(&["run", &file]);
    let db = std::fs::read(sandbox.path("results/quick/study.db")).unwrap();
    for (old, new, named) in [
        ("folds = 3", "folds = 4", "[cv] folds: 3 → 4"),
        ("seed = 42", "metric = \"error_rate\"\nseed = 42", "[study] metric"),
        ("target = \"digit\"", "target = \"digit\"\ndrop = [\"pixel_1\"]", "[data]"),
        ("method = \"random\"", "method = \"sobol\"", "[search] method"),
        (
            "depth = {",
            "dropout = { type = \"float\", low = 0.0, high = 0.5 }\ndepth = {",
            "`dropout` is new and has no `default`",
        ),
        ("low = 0.003", "low = 3", "learning_rate"),
    ] {
        let changed = rewritten(&sandbox, "changed.toml", &[(old, new)]);
        sandbox.tune(&["resume", "quick", "--space", &changed]).complains(2, &[named]);
    }
    assert_eq!(
        std::fs::read(sandbox.path("results/quick/study.db")).unwrap(),
        db,
        "what is refused leaves nothing"
    );
    let same = rewritten(&sandbox, "same.toml", &[("epochs = 4", "epochs = 4  # a comment")]);
    let said = sandbox.tune_ok(&["resume", "quick", "--space", &same]);
    assert!(said.stderr.contains("the space is unchanged"), "{}", said.stderr);
}

#[cfg(unix)]
#[test]
fn another_command_is_another_objective() {
    let sandbox = Sandbox::new();
    crate::command::study(&sandbox, "echo '{\"loss\": 1}'", 2, "");
    sandbox.tune_ok(&["run", "space.toml"]);
    sandbox
        .write("other/space.toml", &sandbox.read("space.toml").replace("program.sh", "other.sh"));
    for args in [
        ["resume", "space", "--space", "other/space.toml"].as_slice(),
        &["run", "other/space.toml"],
    ] {
        let named = [
            "[objective] command",
            "another command is another objective",
            "another `name` in [study]",
        ];
        sandbox.tune(args).complains(2, &named);
    }
}

#[test]
fn a_winner_outside_of_the_present_space_is_said_to_be() {
    let sandbox = Sandbox::new();
    sandbox.write("space.toml", &crate::ask::SPACE.replace("METHOD", "random"));
    sandbox.tune_ok(&["ask", "space.toml"]);
    sandbox.tune_ok(&["tell", "script", "0", "--loss", "1"]);
    assert!(!sandbox.tune_ok(&["leaderboard", "script"]).stdout.contains("outside"));
    let text = sandbox.read("space.toml");
    sandbox.write("space.toml", &text.replace("fixed = 7", "fixed = 8"));
    sandbox.tune_ok(&["resume", "script", "--space", "space.toml"]);
    let said = sandbox.tune_ok(&["leaderboard", "script"]).stdout;
    assert!(
        said.contains("note: trial 0 is the best of all and lies outside the current space"),
        "{said}"
    );
    let row = said.lines().find(|line| line.trim_start().starts_with("1      0")).unwrap();
    assert!(row.split_whitespace().any(|cell| cell == "o") && said.contains("marked o"), "{said}");
}

#[test]
fn a_study_killed_around_a_revision_ends_as_if_nothing_had_happened() {
    let run_in_two = |sandbox: &Sandbox| {
        let file = quick(sandbox, "bayes", 7);
        sandbox.tune_ok(&["run", &file]);
        rewritten(
            sandbox,
            "wider.toml",
            &[WIDER.as_slice(), &[("trials = 7", "trials = 18"), ("epochs = 4", "epochs = 4 # ")]]
                .concat(),
        )
    };
    let undisturbed = Sandbox::new();
    let wider = run_in_two(&undisturbed);
    undisturbed.tune_ok(&["resume", "quick", "--space", &wider]);

    let sandbox = Sandbox::new();
    let wider = run_in_two(&sandbox);
    let mut n_killed = 0;
    for delay in [30, 60, 90, 120, 200, 300] {
        let mut run = sandbox.start(&["resume", "quick", "--space", &wider]);
        std::thread::sleep(std::time::Duration::from_millis(delay));
        n_killed += u32::from(run.try_wait().unwrap().is_none());
        run.kill().unwrap();
        run.wait().unwrap();
    }
    sandbox.tune_ok(&["resume", "quick", "--space", &wider]);
    assert!(n_killed > 0);
    assert_eq!(outcome(&sandbox), outcome(&undisturbed));
    sandbox.tune_ok(&["verify", "quick"]);
}

#[test]
fn a_study_that_is_asked_and_told_changes_its_space_too() {
    let sandbox = Sandbox::new();
    let space = crate::ask::SPACE.replace("METHOD", "bayes");
    sandbox.write("space.toml", &space);
    sandbox.tune_ok(&["ask", "space.toml"]);
    sandbox.tune_ok(&["ask", "space.toml"]);
    sandbox.tune_ok(&["tell", "script", "0", "--loss", "1"]);
    let wider = space.replace("low = 1, high = 4", "low = 3, high = 9");
    assert_ne!(wider, space);
    sandbox.write("wider.toml", &wider);
    sandbox.tune_ok(&["resume", "script", "--space", "wider.toml"]);
    // A trial that was under way keeps its number and its configuration.
    sandbox.tune_ok(&["tell", "wider.toml", "1", "--abandon"]);
    let again: serde_json::Value =
        serde_json::from_str(&sandbox.tune_ok(&["ask", "script"]).stdout).unwrap();
    assert_eq!(again["trial"], 1);
    for trial in 1..12 {
        sandbox.tune_ok(&["tell", "script", &trial.to_string(), "--loss", &format!("0.{trial}")]);
        let asked = sandbox.tune_ok(&["ask", "wider.toml"]).stdout;
        let asked: serde_json::Value = serde_json::from_str(&asked).unwrap();
        assert!(
            asked.get("done").is_some() || asked["params"]["depth"].as_i64().unwrap() >= 3,
            "{asked}"
        );
    }
    sandbox.tune_ok(&["verify", "script"]);
    sandbox.tune(&["ask", "space.toml"]).complains(2, &["different file"]);
}

#[test]
fn to_leave_out_a_parameter_needs_a_yes() {
    let sandbox = Sandbox::new();
    sandbox.write("space.toml", &crate::ask::SPACE.replace("METHOD", "random"));
    sandbox.tune_ok(&["ask", "space.toml"]);
    let kept: String = sandbox
        .read("space.toml")
        .lines()
        .filter(|line| !line.starts_with("depth"))
        .map(|line| format!("{line}\n"))
        .collect();
    sandbox.write("without.toml", &kept);
    let resume = ["resume", "script", "--space", "without.toml"];
    sandbox
        .tune(&resume)
        .complains(2, &["without `depth`", "1 trial so far", "depth = …", "--yes"]);
    sandbox.write("fixed.toml", &format!("{kept}depth = 2\n"));
    let fixed = ["resume", "script", "--space", "fixed.toml"];
    assert_eq!(sandbox.tune(&fixed).code, 0);
    assert_eq!(sandbox.tune(&[resume.as_slice(), &["--yes"]].concat()).code, 0);
}

#[test]
fn the_time_of_a_search_is_estimated_by_its_first_batches() {
    let sandbox = Sandbox::new();
    let rows: String = (0..90).map(|i| format!("{}.5,{}\n", i * 7 % 31, i % 2)).collect();
    sandbox.write("t.csv", &format!("x,y\n{rows}"));
    let text = "[data]\npath = \"t.csv\"\ntarget = \"y\"\n[search]\ntrials = 6\n[run]\nworkers = 2\n[space]\n\
        width = { type = \"int\", low = 2, high = 9 }\nepochs = 3\n";
    sandbox.write("s.toml", text);
    let shown = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("time ")).map(str::to_owned);
        line.unwrap_or_else(|| panic!("{text}"))
    };
    let line = shown(&sandbox.tune_ok(&["plan", "s.toml", "--time"]).stdout);
    assert!(
        line.contains("about ") && line.contains("on 2 threads (") && line.contains("of 8 timed"),
        "{line}"
    );
    assert!(!sandbox.exists("results"), "nothing is written");
    sandbox.write("s.toml", &format!("{text}patience = 2\n"));
    assert!(shown(&sandbox.tune_ok(&["plan", "s.toml", "--time"]).stdout).contains("at most "));
    sandbox.write("p.toml", "[objective]\ncommand = [\"true\"]\n[search]\ntrials = 2\n[space]\nx = { type = \"float\", low = 0, high = 1 }\n");
    sandbox.tune(&["plan", "p.toml", "--time"]).complains(2, &["the built-in trainer", "tune try"]);
}
