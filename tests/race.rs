//! `[race]`: what is stopped, what it leaves behind, and that neither threads nor programs' timing change a byte.

use crate::run::{column, quick};
use crate::sandbox::Sandbox;

/// The quick study, racing.
pub(crate) fn racing(sandbox: &Sandbox, method: &str, trials: u32) -> String {
    let file = quick(sandbox, method, trials);
    let text = sandbox.read("quick.toml").replace("epochs = 4", "epochs = 12");
    sandbox.write("quick.toml", &text.replace("[space]", "[race]\nat = [0.25, 0.5]\n\n[space]"));
    file
}

fn outcome(sandbox: &Sandbox, study: &str) -> (String, String) {
    let read = |name: &str| sandbox.read(&format!("results/{study}/{name}"));
    (read("leaderboard.csv"), read("folds.csv"))
}

#[test]
fn the_number_of_workers_changes_no_byte_and_every_decision_is_made_again() {
    for method in ["grid", "random", "sobol", "bayes", "tpe"] {
        let outcomes = ["1", "2", "8"].map(|workers| {
            let sandbox = Sandbox::new();
            let file = racing(&sandbox, method, 20);
            sandbox.tune_ok(&["run", &file, "--workers", workers]);
            sandbox.tune_ok(&["verify", "quick", "--sample", "6"]);
            outcome(&sandbox, "quick")
        });
        assert_eq!(outcomes[0], outcomes[1], "{method}");
        assert_eq!(outcomes[0], outcomes[2], "{method}");
        assert!(column(&outcomes[0].0, "state").contains(&"raced"), "{method}: {}", outcomes[0].0);
    }
}

#[test]
fn stopped_trials_rank_behind_complete_ones_with_what_was_predicted() {
    let sandbox = Sandbox::new();
    let file = racing(&sandbox, "random", 24);
    let said = sandbox.tune_ok(&["run", &file]).stdout;
    assert!(said.contains("racing stopped"), "{said}");
    assert!(said.contains("% of the multiply-adds of full trials; risk 5 %"), "{said}");
    let board = sandbox.read("results/quick/leaderboard.csv");
    let states = column(&board, "state");
    let n_ok = states.iter().take_while(|state| **state == "ok").count();
    assert!(n_ok >= 6 && states[n_ok..].iter().all(|state| *state == "raced"), "{board}");
    let is_given =
        |name: &str| column(&board, name).iter().map(|v| !v.is_empty()).collect::<Vec<_>>();
    let is_raced: Vec<bool> = states.iter().map(|state| *state == "raced").collect();
    for name in ["predicted", "predicted_se", "raced_split"] {
        assert_eq!(is_given(name), is_raced, "{name}");
    }
    assert_eq!(is_given("loss"), is_raced.iter().map(|raced| !raced).collect::<Vec<_>>());
    let reasons = column(&board, "reason");
    assert!(reasons[n_ok..].iter().all(|reason| reason.contains("predicted")), "{reasons:?}");
    let unraced = Sandbox::new();
    let file = quick(&unraced, "random", 2);
    unraced.tune_ok(&["run", &file]);
    assert!(!unraced.read("results/quick/leaderboard.csv").contains("predicted"));
}

#[test]
fn the_plan_says_what_remains_and_an_explanation_names_what_was_stopped() {
    let sandbox = Sandbox::new();
    let file = racing(&sandbox, "bayes", 24);
    let plan = sandbox.tune_ok(&["plan", &file]).stdout;
    // Six whole trials of 24; of each other one a quarter of the epochs of one fold.
    assert!(plan.contains("% of the training remains"), "{plan}");

    sandbox.tune_ok(&["run", &file]);
    let n_raced = column(&sandbox.read("results/quick/leaderboard.csv"), "state")
        .iter()
        .filter(|state| **state == "raced")
        .count();
    let last = sandbox.tune_ok(&["explain", "quick", "23"]).stdout;
    assert!(
        n_raced > 0
            && last.contains("of them stopped by racing: their predicted final losses are used"),
        "{last}"
    );
    let first = sandbox.tune_ok(&["explain", "quick", "0"]).stdout;
    assert!(!first.contains("by racing"), "{first}");
}

#[test]
fn racing_is_part_of_the_study_and_its_keys_are_checked() {
    let sandbox = Sandbox::new();
    let file = racing(&sandbox, "random", 8);
    sandbox.tune_ok(&["run", &file]);
    let text = sandbox.read("quick.toml");
    sandbox.write("quick.toml", &text.replace("[race]", "[race]\nrisk = 0.1"));
    let refused = sandbox.tune(&["run", &file]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("[race] risk"), "{}", refused.stderr);

    for (written, hint) in [
        ("[race]\neta = 3", "has one rule"),
        ("[race]\ngrace_period = 5", "`at`"),
        ("[race]\nrisk = 1.5", "above 0 and below 1"),
        ("[race]\nat = [0.5, 2]", "numbers above 0 and below 1"),
        ("[pruner]", "[race]"),
        ("[scheduler]", "[race]"),
    ] {
        sandbox.write("quick.toml", &text.replace("[race]\nat = [0.25, 0.5]", written));
        let refused = sandbox.tune(&["check", &file]);
        assert_eq!(refused.code, 2, "{written}");
        assert!(refused.stderr.contains(hint), "{written}: {}", refused.stderr);
    }
    sandbox.write("quick.toml", &text.replace("[0.25, 0.5]", "[]\nfolds = false"));
    let said = sandbox.tune(&["check", &file]);
    let all = format!("{}{}", said.stdout, said.stderr);
    assert!(all.contains("[race] has no effect"), "{all}");
}

/// Prints a curve of 20 epochs that ends at a bowl over `way`, and then the loss.
#[cfg(unix)]
pub(crate) const CURVE: &str = r#"awk -v way="$1" 'BEGIN {
    end = 0.1 + (way / 99 - 0.3) ^ 2
    for (e = 1; e <= 20; e++) printf "{\"epoch\": %d, \"loss\": %.9f}\n", e, end * (1 + (20 - e) / 20 * (1 + (way % 7) / 50))
    printf "{\"loss\": %.9f, \"accuracy\": 0.5}\n", end
}'"#;

/// A racing study of this program.
#[cfg(unix)]
pub(crate) fn program(sandbox: &Sandbox, script: &str) {
    sandbox.write("program.sh", script);
    sandbox.write(
        "space.toml",
        "[objective]\ncommand = [\"sh\", \"program.sh\", \"{way}\"]\nepochs = 20\n[race]\nat = [0.25, 0.5]\n\
         [search]\nmethod = \"random\"\ntrials = 30\n[space]\nway = { type = \"int\", low = 0, high = 99 }\n",
    );
}

#[cfg(unix)]
#[test]
fn a_program_is_stopped_by_what_it_printed_whatever_it_prints_later() {
    // The first has ended before anybody listens, the second waits to be ended.
    let patient = format!("{CURVE} | while read -r line; do echo \"$line\"; done; sleep 0.05");
    let outcomes = [CURVE, patient.as_str()].map(|script| {
        let sandbox = Sandbox::new();
        program(&sandbox, script);
        sandbox.tune_ok(&["run", "space.toml"]);
        sandbox.tune_ok(&["verify", "space", "--sample", "0"]);
        outcome(&sandbox, "space")
    });
    assert_eq!(outcomes[0], outcomes[1]);
    let states = column(&outcomes[0].0, "state");
    assert!(states.iter().filter(|state| **state == "raced").count() > 3, "{}", outcomes[0].0);
    assert!(column(&outcomes[0].0, "raced_epoch").contains(&"5"), "{}", outcomes[0].0);
}
