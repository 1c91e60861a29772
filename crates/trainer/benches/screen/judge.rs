//! Random search on one table that nothing was chosen on, with and without the field `bins`.
//!
//! The space is the one that `tune init` writes; both searches share its draws and the folds.

use trainer::data::{Dataset, Facts};
use trainer::recipe::{Recipe, Setting};
use trainer::split::Splits;
use trainer::stream::{Purpose, Streams, below};

const TRIALS: usize = 30;
const EPOCHS: i64 = 40;
const ACTIVATIONS: [&str; 3] = ["relu", "tanh", "silu"];
/// Values of `bins` that the second search draws from.
const BINS: [i64; 5] = [0, 8, 16, 32, 64];

/// Draws the recipes of a search, without and with `bins`.
pub fn draws(seed: u64) -> Vec<[Recipe; 2]> {
    let mut rng = Streams::new(seed).rng(Purpose::Command, 0, 0);
    let mut unit = || f64::from(below(&mut rng, 1 << 30)) / f64::from(1 << 30);
    let mut recipe = || {
        let mut power = |low: f64, high: f64| low * (high / low).powf(unit());
        let (learning_rate, lambda) = (power(1e-4, 0.3), power(1e-7, 0.1));
        let mut one_of = |n: i64| (unit() * n as f64) as i64;
        let settings: [(&str, Setting); 8] = [
            ("learning_rate", learning_rate.into()),
            ("lambda", lambda.into()),
            ("batch_size", (8 << one_of(6)).into()),
            ("width", (16 << one_of(5)).into()),
            ("depth", (1 + one_of(4)).into()),
            ("activation", ACTIVATIONS[one_of(3) as usize].into()),
            ("bins", BINS[one_of(5) as usize].into()),
            ("epochs", EPOCHS.into()),
        ];
        let mut with = Recipe::default();
        with.set("dropout", (0.5 * unit()).into()).unwrap();
        for (name, setting) in settings {
            with.set(name, setting).unwrap();
        }
        let without = Recipe { bins: 0, ..with.clone() };
        [without, with]
    };
    (0..TRIALS).map(|_| recipe()).collect()
}

/// Prints `judge,trial,bins,loss without,loss with`, and the best of each.
pub fn run(data: &Dataset, seed: u64, loss: impl Fn(&Recipe) -> f64) {
    let mut best = [f64::INFINITY; 2];
    for (trial, recipes) in draws(seed).iter().enumerate() {
        let bins = recipes[1].bins;
        let without = loss(&recipes[0]);
        let with = if bins == 0 { without } else { loss(&recipes[1]) };
        best = [best[0].min(without), best[1].min(with)];
        println!("judge,{seed},{trial},{bins},{without:.5},{with:.5}");
    }
    let Facts { n_rows, .. } = data.facts();
    println!("best,{seed},{n_rows} rows,{:.5} without bins,{:.5} with", best[0], best[1]);
}

/// Prints `row,fold` for each row, for others to split alike.
pub fn print_folds(splits: &Splits) {
    for fold in 0..splits.len() {
        for row in splits.fold(fold).test {
            println!("{row},{fold}");
        }
    }
}
