//! Reading from outside: files as users write them, and the messages they get.

use super::study::Knowledge;
use super::*;
use std::path::PathBuf;
use tuner::space::{Domain, Value};
use tuner::study::Method;

/// Reads a space file of a study without data: `rest` may hold anything.
fn read(text: &str) -> Result<SpaceFile, String> {
    SpaceFile::parse("space.toml", text.to_owned(), PathBuf::from("/folder"))
        .map_err(|faults| faults.iter().map(|fault| format!("{fault}\n")).collect())
}

/// A complete file around the lines of `[space]`.
fn with_space(lines: &str) -> String {
    format!("[search]\nmethod = \"random\"\ntrials = 9\n\n[space]\n{lines}\n")
}

const WHOLE: &str = r#"
[study]
name = "digits"
seed = 42
metric = "cross_entropy"

[data]
path = "data/digits.csv"
target = "digit"
task = "classification"
drop = ["id"]
kinds = { zip = "category" }
test_fraction = 0.2

[cv]
folds = 5
repeats = 2
stratified = true
seed = 7

[search]
method = "bayes"
trials = 60
parallel = 3
startup = 5
knowledge = false

[space]
learning_rate = { type = "float", low = 1e-4, high = 1, log = true, default = 0.05, prior = 0.05, prior_confidence = "low" }
optimizer = { type = "categorical", values = ["sgd", "adam"] }
momentum = { type = "float", low = 0.0, high = 0.99, when = { optimizer = ["sgd"] } }
batch_size = { type = "ordinal", values = [16, 32, 64, 128] }
dropout = { type = "float", low = 0.0, high = 0.5, step = 0.05 }
lambda = { type = "float", low = 1e-7, high = 1e-1, log = true, points = 5, dist = "lognormal", mean = -9, sd = 2.5 }
depth = { type = "int", low = 1, high = 4 }
width = 64

[[enqueue]]
learning_rate = 0.1
depth = 2

[[constraints]]
expr = "depth * width <= 512"
reason = "fits the cache"

[trial]
max_seconds = 60
max_multiply_adds = 1e9

[stop]
target = 0.01
patience = 20
max_seconds = 3600

[run]
workers = 2
progress = false
"#;

#[test]
fn a_whole_file_is_read_as_written() {
    let file = read(WHOLE).unwrap();
    assert_eq!(
        (file.plan.name.as_str(), file.plan.study.seed, file.plan.n_splits()),
        ("digits", 42, 10)
    );
    assert_eq!(
        (file.plan.search.method, file.plan.search.trials, file.plan.search.startup),
        (Method::BAYES, Some(60), Some(5))
    );
    assert_eq!(file.plan.data.as_ref().unwrap().drop, ["id"]);
    assert_eq!(file.plan.trial.max_multiply_adds, Some(1_000_000_000));
    assert_eq!(file.plan.run.workers, Some(2));
    assert_eq!(file.plan.evaluator(), Evaluator::Trainer);
    let names: Vec<&str> = file.plan.space.parameters().iter().map(|p| p.name.as_str()).collect();
    let written = [
        "learning_rate",
        "optimizer",
        "momentum",
        "batch_size",
        "dropout",
        "lambda",
        "depth",
        "width",
    ];
    assert_eq!(names, written);
    assert_eq!(file.plan.space.parameters()[7].domain, Domain::Fixed(Value::Int(64)));
    let spec = file.plan.spec();
    assert_eq!(spec.enqueue[0].get(0), Some(&Value::Float(0.1)));
    assert_eq!(spec.enqueue[0].get(1), Some(&Value::Text("sgd".into())));
}

#[test]
fn what_is_left_out_has_the_documented_default() {
    let file =
        read("[search]\ntrials = 3\n[space]\nx = { type = \"int\", low = 1, high = 3 }").unwrap();
    assert_eq!((file.plan.name.as_str(), file.plan.study.seed, file.plan.cv.seed), ("space", 0, 0));
    assert_eq!((file.plan.cv.folds, file.plan.cv.repeats), (1, 1));
    assert_eq!(
        (file.plan.search.method, file.plan.search.parallel, file.plan.search.knowledge.clone()),
        (Method::BAYES, 4, Knowledge::Trainer)
    );
    assert_eq!(file.plan.evaluator(), Evaluator::Asker);
    let with_data = read("[data]\npath=\"a.csv\"\ntarget=\"y\"\n[search]\ntrials=3\n[space]\nwidth = { type = \"int\", low = 1, high = 3 }").unwrap();
    assert_eq!(with_data.plan.cv.folds, 5);
}

#[test]
fn tables_dots_and_any_order_say_the_same() {
    let a = read("[search]\ntrials=3\n[space]\nb = 1\na = { type = \"int\", low = 1, high = 3 }")
        .unwrap();
    let b = read("# a comment\n[space.a]\nhigh = 3\nlow = 1\ntype = \"int\"\n[space]\nb = 1\n[search]\ntrials = 5")
        .unwrap();
    let c = read(
        "search.trials = 3\nspace.b = 1\nspace.a.type = \"int\"\nspace.a.low = 1\nspace.a.high = 3",
    )
    .unwrap();

    assert_eq!(
        (a.plan.difference_from(&b.plan), a.plan.difference_from(&c.plan)),
        (vec![], vec![])
    );

    assert_eq!(a.plan.canonical_space(), b.plan.canonical_space());
    assert_eq!(a.plan.canonical_space(), c.plan.canonical_space());
}

#[test]
fn a_changed_file_is_shown_by_its_differences() {
    let changed = WHOLE
        .replace("high = 1,", "high = 0.5,")
        .replace("trials = 60", "trials = 90")
        .replace("workers = 2", "workers = 1")
        .replace("patience = 20", "patience = 30")
        .replace("width = 64", "epochs = 40");

    let changed = changed.replace("depth * width", "depth * 64");
    let (before, after) = (read(WHOLE).unwrap(), read(&changed).unwrap());

    let differences = after.plan.difference_from(&before.plan);
    assert_eq!(
        differences,
        [
            "[[constraints]] 1 expr: \"depth * width <= 512\" → \"depth * 64 <= 512\"",
            "[space] epochs: nothing → 40",
            "[space] learning_rate.high: 1.0 → 0.5",
            "[space] width: 64 → nothing",
        ]
    );

    assert!(before.plan.difference_from(&before.plan).is_empty());
}

#[test]
fn a_renamed_parameter_is_recognised_and_has_a_line() {
    let depth = "{ type = \"int\", low = 1, high = 4 }";
    let before = read(&with_space(&format!("depth = {depth}\nwidth = 8"))).unwrap();
    let after = read(&with_space(&format!("layers = {depth}\nwidth = 8"))).unwrap();
    assert_eq!(
        after.plan.difference_from(&before.plan),
        ["[space] depth is gone", "[space] layers is new"]
    );
    assert_eq!(after.plan.renamed_from(&before.plan), Some(("depth", "layers")));
    assert_eq!(before.plan.renamed_from(&before.plan), None);
}

#[test]
fn enqueued_trials_outside_the_space_are_shown_at_their_value() {
    let text = format!(
        "{}\n[[enqueue]]\ndepth = 2\n[[enqueue]]\ndepth = 7\n",
        with_space("depth = { type = \"int\", low = 1, high = 4 }")
    );
    let shown = read(&text).unwrap_err();
    assert!(
        shown.matches("error").count() == 1
            && shown.contains("space.toml:11:9")
            && shown.contains("from 1 to 4"),
        "{shown}"
    );
}

#[test]
fn ten_thousand_parameters_are_read_at_once() {
    let lines: Vec<String> = (0..10_000)
        .map(|i| format!("p{i} = {{ type = \"float\", low = 0.0, high = 1.0 }}"))
        .collect();
    assert_eq!(read(&with_space(&lines.join("\n"))).unwrap().plan.space.parameters().len(), 10_000);
    let faulty = with_space(&lines[..100].join("\n").replace("low", "lwo"));
    assert!(read(&faulty).unwrap_err().lines().count() > 100, "each is said");
}

#[test]
fn a_misspelt_section_is_one_fault_and_its_keys_are_read() {
    let whole = "[objective]\ncommand = [\"sh\", \"{x}\"]\n[search]\nmethod = \"random\"\n\
        trials = 5\n[space]\nx = { type = \"int\", low = 1, high = 5 }\n";
    for (right, wrong) in [
        ("[search]", "[serch]"),
        ("[search]", "[Search]"),
        ("[search]", "[sampler]"),
        ("[space]", "[spaces]"),
        ("[objective]", "[objectve]"),
    ] {
        let said = read(&whole.replace(right, wrong)).unwrap_err();
        assert_eq!(said.matches("error: ").count(), 1, "{said}");
        assert!(said.contains(&format!("no key `{}`", wrong.trim_matches(['[', ']']))), "{said}");
    }
    // What the section holds is still checked.
    let said = read(&whole.replace("[search]", "[serch]").replace("5\n", "\"x\"\n")).unwrap_err();
    assert!(said.matches("error: ").count() == 2 && said.contains("trials"), "{said}");
}
