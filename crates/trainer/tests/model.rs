//! Models from outside: fitted on a whole table, stored, read back, and run by onnxruntime.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;

use trainer::data::{Dataset, Features, Limits, ReadOptions, Roles, Table};
use trainer::metrics;
use trainer::model::{Model, ModelError, Predictions, fit_model};
use trainer::recipe::{Recipe, Setting};
use trainer::split::{Fold, Scheme};
use trainer::stream::Streams;

/// Names and text values of the settings.
type Texts = &'static [(&'static str, &'static str)];

/// File, target, settings.
const SETS: [(&str, &str, Texts); 4] = [
    (
        "penguins",
        "species",
        &[("activation", "relu-leaky_relu"), ("scaling", "minmax"), ("bins", "5")],
    ),
    ("breast_cancer", "diagnosis", &[("activation", "gelu-silu")]),
    ("wine", "cultivar", &[("activation", "elu-tanh"), ("layers", "17-16"), ("averaging", "0.9")]),
    ("diabetes", "progression", &[("activation", "sigmoid-linear"), ("bins", "8")]),
];

fn path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../search-spaces/data/{name}.csv"))
}

fn table(name: &str) -> Table {
    Table::read(std::fs::File::open(path(name)).unwrap(), &ReadOptions::default()).unwrap()
}

fn fit(name: &str, target: &str, settings: Texts, batch_norm: bool) -> Model {
    let data = Dataset::new(table(name), &Roles { target: target.to_owned(), ..Roles::default() })
        .unwrap();
    let mut recipe = Recipe { epochs: 4, batch_norm, ..Recipe::default() };
    for &(name, text) in settings {
        let number = || text.parse::<f64>().map_or_else(|_| Setting::from(text), Setting::from);
        let setting = text.parse::<i64>().map_or_else(|_| number(), Setting::from);
        recipe.set(name, setting).unwrap();
    }
    let recipe = recipe.check(&data.facts()).unwrap();
    let train = (0..data.facts().n_rows as u32).collect();
    let fold = Fold { repeat: 0, fold: 0, scheme: Scheme::Plain, train, test: Vec::new() };
    let go_on = &|| ControlFlow::Continue(());
    fit_model(&data, &fold, &recipe, metrics(data.facts().task)[0], &Streams::new(3), go_on)
        .unwrap()
}

fn predict(model: &Model, name: &str) -> Predictions {
    let file = std::fs::File::open(path(name)).unwrap();
    model
        .predict(&Features::read(file, &model.description().schema, &Limits::default()).unwrap())
        .unwrap()
}

fn stored(model: &Model) -> (Vec<u8>, Vec<u8>) {
    let (mut description, mut weights) = (Vec::new(), Vec::new());
    model.write_description(&mut description).unwrap();
    model.write_weights(&mut weights).unwrap();
    (description, weights)
}

#[test]
fn a_stored_model_predicts_the_same_bits() {
    for (name, target, settings) in SETS {
        for batch_norm in [false, true] {
            let model = fit(name, target, settings, batch_norm);
            let (description, weights) = stored(&model);
            let again = Model::read(&description[..], &weights[..]).unwrap();
            assert_eq!(again.description(), model.description());
            assert_eq!(predict(&again, name), predict(&model, name), "{name}");
        }
    }
}

#[test]
fn probabilities_sum_to_one_and_learn_the_classes() {
    let model = fit("wine", "cultivar", &[("optimizer", "adam")], false);
    let Predictions::Classes { codes, probabilities } = predict(&model, "wine") else {
        panic!("wine has classes")
    };
    assert_eq!(probabilities.dim(), (178, 3));
    assert!(probabilities.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-6));
    assert_eq!(codes.len(), 178);
}

#[test]
fn a_damaged_model_is_refused_with_the_fault_named() {
    let model = fit("wine", "cultivar", &[], false);
    let (description, weights) = stored(&model);
    let text = String::from_utf8(description.clone()).unwrap();
    assert!(matches!(Model::read(&b"{}"[..], &weights[..]), Err(ModelError::Description(_))));
    assert!(matches!(Model::read(&description[..], &weights[..50]), Err(ModelError::Weights(_))));
    let wider = text.replacen("\"n_inputs\": 13", "\"n_inputs\": 14", 2);
    assert!(Model::read(wider.as_bytes(), &weights[..]).is_err());
    let other = fit("wine", "cultivar", &[("layers", "64-63")], false);
    let error = Model::read(&description[..], &stored(&other).1[..]).err().unwrap().to_string();
    assert!(error.contains("layers.") && error.contains("expected"), "{error}");
}

#[test]
fn onnxruntime_gives_the_same_predictions() {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    for (name, target, settings) in SETS {
        for batch_norm in [false, true] {
            let model = fit(name, target, settings, batch_norm);
            let folder = tempfile::tempdir().unwrap();
            let (description, _) = stored(&model);
            let mut onnx = Vec::new();
            model.write_onnx(&mut onnx).unwrap();
            std::fs::write(folder.path().join("model.json"), description).unwrap();
            std::fs::write(folder.path().join("model.onnx"), onnx).unwrap();
            std::fs::write(
                folder.path().join("predictions.csv"),
                written(&model, &predict(&model, name)),
            )
            .unwrap();
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/onnx.py");
            let Ok(output) =
                Command::new(&python).arg(script).arg(folder.path()).arg(path(name)).output()
            else {
                return eprintln!("skipped: no {python}");
            };
            if output.status.code() == Some(77) {
                return eprintln!("skipped: {}", String::from_utf8_lossy(&output.stdout));
            }
            assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

fn written(model: &Model, predictions: &Predictions) -> String {
    let mut text = String::new();
    match predictions {
        Predictions::Values(values) => {
            for value in values {
                writeln!(text, "{value}").unwrap();
            }
        }
        Predictions::Classes { codes, probabilities } => {
            for (&code, row) in codes.iter().zip(probabilities.rows()) {
                text.push_str(&model.description().classes[code as usize]);
                row.iter().for_each(|p| write!(text, ",{p}").unwrap());
                text.push('\n');
            }
        }
    }
    text
}
