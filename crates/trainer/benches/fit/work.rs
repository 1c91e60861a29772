//! The work that is timed: digits through networks of five shapes.

use std::ops::ControlFlow;

use rustix::time::{ClockId, clock_gettime};
use trainer::data::{Dataset, ReadOptions, Roles, Table};
use trainer::recipe::{CheckedRecipe, Recipe, Setting};
use trainer::split::Fold;
use trainer::stream::Streams;
use trainer::{Metric, Score, evaluate};

/// Passes over the rows.
pub const EPOCHS: u32 = 20;

/// A network and the batches that it is trained with.
#[derive(Clone, Copy)]
pub struct Shape {
    /// Hidden layers.
    pub depth: u32,
    /// Units of a hidden layer.
    pub width: u32,
    /// Rows of a batch.
    pub batch: u32,
}

/// The shapes of `crates/cli/benches/peers/trainers.py`.
pub const SHAPES: [Shape; 5] =
    [shape(1, 32, 16), shape(2, 64, 32), shape(3, 128, 64), shape(3, 256, 128), shape(2, 512, 256)];

const fn shape(depth: u32, width: u32, batch: u32) -> Shape {
    Shape { depth, width, batch }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "depth={} width={} batch={}", self.depth, self.width, self.batch)
    }
}

impl Shape {
    /// The sizes of the layers, from the 64 inputs to the ten classes.
    pub fn sizes(self) -> Vec<usize> {
        [vec![64], vec![self.width as usize; self.depth as usize], vec![10]].concat()
    }

    /// SGD with momentum 0.9 and L2 1e-4.
    pub fn recipe(self, data: &Dataset) -> CheckedRecipe {
        let mut recipe = Recipe::default();
        let settings: [(&str, Setting); 8] = [
            ("optimizer", "sgd".into()),
            ("learning_rate", 0.01.into()),
            ("momentum", 0.9.into()),
            ("lambda", 1e-4.into()),
            ("epochs", i64::from(EPOCHS).into()),
            ("depth", i64::from(self.depth).into()),
            ("width", i64::from(self.width).into()),
            ("batch_size", i64::from(self.batch).into()),
        ];
        for (name, setting) in settings {
            recipe.set(name, setting).unwrap();
        }
        recipe.check(&data.facts()).unwrap()
    }
}

/// The digits.
pub fn digits() -> Dataset {
    let csv = include_bytes!("../../../../search-spaces/data/digits.csv");
    let table = Table::read(&csv[..], &ReadOptions::default()).unwrap();
    Dataset::new(table, &Roles { target: "digit".to_owned(), ..Roles::default() }).unwrap()
}

/// Trains on a fold's rows and scores its others.
pub fn train(data: &Dataset, fold: &Fold, recipe: &CheckedRecipe) -> Score {
    evaluate(data, fold, recipe, Metric::CrossEntropy, &Streams::new(0), &|| {
        ControlFlow::Continue(())
    })
    .unwrap()
}

/// Time on the processor: what other jobs take does not count.
pub fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// The middle of some numbers.
pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
