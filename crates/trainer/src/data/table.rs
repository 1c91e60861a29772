//! A table in memory: named columns of one kind each.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;

use serde::{Deserialize, Serialize};

use super::error::{At, DataError};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Finite numbers, to be scaled.
    Number,
    /// Labels from a finite set, to be encoded one by one.
    Category,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Number => "number",
            Kind::Category => "category",
        })
    }
}

/// How a file is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Kinds that replace the inferred ones, by column name.
    pub kinds: BTreeMap<String, Kind>,
    /// Names of columns left out.
    pub drop: Vec<String>,
    /// How much is read at most.
    pub limits: Limits,
}

/// What reading stops at, so that no file can exhaust memory.
///
/// A table within the default limits takes at most about 6 GiB while it is read, an ordinary one about twelve bytes a
/// cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole file after decompression (4 GiB).
    pub file_bytes: u64,
    /// Bytes of one record, give or take the reader's buffer of 64 KiB (16 MiB).
    pub record_bytes: u64,
    /// Columns (100,000).
    pub columns: u64,
    /// Rows times columns (2²⁸).
    pub cells: u64,
    /// Memory of all different texts of all columns, each with 64 bytes on top (1 GiB).
    pub label_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 4 << 30, record_bytes: 16 << 20, columns: 100_000, cells: 1 << 28, label_bytes: 1 << 30 }
    }
}

/// Named columns with the same number of rows, as read from comma-separated text.
#[derive(Clone, Debug)]
pub struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) n_rows: usize,
    /// Names read and left out.
    pub(super) dropped: Vec<String>,
    /// The line each row begins on.
    pub(super) lines: Vec<u32>,
}

impl Table {
    /// Reads comma-separated UTF-8 text with a header line, gzipped or not (told by its first bytes).
    ///
    /// Cells are quoted after RFC 4180; a byte-order mark, blank lines, white space around cells, and line ends `\n`,
    /// `\r\n` or `\r` are accepted. Missing are empty cells, `?`, `NA`, `N/A`, `n/a`, `#N/A`, `<NA>`, `NULL`, `null`,
    /// `None`, and any spelling of NaN.
    ///
    /// A column is of numbers if every cell that is not missing parses as a finite decimal number (thousands separators
    /// are not numbers), else of categories; [`ReadOptions::kinds`] says otherwise. Text in a column whose cells are
    /// numbers for nine tenths, or whose first 1024 different values are, is an error rather than a change of the
    /// column's kind, unless it looks like a label: at most 20 different numbers, beside texts that stand in five rows
    /// or more each on average. So is a number in a column of numbers that is infinite or beyond ±1e30. Categories are
    /// sorted: numbers by value, then texts by their bytes.
    ///
    /// # Errors
    ///
    /// Each fault of the file is a variant of [`DataError`] of its own, with row, line and column.
    pub fn read(reader: impl Read, options: &ReadOptions) -> Result<Self, DataError> {
        super::read::table(reader, options)
    }

    /// Rows below the header.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The columns kept, in the file's order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Where row `row` (from 0) stands in the file.
    pub fn at(&self, row: usize) -> At {
        At { row: row as u64 + 1, line: self.lines.get(row).map_or(0, |&line| line.into()) }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(Column::name)
    }
}

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
    /// Numbers with few different values: a code into them, or [`ABSENT`].
    CodedNumbers { codes: Vec<u32>, numbers: Vec<f64> },
    /// A code into sorted labels, or [`ABSENT`].
    Categories { codes: Vec<u32>, labels: Vec<String> },
}

/// The code of a missing cell.
pub(super) const ABSENT: u32 = u32::MAX;

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
            Cells::Numbers(_) | Cells::CodedNumbers { .. } => Kind::Number,
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
            Cells::CodedNumbers { codes, .. } | Cells::Categories { codes, .. } => {
                codes.iter().filter(|&&code| code == ABSENT).count()
            }
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
            Cells::Numbers(numbers) => numbers.iter().copied().filter(|number| !number.is_nan()).collect(),
            Cells::CodedNumbers { numbers, .. } => numbers.clone(),
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
            Cells::CodedNumbers { codes, numbers } => {
                codes.get(row).and_then(|&code| numbers.get(code as usize)).copied()
            }
            Cells::Categories { .. } => None,
        }
        .unwrap_or(f64::NAN)
    }

    /// The first row without a value.
    pub(super) fn first_missing(&self) -> Option<usize> {
        match &self.cells {
            Cells::Numbers(numbers) => numbers.iter().position(|number| number.is_nan()),
            Cells::CodedNumbers { codes, .. } | Cells::Categories { codes, .. } => {
                codes.iter().position(|&code| code == ABSENT)
            }
        }
    }
}
