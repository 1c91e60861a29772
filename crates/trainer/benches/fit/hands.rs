//! How much sooner one training ends when an idle thread helps with its products.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use trainer::data::Dataset;
use trainer::split::Fold;
use trainer::stream::Streams;
use trainer::{Hands, Metric, Observer, Score, evaluate};

use crate::work::Shape;

/// A training that somebody helps with.
struct Helped<'a>(&'a Hands);

impl Observer for Helped<'_> {
    fn interrupt(&self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn hands(&self) -> Option<&Hands> {
        Some(self.0)
    }
}

/// The seconds of a fit alone, and of one that another thread helps with: the best of seven, in
/// turns.
pub fn alone_and_helped(data: &Dataset, fold: &Fold, shape: Shape) -> (f64, f64) {
    let hands = Hands::default();
    let mut scores: Vec<Score> = Vec::new();
    let mut once = || {
        let recipe = shape.recipe(data);
        let begin = Instant::now();
        let streams = Streams::new(0);
        let score =
            evaluate(data, fold, &recipe, Metric::CrossEntropy, &streams, &Helped(&hands)).unwrap();
        let seconds = begin.elapsed().as_secs_f64();
        scores.push(score);
        seconds
    };
    let (mut alone, mut helped) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..7 {
        alone = alone.min(once());
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| hands.help(&|| is_over.load(Ordering::Relaxed)));
            helped = helped.min(once());
            is_over.store(true, Ordering::Relaxed);
        });
    }
    assert!(scores.windows(2).all(|pair| pair[0] == pair[1]), "help changes no result");
    (alone, helped)
}
