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
fn with_three_studies_interval_and_p_are_adjusted_alike() {
    let sandbox = two_studies();
    assert!(!sandbox.tune_ok(&["compare", "grid", "random"]).stdout.contains("Holm"));
    let three = ["compare", "grid", "random", "results/random"];
    let said = sandbox.tune_ok(&three).stdout;
    assert_eq!(said.matches("(both adjusted by Holm for 2 comparisons)").count(), 2, "{said}");
    let json = |args: &[&str]| -> serde_json::Value {
        let said = sandbox.tune_ok(&[args, &["--format", "json"]].concat()).stdout;
        serde_json::from_str(&said).unwrap()
    };
    let (two, three) = (json(&three[..3]), json(&three));
    let (alone, adjusted) = (&two["against_first"][0], &three["against_first"][0]);
    assert_eq!(
        (alone["adjusted_for"].as_u64(), adjusted["adjusted_for"].as_u64()),
        (Some(1), Some(2))
    );
    let width = |v: &serde_json::Value| v["high"].as_f64().unwrap() - v["low"].as_f64().unwrap();
    assert!(width(adjusted) > width(alone) && adjusted["p"].as_f64() > alone["p"].as_f64());
}

#[test]
fn folders_with_a_leaderboard_are_taken_and_studies_of_one_name_told_apart() {
    let sandbox = two_studies();
    for name in ["leaderboard.csv", "leaderboard.meta.json"] {
        sandbox.write(&format!("copy/{name}"), &sandbox.read(&format!("results/grid/{name}")));
    }
    let said = sandbox.tune_ok(&["compare", "grid", "copy"]).stdout;
    assert!(said.contains("grid (copy)") && !said.contains("unpaired"), "{said}");
    assert!(said.contains("0; the losses are the same in every fold\n"), "{said}");
}

#[cfg(unix)]
#[test]
fn studies_of_one_program_are_paired_and_of_another_are_not() {
    let sandbox = Sandbox::new();
    crate::command::study(&sandbox, "echo \"{\\\"loss\\\": $1.$TUNE_FOLD}\"", 3, "[cv]\nfolds = 3");
    let text = sandbox.read("space.toml");
    for (name, method) in [("a", "random"), ("b", "sobol")] {
        sandbox.write(&format!("{name}.toml"), &text.replace("random", method));
        sandbox.tune_ok(&["run", &format!("{name}.toml")]);
    }
    let said = sandbox.tune_ok(&["compare", "a", "b"]).stdout;
    assert!(said.contains("paired by repeat and fold"), "{said}");
    // The same command, but another program by now.
    sandbox.write("program.sh", "echo \"{\\\"loss\\\": $1.$TUNE_FOLD}\" # changed");
    sandbox.write("c.toml", &text);
    sandbox.tune_ok(&["run", "c.toml"]);
    let said = sandbox.tune_ok(&["compare", "a", "c"]).stdout;
    assert!(said.contains("unpaired: the data or the programs differ"), "{said}");
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
        said.contains(
            "note: the searches also had different data, so the difference is not due to the search alone"
        ),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn programs_of_their_own_are_paired_by_the_name_of_their_data() {
    let sandbox = Sandbox::new();
    let file = |name: &str, tenth: u32, data: &str| {
        let program = format!("echo \"{{\\\"loss\\\": $TUNE_FOLD.{tenth}$((TUNE_FOLD % 2))}}\"\n");
        sandbox.write(&format!("{name}.sh"), &program);
        let text = format!(
            "{data}[objective]\ncommand = [\"sh\", \"{name}.sh\"]\n[cv]\nfolds = 6\n\
             [search]\nmethod = \"grid\"\n[space]\nx = {{ type = \"categorical\", values = [1] }}\n"
        );
        sandbox.write(&format!("{name}.toml"), &text);
        sandbox.tune_ok(&["run", &format!("{name}.toml")]);
    };
    file("a", 5, "");
    file("b", 7, "");
    file("c", 5, "[data]\nid = \"rows of May\"\n");
    file("d", 7, "[data]\nid = \"rows of May\"\n");
    file("e", 7, "[data]\nid = \"rows of June\"\n");
    let is_paired = |a: &str, b: &str| {
        let said = sandbox.tune_ok(&["compare", a, b, "--format", "json"]).stdout;
        let found: serde_json::Value = serde_json::from_str(&said).unwrap();
        found["against_first"][0]["paired"].as_bool().unwrap_or_else(|| panic!("{said}"))
    };
    assert!(!is_paired("a", "b") && is_paired("c", "d") && !is_paired("c", "e"));
    sandbox.write("c.toml", &sandbox.read("c.toml").replace("of May", "of July"));
    sandbox.tune(&["run", "c.toml"]).complains(2, &["[data] id", "rows of July"]);
    let trained = "[data]\npath = \"t.csv\"\ntarget = \"y\"\nid = \"t\"\n[search]\ntrials = 1\n[space]\nwidth = 3\n";
    sandbox.write("f.toml", trained);
    sandbox.tune(&["check", "f.toml"]).complains(2, &["`id` is for programs of your own"]);
}
