//! Screens a change of the trainer: ten fixed configurations on twelve data sets, three seeds.
//!
//! `cargo bench -p trainer --bench screen -- LARGER NAME field=value …` trains each configuration
//! with the given settings, and prints `variant,set,configuration,seed,loss,seconds` for
//! each; without settings it is the base. LARGER is the folder of the larger tables.
//! `screen/table.py` compares the printed variants.
//!
//! `judge TABLE TARGET SEED` prints random searches of a table, without and with `bins` and
//! `averaging`, and `judge-folds TABLE TARGET` prints their folds, on which `screen/peers.py`
//! scores scikit-learn.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and fails loudly"
)]

mod designs;
mod judge;
mod sets;

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use designs::DESIGNS;
use sets::SETS;
use trainer::data::{Dataset, ReadOptions, Roles, Table, Task};
use trainer::recipe::{CheckedRecipe, Recipe, Setting};
use trainer::split::{CrossValidation, Scheme, Splits};
use trainer::stream::Streams;
use trainer::{Metric, evaluate};

/// Each seed has its own splits, initial weights and shuffles.
const SEEDS: [u64; 3] = [11, 12, 13];
const FOLDS: u32 = 3;
const JUDGE_FOLDS: u32 = 5;

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [verb, table, target, seed @ ..] = &arguments[..]
        && verb.starts_with("judge")
    {
        return judged(Path::new(table), target, seed.first().map(String::as_str));
    }
    let [larger, variant, settings @ ..] = &arguments[..] else {
        println!("expected: LARGER NAME field=value …");
        return;
    };

    for set in SETS {
        let data = set.read(Path::new(larger));
        for (index, design) in DESIGNS.iter().enumerate() {
            let mut recipe = design.recipe();
            for setting in settings {
                apply(&mut recipe, setting);
            }
            let recipe = recipe.check(&data.facts()).unwrap();
            for seed in SEEDS {
                let begin = Instant::now();
                let splits = splits(&data, FOLDS, seed);
                let loss = loss(&data, &splits, &recipe, seed, set.n_folds);
                let seconds = begin.elapsed().as_secs_f64();
                println!("{variant},{},{index},{seed},{loss:.6e},{seconds:.3}", set.name);
            }
        }
    }
}

/// Prints the searches of a table's regression for a seed, or without one their folds.
fn judged(table: &Path, target: &str, seed: Option<&str>) {
    let table = Table::read(File::open(table).unwrap(), &ReadOptions::default()).unwrap();
    let roles =
        Roles { target: target.to_owned(), task: Some(Task::Regression), ..Roles::default() };
    let data = Dataset::new(table, &roles).unwrap();
    match seed {
        None => judge::print_folds(&splits(&data, JUDGE_FOLDS, SEEDS[0])),
        Some(seed) => judge::run(&data, seed.parse().unwrap(), |recipe| {
            let splits = splits(&data, JUDGE_FOLDS, SEEDS[0]);
            let recipe = recipe.check(&data.facts()).unwrap();
            loss(&data, &splits, &recipe, SEEDS[0], JUDGE_FOLDS as usize)
        }),
    }
}

/// Sets `field=value`; a value is a number where it reads as one.
fn apply(recipe: &mut Recipe, setting: &str) {
    let (field, value) = setting.split_once('=').unwrap();
    let whole = value.parse::<i64>().map(Setting::Int);
    let number = || value.parse::<f64>().map(Setting::Float);
    let truth = || value.parse::<bool>().map(Setting::Bool);
    let value = whole.or_else(|_| number()).or_else(|_| truth()).unwrap_or_else(|_| value.into());
    recipe.set(field, value).unwrap();
}

/// Cuts all rows into folds.
fn splits(data: &Dataset, folds: u32, seed: u64) -> Splits {
    let scheme = match data.facts().task {
        Task::Classification => Scheme::Stratified,
        Task::Regression => Scheme::Plain,
    };
    let rows: Vec<u32> = (0..data.facts().n_rows as u32).collect();
    let plan = CrossValidation { folds, repeats: 1, scheme, seed };
    Splits::new(data, &rows, &plan).unwrap()
}

/// Returns the mean loss of the first `n_folds` folds; infinite if one diverged.
fn loss(data: &Dataset, splits: &Splits, recipe: &CheckedRecipe, seed: u64, n_folds: usize) -> f64 {
    let metric = match data.facts().task {
        Task::Classification => Metric::CrossEntropy,
        Task::Regression => Metric::Mse,
    };
    let of_fold = |fold| {
        let go_on = &|| ControlFlow::Continue(());
        let fold = splits.fold(fold);
        let score = evaluate(data, &fold, recipe, metric, &Streams::new(seed), go_on).unwrap();
        score.losses.first().map_or(f64::INFINITY, |(_, loss)| *loss)
    };
    (0..n_folds).map(of_fold).sum::<f64>() / n_folds as f64
}
