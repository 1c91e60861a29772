//! `tune compare`: paired where it may be, unpaired where it must be, and a gate for scripts.

use crate::run::quick;
use crate::sandbox::Sandbox;

/// Two studies of one data set and one split by different methods, as `grid` and `random` under `results`.
fn two_studies() -> Sandbox {
    let sandbox = Sandbox::new();
    for method in ["grid", "random"] {
        let file = quick(&sandbox, method, 6);
        let text =
            sandbox.read("quick.toml").replace("name = \"quick\"", &format!("name = \"{method}\""));
        let text = if text.contains(&format!("name = \"{method}\"")) {
            text
        } else {
            text.replace("[study]", &format!("[study]\nname = \"{method}\""))
        };
        sandbox.write("quick.toml", &text);
        sandbox.tune_ok(&["run", &file]);
    }
    sandbox
}

#[test]
fn studies_on_the_same_folds_are_paired() {
    let sandbox = two_studies();
    let said = sandbox.tune_ok(&["compare", "grid", "random"]);
    assert!(said.stdout.contains("paired") && !said.stdout.contains("unpaired"), "{}", said.stdout);
    let files = ["results/grid/leaderboard.csv", "results/random/leaderboard.csv"];
    assert_eq!(
        sandbox.tune_ok(&["compare", files[0], files[1]]).stdout,
        said.stdout,
        "files and studies are one"
    );
}

#[test]
fn leaderboards_without_their_meta_file_are_unpaired() {
    let sandbox = two_studies();
    std::fs::copy(sandbox.path("results/random/leaderboard.csv"), sandbox.path("other.csv"))
        .unwrap();
    let said = sandbox.tune_ok(&["compare", "results/grid/leaderboard.csv", "other.csv"]);
    assert!(said.stdout.contains("unpaired"), "{}", said.stdout);
}

#[test]
fn a_gate_says_no_by_its_exit_code() {
    let sandbox = two_studies();
    let codes: Vec<i32> = [["grid", "random"], ["random", "grid"]]
        .iter()
        .map(|[a, b]| sandbox.tune(&["compare", a, b, "--fail-if-worse", "0"]).code)
        .collect();
    assert!(codes == [0, 1] || codes == [1, 0], "one of the two is worse: {codes:?}");
    sandbox.tune_ok(&["compare", "grid", "random", "--fail-if-worse", "1000"]);
    sandbox.tune_ok(&["compare", "grid", "grid", "--fail-if-worse", "0"]);
}

#[test]
fn other_data_are_another_task() {
    let sandbox = two_studies();
    for name in ["leaderboard.csv", "leaderboard.meta.json"] {
        sandbox.write(&format!("other/{name}"), &sandbox.read(&format!("results/random/{name}")));
    }
    let mut meta: serde_json::Value =
        serde_json::from_str(&sandbox.read("other/leaderboard.meta.json")).unwrap();
    meta["hashes"]["data"] = "another".into();
    sandbox.write("other/leaderboard.meta.json", &meta.to_string());
    let said = sandbox.tune_ok(&["compare", "grid", "other/leaderboard.csv"]).stdout;
    assert!(
        said.contains("note: the data differ, so this does not compare the searches alone"),
        "{said}"
    );
}
