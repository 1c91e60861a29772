//! The target of prediction: classes or values.

use serde::{Deserialize, Serialize};

use super::cell::LARGEST_EXACT;
use super::column::{Cells, Column};
use super::error::{DataError, Levels};
use super::place::Mention;
use super::schema::MOST_LEVELS;
use super::table::Table;

/// The kind of prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// One of several classes.
    Classification,
    /// A number.
    Regression,
}

/// The target of every row.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// For each row, the position of its class in `names`.
    Classes {
        /// The class of each row.
        codes: Vec<u32>,
        /// At least two, in the order of [`Column::labels`].
        names: Vec<String>,
    },
    /// For each row, a finite number in the target's own unit.
    Values(Vec<f64>),
}

impl Target {
    /// Builds the target from its column.
    ///
    /// The task is inferred if not given: classification if the column holds categories, or two
    /// distinct numbers, or at most 20 distinct integers with five rows or more for each on
    /// average; otherwise regression.
    pub(super) fn new(
        table: &Table,
        column: Column,
        task: Option<Task>,
    ) -> Result<Self, DataError> {
        if let Some(row) = column.first_missing() {
            return Err(table.missing(&column, Mention::Target, row));
        }
        if matches!(column.cells, Cells::Dates(_)) {
            return Err(DataError::DateTarget { column: column.name });
        }

        let numbers = column.distinct_numbers();
        let task = task.unwrap_or_else(|| inferred(&column, &numbers, table.n_rows));
        let target = match task {
            Task::Regression => Self::values(&column, table.n_rows)?,
            Task::Classification => Self::classes(column.clone(), &numbers, table.n_rows)?,
        };

        // Of a constant target nothing can be learned, and its standard deviation is 0.
        target.varies(&column)?;
        Ok(target)
    }

    /// Returns the task of this target.
    pub fn task(&self) -> Task {
        match self {
            Target::Classes { .. } => Task::Classification,
            Target::Values(_) => Task::Regression,
        }
    }

    /// Returns the classes' names; empty for regression.
    pub fn class_names(&self) -> &[String] {
        match self {
            Target::Classes { names, .. } => names,
            Target::Values(_) => &[],
        }
    }

    /// Counts its rows.
    pub fn n_rows(&self) -> usize {
        match self {
            Target::Classes { codes, .. } => codes.len(),
            Target::Values(values) => values.len(),
        }
    }

    /// The targets of some rows, one by one.
    #[must_use]
    pub fn at(&self, rows: &[u32]) -> Self {
        match self {
            Target::Classes { codes, names } => Target::Classes {
                codes: rows.iter().map(|&row| codes[row as usize]).collect(),
                names: names.clone(),
            },
            Target::Values(values) => {
                Target::Values(rows.iter().map(|&row| values[row as usize]).collect())
            }
        }
    }

    /// Returns the first row with an invalid target, and its value.
    pub(super) fn first_invalid(&self) -> Option<(usize, String)> {
        match self {
            Target::Classes { codes, names } => {
                let row = codes.iter().position(|&code| code as usize >= names.len())?;
                Some((row, codes[row].to_string()))
            }
            Target::Values(values) => {
                let row = values.iter().position(|value| !value.is_finite())?;
                Some((row, values[row].to_string()))
            }
        }
    }

    fn values(column: &Column, n_rows: usize) -> Result<Self, DataError> {
        if let Cells::Categories { labels, .. } = &column.cells {
            let value = labels.first().cloned().unwrap_or_default();
            return Err(DataError::CategoricalTarget { column: column.name.clone(), value });
        }
        Ok(Target::Values((0..n_rows).map(|row| column.number(row)).collect()))
    }

    fn classes(column: Column, numbers: &[f64], n_rows: usize) -> Result<Self, DataError> {
        if let Cells::Categories { codes, labels } = column.cells {
            return Ok(Target::Classes { codes, names: labels });
        }

        // Compared as integers: as doubles, different classes might be equal.
        if let Cells::Wide(wide) = &column.cells {
            let mut different = wide.clone();
            different.sort_unstable();
            different.dedup();
            let code = |value| different.partition_point(|other| other < value) as u32;
            let codes = wide.iter().map(code).collect();
            return Ok(Target::Classes {
                codes,
                names: different.iter().map(i128::to_string).collect(),
            });
        }

        if let Some(&value) = numbers.iter().find(|number| number.abs() >= LARGEST_EXACT) {
            let mention = Mention::Target;
            return Err(DataError::RunTogether { mention, column: column.name, value });
        }

        let code = |row| numbers.partition_point(|&number| number < column.number(row)) as u32;
        // Classes keep their spelling in the table if each number has only one.
        let names = if column.spellings.len() == numbers.len() {
            column.spellings.clone()
        } else {
            numbers.iter().map(f64::to_string).collect()
        };

        Ok(Target::Classes { codes: (0..n_rows).map(code).collect(), names })
    }

    fn varies(&self, column: &Column) -> Result<(), DataError> {
        let constant =
            |value: String| DataError::ConstantTarget { column: column.name.clone(), value };
        match self {
            Target::Values(values) => match values.split_first() {
                Some((first, others)) if others.iter().any(|value| value != first) => Ok(()),
                Some((first, _)) => Err(constant(first.to_string())),
                None => Ok(()),
            },
            Target::Classes { names, .. } if names.len() < 2 => {
                Err(constant(names.first().cloned().unwrap_or_default()))
            }
            Target::Classes { names, .. } if names.len() > MOST_LEVELS => {
                Err(DataError::TooManyLevels {
                    what: Levels::Target,
                    column: column.name.clone(),
                    n_levels: names.len(),
                    at_most: MOST_LEVELS,
                })
            }
            Target::Classes { .. } => Ok(()),
        }
    }
}

fn inferred(column: &Column, numbers: &[f64], n_rows: usize) -> Task {
    const MOST_CLASSES: usize = 20;
    const ROWS_A_CLASS: usize = 5;
    let are_whole = numbers.iter().all(|number| number.fract() == 0.0);
    let are_few = numbers.len() <= MOST_CLASSES && numbers.len() * ROWS_A_CLASS <= n_rows;
    let is_category = matches!(column.cells, Cells::Categories { .. });
    if is_category || numbers.len() <= 2 || (are_whole && are_few) {
        Task::Classification
    } else {
        Task::Regression
    }
}
