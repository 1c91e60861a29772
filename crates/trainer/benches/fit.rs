//! Times the trainer on the work that `crates/cli/benches/peers/trainers.py` gives scikit-learn and PyTorch: digits, 20
//! epochs, SGD with momentum 0.9 and L2 1e-4, on one thread.
//!
//! Prints `tune,shape,seconds per fit,samples/s,GFLOP/s` as that script does (the median of several fits; six operations
//! a weight and row are counted, though the first layer needs but four). Numbers as arguments choose shapes, from 0.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and fails loudly")]

use std::ops::ControlFlow;

use rustix::time::{ClockId, clock_gettime};
use trainer::data::{Dataset, ReadOptions, Roles, Table};
use trainer::recipe::{Recipe, Setting};
use trainer::split::{Fold, Scheme};
use trainer::stream::Streams;
use trainer::{Metric, evaluate};

/// Depth, width, batch size.
const SHAPES: [(u32, u32, u32); 5] = [(1, 32, 16), (2, 64, 32), (3, 128, 64), (3, 256, 128), (2, 512, 256)];
const EPOCHS: u32 = 20;
const FITS: usize = 7;

fn main() {
    let csv = include_bytes!("../../../search-spaces/data/digits.csv");
    let table = Table::read(&csv[..], &ReadOptions::default()).unwrap();
    let data = Dataset::new(table, &Roles { target: "digit".to_owned(), ..Roles::default() }).unwrap();
    let rows: Vec<u32> = (0..data.facts().n_rows as u32).collect();
    // One test row: what is timed is training.
    let fold = Fold { repeat: 0, fold: 0, scheme: Scheme::Plain, test: rows[..1].to_vec(), train: rows };
    let wanted: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    for (index, (depth, width, batch)) in SHAPES.into_iter().enumerate() {
        if !wanted.is_empty() && !wanted.contains(&index) {
            continue;
        }
        let recipe = recipe(depth, width, batch).check(&data.facts()).unwrap();
        let mut seconds: Vec<f64> = (0..FITS)
            .map(|_| {
                let begin = processor_seconds();
                let score = evaluate(&data, &fold, &recipe, Metric::CrossEntropy, &Streams::new(0), &|| {
                    ControlFlow::Continue(())
                });
                assert_eq!(score.unwrap().epochs, EPOCHS);
                processor_seconds() - begin
            })
            .collect();
        seconds.sort_by(f64::total_cmp);
        let (width_, depth_) = (f64::from(width), f64::from(depth));
        let weights = 64.0 * width_ + (depth_ - 1.0) * width_ * width_ + width_ * 10.0;
        let samples = fold.train.len() as f64 * f64::from(EPOCHS);
        let middle = seconds[FITS / 2];
        println!(
            "tune,depth={depth} width={width} batch={batch},{middle:.4}s,{:.0} samples/s,{:.1} GFLOP/s,min={:.4}s",
            samples / middle,
            6.0 * samples * weights / middle / 1e9,
            seconds[0]
        );
    }
}

/// Time on the processor: what other jobs take does not count.
fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn recipe(depth: u32, width: u32, batch: u32) -> Recipe {
    let mut recipe = Recipe::default();
    let settings: [(&str, Setting); 8] = [
        ("optimizer", "sgd".into()),
        ("learning_rate", 0.01.into()),
        ("momentum", 0.9.into()),
        ("lambda", 1e-4.into()),
        ("epochs", i64::from(EPOCHS).into()),
        ("depth", i64::from(depth).into()),
        ("width", i64::from(width).into()),
        ("batch_size", i64::from(batch).into()),
    ];
    for (name, setting) in settings {
        recipe.set(name, setting).unwrap();
    }
    recipe
}
