//! A table with the target, on which a model is tested.

use super::column::in_table;
use super::hashing::Hashing;
use crate::digest::hex;
use crate::report::{Failure, Fault, count, quoted};
use std::path::Path;
use trainer::data::{Feature, Labelled, Limits, Respelt};
use trainer::model::ModelDescription;

/// A table with the target, and whether the model was trained on it.
pub struct Tested {
    /// The rows with a target.
    pub found: Labelled,
    /// Whether the table has the same bytes as the model's training table.
    pub is_own: bool,
}

impl Tested {
    /// Reads a table as the model's own was read, and its target as `answer` says.
    ///
    /// # Errors
    /// If it cannot be read, lacks a column, or holds a class that the model does not know.
    pub fn read(path: &Path, model: &ModelDescription, answer: &Feature) -> Result<Self, Failure> {
        let shown = path.display();
        let cannot = |error: std::io::Error| Failure::input(format!("{shown}: {error}"));
        let mut table = Hashing::open(path).map_err(cannot)?;
        let found = Labelled::read(&mut table, &model.schema, answer, &Limits::default())
            .map_err(|error| in_table(&shown, &error))?;
        let hash = hex(&table.finish().map_err(cannot)?);
        Ok(Self { found, is_own: model.data.as_ref() == Some(&hash) })
    }

    /// Warnings about its metrics; those about unknown categories are not included.
    pub fn warnings(&self, target: &str) -> Vec<Fault> {
        let mut warnings = Vec::new();
        if self.is_own {
            let fault = Fault::warning(
                "this is the table that the model was trained on: its metrics do not \
                 hold for new rows",
            );
            warnings.push(fault.hint(
                "`tune best STUDY --test` tests on rows that were held out ([data] test_fraction)",
            ));
        }

        // One warning for each spelling: the user decides whether it is the same class.
        for Respelt { label, class, n_rows } in &self.found.respelt {
            let (rows, label, class) = (count(*n_rows as u64, "row"), quoted(label), quoted(class));
            warnings.push(Fault::warning(format!("{rows} of class {label} read as {class}")));
        }

        let n_without = (self.found.features.n_rows() - self.found.rows.len()) as u64;
        if n_without > 0 {
            let (rows, target) = (count(n_without, "row"), quoted(target));
            warnings.push(Fault::warning(format!("{rows} without a value of {target} left out")));
        }
        warnings
    }
}
