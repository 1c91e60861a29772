//! `[stop] gain`: a study ends where the model expects too little of the next trial.
#![cfg(unix)]

use crate::sandbox::Sandbox;

/// A bowl of two numbers, best at 0.3 and 0.6, that a program tells.
fn bowl(stop: &str, trials: usize) -> Sandbox {
    let sandbox = Sandbox::new();
    let program =
        r#"awk "BEGIN { print \"{\\\"loss\\\": \" 1 + ($1 - 0.3) ^ 2 + ($2 - 0.6) ^ 2 \"}\" }""#;
    sandbox.write("program.sh", program);
    write(&sandbox, stop, trials);
    sandbox
}

fn write(sandbox: &Sandbox, stop: &str, trials: usize) {
    let space = format!(
        "[objective]\ncommand = [\"sh\", \"program.sh\", \"{{a}}\", \"{{b}}\"]\n{stop}\n\
         [search]\ntrials = {trials}\nparallel = 1\n[space]\n\
         a = {{ type = \"float\", low = 0.0, high = 1.0 }}\n\
         b = {{ type = \"float\", low = 0.0, high = 1.0 }}\n"
    );
    sandbox.write("bowl.toml", &space);
}

fn n_trials(sandbox: &Sandbox) -> usize {
    sandbox.read("results/bowl/leaderboard.csv").lines().count() - 1
}

#[test]
fn a_converged_search_ends_and_says_why_and_goes_on_if_less_is_asked_for() {
    let sandbox = bowl("[stop]\ngain = 0.001", 60);
    let said = sandbox.tune_ok(&["run", "bowl.toml"]);
    let why = "the expected gain of the next trial is below [stop] gain";
    assert!(said.stderr.contains(why), "{}{}", said.stdout, said.stderr);
    let n = n_trials(&sandbox);
    assert!((8..50).contains(&n), "{n} trials");

    // What is known is the same: neither another run nor a larger total changes it.
    write(&sandbox, "[stop]\ngain = 0.001", 90);
    for _ in 0..2 {
        let again = sandbox.tune_ok(&["run", "bowl.toml"]);
        assert!(again.stderr.contains(why), "{}", again.stderr);
        assert_eq!(n_trials(&sandbox), n);
    }
    sandbox.tune_ok(&["verify", "bowl"]);

    write(&sandbox, "", n + 2);
    sandbox.tune_ok(&["run", "bowl.toml"]);
    assert_eq!(n_trials(&sandbox), n + 2);
}

#[test]
fn without_a_model_check_says_that_gain_cannot_act() {
    let sandbox = bowl("[stop]\ngain = 0.001", 9);
    let text = sandbox.read("bowl.toml").replace("trials =", "method = \"sobol\"\ntrials =");
    sandbox.write("bowl.toml", &text);
    let said = sandbox.tune_ok(&["check", "bowl.toml"]);
    let all = format!("{}{}", said.stdout, said.stderr);
    assert!(all.contains("`gain` has no effect"), "{all}");
}
