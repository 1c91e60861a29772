//! The second space file that `init --with boosting` writes: gradient boosting from scikit-learn,
//! on the same folds.

use super::template::Names;
use super::tree::literal;
use std::fmt::Write;
use trainer::data::{Dataset, Task};
use trainer::{NamedChoice, metrics};

/// The program, which needs Python and scikit-learn.
pub const PROGRAM: &str = include_str!("boosting.py");

/// What the file names besides the table, relative to its folder.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// The program.
    pub program: &'a str,
    /// The list of folds.
    pub folds: &'a str,
    /// Columns left out.
    pub drop: &'a [String],
}

/// Writes the file, for a study on `n_folds` folds that `seed` has drawn.
pub fn write(
    dataset: &Dataset,
    names: &Names<'_>,
    beside: &Beside<'_>,
    (n_folds, seed): (u64, u64),
) -> String {
    let facts = dataset.facts();
    let task = match facts.task {
        Task::Classification => "classification",
        Task::Regression => "regression",
    };

    let words = ["python3", beside.program, names.data, names.target, task, beside.folds];
    let words = words.into_iter().chain(beside.drop.iter().map(String::as_str));
    let command: Vec<String> = words.map(literal).collect();

    let mut text = format!(
        "# Gradient boosting from scikit-learn on the folds of the other file: `tune compare` pairs the two.\n\
         # Needs Python: pip install scikit-learn\n\n\
         [study]\n\
         seed = 0\n\
         metric = \"{}\"\n\n\
         [data]\n\
         path = {}\n\
         target = {}\n\n\
         [objective]\n\
         command = [{}]\n\n\
         [cv]\n\
         folds = {n_folds}\n\
         file = {}           # which row tests in which fold, as `tune folds` writes it\n\
         seed = {seed}\n\n\
         [search]\n\
         method = \"bayes\"\n\
         trials = 50\n\n",
        metrics(facts.task)[0].name(),
        literal(names.data),
        literal(names.target),
        command.join(", "),
        literal(beside.folds),
    );

    let _ = write!(
        text,
        "[space]                      # the names of HistGradientBoosting\n\
         learning_rate = {{ type = \"float\", low = 0.01, high = 0.5, log = true, default = 0.1 }}\n\
         max_iter = {{ type = \"int\", low = 20, high = 1000, log = true, default = 100 }}\n\
         max_leaf_nodes = {{ type = \"int\", low = 4, high = 128, log = true, default = 31 }}\n\
         min_samples_leaf = {{ type = \"int\", low = 1, high = 100, log = true, default = 20 }}\n\
         l2_regularization = {{ type = \"float\", low = 1e-6, high = 100, log = true, default = 1e-6 }}\n\
         max_features = {{ type = \"float\", low = 0.2, high = 1.0, default = 1.0 }}\n"
    );

    text
}
