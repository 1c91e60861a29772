//! One column in memory.

use super::kind::Kind;

/// One column: a name, and a number, a category or nothing in each row.
#[derive(Clone, Debug)]
pub struct Column {
    pub(super) name: String,
    pub(super) cells: Cells,
}

/// The stored form of a column's cells.
#[derive(Clone, Debug)]
pub(super) enum Cells {
    /// Numbers with many different values; missing ones are NaN.
    Numbers(Vec<f64>),
    /// Whole numbers, or [`NO_INTEGER`].
    Integers(Vec<i32>),
    /// A code into sorted labels, or [`ABSENT`].
    Categories { codes: Vec<u32>, labels: Vec<String> },
}

/// The code of a missing cell.
pub(super) const ABSENT: u32 = u32::MAX;
/// What stands for a missing whole number.
pub(super) const NO_INTEGER: i32 = i32::MIN;

/// The content of one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Missing,
    /// A finite number.
    Number(f64),
    /// A label.
    Category(&'a str),
}

impl Column {
    /// The name in the header.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Numbers or categories.
    pub fn kind(&self) -> Kind {
        match self.cells {
            Cells::Categories { .. } => Kind::Category,
            Cells::Numbers(_) | Cells::Integers(_) => Kind::Number,
        }
    }

    /// The cell of row `row`, counted from 0; missing beyond the last.
    pub fn value(&self, row: usize) -> Value<'_> {
        match &self.cells {
            Cells::Categories { codes, labels } => codes
                .get(row)
                .and_then(|&code| labels.get(code as usize))
                .map_or(Value::Missing, |label| Value::Category(label)),
            _ => match self.number(row) {
                number if number.is_nan() => Value::Missing,
                number => Value::Number(number),
            },
        }
    }

    /// The sorted labels of a column of categories; none for numbers.
    pub fn labels(&self) -> &[String] {
        match &self.cells {
            Cells::Categories { labels, .. } => labels,
            _ => &[],
        }
    }

    /// Rows without a value.
    pub fn n_missing(&self) -> usize {
        match &self.cells {
            Cells::Numbers(numbers) => numbers.iter().filter(|number| number.is_nan()).count(),
            Cells::Integers(integers) => {
                integers.iter().filter(|&&integer| integer == NO_INTEGER).count()
            }
            Cells::Categories { codes, .. } => codes.iter().filter(|&&code| code == ABSENT).count(),
        }
    }

    /// Different values, missing ones not counted.
    pub fn n_distinct(&self) -> usize {
        match &self.cells {
            Cells::Categories { labels, .. } => labels.len(),
            _ => self.distinct_numbers().len(),
        }
    }

    /// The different numbers in ascending order; none for categories.
    pub(super) fn distinct_numbers(&self) -> Vec<f64> {
        let mut numbers: Vec<f64> = match &self.cells {
            Cells::Numbers(numbers) => {
                numbers.iter().copied().filter(|number| !number.is_nan()).collect()
            }
            Cells::Integers(integers) => integers
                .iter()
                .copied()
                .filter(|&integer| integer != NO_INTEGER)
                .map(f64::from)
                .collect(),
            Cells::Categories { .. } => Vec::new(),
        };
        numbers.sort_by(f64::total_cmp);
        numbers.dedup();
        numbers
    }

    /// The number of a row; NaN where there is none.
    pub(super) fn number(&self, row: usize) -> f64 {
        match &self.cells {
            Cells::Numbers(numbers) => numbers.get(row).copied(),
            Cells::Integers(integers) => {
                integers.get(row).filter(|&&integer| integer != NO_INTEGER).copied().map(f64::from)
            }
            Cells::Categories { .. } => None,
        }
        .unwrap_or(f64::NAN)
    }

    /// The first row without a value.
    pub(super) fn first_missing(&self) -> Option<usize> {
        match &self.cells {
            Cells::Numbers(numbers) => numbers.iter().position(|number| number.is_nan()),
            Cells::Integers(integers) => integers.iter().position(|&integer| integer == NO_INTEGER),
            Cells::Categories { codes, .. } => codes.iter().position(|&code| code == ABSENT),
        }
    }
}
