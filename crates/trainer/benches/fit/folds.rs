//! How much sooner two threads end a cross-validation than one: they share the data and nothing
//! else.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use trainer::data::Dataset;
use trainer::split::{CrossValidation, Scheme, Splits};

use crate::work::{Shape, train};

const FOLDS: u32 = 10;

/// The seconds of a 10-fold cross-validation on one thread, and on two: the best of five, in turns.
pub fn one_and_two_threads(data: &Dataset, shape: Shape) -> (f64, f64) {
    let rows: Vec<u32> = (0..data.facts().n_rows as u32).collect();
    let plan = CrossValidation { folds: FOLDS, repeats: 1, scheme: Scheme::Stratified, seed: 0 };
    let splits = Splits::new(data, &rows, &plan).unwrap();
    (0..5).fold((f64::INFINITY, f64::INFINITY), |(one, two), _| {
        (one.min(seconds(data, shape, &splits, 1)), two.min(seconds(data, shape, &splits, 2)))
    })
}

fn seconds(data: &Dataset, shape: Shape, splits: &Splits, n_threads: usize) -> f64 {
    let (recipe, next) = (shape.recipe(data), AtomicUsize::new(0));
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                loop {
                    let split = next.fetch_add(1, Ordering::Relaxed);
                    if split >= splits.len() {
                        break;
                    }
                    train(data, &splits.fold(split), &recipe);
                }
            });
        }
    });
    begin.elapsed().as_secs_f64()
}
