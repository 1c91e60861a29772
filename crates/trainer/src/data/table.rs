//! A table in memory: named columns of one kind each.

use csv::ByteRecord;

use super::column::Column;
use super::error::DataError;
use super::place::{At, Mention};
use super::tail::Stray;

/// Named columns with the same number of rows, as read from separated text.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) n_rows: usize,
    /// Returns the columns of the file that are left out.
    pub(super) left_out: Vec<LeftOut>,
    /// The line on which each row begins.
    pub(super) lines: Vec<u32>,
    /// Texts that count as missing, from a setting.
    pub(super) stated_missing: Vec<String>,
    separator: u8,
    has_header: bool,
    /// Number of lines that repeat the header.
    repeated_headers: Vec<u64>,
    /// Number of rows without any value.
    n_empty_rows: u64,
    /// Rows that are probably not data.
    pub(super) strays: Vec<Stray>,
}

/// A column of the file that is not read, or is dropped after reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name; empty if it has none.
    pub name: String,
    /// Its position in the file, counted from 1.
    pub position: usize,
    /// The reason.
    pub why: Why,
}

/// Why a column is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A setting drops it.
    Dropped,
    /// A setting says that it is text.
    Text,
    /// It has no name and no value.
    Empty,
    /// It has no name and numbers the rows.
    RowNumbers,
}

impl Table {
    /// A table before its first row.
    pub(super) fn begun(separator: u8, has_header: bool, missing: &[String]) -> Self {
        Self { separator, has_header, stated_missing: missing.to_vec(), ..Self::default() }
    }

    /// Returns the separator.
    pub fn separator(&self) -> char {
        self.separator.into()
    }

    /// Whether the file names its columns.
    pub fn has_header(&self) -> bool {
        self.has_header
    }

    /// Returns the columns of the file that are left out.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// Counts the lines that repeat the header and are skipped.
    pub fn repeated_headers(&self) -> &[u64] {
        &self.repeated_headers
    }

    /// Counts the rows without any value, which are skipped.
    pub fn n_empty_rows(&self) -> u64 {
        self.n_empty_rows
    }

    /// Returns the rows that are probably not data, such as totals below the table. They are read
    /// as rows like all others.
    pub fn strays(&self) -> &[Stray] {
        &self.strays
    }

    /// Whether a record is not a row: it repeats the header or has no value at all.
    pub(super) fn passes_over(&mut self, record: &ByteRecord, header: &[String], at: At) -> bool {
        let cell = |index: usize| record.get(index).map_or(&b""[..], <[u8]>::trim_ascii);
        let is_header =
            |(index, name): (usize, &String)| cell(index).eq_ignore_ascii_case(name.as_bytes());
        if self.has_header && header.iter().enumerate().all(is_header) {
            self.repeated_headers.push(at.line);
            return true;
        }
        let is_empty = header.len() > 1 && (0..header.len()).all(|index| cell(index).is_empty());
        self.n_empty_rows += u64::from(is_empty);
        is_empty
    }

    /// Counts the rows below the header.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Returns the columns kept, in the file's order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Returns the column with a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Returns the position of row `row` (counted from 0) in the file.
    pub fn at(&self, row: usize) -> At {
        At { row: row as u64 + 1, line: self.lines.get(row).map_or(0, |&line| line.into()) }
    }

    /// Builds the error for a required cell that is missing.
    pub(super) fn missing(&self, column: &Column, mention: Mention, row: usize) -> DataError {
        let markers = column.reading.missing.iter().chain(&column.reading.presumed);
        let at = self.at(row);
        DataError::Missing {
            at,
            stray: self.strays.iter().find(|stray| stray.holds(at)).map(|stray| stray.kind),
            mention,
            column: column.name.clone(),
            n_missing: column.n_missing(),
            text: markers.map(|(text, _)| text.clone()).next().unwrap_or_default(),
        }
    }

    /// Keeps the rows for which `is_kept` holds, in their order.
    pub(super) fn keep(&mut self, is_kept: &[bool]) {
        self.columns.iter_mut().for_each(|column| column.keep(is_kept));
        let mut flags = is_kept.iter();
        self.lines.retain(|_| flags.next().copied().unwrap_or(true));
        self.n_rows = self.lines.len();
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(Column::name)
    }
}
