//! A small neural network, honestly cross-validated: a table, a recipe, a fold and its random
//! streams go in, a score comes out.
//!
//! [`evaluate`] is the single entry point. It learns everything from the fold's training rows
//! (preparation, weights, when to stop) and scores its test rows. It knows nothing about trials or
//! threads: call it from any number of threads on one shared [`Dataset`](data::Dataset).
//!
//! The design rests on two properties. *Common random numbers*: initial weights, shuffles and
//! dropout depend on the fold alone, so the losses of two recipes in one fold differ only by the
//! recipes. *Reproducibility*: all sums have a fixed order and all functions are our own, so the
//! same arguments give the same bits, whatever else runs; with a fused multiply-add, AVX2 and
//! AVX-512 agree too.
//!
//! From the ground up: `stream`, `data`, `prepare`, `split` (rows); `network`, `loss`, `optim`,
//! `schedule` (one step); `recipe` (settings); `experience` (their prior mean); `fit`, `cost`,
//! `score`, `model` (trainings).
//!
//! ```
//! use std::ops::ControlFlow;
//! use trainer::data::{Dataset, ReadOptions, Roles, Table};
//! use trainer::recipe::Recipe;
//! use trainer::split::{CrossValidation, Scheme, Splits};
//! use trainer::{Metric, evaluate, stream::Streams};
//!
//! let rows: String = (0..60).map(|i| format!("{},{}\n", i, if i < 30 { "low" } else { "high" })).collect();
//! let table = Table::read(format!("x,level\n{rows}").as_bytes(), &ReadOptions::default())?;
//! let data = Dataset::new(table, &Roles { target: "level".to_owned(), ..Roles::default() })?;
//! let plan = CrossValidation { folds: 3, repeats: 1, scheme: Scheme::Stratified, seed: 7 };
//! let splits = Splits::new(&data, &(0..60).collect::<Vec<_>>(), &plan)?;
//!
//! let mut recipe = Recipe::default();
//! recipe.set("learning_rate", 0.01.into())?;
//! let recipe = recipe.check(&data.facts())?;
//! let never = &|| ControlFlow::Continue(());
//! let score = evaluate(&data, &splits.fold(0), &recipe, Metric::CrossEntropy, &Streams::new(7), never)?;
//! assert!(score.losses[0].1 < 0.3, "{:?}", score.losses);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod choice;
mod cost;
pub mod data;
mod error;
pub mod experience;
mod fit;
mod loss;
mod metric;
pub mod model;
mod nearest;
pub mod network;
pub mod optim;
mod outcomes;
pub mod prepare;
pub mod recipe;
pub mod schedule;
mod score;
pub mod split;
pub mod stream;
mod tally;

pub use choice::NamedChoice;
pub use cost::{Cost, plan};
pub use error::Error;
pub use fit::{Epoch, Interrupted, Observer, TrainingState};
pub use loss::Loss;
pub use metric::{Metric, metrics};
pub use network::Hands;
pub use outcomes::undefined;
pub use score::{Score, evaluate};

/// Returns the instruction set that training uses on this machine, such as `x86-64-v4`. Results of
/// two instruction sets may differ in their last bits.
pub fn instruction_set() -> &'static str {
    network::kernels::InstructionSet::detect().name()
}
