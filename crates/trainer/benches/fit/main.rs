//! Times the trainer on the work that `crates/cli/benches/peers/trainers.py` gives scikit-learn and
//! PyTorch: digits, 20 epochs, SGD with momentum 0.9 and L2 1e-4, on one thread.
//!
//! Prints `tune,shape,seconds per fit,samples/s,GFLOP/s` as that script does (processor time, the
//! median of several fits; six operations a weight and row are counted, though the first layer
//! needs but four). With the argument `products` it also prints which part of a fit the matrix
//! products alone would take with the best library, with `hands` what a second core is worth to one
//! training, and with `folds` what it is worth in a 10-fold cross-validation. Numbers choose
//! shapes, from 0.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and fails loudly"
)]

mod folds;
mod hands;
mod products;
mod work;

use trainer::data::Dataset;
use trainer::split::{Fold, Scheme};
use work::{EPOCHS, SHAPES, Shape};

const FITS: usize = 7;

fn main() {
    let data = work::digits();
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let is_asked = |word: &str| asked.iter().any(|argument| argument == word);
    let chosen: Vec<usize> = asked.iter().filter_map(|argument| argument.parse().ok()).collect();
    for (index, shape) in SHAPES.into_iter().enumerate() {
        if !chosen.is_empty() && !chosen.contains(&index) {
            continue;
        }
        let seconds = fit(&data, shape);
        if is_asked("products") {
            let (bound, operations) = products::bound(shape, data.facts().n_rows);
            println!(
                "products,{shape},{bound:.4}s with the best library at {:.1} GFLOP/s,{:.0} % of that rate in a whole fit",
                operations / bound / 1e9,
                100.0 * bound / seconds
            );
        }
        if is_asked("hands") {
            let (alone, helped) = hands::alone_and_helped(&data, &all_rows(&data), shape);
            println!(
                "hands,{shape},{alone:.4}s alone,{helped:.4}s with another thread's help,{:.2} times as fast",
                alone / helped
            );
        }
        if is_asked("folds") {
            let (one, two) = folds::one_and_two_threads(&data, shape);
            println!(
                "folds,{shape},{one:.4}s on one thread,{two:.4}s on two,{:.3} of it",
                two / one
            );
        }
    }
}

/// Times fits of one shape; returns the median.
fn fit(data: &Dataset, shape: Shape) -> f64 {
    let fold = all_rows(data);
    let recipe = shape.recipe(data);
    let once = |_| {
        let begin = work::processor_seconds();
        assert_eq!(work::train(data, &fold, &recipe).epochs, EPOCHS);
        work::processor_seconds() - begin
    };
    let seconds = work::median((0..FITS).map(once).collect());
    let weights: usize = shape.sizes().windows(2).map(|pair| pair[0] * pair[1]).sum();
    let samples = fold.train.len() as f64 * f64::from(EPOCHS);
    println!(
        "tune,{shape},{seconds:.4}s,{:.0} samples/s,{:.1} GFLOP/s",
        samples / seconds,
        6.0 * samples * weights as f64 / seconds / 1e9
    );
    seconds
}

/// A fold of all rows and one test row: what is timed is training.
fn all_rows(data: &Dataset) -> Fold {
    let rows: Vec<u32> = (0..data.facts().n_rows as u32).collect();
    Fold { repeat: 0, fold: 0, scheme: Scheme::Plain, test: rows[..1].to_vec(), train: rows }
}
