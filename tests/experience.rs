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
spread 0.5
residual 0.4
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
    let plan = with.tune_ok(&["plan", "space.toml"]).stdout;
    assert!(
        plan.contains("learned  experience of other data sets expects the loss to differ by\n         learning_rate")
            && plan.contains("trial 0   model"),
        "{plan}"
    );
    with.tune_ok(&["run", "space.toml"]);
    let first = with.tune_ok(&["explain", "wine", "0"]).stdout;
    assert!(first.contains("where experience of other data sets expects the lowest loss"), "{first}");
    let third = with.tune_ok(&["explain", "wine", "2"]).stdout;
    let numbers = with.tune_ok(&["explain", "wine", "2", "--format", "json"]).stdout;
    let numbers: serde_json::Value = serde_json::from_str(&numbers).unwrap();
    assert!(numbers["prediction"]["acquisition"]["corner_cost"].as_f64().unwrap() > 0.0);
    assert!(third.contains("by experience alone; its differences hold to"), "{third}");
    with.tune_ok(&["verify", "wine"]);
    let without = sandbox("false");
    without.tune_ok(&["run", "space.toml"]);
    let first = without.tune_ok(&["explain", "wine", "0"]).stdout;
    assert!(first.contains("before the model, spread by a Sobol sequence"), "{first}");
}

#[test]
fn a_check_knows_that_experience_takes_the_place_of_the_start() {
    let said = sandbox("true").tune_ok(&["check", "space.toml"]);
    assert!(said.stdout.contains("0 warnings"), "{}{}", said.stdout, said.stderr);
    sandbox("false")
        .tune_ok(&["check", "space.toml"])
        .complains(0, &["the model never proposes: 4 trials come before"]);
    sandbox("\"nofile\"")
        .tune(&["check", "space.toml"])
        .complains(2, &["nofile", "space.toml:13:13", "true, false, or a path"]);
}

#[test]
fn what_leads_a_search_is_said_where_it_begins() {
    let with = sandbox("true");
    let begun = with.tune_ok(&["run", "space.toml"]);
    begun.complains(0, &["experience of other data sets leads it; `knowledge = false` switches that off"]);
    let again = with.tune_ok(&["run", "space.toml"]);
    assert!(!again.stderr.contains("leads it"), "{}", again.stderr);
    let init = with.tune_ok(&["init", "wine.csv", "--target", "cultivar", "--out", "new.toml"]);
    init.complains(0, &["experience of other data sets expects", "it begins at learning_rate="]);
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
    own.tune(&["run", "space.toml"]).complains(2, &["not the one that the study was begun with", "wine.toml:13"]);
}

#[test]
fn an_experience_that_cannot_be_read_is_refused() {
    let broken = sandbox("\"learned.txt\"");
    broken.write("learned.txt", &LEARNED.replace("term 2 rate rate", "term 2 speed"));
    let said = ["not an experience: line 7", "the name of a variable above", "space.toml:13"];
    broken.tune(&["run", "space.toml"]).complains(2, &said);
    assert!(!broken.exists("results/wine/leaderboard.csv"));
    broken.write("learned.txt", &"#".repeat((1 << 20) + 1));
    broken.tune(&["run", "space.toml"]).complains(2, &["more than 1 MiB", "space.toml:13"]);
    sandbox("\"nowhere.txt\"").tune(&["run", "space.toml"]).complains(2, &["cannot read", "nowhere.txt"]);
    sandbox("3").tune(&["check", "space.toml"]).complains(2, &["true, false, or the path of a file of experience"]);
}
