//! Random search on a table on which no constant was chosen, with and without the fields `bins` and
//! `averaging`.
//!
//! The space is the one that `tune init` writes; all searches share its draws and the folds.

use trainer::data::{Dataset, Facts};
use trainer::recipe::{Recipe, Setting};
use trainer::split::Splits;
use trainer::stream::{Purpose, Streams, below};

const TRIALS: usize = 30;
const EPOCHS: i64 = 40;
const ACTIVATIONS: [&str; 3] = ["relu", "tanh", "silu"];
/// Values of `bins` in the second search.
const BINS: [i64; 5] = [0, 8, 16, 32, 64];

/// Values of `averaging` in the third.
const AVERAGING: [f64; 3] = [0.0, 0.99, 0.999];

/// Draws the recipes of a search: without both, with `bins`, with both.
pub fn draws(seed: u64) -> Vec<[Recipe; 3]> {
    let mut averaging = Streams::new(seed).rng(Purpose::Command, 0, 1);
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
        let averaging = AVERAGING[below(&mut averaging, 3) as usize];
        let both = Recipe { averaging, ..with.clone() };
        [without, with, both]
    };
    (0..TRIALS).map(|_| recipe()).collect()
}

/// Prints `judge,seed,trial,bins,averaging`, the loss of each search, and the best of each.
pub fn run(data: &Dataset, seed: u64, loss: impl Fn(&Recipe) -> f64) {
    let mut best = [f64::INFINITY; 3];
    for (trial, [without, with, both]) in draws(seed).iter().enumerate() {
        let mut losses = [loss(without); 3];
        if with.bins > 0 {
            losses[1] = loss(with);
        }
        losses[2] = if both.averaging > 0.0 { loss(both) } else { losses[1] };
        for (best, loss) in best.iter_mut().zip(losses) {
            *best = best.min(loss);
        }
        println!("judge,{seed},{trial},{},{},{losses:.5?}", with.bins, both.averaging);
    }
    let Facts { n_rows, .. } = data.facts();
    println!(
        "best,{seed},{n_rows} rows,{:.5},{:.5} with bins,{:.5} with bins and averaging",
        best[0], best[1], best[2]
    );
}

/// Prints `row,fold` for each row, for others to split alike.
pub fn print_folds(splits: &Splits) {
    for fold in 0..splits.len() {
        for row in splits.fold(fold).test {
            println!("{row},{fold}");
        }
    }
}
