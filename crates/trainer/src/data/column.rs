//! One column in memory.

use super::instant::Instant;
use super::kind::ColumnKind;
use super::reading::Reading;

/// One column: a name, and a number, a category or nothing in each row.
#[derive(Clone, Debug)]
pub struct Column {
    pub(super) name: String,
    pub(super) cells: Cells,
    pub(super) reading: Reading,
    /// The original text of each number, where it differs from how the number is printed; else
    /// empty.
    pub(super) spellings: Vec<String>,
}

/// The stored form of a column's cells.
#[derive(Clone, Debug)]
pub(super) enum Cells {
    /// Numbers with many different values; missing ones are NaN.
    Numbers(Vec<f64>),
    /// Integers, with [`NO_INTEGER`] for missing ones.
    Integers(Vec<i32>),
    /// Integers beyond 2^53, which doubles cannot all tell apart, with [`NO_WIDE`] for missing
    /// ones.
    Wide(Vec<i128>),
    /// Instants, with [`NO_INSTANT`] for missing ones.
    Dates(Dates),
    /// Codes into sorted labels, with [`ABSENT`] for missing ones.
    Categories { codes: Vec<u32>, labels: Vec<String> },
}

/// Instants: microseconds since 1970, and the nanoseconds beyond them if any row has some.
#[derive(Clone, Debug, Default)]
pub(super) struct Dates {
    micros: Vec<i64>,
    nanos: Vec<u16>,
}

impl Dates {
    pub(super) fn push(&mut self, instant: Instant) {
        if instant.nanos != 0 && self.nanos.is_empty() {
            self.nanos = vec![0; self.micros.len()];
        }
        if !self.nanos.is_empty() || instant.nanos != 0 {
            self.nanos.push(instant.nanos);
        }
        self.micros.push(instant.micros);
    }

    /// Returns the instants that are not missing.
    pub(super) fn present(instants: Vec<Instant>) -> impl Iterator<Item = Instant> {
        instants.into_iter().filter(|&instant| instant != NO_INSTANT)
    }

    pub(super) fn len(&self) -> usize {
        self.micros.len()
    }

    /// Returns the instant of a row; `None` if it is missing.
    pub(super) fn get(&self, row: usize) -> Option<Instant> {
        let micros = *self.micros.get(row)?;
        let nanos = self.nanos.get(row).copied().unwrap_or(0);
        (micros != NO_INSTANT.micros).then_some(Instant { micros, nanos })
    }
}

impl FromIterator<Instant> for Dates {
    fn from_iter<I: IntoIterator<Item = Instant>>(instants: I) -> Self {
        let mut dates = Self::default();
        instants.into_iter().for_each(|instant| dates.push(instant));
        dates
    }
}

/// Represents a missing wide number.
pub(super) const NO_WIDE: i128 = i128::MIN;
/// Represents a missing instant.
pub(super) const NO_INSTANT: Instant = Instant { micros: i64::MIN, nanos: 0 };
/// The code of a missing cell.
pub(super) const ABSENT: u32 = u32::MAX;
/// Represents a missing integer.
pub(super) const NO_INTEGER: i32 = i32::MIN;

/// The content of one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CellValue<'a> {
    /// Nothing.
    Missing,
    /// A finite number.
    Number(f64),
    /// A label.
    Category(&'a str),
}

impl Column {
    /// Returns the name in the header.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what the column holds.
    pub fn kind(&self) -> ColumnKind {
        match self.cells {
            Cells::Categories { .. } => ColumnKind::Category,
            Cells::Numbers(_) | Cells::Integers(_) | Cells::Wide(_) => ColumnKind::Number,
            Cells::Dates(_) => ColumnKind::Date,
        }
    }

    /// Returns how its texts were read.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Returns the cell of row `row`, counted from 0; missing after the last row. A date is given
    /// in seconds since 1970.
    pub fn value(&self, row: usize) -> CellValue<'_> {
        match &self.cells {
            Cells::Categories { codes, labels } => codes
                .get(row)
                .and_then(|&code| labels.get(code as usize))
                .map_or(CellValue::Missing, |label| CellValue::Category(label)),
            _ => match self.number(row) {
                number if number.is_nan() => CellValue::Missing,
                number => CellValue::Number(number),
            },
        }
    }

    /// Returns the sorted labels of a categorical column; empty for numbers.
    pub fn labels(&self) -> &[String] {
        match &self.cells {
            Cells::Categories { labels, .. } => labels,
            _ => &[],
        }
    }

    /// Counts the rows without a value.
    pub fn n_missing(&self) -> usize {
        (0..self.n_rows()).filter(|&row| self.is_missing(row)).count()
    }

    /// Counts its rows.
    pub(super) fn n_rows(&self) -> usize {
        match &self.cells {
            Cells::Numbers(numbers) => numbers.len(),
            Cells::Integers(integers) => integers.len(),
            Cells::Wide(wide) => wide.len(),
            Cells::Dates(dates) => dates.len(),
            Cells::Categories { codes, .. } => codes.len(),
        }
    }

    /// Whether a row has no value.
    pub(super) fn is_missing(&self, row: usize) -> bool {
        match &self.cells {
            Cells::Numbers(numbers) => numbers.get(row).is_none_or(|number| number.is_nan()),
            Cells::Integers(integers) => integers.get(row).is_none_or(|&i| i == NO_INTEGER),
            Cells::Wide(wide) => wide.get(row).is_none_or(|&wide| wide == NO_WIDE),
            Cells::Dates(dates) => dates.get(row).is_none(),
            Cells::Categories { codes, .. } => codes.get(row).is_none_or(|&code| code == ABSENT),
        }
    }

    /// Keeps the rows for which `is_kept` holds, in their order.
    pub(super) fn keep(&mut self, is_kept: &[bool]) {
        fn keep<T>(cells: &mut Vec<T>, is_kept: &[bool]) {
            let mut flags = is_kept.iter();
            cells.retain(|_| flags.next().copied().unwrap_or(true));
        }

        match &mut self.cells {
            Cells::Numbers(numbers) => keep(numbers, is_kept),
            Cells::Integers(integers) => keep(integers, is_kept),
            Cells::Wide(wide) => keep(wide, is_kept),
            Cells::Dates(dates) => {
                keep(&mut dates.micros, is_kept);
                keep(&mut dates.nanos, is_kept);
            }
            Cells::Categories { codes, .. } => keep(codes, is_kept),
        }
    }

    /// Returns the distinct numbers in ascending order; empty for categories.
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
            Cells::Wide(_) | Cells::Dates(_) => {
                let rows = (0..self.n_rows()).map(|row| self.number(row));
                rows.filter(|number| !number.is_nan()).collect()
            }
            Cells::Categories { .. } => Vec::new(),
        };

        // In ascending order, by which classes are numbered.
        numbers.sort_by(f64::total_cmp);
        numbers.dedup();
        numbers
    }

    /// Returns the number of a row; NaN if there is none.
    pub(super) fn number(&self, row: usize) -> f64 {
        match &self.cells {
            Cells::Numbers(numbers) => numbers.get(row).copied(),
            Cells::Integers(integers) => {
                integers.get(row).filter(|&&integer| integer != NO_INTEGER).copied().map(f64::from)
            }
            Cells::Wide(wide) => wide.get(row).filter(|&&w| w != NO_WIDE).map(|&wide| wide as f64),
            Cells::Dates(dates) => dates
                .get(row)
                .map(|instant| instant.micros as f64 / 1e6 + f64::from(instant.nanos) / 1e9),
            Cells::Categories { .. } => None,
        }
        .unwrap_or(f64::NAN)
    }

    /// Returns the first row without a value.
    pub(super) fn first_missing(&self) -> Option<usize> {
        (0..self.n_rows()).find(|&row| self.is_missing(row))
    }
}
