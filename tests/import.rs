//! `tune import`: sweeps of Weights & Biases and studies of Optuna.

use crate::sandbox::Sandbox;
use rusqlite::Connection;

const SWEEP: &str = r#"
program: train.py
name: first-sweep
method: bayes
run_cap: 12
project: pets
metric:
  name: accuracy
  goal: maximize
parameters:
  lr:
    distribution: log_uniform_values
    min: 1e-5
    max: 0.1
  batch_size:
    values: [16, 32, 64]
  optimizer:
    values: ["adam", "sgd"]
  augment:
    values: [true, false]
  epochs:
    value: 10
early_terminate:
  type: hyperband
  min_iter: 3
command:
  - ${env}
  - ${interpreter}
  - ${program}
  - ${args_no_boolean_flags}
"#;

#[test]
fn a_sweep_becomes_a_space_file_that_runs() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", SWEEP);
    let said = sandbox.tune_ok(&["import", "sweep.yaml"]);
    said.complains(
        0,
        &["note: `project` has no equivalent", "early_terminate", "wrote space.toml"],
    );
    let text = sandbox.read("space.toml");
    for expected in [
        "# note: `project` has no equivalent",
        "name = \"first-sweep\"\nmetric = \"accuracy\"\ndirection = \"maximize\"",
        "command = [\"python3\", \"train.py\", \"--lr={lr}\", \"--batch_size={batch_size}\"",
        "\"{augment?--augment}\", \"--epochs={epochs}\"]",
        "method = \"bayes\"\ntrials = 12",
        "lr = { type = \"float\", low = 1e-5, high = 0.1, log = true }",
        "batch_size = { type = \"ordinal\", values = [16, 32, 64] }",
        "epochs = 10",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }

    let script = "import json, os\nprint(json.dumps({'loss': json.loads(os.environ['TUNE_PARAMS'])['lr']}))\n";
    sandbox.write("train.py", script);
    sandbox.tune_ok(&["run", "space.toml", "--trials", "3"]);
    // Nothing is overwritten.
    sandbox.tune(&["import", "sweep.yaml"]).complains(2, &["space.toml exists", "--out"]);
}

#[test]
fn what_is_no_sweep_is_refused() {
    let sandbox = Sandbox::new();
    for (text, words) in [
        ("", "the file is empty"),
        ("a: 1\n", "no `parameters`"),
        ("parameters:\n  x: {}\n", "none of its parameters"),
        ("parameters:\n  x: &x [1]\n  y: *x\n", "line 3: an alias"),
        ("parameters: [\n", "not YAML"),
    ] {
        sandbox.write("sweep.yaml", text);
        sandbox.tune(&["import", "sweep.yaml"]).complains(2, &["sweep.yaml", words]);
        assert!(!sandbox.exists("space.toml"), "{text}");
    }
    std::fs::write(sandbox.path("x.pkl"), [0x80, 4, 0xff]).unwrap();
    sandbox.tune(&["import", "x.pkl"]).complains(2, &["neither a sweep file nor a study"]);
    sandbox.tune(&["import", "nowhere.yaml"]).complains(2, &["nowhere.yaml"]);
}

/// The tables of Optuna's relational storage that matter here.
const SCHEMA: &str = "
    CREATE TABLE studies (study_id INTEGER NOT NULL, study_name VARCHAR(512) NOT NULL, PRIMARY KEY (study_id));
    CREATE TABLE study_directions (study_direction_id INTEGER NOT NULL, direction VARCHAR(8) NOT NULL,
        study_id INTEGER NOT NULL, objective INTEGER NOT NULL, PRIMARY KEY (study_direction_id));
    CREATE TABLE trials (trial_id INTEGER NOT NULL, number INTEGER, study_id INTEGER, state VARCHAR(8) NOT NULL,
        datetime_start DATETIME, datetime_complete DATETIME, PRIMARY KEY (trial_id));
    CREATE TABLE trial_params (param_id INTEGER NOT NULL, trial_id INTEGER, param_name VARCHAR(512),
        param_value FLOAT, distribution_json TEXT, PRIMARY KEY (param_id), UNIQUE (trial_id, param_name));
    CREATE TABLE trial_values (trial_value_id INTEGER NOT NULL, trial_id INTEGER NOT NULL,
        objective INTEGER NOT NULL, value FLOAT, value_type VARCHAR(7) NOT NULL, PRIMARY KEY (trial_value_id));";

const KIND: &str =
    r#"{"name": "CategoricalDistribution", "attributes": {"choices": ["svc", "forest", null]}}"#;
const C: &str = r#"{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1000.0, "log": true}}"#;
const DEPTH: &str =
    r#"{"name": "IntDistribution", "attributes": {"log": false, "step": 3, "low": 2, "high": 20}}"#;
const DROP: &str = r#"{"name": "FloatDistribution", "attributes": {"step": 0.05, "low": 0.0, "high": 0.5, "log": false}}"#;

/// A study of eight trials, one of which failed and one of which was pruned.
fn optuna(sandbox: &Sandbox, name: &str) {
    let db = Connection::open(sandbox.path(name)).unwrap();
    db.execute_batch(SCHEMA).unwrap();
    db.execute("INSERT INTO studies VALUES (1, 'pets')", []).unwrap();
    db.execute("INSERT INTO study_directions VALUES (1, 'MAXIMIZE', 1, 0)", []).unwrap();
    for trial in 0..8_i64 {
        let state =
            ["COMPLETE", "FAIL", "PRUNED"][usize::from(trial == 3) + 2 * usize::from(trial == 4)];
        db.execute("INSERT INTO trials VALUES (?, ?, 1, ?, NULL, NULL)", (trial + 1, trial, state))
            .unwrap();
        let kind = trial % 3;
        let own = if kind == 0 {
            ("C", 0.5 + trial as f64, C)
        } else {
            ("depth", 2.0 + 3.0 * trial as f64 % 18.0, DEPTH)
        };
        for (param, value, distribution) in
            [("kind", kind as f64, KIND), own, ("drop", 0.05 * trial as f64, DROP)]
        {
            let row = (trial + 1, param, value, distribution);
            let sql = "INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (?, ?, ?, ?)";
            db.execute(sql, row).unwrap();
        }
        if state == "COMPLETE" {
            let sql = "INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?, 0, ?, 'FINITE')";
            db.execute(sql, (trial + 1, 0.25 + trial as f64)).unwrap();
        }
    }
}

#[test]
fn a_study_of_optuna_becomes_a_space_file_and_goes_on() {
    let sandbox = Sandbox::new();
    optuna(&sandbox, "study.db");
    let before = std::fs::read(sandbox.path("study.db")).unwrap();
    let said = sandbox.tune_ok(&["import", "study.db", "--tell"]);
    said.complains(
        0,
        &["1 trial in the state FAIL", "1 trial in the state PRUNED", "6 trials told"],
    );
    let text = sandbox.read("space.toml");
    for expected in [
        "name = \"pets\"\ndirection = \"maximize\"",
        "kind = { type = \"categorical\", values = [\"svc\", \"forest\", \"none\"] }",
        "C = { type = \"float\", low = 0.001, high = 1000.0, log = true, when = { kind = [\"svc\"] } }",
        "depth = { type = \"int\", low = 2, high = 20, step = 3, when = { kind = [\"forest\", \"none\"] } }",
        "drop = { type = \"float\", low = 0.0, high = 0.5, step = 0.05 }",
        "trials = 56",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }

    let board = sandbox.tune_ok(&["leaderboard", "pets", "--format", "csv"]).stdout;
    assert_eq!(board.lines().count(), 7, "{board}");
    assert!(board.lines().nth(1).unwrap().contains("7.25"), "{board}");
    let asked = sandbox.tune_ok(&["ask", "space.toml"]).stdout;
    assert!(asked.contains("\"trial\":6"), "{asked}");
    // The database is read alone, and nothing is left beside it.
    assert_eq!(std::fs::read(sandbox.path("study.db")).unwrap(), before);
    assert!(!sandbox.exists("study.db-wal") && !sandbox.exists("study.db-journal"));
}

#[test]
fn a_hostile_database_is_refused_and_nothing_in_it_runs() {
    let sandbox = Sandbox::new();
    let refused = |name: &str, words: &[&str]| {
        sandbox.tune(&["import", name, "--out", "out.toml"]).complains(2, words);
        assert!(!sandbox.exists("out.toml"));
    };

    Connection::open(sandbox.path("other.db"))
        .unwrap()
        .execute_batch("CREATE TABLE a (b);")
        .unwrap();
    refused("other.db", &["no table `studies`"]);

    // A view where a table belongs.
    optuna(&sandbox, "view.db");
    let db = Connection::open(sandbox.path("view.db")).unwrap();
    db.execute_batch(
        "ALTER TABLE trial_values RENAME TO x; CREATE VIEW trial_values AS SELECT * FROM x;",
    )
    .unwrap();
    drop(db);
    refused("view.db", &["no table `trial_values`"]);

    // Two studies, and one that is not there.
    optuna(&sandbox, "two.db");
    let db = Connection::open(sandbox.path("two.db")).unwrap();
    db.execute("INSERT INTO studies VALUES (2, 'cars')", []).unwrap();
    drop(db);
    refused("two.db", &["several studies", "\"pets\", \"cars\""]);
    sandbox.tune(&["import", "two.db", "--study", "dogs"]).complains(2, &["no study \"dogs\""]);
    sandbox.tune_ok(&["import", "two.db", "--study", "pets", "--out", "two.toml"]);

    // Texts where numbers belong, distributions that are none, and half a file.
    optuna(&sandbox, "text.db");
    let db = Connection::open(sandbox.path("text.db")).unwrap();
    db.execute_batch("UPDATE trial_params SET distribution_json = '{}', param_name = 'a' || char(10) || param_name;").unwrap();
    drop(db);
    refused("text.db", &["none of its trials has a parameter"]);
    let bytes = std::fs::read(sandbox.path("two.db")).unwrap();
    std::fs::write(sandbox.path("half.db"), &bytes[..bytes.len() / 2]).unwrap();
    refused("half.db", &["half.db"]);
}
