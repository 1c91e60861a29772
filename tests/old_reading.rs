//! Studies of version 0.3.0 whose table is read otherwise since: refused, with keys that keep their reading.

use crate::sandbox::{Sandbox, project};

/// A sandbox with the study of `fixtures/version-0.3.0`, its space file and its table.
fn adopted() -> Sandbox {
    let sandbox = Sandbox::new();
    let from = project().join("tests/fixtures/version-0.3.0");
    for name in ["t.csv", "s.toml"] {
        sandbox.write(name, &std::fs::read_to_string(from.join(name)).unwrap());
    }
    sandbox.write("results/s/lock", "");
    std::fs::remove_file(sandbox.path("results/s/lock")).unwrap();
    std::fs::copy(from.join("results/s/study.db"), sandbox.path("results/s/study.db")).unwrap();
    sandbox
}

const KEYS: [&str; 2] = [
    "kinds = { population = \"category\", a = \"category\", when = \"category\" }",
    "missing = [\"NA\"]",
];

/// The space file with the keys of the hint.
fn keeping(sandbox: &Sandbox) -> String {
    let keys = KEYS.join("\n");
    sandbox.read("s.toml").replace("target = \"y\"", &format!("target = \"y\"\n{keys}"))
}

#[test]
fn a_study_that_would_be_read_otherwise_is_refused_with_the_keys() {
    for args in [
        &["run", "s.toml"][..],
        &["fit", "s", "--out", "m"],
        &["best", "s", "--test"],
        &["resume", "s", "--trials", "3"],
    ] {
        let sandbox = adopted();
        let said = sandbox.tune(args);
        said.complains(
            2,
            &["read otherwise", "`when`: category → date", KEYS[0], KEYS[1], "--reading FILE"],
        );
    }
}

#[test]
fn a_run_with_the_keys_keeps_the_reading_for_all_commands() {
    let sandbox = adopted();
    sandbox.write("s.toml", &keeping(&sandbox));
    sandbox.tune_ok(&["run", "s.toml"]);
    sandbox.tune_ok(&["fit", "s", "--out", "m"]);
    let said = sandbox.tune_ok(&["best", "s", "--test"]);
    assert!(said.stdout.contains("on the held-out rows: mse"), "{}", said.stdout);
    sandbox.tune_ok(&["resume", "s", "--trials", "3"]);
    // The model reads as the study does: population is a text to it.
    let model = sandbox.read("m/model.json");
    assert!(model.contains("\"category\"") && !model.contains("\"date\""), "{model}");
}

#[test]
fn the_keys_can_be_given_to_each_command() {
    let sandbox = adopted();
    sandbox.write("keys.toml", &keeping(&sandbox));
    let reading = ["--reading", "keys.toml"];
    for args in [&["fit", "s", "--out", "m"][..], &["resume", "s", "--trials", "3"]] {
        sandbox.tune_ok(&[args, &reading].concat());
    }
    // What `resume` was told stays.
    sandbox.tune_ok(&["fit", "s", "--out", "n"]);
    // Another version of the program cannot compare bits, whatever is read how.
    let verify = [&["verify", "s"][..], &reading].concat();
    sandbox.tune(&verify).complains(2, &["bits cannot be compared"]);
    sandbox.write(
        "program.toml",
        "[search]\ntrials = 2\n[space]\nx = { type = \"float\", low = 0, high = 1 }\n",
    );
    let other = ["fit", "s", "--out", "o", "--reading", "program.toml"];
    sandbox.tune(&other).complains(2, &["program.toml has no [data]"]);
}
