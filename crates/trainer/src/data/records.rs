//! The records of comma-separated text, with their places.

use std::collections::BTreeMap;
use std::io::Read;

use csv::{ByteRecord, ReaderBuilder};

use super::error::{DataError, Foreign};
use super::limits::{Bounded, Limits};
use super::place::At;
use super::source::{Exceeded, Source};

/// The CSV reader with the place of the record it stands on.
pub(super) struct Records<'a> {
    reader: csv::Reader<Source<'a>>,
    pub(super) record: ByteRecord,
    n_read: u64,
}

impl<'a> Records<'a> {
    pub(super) fn open(reader: impl Read + 'a, limits: &Limits) -> Result<Self, DataError> {
        let source = Source::open(reader, limits)?;
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(source);
        Ok(Self { reader, record: ByteRecord::new(), n_read: 0 })
    }

    /// Moves to the next record; `None` at the end. Blank lines are not records.
    pub(super) fn advance(&mut self) -> Result<Option<At>, DataError> {
        self.reader.get_mut().begin_record();
        let more = self.reader.read_byte_record(&mut self.record);
        let end_line = self.reader.position().line();
        let more =
            more.map_err(|error| read_error(error, At { row: self.n_read, line: end_line }))?;
        if !more {
            return Ok(None);
        }
        // The csv crate counts blank lines above a record as the record's; counting back from its end does not.
        let within: usize = self.record.iter().map(line_ends).sum();
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
            found => Err(DataError::Ragged { at, expected, found }),
        }
    }
}

fn line_ends(cell: &[u8]) -> usize {
    cell.split(|&byte| byte == b'\n').count() - 1
}

fn read_error(error: csv::Error, at: At) -> DataError {
    let source = match error.into_kind() {
        csv::ErrorKind::Io(source) => source,
        // Byte records of any length have no other fault.
        other => std::io::Error::other(format!("{other:?}")),
    };
    match source.get_ref().and_then(|inner| inner.downcast_ref::<Exceeded>()) {
        Some(&Exceeded { quantity, at_most }) => DataError::Limit { at, quantity, at_most },
        None => DataError::Read { line: at.line, source },
    }
}

/// Reads the first record: the columns' names, at most `at_most`.
pub(super) fn header(records: &mut Records, at_most: u64) -> Result<Vec<String>, DataError> {
    let Some(at) = records.advance()? else {
        return Err(DataError::Empty);
    };
    if records.record.len() as u64 > at_most {
        return Err(DataError::Limit { at, quantity: Bounded::Columns, at_most });
    }
    let mut names: Vec<String> = Vec::with_capacity(records.record.len());
    let mut position_of = BTreeMap::new();
    for (index, cell) in records.record.iter().enumerate() {
        let position = index + 1;
        let name =
            std::str::from_utf8(cell.trim_ascii()).map_err(|_| DataError::Utf8 { at, position })?;
        if name.is_empty() && records.record.len() == 1 {
            return Err(DataError::Empty);
        }
        if name.is_empty() {
            return Err(DataError::EmptyName { position });
        }
        if let Some(first) = position_of.insert(name.to_owned(), position) {
            return Err(DataError::DuplicateName {
                name: name.to_owned(),
                first,
                second: position,
            });
        }
        names.push(name.to_owned());
    }
    match foreign_separator(&names) {
        Some(separator) => Err(DataError::Format { found: Foreign::Separated(separator) }),
        None => Ok(names),
    }
}

/// The separator of a header that commas do not divide but another usual separator does.
fn foreign_separator(names: &[String]) -> Option<char> {
    match names {
        [only] => [';', '\t', '|'].into_iter().find(|&separator| only.contains(separator)),
        _ => None,
    }
}
