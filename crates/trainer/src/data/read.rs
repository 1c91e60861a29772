//! From comma-separated text to a table, one record at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use csv::{ByteRecord, ReaderBuilder};

use super::column::{Builder, Refusal};
use super::error::{At, Bounded, DataError, Foreign, Mention};
use super::source::{Exceeded, Source};
use super::table::{Column, Limits, ReadOptions, Table};
use crate::nearest::nearest;

pub(super) fn table(reader: impl Read, options: &ReadOptions) -> Result<Table, DataError> {
    let mut records = Records::open(reader, &options.limits)?;
    let header = header(&mut records, options.limits.columns)?;
    check_mentions(&header, options)?;
    let mut columns: Vec<Option<Builder>> = header
        .iter()
        .map(|name| (!options.drop.contains(name)).then(|| Builder::new(options.kinds.get(name).copied())))
        .collect();
    let mut cells = Bound::new(Bounded::Cells, options.limits.cells);
    let mut label_bytes = Bound::new(Bounded::LabelBytes, options.limits.label_bytes);
    let mut lines = Vec::new();
    while let Some(at) = records.advance()? {
        records.check_width(at, header.len())?;
        cells.spend(header.len() as u64, at)?;
        lines.push(u32::try_from(at.line).unwrap_or(u32::MAX));
        for (position, (column, cell)) in columns.iter_mut().zip(&records.record).enumerate() {
            if let Some(column) = column {
                let cost = column
                    .push(cell.trim_ascii())
                    .map_err(|refusal| located(refusal, &header[position], position, &lines))?;
                label_bytes.spend(cost, at)?;
            }
        }
    }
    if lines.is_empty() {
        return Err(DataError::NoRows { n_columns: header.len() });
    }
    finish(header, columns, lines)
}

fn finish(header: Vec<String>, columns: Vec<Option<Builder>>, lines: Vec<u32>) -> Result<Table, DataError> {
    let mut table = Table { columns: Vec::new(), n_rows: lines.len(), dropped: Vec::new(), lines };
    for (position, (name, builder)) in header.into_iter().zip(columns).enumerate() {
        match builder {
            None => table.dropped.push(name),
            Some(builder) => {
                let cells = builder.finish().map_err(|refusal| located(refusal, &name, position, &table.lines))?;
                table.columns.push(Column { name, cells });
            }
        }
    }
    Ok(table)
}

/// The CSV reader with the place of the record it stands on.
struct Records<'a> {
    reader: csv::Reader<Source<'a>>,
    record: ByteRecord,
    n_read: u64,
}

impl<'a> Records<'a> {
    fn open(reader: impl Read + 'a, limits: &Limits) -> Result<Self, DataError> {
        let source = Source::open(reader, limits)?;
        let reader =
            ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(1 << 16).from_reader(source);
        Ok(Self { reader, record: ByteRecord::new(), n_read: 0 })
    }

    /// Moves to the next record; `None` at the end. Blank lines are not records.
    fn advance(&mut self) -> Result<Option<At>, DataError> {
        self.reader.get_mut().begin_record();
        let more = self.reader.read_byte_record(&mut self.record);
        let end_line = self.reader.position().line();
        let more = more.map_err(|error| read_error(error, At { row: self.n_read, line: end_line }))?;
        if !more {
            return Ok(None);
        }
        // The csv crate counts blank lines above a record as the record's; counting back from its end does not.
        let within: usize = self.record.iter().map(line_ends).sum();
        let is_unclosed = self.record.iter().next_back().is_some_and(|cell| cell.ends_with(b"\n"))
            && self.reader.get_ref().ended_without_quote()
            && self.reader.is_done();
        let line = end_line - within as u64 - u64::from(!is_unclosed);
        let at = At { row: self.n_read, line };
        if is_unclosed {
            return Err(DataError::UnclosedQuote { at, position: self.record.len() });
        }
        self.n_read += 1;
        Ok(Some(at))
    }

    fn check_width(&self, at: At, expected: usize) -> Result<(), DataError> {
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

fn header(records: &mut Records, at_most: u64) -> Result<Vec<String>, DataError> {
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
        let name = std::str::from_utf8(cell.trim_ascii()).map_err(|_| DataError::Utf8 { at, position })?;
        if name.is_empty() && records.record.len() == 1 {
            return Err(DataError::Empty);
        }
        if name.is_empty() {
            return Err(DataError::EmptyName { position });
        }
        if let Some(first) = position_of.insert(name.to_owned(), position) {
            return Err(DataError::DuplicateName { name: name.to_owned(), first, second: position });
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

fn check_mentions(header: &[String], options: &ReadOptions) -> Result<(), DataError> {
    let known: BTreeSet<&str> = header.iter().map(String::as_str).collect();
    let mentions = options
        .drop
        .iter()
        .map(|name| (Mention::Drop, name))
        .chain(options.kinds.keys().map(|name| (Mention::Kinds, name)));
    for (mention, name) in mentions {
        if !known.contains(name.as_str()) {
            let nearest = nearest(name, header.iter().map(String::as_str));
            return Err(DataError::UnknownColumn { mention, name: name.clone(), nearest });
        }
    }
    Ok(())
}

/// A quantity that grows with the rows.
struct Bound {
    quantity: Bounded,
    at_most: u64,
    used: u64,
}

impl Bound {
    fn new(quantity: Bounded, at_most: u64) -> Self {
        Self { quantity, at_most, used: 0 }
    }

    fn spend(&mut self, amount: u64, at: At) -> Result<(), DataError> {
        self.used += amount;
        let Self { quantity, at_most, .. } = *self;
        if self.used > at_most { Err(DataError::Limit { at, quantity, at_most }) } else { Ok(()) }
    }
}

fn located(refusal: Refusal, column: &str, index: usize, lines: &[u32]) -> DataError {
    let at = |row: usize| At { row: row as u64 + 1, line: lines.get(row).map_or(0, |&line| line.into()) };
    match refusal {
        Refusal::Text { row, value, reason } => {
            DataError::Text { at: at(row), column: column.to_owned(), value: excerpt(&value), reason }
        }
        Refusal::OutOfRange { row, value } => {
            DataError::OutOfRange { at: at(row), column: column.to_owned(), value: excerpt(&value) }
        }
        Refusal::Utf8 { row } => DataError::Utf8 { at: at(row), position: index + 1 },
    }
}

/// The beginning of a cell, enough to recognise it.
fn excerpt(cell: &[u8]) -> String {
    const LONGEST: usize = 40;
    let text = String::from_utf8_lossy(cell);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}
