//! Rows that have been read and not yet added to the columns.
//!
//! Each column of a wide table lies on pages of its own. Adding several rows to one column before
//! the next fetches these pages once instead of once a row. Faults are the same as row by row: the
//! first row with one is reported.

use csv::ByteRecord;

use super::inference::Builder;
use super::place::At;
use super::refusal::Refusal;
use super::rules::Rules;

/// The most rows in a batch: their texts still fit into the caches where there are thousands of
/// columns.
const ROWS: usize = 16;

/// The rows of a batch, whose memory is used again.
#[derive(Default)]
pub(super) struct Batch {
    records: Vec<ByteRecord>,
    places: Vec<At>,
}

/// A cell that its column refuses.
pub(super) struct Refused {
    /// The column, from 0.
    pub(super) position: usize,
    pub(super) refusal: Refusal,
}

impl Batch {
    /// Adds a row, and leaves a record for another in its place.
    pub(super) fn take(&mut self, record: &mut ByteRecord, at: At) {
        let index = self.places.len();
        if index == self.records.len() {
            self.records.push(ByteRecord::new());
        }
        std::mem::swap(&mut self.records[index], record);
        self.places.push(at);
    }

    pub(super) fn is_full(&self) -> bool {
        self.places.len() == ROWS
    }

    /// Moves the rows into the columns. Returns by how many bytes the memory for texts grew with
    /// each row, as [`Builder::push`] does, up to the first row that a column refuses.
    pub(super) fn add_to(
        &mut self,
        columns: &mut [Option<Builder>],
        rules: &Rules,
    ) -> (Vec<(At, i64)>, Option<Refused>) {
        let mut growth: Vec<(At, i64)> = self.places.drain(..).map(|at| (at, 0)).collect();
        let mut refused = None;

        for (position, column) in columns.iter_mut().enumerate() {
            let Some(column) = column else { continue };
            let cells = self.records.iter().map(|record| record.get(position).unwrap_or_default());
            // After a fault, only the rows before it may hold an earlier one.
            let n_rows = growth.len();
            for (row, cell) in cells.take(n_rows).enumerate() {
                match column.push(cell.trim_ascii(), rules) {
                    Ok(bytes) => growth[row].1 += bytes,
                    Err(refusal) => {
                        refused = Some(Refused { position, refusal });
                        growth.truncate(row);
                        break;
                    }
                }
            }
        }

        (growth, refused)
    }
}
