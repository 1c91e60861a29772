//! Every hyperparameter of the trainer is searched from a space file, and acts.

use crate::run::column;
use crate::sandbox::Sandbox;
use std::collections::HashSet;

/// A field, values to search, and what else must stand in [space] for it to act.
const SEARCHES: &[(&str, &str, &str)] = &[
    ("learning_rate", "{ type = \"float\", low = 1e-3, high = 0.1, log = true, points = 3 }", ""),
    (
        "schedule",
        "[\"constant\", \"exponential\", \"step\", \"inverse_time\", \"cosine\"]",
        "decay_epochs = 1",
    ),
    ("decay", "[0.1, 0.5]", "schedule = \"exponential\"\ndecay_epochs = 1"),
    ("decay_epochs", "[1, 2]", "schedule = \"step\""),
    ("warmup_epochs", "[0, 2]", ""),
    ("optimizer", "[\"sgd\", \"rmsprop\", \"adam\", \"adamw\"]", "lambda = 0.1"),
    ("momentum", "[0.0, 0.9]", "optimizer = \"sgd\""),
    ("nesterov", "[false, true]", "optimizer = \"sgd\"\nmomentum = 0.9"),
    ("beta1", "[0.8, 0.95]", ""),
    ("beta2", "[0.9, 0.99]", ""),
    ("rho", "[0.9, 0.99]", "optimizer = \"rmsprop\""),
    ("epsilon", "[1e-8, 0.1]", ""),
    ("batch_size", "[1, 16, \"full\"]", ""),
    ("epochs", "[1, 3]", ""),
    ("patience", "[0, 1]", "epochs = 30\nlearning_rate = 0.3"),
    ("averaging", "[0.0, 0.4, 0.9]", ""),
    ("dropout", "[0.0, 0.4]", ""),
    ("input_dropout", "[0.0, 0.4]", ""),
    ("lambda", "[0.0, 0.1, \"0.1-0.01-0.0\"]", ""),
    ("lambda_l1", "[0.0, 0.1, \"0.1-0.01-0.0\"]", ""),
    ("depth", "{ type = \"int\", low = 0, high = 2 }", ""),
    ("width", "{ type = \"int\", low = 4, high = 8, step = 4 }", ""),
    ("shape", "[\"constant\", \"funnel\"]", ""),
    ("layers", "[\"8\", \"8-4\", \"4-8\"]", "-"),
    (
        "activation",
        "[\"linear\", \"sigmoid\", \"tanh\", \"relu\", \"leaky_relu\", \"elu\", \"gelu\", \"silu\", \"relu-tanh\"]",
        "",
    ),
    (
        "init",
        "[\"uniform\", \"xavier_uniform\", \"xavier_normal\", \"he_uniform\", \"he_normal\"]",
        "",
    ),
    ("scaling", "[\"standard\", \"minmax\", \"none\"]", ""),
    ("bins", "[0, 4, 9]", ""),
    ("batch_norm", "[false, true]", ""),
    ("clip_norm", "[0.0, 0.01]", "optimizer = \"sgd\""),
    ("label_smoothing", "[0.0, 0.2]", ""),
    ("class_weight", "[\"none\", \"balanced\"]", ""),
];

/// The lines of a space in which `name` is searched and acts.
fn space(name: &str, values: &str, around: &str) -> String {
    let base = [
        ("epochs", "3"),
        ("depth", "2"),
        ("width", "8"),
        ("learning_rate", "0.02"),
        ("batch_size", "16"),
    ];
    let searched = if values.starts_with('[') {
        format!("{{ type = \"categorical\", values = {values} }}")
    } else {
        values.to_owned()
    };
    let mut lines = vec![format!("{name} = {searched}"), around.trim_start_matches('-').to_owned()];
    let is_free =
        |key: &str| key != name && !around.lines().any(|l| l.starts_with(&format!("{key} ")));
    let is_size = |key: &str| key == "depth" || key == "width";
    let rest = base.iter().filter(|(key, _)| is_free(key) && !(around == "-" && is_size(key)));
    lines.extend(rest.map(|(key, value)| format!("{key} = {value}")));
    lines.join("\n")
}

#[test]
fn every_hyperparameter_is_searched_and_acts() {
    let sandbox = Sandbox::new();
    let data = crate::sandbox::project().join("search-spaces/data/wine.csv");
    for (name, values, around) in SEARCHES {
        let text = format!(
            "[data]\npath = \"{}\"\ntarget = \"cultivar\"\n[cv]\nfolds = 2\n[search]\nmethod = \"grid\"\n[space]\n{}\n",
            data.display(),
            space(name, values, around)
        );
        let file = sandbox.write(&format!("{name}.toml"), &text);
        sandbox.tune_ok(&["run", &file.display().to_string()]);
        let board = sandbox.read(&format!("results/{name}/leaderboard.csv"));
        let losses = column(&board, "loss");
        let different: HashSet<&str> = losses.iter().copied().collect();
        assert!(
            losses.len() > 1 && different.len() == losses.len(),
            "{name} acts in every trial:\n{board}"
        );
        assert_eq!(
            column(&board, &format!("param_{name}")).iter().collect::<HashSet<_>>().len(),
            losses.len()
        );
    }
}

#[test]
fn no_hyperparameter_is_left_out_here_or_of_what_is_explained() {
    let sandbox = Sandbox::new();
    let said = sandbox.tune_ok(&["fields"]).stdout;
    let explained: Vec<&str> =
        said.lines().filter(|line| !line.is_empty() && !line.starts_with(' ')).collect();
    assert_eq!(explained, SEARCHES.iter().map(|(name, ..)| *name).collect::<Vec<_>>());
    assert!(sandbox.tune_ok(&["fields", "momentum"]).stdout.contains("has an effect if optimizer"));
    sandbox.tune(&["fields", "momentun"]).complains(2, &["momentun", "momentum"]);
}

#[test]
fn the_keys_of_a_file_are_explained() {
    let sandbox = Sandbox::new();
    let said = sandbox.tune_ok(&["keys"]).stdout;
    assert!(said.contains("prior_confidence") && said.contains("and or not, min(a, b)"), "{said}");
    assert!(sandbox.tune_ok(&["keys", "cv"]).stdout.starts_with("[cv]\n"));
    sandbox
        .tune(&["keys", "flods"])
        .complains(2, &["no section and no key is called `flods`", "tune keys"]);
}

#[test]
fn topics_and_commands_are_explained() {
    let sandbox = Sandbox::new();
    let file = sandbox.tune_ok(&["help", "file"]).stdout;
    assert!(file.contains("[[constraints]]") && file.contains("tune keys"), "{file}");
    assert!(sandbox.tune_ok(&["help", "run"]).stdout.contains("--fresh"));
    assert!(sandbox.tune_ok(&["help"]).stdout.contains("leaderboard"));
    sandbox.tune(&["help", "clutser"]).complains(2, &["`clutser`", "statistics, cluster"]);
}

#[test]
fn the_names_of_other_tools_lead_to_the_keys() {
    let sandbox = Sandbox::new();
    for (word, answer) in [
        ("n_trials", "n_trials is `trials`, in [search]"),
        ("timeout", "`max_seconds`, in [stop]"),
        ("n_jobs", "`workers`, in [run]"),
        ("pruner", "`race`, a section"),
        ("gpu", "CUDA_VISIBLE_DEVICES"),
        ("eval_set", "file = \"folds.csv\""),
        ("class_weight", "balanced_accuracy"),
    ] {
        let said = sandbox.tune_ok(&["keys", word]).stdout;
        assert!(said.contains(answer), "{word}: {said}");
    }
    sandbox.tune(&["keys", "zzz"]).complains(2, &["no section and no key is called `zzz`"]);
}
