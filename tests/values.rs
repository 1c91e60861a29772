//! Values and arguments that programs are searched over: flags, lists, steps on a log scale.

use crate::run::column;
use crate::sandbox::Sandbox;
use serde_json::Value as Json;

/// A program that leaves what it was told, and answers with a loss.
#[cfg(unix)]
const PROGRAM: &str =
    "printf '%s %s\\n' \"$TUNE_PARAMS\" \"$*\" >> told.txt; echo '{\"loss\": 0.5}'";

#[cfg(unix)]
fn file(arguments: &str, space: &str) -> String {
    format!(
        "[objective]\ncommand = [\"sh\", \"t.sh\", {arguments}]\n[search]\nmethod = \"grid\"\n[space]\n{space}"
    )
}

#[cfg(unix)]
#[test]
fn a_flag_is_told_where_its_parameter_is_true() {
    let sandbox = Sandbox::new();
    sandbox.write("t.sh", PROGRAM);
    let space = "verbose = { type = \"categorical\", values = [true, false] }\n\
        fast = { type = \"categorical\", values = [true, false], when = { verbose = [false] } }\n";
    sandbox.write("s.toml", &file("\"{verbose?--verbose}\", \"-x{fast?f}\", \"end\"", space));
    sandbox.tune_ok(&["run", "s.toml", "-w", "1"]);
    let told = sandbox.read("told.txt");
    let mut lines: Vec<&str> = told.lines().map(|line| line.split_once("} ").unwrap().1).collect();
    lines.sort_unstable();
    // `-x{fast?f}` has nothing to say where fast is false or inactive, and is left out as a whole.
    assert_eq!(lines, ["--verbose end", "-xf end", "end"]);

    let number = "verbose = { type = \"int\", low = 0, high = 1 }\n";
    sandbox.write("n.toml", &file("\"{verbose?--verbose}\"", number));
    sandbox
        .tune(&["check", "n.toml"])
        .complains(2, &["`verbose` is not true or false", "[true, false]"]);
    sandbox.write("u.toml", &file("\"{loud?--loud}\"", space));
    sandbox.tune(&["check", "u.toml"]).complains(2, &["no parameter `loud`"]);
}

#[cfg(unix)]
#[test]
fn lists_are_values_and_json_to_a_program() {
    let sandbox = Sandbox::new();
    sandbox.write("t.sh", PROGRAM);
    let space = "layers = { type = \"categorical\", values = [[64, 64], [128], []] }\n";
    sandbox.write("s.toml", &file("\"{layers}\"", space));
    sandbox.tune_ok(&["run", "s.toml", "-w", "1"]);
    let told = sandbox.read("told.txt");
    let mut lines: Vec<&str> = told.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        ["{\"layers\":[128]} [128]", "{\"layers\":[64,64]} [64,64]", "{\"layers\":[]} []"]
    );
    let best: Json =
        serde_json::from_str(&sandbox.tune_ok(&["best", "s", "--format", "json"]).stdout).unwrap();
    assert!(best["params"]["layers"].is_array(), "{best}");
    let best = sandbox.tune_ok(&["best", "s"]).stdout;
    assert!(best.contains("layers = [64,64]"), "{best}");
}

#[test]
fn lists_can_be_asked_for_enqueued_and_conditions() {
    let sandbox = Sandbox::new();
    let text = "[search]\ntrials = 4\nmethod = \"random\"\n[space]\n\
        layers = { type = \"categorical\", values = [[64, 64], [128]] }\n\
        tail = { type = \"float\", low = 0, high = 1, when = { layers = [[128]] } }\n\
        [[enqueue]]\nlayers = [128]\ntail = 0.25\n";
    sandbox.write("s.toml", text);
    let asked = sandbox.tune_ok(&["ask", "s.toml"]).stdout;
    let asked: Json = serde_json::from_str(&asked).unwrap();
    assert_eq!(asked["params"], serde_json::json!({"layers": [128], "tail": 0.25}));
    sandbox
        .write("w.toml", &text.replace("values = [[64, 64], [128]]", "values = [[64, { a = 1 }]]"));
    sandbox.tune(&["check", "w.toml"]).complains(2, &["lists of them"]);
}

#[test]
fn the_built_in_trainer_takes_lists_of_widths() {
    let sandbox = Sandbox::new();
    let rows: String = (0..60).map(|i| format!("{}.5,{}\n", i * 7 % 31, i % 2)).collect();
    sandbox.write("t.csv", &format!("x,y\n{rows}"));
    let text = "[data]\npath = \"t.csv\"\ntarget = \"y\"\n[cv]\nfolds = 3\n[search]\nmethod = \"grid\"\n[space]\n\
        layers = { type = \"categorical\", values = [[4, 3], [5]] }\nepochs = 2\n";
    sandbox.write("s.toml", text);
    sandbox.tune_ok(&["run", "s.toml"]);
    let board = sandbox.read("results/s/leaderboard.csv");
    let mut sizes = column(&board, "n_parameters");
    sizes.sort_unstable();
    // One input and one output: 1·4 + 4 + 4·3 + 3 + 3 + 1, and 5 + 5 + 5 + 1.
    assert_eq!(sizes, ["16", "27"], "{board}");
}

#[test]
fn steps_on_a_log_scale_are_multiples_of_which_small_ones_are_tried_more() {
    let sandbox = Sandbox::new();
    let text = "[search]\ntrials = 40\nmethod = \"METHOD\"\n[space]\n\
        units = { type = \"int\", low = 32, high = 1024, step = 32, log = true }\n\
        rate = { type = \"float\", low = 0.05, high = 2.0, step = 0.05, log = true }\n";
    for method in ["random", "sobol", "bayes", "tpe"] {
        sandbox.write(&format!("{method}.toml"), &text.replace("METHOD", method));
        let file = format!("{method}.toml");
        sandbox.tune_ok(&["check", &file]);
        let plan = sandbox.tune_ok(&["plan", &file]).stdout;
        assert!(plan.contains("in steps of 32, log") && plan.contains("in steps of 0.05, log"));
        let (mut n_small, mut n) = (0, 0);
        for trial in 0..40 {
            let asked = sandbox.tune_ok(&["ask", &file]).stdout;
            let params = serde_json::from_str::<Json>(&asked).unwrap()["params"].clone();
            let units = params["units"].as_i64().unwrap();
            let rate = params["rate"].as_f64().unwrap();
            assert!(units % 32 == 0 && (32..=1024).contains(&units), "{asked}");
            assert!((rate / 0.05 - (rate / 0.05).round()).abs() < 1e-9, "{asked}");
            n_small += usize::from(units <= 192);
            n += 1;
            let loss = format!("{}", (units as f64 - 512.0).abs() / 512.0 + rate);
            sandbox.tune_ok(&["tell", &file, &trial.to_string(), "--loss", &loss]);
        }
        // The middle of the range in the logarithm is 128 to 192 (√(16 · 1040) = 129): about half lie below.
        if ["random", "sobol"].contains(&method) {
            assert!((12..=32).contains(&n_small) && n == 40, "{method}: {n_small} of {n}");
        }
    }
}
