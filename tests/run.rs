//! `tune run` and `tune resume`: what they leave behind, and what they refuse.

use crate::sandbox::Sandbox;

const FILES: [&str; 6] = [
    "study.db",
    "space.toml",
    "leaderboard.csv",
    "leaderboard.meta.json",
    "folds.csv",
    "timings.csv",
];

/// The README's study, small enough for a test.
pub fn quick(sandbox: &Sandbox, method: &str, trials: u32) -> String {
    let path = sandbox.adopt("quick.toml", |text| {
        let mut out = String::new();
        for line in text.lines() {
            let key = line.split('=').next().unwrap_or("").trim();
            match key {
                "method" => out.push_str(&format!("method = \"{method}\"")),
                "trials" => out.push_str(&format!("trials = {trials}")),
                "epochs" => out.push_str("epochs = 4"),
                _ => out.push_str(line),
            }
            out.push('\n');
        }
        out
    });
    path.display().to_string()
}

pub fn column<'a>(csv: &'a str, name: &str) -> Vec<&'a str> {
    let mut lines = csv.lines();
    let at = lines
        .next()
        .unwrap()
        .split(',')
        .position(|h| h == name)
        .unwrap_or_else(|| panic!("no column {name}"));
    lines.map(|line| line.split(',').nth(at).unwrap()).collect()
}

#[test]
fn the_total_of_trials_can_be_said_on_the_command_line() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 5);
    let rows = || sandbox.read("results/quick/leaderboard.csv").lines().count() - 1;
    for (args, expected) in [(["--trials", "2"].as_slice(), 2), (&["--trials", "3"], 3), (&[], 5)] {
        sandbox.tune_ok(&[["run", file.as_str()].as_slice(), args].concat());
        assert_eq!(rows(), expected);
    }
}

#[test]
fn a_run_ends_with_a_leaderboard_on_the_screen_and_six_files() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "bayes", 10);
    let said = sandbox.tune_ok(&["run", &file]);
    assert!(said.stdout.contains("rank"), "{}", said.stdout);
    for name in FILES {
        assert!(sandbox.exists(&format!("results/quick/{name}")), "{name}");
    }
    let board = sandbox.read("results/quick/leaderboard.csv");
    assert!(board.starts_with(
        "rank,trial,state,reason,origin,in_space,loss,se,sd,folds_done,in_best_set,epochs,n_parameters,multiply_adds,p_best,"
    ));
    assert_eq!(column(&board, "rank"), (1..=10).map(|n| n.to_string()).collect::<Vec<_>>());
    let losses: Vec<f64> = column(&board, "loss").iter().map(|v| v.parse().unwrap()).collect();
    assert!(losses.is_sorted(), "{losses:?}");
    let folds = sandbox.read("results/quick/folds.csv");
    assert!(folds.starts_with("trial,repeat,fold,state,epochs,loss,"));
    let meta: serde_json::Value =
        serde_json::from_str(&sandbox.read("results/quick/leaderboard.meta.json")).unwrap();
    assert_eq!(meta["metric"], "cross_entropy");
    assert!(!sandbox.read("results/quick/timings.csv").is_empty());
}

#[test]
fn the_number_of_workers_changes_no_byte() {
    for method in ["grid", "random", "bayes"] {
        let boards: Vec<(String, String)> = ["1", "2", "3"]
            .iter()
            .map(|workers| {
                let sandbox = Sandbox::new();
                let file = quick(&sandbox, method, 12);
                sandbox.tune_ok(&["run", &file, "--workers", workers]);
                (
                    sandbox.read("results/quick/leaderboard.csv"),
                    sandbox.read("results/quick/folds.csv"),
                )
            })
            .collect();
        assert!(boards.windows(2).all(|pair| pair[0] == pair[1]), "{method}");
    }
}

#[test]
fn the_same_command_again_goes_on_and_then_has_nothing_to_do() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 6);
    sandbox.tune_ok(&["run", &file]);
    let first = sandbox.read("results/quick/leaderboard.csv");
    let again = sandbox.tune_ok(&["run", &file]);
    again.complains(0, &["all of them are done; raise `trials` to continue"]);
    sandbox
        .tune(&["run", "quick"])
        .complains(2, &["found the study `quick`", "`tune resume quick`"]);
    assert_eq!(sandbox.read("results/quick/leaderboard.csv"), first);
    sandbox.tune_ok(&["resume", "quick", "--trials", "8"]);
    assert_eq!(sandbox.read("results/quick/leaderboard.csv").lines().count(), 9);
    sandbox
        .tune(&["resume", "quick", "--trials", "3"])
        .complains(2, &["has 8 trials already", "`--trials 11` adds 3"]);
    // A study of eight in one go comes out the same.
    let whole = Sandbox::new();
    let file = quick(&whole, "random", 8);
    whole.tune_ok(&["run", &file]);
    assert_eq!(
        sandbox.read("results/quick/leaderboard.csv"),
        whole.read("results/quick/leaderboard.csv")
    );
}

#[test]
fn a_changed_file_is_refused_with_the_difference() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 4);
    sandbox.tune_ok(&["run", &file]);
    let text = sandbox.read("quick.toml");
    let changed = text.replace("seed", "seed = 99 #");
    assert_ne!(changed, text);
    sandbox.write("quick.toml", &changed);
    sandbox.tune(&["run", &file]).complains(2, &["seed", "99", "--fresh"]);
    // Comments and the rules that end a study are not part of it.
    sandbox.write("quick.toml", &format!("# a comment\n{text}\n[stop]\npatience = 100\n"));
    sandbox.tune_ok(&["run", &file]);
    sandbox.write("quick.toml", &changed);
    sandbox.tune_ok(&["run", &file, "--fresh"]);
    assert!(
        std::fs::read_dir(sandbox.path("results")).unwrap().count() >= 2,
        "the old study is kept aside"
    );
}

#[test]
fn stop_rules_end_a_study_early() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 40);
    let text = sandbox.read("quick.toml");
    sandbox.write("quick.toml", &format!("{text}\n[stop]\ntarget = 1e9\n"));
    sandbox.tune_ok(&["run", &file]);
    // Trial 4 is the first that sees trial 0.
    assert_eq!(sandbox.read("results/quick/leaderboard.csv").lines().count(), 1 + 4);
}

#[test]
fn results_that_cannot_be_written_are_exit_4() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 4);
    sandbox.write("results", "a file where the folder should be");
    sandbox.tune(&["run", &file]).complains(4, &["results"]);
}

#[cfg(unix)]
#[test]
fn a_second_run_is_told_who_holds_the_study() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 5000);
    let mut first = sandbox.start(&["run", &file]);
    let mut n_waits = 0;
    while !sandbox.exists("results/quick/study.db") && n_waits < 600 {
        std::thread::sleep(std::time::Duration::from_millis(50));
        n_waits += 1;
    }
    let second = sandbox.tune(&["run", &file]);
    let while_running = sandbox.tune_ok(&["list"]).stdout;
    first.kill().unwrap();
    first.wait().unwrap();
    let when_killed = sandbox.tune_ok(&["list"]).stdout;
    assert!(
        while_running.contains("running") && when_killed.contains("open"),
        "{while_running}{when_killed}"
    );
    second.complains(4, &["in use", &first.id().to_string()]);
    // The dead do not block.
    sandbox.tune_ok(&["leaderboard", "quick"]);
}

#[test]
fn a_trial_tried_by_hand_counts_on_top_of_the_total() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "random", 2);
    sandbox
        .tune(&["try", &file, "--set", "learning_rat=0.1"])
        .complains(2, &["did you mean `learning_rate`?"]);
    sandbox
        .tune_ok(&["try", &file, "--set", "learning_rate=0.05"])
        .complains(0, &["trial 0 (1 of 3)"]);
    sandbox.tune_ok(&["run", &file]).complains(0, &["(3 of 3)"]);
    let listed = sandbox.tune_ok(&["list", "--format", "csv"]).stdout;
    assert_eq!(listed.lines().next(), Some("study,method,state,ended,total,best,metric"));
    assert!(listed.contains("quick,random,done,3,3,"), "{listed}");
}

#[test]
fn a_search_that_learned_nothing_says_so() {
    let sandbox = Sandbox::new();
    // What is to be told apart follows from nothing in the table.
    let rows: String = (0..60_u32)
        .map(|i| format!("{},{}\n", i / 2, if i % 2 == 0 { "a" } else { "b" }))
        .collect();
    sandbox.write("data.csv", &format!("x,y\n{rows}"));
    sandbox.write(
        "space.toml",
        "[data]\npath = \"data.csv\"\ntarget = \"y\"\n[cv]\nfolds = 2\n[search]\nmethod = \"random\"\ntrials = 2\n\
         [space]\nlearning_rate = { type = \"float\", low = 0.1, high = 0.2 }\nepochs = 5\n",
    );
    let said = sandbox.tune_ok(&["run", "space.toml"]);
    assert!(said.stdout.contains("note: no trial is better than the baseline"), "{}", said.stdout);
}

#[test]
fn a_project_that_was_moved_goes_on() {
    let sandbox = Sandbox::new();
    let table =
        std::fs::read_to_string(crate::sandbox::project().join("search-spaces/data/wine.csv"))
            .unwrap();
    sandbox.write("before/spaces/data/wine.csv", &table);
    let text = |trials: u32| {
        format!(
            "[study]\nname = \"wine\"\n[data]\npath = \"data/wine.csv\"\ntarget = \"cultivar\"\n[cv]\nfolds = 3\n\
             [search]\nmethod = \"random\"\ntrials = {trials}\n\
             [space]\nlearning_rate = {{ type = \"float\", low = 1e-3, high = 1e-1, log = true }}\nepochs = 3\n"
        )
    };
    let here = |folder: &str, args: &[&str]| {
        let said = sandbox.command(args).current_dir(sandbox.path(folder)).output().unwrap();
        assert_eq!(
            said.status.code(),
            Some(0),
            "{args:?} {}",
            String::from_utf8_lossy(&said.stderr)
        );
    };
    sandbox.write("before/spaces/wine.toml", &text(2));
    here("before", &["run", "spaces/wine.toml"]);
    std::fs::rename(sandbox.path("before"), sandbox.path("after")).unwrap();
    here("after", &["verify", "wine"]);
    here("after", &["fit", "wine", "--out", "model"]);
    here("after/spaces", &["resume", "../results/wine", "--trials", "3"]);
    sandbox.write("after/spaces/wine.toml", &text(4));
    here("after", &["run", "spaces/wine.toml"]);
    let leaderboard = sandbox.read("after/results/wine/leaderboard.csv");
    assert_eq!(column(&leaderboard, "state"), ["ok"; 4], "{leaderboard}");
}

#[test]
fn a_study_survives_other_names_of_its_file_its_folder_and_its_table() {
    let sandbox = Sandbox::new();
    let rows: String = (0..60).map(|i| format!("{},{},{}\n", i % 7, i % 5, i % 2)).collect();
    sandbox.write("old/data.csv", &format!("a,b,y\n{rows}"));
    let space = "[study]\nname = \"s\"\n[data]\npath = \"data.csv\"\ntarget = \"y\"\ntest_fraction = 0.2\n\
                 [search]\nmethod = \"random\"\ntrials = 2\n[cv]\nfolds = 2\n[space]\n\
                 learning_rate = { type = \"float\", low = 0.01, high = 0.1 }\nepochs = 1\n";
    sandbox.write("old/space.toml", space);
    sandbox.tune_ok(&["run", "old/space.toml"]);
    // The file is called otherwise, its folder is moved, and the table is renamed.
    std::fs::create_dir(sandbox.path("new")).unwrap();
    std::fs::rename(sandbox.path("old/data.csv"), sandbox.path("new/table.csv")).unwrap();
    sandbox.write("new/search.toml", &space.replace("data.csv", "table.csv"));
    std::fs::remove_dir_all(sandbox.path("old")).unwrap();
    sandbox.tune(&["fit", "s", "--out", "m"]).complains(2, &["data.csv"]);
    sandbox.tune_ok(&["fit", "s", "--out", "m", "--data", "new/table.csv"]);
    sandbox.tune_ok(&["resume", "s", "--data", "new/table.csv"]);
    sandbox.tune_ok(&["fit", "s", "--out", "l"]);
    sandbox.tune_ok(&["run", "new/search.toml"]);
    // What was found last is remembered.
    sandbox.tune_ok(&["fit", "s", "--out", "n"]);
    sandbox.tune_ok(&["verify", "s"]);
    sandbox.tune_ok(&["best", "s", "--test"]);
    sandbox.tune_ok(&["resume", "s", "--trials", "3"]);
    // Another table is none of its.
    sandbox.write("other.csv", &format!("a,b,y\n1,1,1\n{rows}"));
    sandbox.tune(&["verify", "s", "--data", "other.csv"]).complains(2, &["is not the table"]);
    sandbox.write("new/table.csv", &format!("a,b,y\n1,1,1\n{rows}"));
    sandbox.tune(&["run", "new/search.toml"]).complains(2, &["is not the table"]);
}

#[test]
fn quiet_runs_print_results_alone() {
    let sandbox = Sandbox::new();
    let file = quick(&sandbox, "bayes", 8);
    let loud = sandbox.tune_ok(&["run", &file]);
    assert!(
        loud.stdout.contains("`tune best quick` prints its hyperparameters"),
        "{}",
        loud.stdout
    );

    let quiet = sandbox.tune_ok(&["leaderboard", "quick", "-q"]);
    assert!(
        quiet.stdout.contains("best: trial") && !quiet.stdout.contains('`'),
        "{}",
        quiet.stdout
    );
    assert_eq!(quiet.stderr, "");
}
