//! The records of separated text, with their positions.

use std::collections::BTreeMap;
use std::io::Read;

use csv::{ByteRecord, ReaderBuilder};

use super::cell::{self, Cell};
use super::error::{DataError, Looks};
use super::limits::{Bounded, Limits};
use super::place::At;
use super::sniff::{Sniffed, sniff};
use super::source::{BoundedReader, Exceeded};

/// The CSV reader, with the position of its current record.
pub(super) struct Records<'a> {
    reader: csv::Reader<BoundedReader<'a>>,
    pub(super) record: ByteRecord,
    /// What the first part of the file shows.
    pub(super) sniffed: Sniffed,
    n_read: u64,
}

impl<'a> Records<'a> {
    /// Opens a file; `separator` is the one from the settings.
    pub(super) fn open(
        reader: impl Read + 'a,
        limits: &Limits,
        separator: Option<u8>,
    ) -> Result<Self, DataError> {
        let mut source = BoundedReader::open(reader, limits)?;
        let at = At { row: 0, line: 1 };
        let (sample, is_whole) = source.sample().map_err(|error| io_error(error, at))?;

        let sniffed = sniff(sample, is_whole, separator);
        if let Some(found) = sniffed.foreign {
            return Err(DataError::Format { found });
        }

        let reader = ReaderBuilder::new()
            .has_headers(false)
            // `check_width` reports rows of other widths, and can say more about them than the
            // parser.
            .flexible(true)
            .delimiter(sniffed.separator)
            .buffer_capacity(1 << 16)
            .from_reader(source);

        Ok(Self { reader, record: ByteRecord::new(), sniffed, n_read: 0 })
    }

    /// Treats the first record as a row, because there is no header.
    pub(super) fn count_first(&mut self, at: At) -> At {
        self.n_read = 2;
        At { row: 1, ..at }
    }

    /// Moves to the next record; returns `None` at the end. Blank lines are not records.
    pub(super) fn advance(&mut self) -> Result<Option<At>, DataError> {
        self.reader.get_mut().begin_record();
        let more = self.reader.read_byte_record(&mut self.record);
        let end_line = self.reader.position().line();
        let more =
            more.map_err(|error| read_error(error, At { row: self.n_read, line: end_line }))?;

        if !more {
            return Ok(None);
        }

        // The csv crate counts blank lines before a record as part of it; counting back from its
        // end does not.
        let within = n_line_ends(self.record.as_slice());
        let is_unclosed = self.record.iter().next_back().is_some_and(|cell| cell.ends_with(b"\n"))
            && self.reader.get_ref().ended_without_quote();
        let line = end_line - within as u64 - u64::from(!is_unclosed);

        let at = At { row: self.n_read, line };
        if is_unclosed {
            return Err(DataError::UnclosedQuote { at, position: self.record.len() });
        }

        self.n_read += 1;
        Ok(Some(at))
    }

    pub(super) fn check_width(&self, at: At, expected: usize) -> Result<(), DataError> {
        match self.record.len() {
            found if found == expected => Ok(()),
            found => Err(DataError::Ragged { at, expected, found, looks: self.looks() }),
        }
    }
}

impl Records<'_> {
    /// Returns what a record looks like that has more or fewer cells than the header.
    fn looks(&self) -> Looks {
        let cells = || self.record.iter().map(<[u8]>::trim_ascii);
        let is_name = |cell: &[u8]| cell::read(cell) == Cell::Text;
        if cells().next_back().is_some_and(<[u8]>::is_empty) {
            Looks::EndsEmpty
        } else if cells().len() > 1 && cells().all(is_name) {
            Looks::Header
        } else {
            Looks::Row
        }
    }
}

#[expect(clippy::naive_bytecount, reason = "the compiler vectorises it; a record is short")]
fn n_line_ends(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte == b'\n').count()
}

fn read_error(error: csv::Error, at: At) -> DataError {
    let source = match error.into_kind() {
        csv::ErrorKind::Io(source) => source,
        // Byte records of any length have no other fault.
        other => std::io::Error::other(format!("{other:?}")),
    };
    io_error(source, at)
}

fn io_error(source: std::io::Error, at: At) -> DataError {
    match source.get_ref().and_then(|inner| inner.downcast_ref::<Exceeded>()) {
        Some(&Exceeded { quantity, at_most }) => DataError::Limit { at, quantity, at_most },
        None => DataError::Read { line: at.line, source },
    }
}

/// Reads the first record, of at most `at_most` cells; each is UTF-8 and trimmed.
pub(super) fn first(records: &mut Records, at_most: u64) -> Result<(At, Vec<String>), DataError> {
    let Some(at) = records.advance()? else {
        return Err(DataError::Empty);
    };

    if records.record.len() as u64 > at_most {
        return Err(DataError::Limit { at, quantity: Bounded::Columns, at_most });
    }

    let mut cells: Vec<String> = Vec::with_capacity(records.record.len());
    for (index, cell) in records.record.iter().enumerate() {
        let position = index + 1;
        let cell =
            std::str::from_utf8(cell.trim_ascii()).map_err(|_| DataError::Utf8 { at, position })?;
        cells.push(cell.to_owned());
    }

    if cells.len() == 1 && cells[0].is_empty() {
        return Err(DataError::Empty);
    }

    Ok((at, cells))
}

/// Refuses duplicate names among the columns that are read; empty names are not compared.
pub(super) fn check_names(
    names: &[String],
    is_read: impl Fn(usize) -> bool,
) -> Result<(), DataError> {
    let mut position_of = BTreeMap::new();
    let compared =
        names.iter().enumerate().filter(|(index, name)| !name.is_empty() && is_read(*index));
    for (index, name) in compared {
        let second = index + 1;
        if let Some(first) = position_of.insert(name, second) {
            return Err(DataError::DuplicateName { name: name.clone(), first, second });
        }
    }
    Ok(())
}
