//! What the search knows before the first trial: `knowledge` in the space file.

use crate::sandbox::{Sandbox, project};

const SPACE: &str = r#"
[study]
name = "wine"
[data]
path = "wine.csv"
target = "cultivar"
[cv]
folds = 3
[search]
method = "bayes"
trials = 3
parallel = 1
knowledge = KNOWLEDGE
[space]
learning_rate = { type = "float", low = 1e-4, high = 1.0, log = true }
batch_size = { type = "categorical", values = [16, 32, "full"] }
layers = { type = "categorical", values = ["8", "16-8"] }
beta1 = { type = "float", low = 0.8, high = 0.95 }
epochs = 4
"#;

/// What somebody may have learned of the learning rate: best at 0.1.
const LEARNED: &str = "
spread 0.5 1
residual 0.4
length 0.2
noise -3 1
reference 0.3
ramp rate learning_rate log 0.001 10
ramp width width log 4 64
term 2 rate rate
term -0.1 width rate
";

fn sandbox(knowledge: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    std::fs::copy(project().join("search-spaces/data/wine.csv"), sandbox.path("wine.csv")).unwrap();
    sandbox.write("learned.txt", LEARNED);
    sandbox.write("space.toml", &SPACE.replace("KNOWLEDGE", knowledge));
    sandbox
}

#[test]
fn a_study_begins_where_experience_expects_the_lowest_loss_and_says_so() {
    let with = sandbox("true");
    with.write(
        "space.toml",
        &SPACE.replace("KNOWLEDGE", "true").replace("trials = 3", "trials = 5"),
    );
    let plan = with.tune_ok(&["plan", "space.toml"]).stdout;
    assert!(
        plan.contains(
            "learned  largest effects expected by the prior mean learned on other data sets:\n         learning_rate"
        ) && plan.contains("trial 0   model"),
        "{plan}"
    );
    with.tune_ok(&["run", "space.toml"]);
    let first = with.tune_ok(&["explain", "wine", "0"]).stdout;
    assert!(
        first.contains("where the prior mean, learned on other data sets, is lowest"),
        "{first}"
    );
    let third = with.tune_ok(&["explain", "wine", "2"]).stdout;
    let numbers = with.tune_ok(&["explain", "wine", "2", "--format", "json"]).stdout;
    let numbers: serde_json::Value = serde_json::from_str(&numbers).unwrap();
    assert!(numbers["prediction"]["boundary_penalty"].as_f64().unwrap() > 0.0);
    assert!(third.contains("learned prior mean alone; its posterior coefficient is"), "{third}");
    let criterion = |trial: &str| {
        let numbers = with.tune_ok(&["explain", "wine", trial, "--format", "json"]).stdout;
        let numbers: serde_json::Value = serde_json::from_str(&numbers).unwrap();
        numbers["prediction"]["choice"]["criterion"]["name"].as_str().unwrap().to_owned()
    };
    // The criterion is drawn from the proposal's own stream, half and half.
    let criteria = ["2", "3", "4"].map(criterion);
    let both = ["log_augmented_expected_improvement", "lower_confidence_bound"];
    assert!(criteria.iter().all(|name| both.contains(&name.as_str())), "{criteria:?}");
    with.tune_ok(&["verify", "wine"]);
    let without = sandbox("false");
    without.tune_ok(&["run", "space.toml"]);
    let first = without.tune_ok(&["explain", "wine", "0"]).stdout;
    assert!(first.contains("initial design, a Sobol point"), "{first}");
}

#[test]
fn a_check_knows_that_experience_takes_the_place_of_the_start() {
    let said = sandbox("true").tune_ok(&["check", "space.toml"]);
    assert!(said.stdout.contains("0 warnings"), "{}{}", said.stdout, said.stderr);
    sandbox("false")
        .tune_ok(&["check", "space.toml"])
        .complains(0, &["the surrogate never proposes: the initial design has 4 trials"]);
    sandbox("\"nofile\"")
        .tune(&["check", "space.toml"])
        .complains(2, &["nofile", "space.toml:13:13", "true, false, or a path"]);
}

#[test]
fn what_leads_a_search_is_said_where_it_begins() {
    let with = sandbox("true");
    let begun = with.tune_ok(&["run", "space.toml"]);
    begun.complains(
        0,
        &["warm-started by a prior mean learned on other data sets; `knowledge = false` turns it off"],
    );
    let again = with.tune_ok(&["run", "space.toml"]);
    assert!(!again.stderr.contains("warm-started"), "{}", again.stderr);
    let init = with.tune_ok(&["init", "wine.csv", "--target", "cultivar", "--out", "new.toml"]);
    init.complains(
        0,
        &[
            "expected by the prior mean learned on other data sets",
            "the first trial is learning_rate=",
        ],
    );
    assert!(with.read("new.toml").contains("\nknowledge = true "));
}

#[test]
fn a_person_may_bring_experience_of_their_own() {
    let own = sandbox("\"learned.txt\"");
    own.tune_ok(&["run", "space.toml"]);
    let board = own.tune_ok(&["leaderboard", "wine", "--format", "csv"]).stdout;
    let rows: Vec<Vec<&str>> = board.lines().map(|line| line.split(',').collect()).collect();
    let column = |name: &str| rows[0].iter().position(|header| *header == name).unwrap();
    let first = rows.iter().find(|row| row[column("trial")] == "0").unwrap();
    let rate: f64 = first[column("param_learning_rate")].parse().unwrap();
    assert!((0.09..0.12).contains(&rate), "{rate}");
    // Another experience would propose otherwise: the study is not gone on with as if nothing had happened.
    own.write("learned.txt", &LEARNED.replace("term 2", "term 3"));
    own.tune_ok(&["leaderboard", "wine"]);
    own.tune_ok(&["explain", "wine", "2"]).complains(0, &["explained without it"]);
    own.tune(&["verify", "wine"])
        .complains(2, &["not the one that the study began with", "same experience file"]);
    own.tune(&["run", "space.toml"])
        .complains(2, &["not the one that the study began with", "wine.toml:13"]);
}

#[test]
fn what_a_person_believes_best_comes_first() {
    let sandbox = sandbox("true");
    let stated = "high = 1.0, log = true, prior = 1e-3";
    sandbox
        .write("space.toml", &sandbox.read("space.toml").replace("high = 1.0, log = true", stated));
    sandbox.tune_ok(&["run", "space.toml"]);
    let first = sandbox.tune_ok(&["explain", "wine", "0", "--format", "json"]).stdout;
    let first: serde_json::Value = serde_json::from_str(&first).unwrap();
    assert_eq!(
        (&first["origin"], &first["params"]["learning_rate"]),
        (&"default".into(), &1e-3.into())
    );
    let second = sandbox.tune_ok(&["explain", "wine", "1"]).stdout;
    assert!(second.contains("learned prior mean alone"), "{second}");
}

#[test]
fn a_study_goes_on_in_a_space_of_which_there_is_more_or_less_experience() {
    let known =
        SPACE.replace("KNOWLEDGE", "true").replace("log = true }", "log = true, default = 0.003 }");
    let (unknown, rest): (Vec<&str>, Vec<&str>) =
        known.lines().partition(|line| line.starts_with("beta1"));
    let of_space = rest.iter().position(|line| *line == "[space]").unwrap();
    let without = [&rest[..=of_space], &unknown, &["epochs = 4"]].concat().join("\n");
    for (first, then) in [(&without, &known), (&known, &without)] {
        let sandbox = sandbox("true");
        sandbox.write("space.toml", first);
        sandbox.tune_ok(&["run", "space.toml"]);
        let then = then
            .replace("values = [16, 32, \"full\"]", "values = [16, 32, \"full\"], default = 16");
        let then = then
            .replace("values = [\"8\", \"16-8\"]", "values = [\"8\", \"16-8\"], default = \"8\"");
        sandbox.write("then.toml", &then.replace("trials = 3", "trials = 6"));
        sandbox.tune_ok(&["resume", "wine", "--space", "then.toml", "--yes"]);
        let board = sandbox.tune_ok(&["leaderboard", "wine", "--format", "csv"]).stdout;
        assert!(board.lines().count() > 6, "{board}");
        sandbox.tune_ok(&["verify", "wine"]);
    }
}

#[test]
fn a_list_of_one_layer_may_be_written_as_numbers() {
    let first = |layers: &str| {
        let sandbox = sandbox("true");
        sandbox
            .write("space.toml", &sandbox.read("space.toml").replace("[\"8\", \"16-8\"]", layers));
        let plan = sandbox.tune_ok(&["plan", "space.toml"]).stdout;
        plan.lines().find(|line| line.contains("trial 0")).unwrap().to_owned()
    };
    assert_eq!(first("[8, 64]"), first("[\"8\", \"64\"]"));
}

#[test]
fn experience_of_other_values_leads_nothing() {
    let sandbox = sandbox("\"learned.txt\"");
    let space =
        sandbox.read("space.toml").replace("low = 1e-4, high = 1.0", "low = 20.0, high = 50.0");
    sandbox.write("space.toml", &space.replace("layers = ", "activation = \"relu\" # "));
    sandbox
        .tune_ok(&["check", "space.toml"])
        .complains(0, &["it covers none of the searched parameters"]);
    assert!(!sandbox.tune_ok(&["plan", "space.toml"]).stdout.contains("learned"));
}

#[test]
fn an_experience_that_cannot_be_read_is_refused() {
    let broken = sandbox("\"learned.txt\"");
    broken.write("learned.txt", &LEARNED.replace("term 2 rate rate", "term 2 speed"));
    let said = ["not an experience: line 9", "the name of a variable above", "space.toml:13"];
    broken.tune(&["run", "space.toml"]).complains(2, &said);
    assert!(!broken.exists("results"), "nothing is begun");
    broken.write("learned.txt", &"#".repeat((1 << 20) + 1));
    broken.tune(&["run", "space.toml"]).complains(2, &["more than 1 MiB", "space.toml:13"]);
    sandbox("\"nowhere.txt\"")
        .tune(&["run", "space.toml"])
        .complains(2, &["cannot read", "nowhere.txt"]);
    sandbox("3")
        .tune(&["check", "space.toml"])
        .complains(2, &["true, false, or the path of a file of experience"]);
}
