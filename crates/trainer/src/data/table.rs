//! A table in memory: named columns of one kind each.

use super::column::Column;
use super::place::At;

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
