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
            && self.reader.get_ref().ended_without_quote();
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;
    use crate::data::{Kind, Reason, Value};

    fn read(text: &str) -> Result<Table, DataError> {
        table(text.as_bytes(), &ReadOptions::default())
    }

    fn fault(text: &str) -> DataError {
        read(text).expect_err(text)
    }

    /// The message's first line.
    fn message(text: &str) -> String {
        fault(text).to_string().lines().next().unwrap_or_default().to_owned()
    }

    #[test]
    fn a_table_has_typed_named_columns() {
        let table = read("n,c,m\n1.5,b,\n?,a,NA\n-2,b,\n").unwrap();
        assert_eq!(table.n_rows(), 3);
        let kinds: Vec<(&str, Kind, usize)> =
            table.columns().iter().map(|column| (column.name(), column.kind(), column.n_missing())).collect();
        assert_eq!(kinds, [("n", Kind::Number, 1), ("c", Kind::Category, 0), ("m", Kind::Number, 3)]);
        let column = |name| table.column(name).unwrap();
        assert_eq!(column("n").value(2), Value::Number(-2.0));
        assert_eq!(column("n").value(1), Value::Missing);
        assert_eq!(column("c").value(0), Value::Category("b"));
        assert_eq!(column("c").labels(), ["a", "b"]);
        assert_eq!(column("c").value(3), Value::Missing);
    }

    #[test]
    fn every_spelling_of_the_same_table_reads_the_same() {
        let plain = read("a,b\n1,x y\n2,\"z\"\n").unwrap();
        for text in [
            "\u{feff}a,b\r\n1,x y\r\n2,z\r\n",
            "a , b\n\n 1 ,x y\n\n\n2,z",
            "\"a\",\"b\"\r1,\"x y\"\r2,z\r",
            "\u{feff}\"a\",b\n1,x y\n2,z",
        ] {
            let table = read(text).unwrap();
            assert_eq!(format!("{:?}", table.columns), format!("{:?}", plain.columns), "{text:?}");
        }
    }

    #[test]
    fn faults_name_row_line_and_column() {
        for (text, expected) in [
            ("", "the file is empty; expected a header line with the columns' names"),
            (" \n\n", "the file is empty; expected a header line with the columns' names"),
            ("a,b\n", "the file has a header with 2 columns and no rows"),
            ("a,,c\n1,2,3\n", "column 2 has no name in the header"),
            ("a,b, a \n1,2,3\n", "columns 1 and 3 are both named `a`"),
            ("a,b\n1,2\n\n\n3\n", "row 2 (line 5): expected 2 cells as in the header, found 1"),
            ("a,b\r\n1,2\r\n3,4,5\r\n", "row 2 (line 3): expected 2 cells as in the header, found 3"),
            ("a,b\n1,\"x\ny\"\n3\n", "row 2 (line 4): expected 2 cells as in the header, found 1"),
            (
                "a,b\n1,2\n3,\"4\n5,6\n",
                "row 2 (line 3), column 2: a quoted cell is not closed before the end of the file",
            ),
            ("a;b\n1;2\n", "expected comma-separated UTF-8 text, found text separated by ';'"),
            ("a\tb\n1\t2\n", "expected comma-separated UTF-8 text, found text separated by '\\t'"),
        ] {
            assert_eq!(message(text), expected, "{text:?}");
        }
    }

    #[test]
    fn text_among_numbers_names_its_cell() {
        let row = |row| if row == 7 { "7,\"1,200\"\n".to_owned() } else { format!("{row},{row}\n\n") };
        let text: String = ["id,size\n".to_owned()].into_iter().chain((1..=30).map(row)).collect();
        assert_eq!(
            fault(&text).to_string(),
            "row 7 (line 14), column `size`: expected a number, found \"1,200\" in a column nearly all of whose cells are \
             numbers\nhint: correct the cell, leave it empty if the value is missing, or say kinds = { size = \"category\" }"
        );
        let stated = |kind| ReadOptions { kinds: [("size".to_owned(), kind)].into(), ..ReadOptions::default() };
        let error = table(text.as_bytes(), &stated(Kind::Number)).unwrap_err();
        assert!(matches!(error, DataError::Text { at: At { row: 7, line: 14 }, reason: Reason::Stated, .. }));
        assert_eq!(table(text.as_bytes(), &stated(Kind::Category)).unwrap().columns[1].labels().len(), 30);
    }

    #[test]
    fn infinite_numbers_are_refused() {
        assert_eq!(message("a\n1\n-inf\n"), "row 2 (line 3), column `a`: -inf is not a number between -1e30 and 1e30");
        assert!(matches!(fault("a\n1\n1e31\n"), DataError::OutOfRange { .. }));
    }

    #[test]
    fn text_that_is_not_utf8_is_refused_where_it_stands() {
        let at = |bytes: &[u8]| table(bytes, &ReadOptions::default()).unwrap_err().to_string();
        assert!(at(b"a,b\n1,x\n2,\xe9t\xe9\n").starts_with("row 2 (line 3), column 2: the text is not UTF-8"));
        assert!(at(b"a,\xe9\n1,x\n").starts_with("the header (line 1), column 2: the text is not UTF-8"));
    }

    #[test]
    fn unknown_names_come_with_the_nearest() {
        let options = ReadOptions { drop: vec!["nmae".to_owned()], ..ReadOptions::default() };
        let error = table(&b"name,size\na,1\n"[..], &options).unwrap_err();
        assert_eq!(
            error.to_string(),
            "drop names the column `nmae`, which the file does not have\nhint: did you mean `name`?"
        );
        let options = ReadOptions { kinds: [("x".to_owned(), Kind::Number)].into(), ..ReadOptions::default() };
        let error = table(&b"name,size\na,1\n"[..], &options).unwrap_err();
        assert!(matches!(error, DataError::UnknownColumn { mention: Mention::Kinds, .. }));
    }

    #[test]
    fn dropped_columns_are_not_read() {
        let options = ReadOptions { drop: vec!["b".to_owned()], ..ReadOptions::default() };
        let table = table(&b"a,b\n1,\xff\n"[..], &options).unwrap();
        assert_eq!(table.names().collect::<Vec<_>>(), ["a"]);
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_is_told_by_its_bytes_and_may_have_several_members() {
        let packed = [gzip(b"a,b\n1,"), gzip(b"x\n2,y\n")].concat();
        let table = table(packed.as_slice(), &ReadOptions::default()).unwrap();
        assert_eq!((table.n_rows(), table.columns()[1].labels().len()), (2, 2));
    }

    #[test]
    fn damaged_gzip_is_an_error() {
        let packed = gzip("a,b\n1,x\n".repeat(1000).as_bytes());
        let error = table(&packed[..packed.len() / 2], &ReadOptions::default()).unwrap_err();
        assert!(matches!(error, DataError::Read { .. }), "{error}");
    }

    #[test]
    fn a_bomb_hits_a_limit() {
        let one_line = gzip(&vec![b'1'; 40 << 20]);
        assert!(one_line.len() < 50_000);
        let error = table(one_line.as_slice(), &ReadOptions::default()).unwrap_err();
        assert_eq!(error.to_string(), "the header (line 1): more than 16777216 bytes in one row");

        let limited = |limits| ReadOptions { limits, ..ReadOptions::default() };
        let rows = gzip(&b"1,2\n".repeat(1 << 20));
        let file_bytes = limited(Limits { file_bytes: 1 << 20, ..Limits::default() });
        let error = table(rows.as_slice(), &file_bytes).unwrap_err();
        assert!(matches!(error, DataError::Limit { quantity: Bounded::FileBytes, .. }), "{error}");
        let cells = limited(Limits { cells: 100, ..Limits::default() });
        let error = table(&b"a,b\n1,2\n".repeat(100)[..], &cells).unwrap_err();
        assert!(matches!(error, DataError::Limit { quantity: Bounded::Cells, at: At { row: 51, .. }, .. }), "{error}");
    }

    #[test]
    fn columns_and_texts_are_bounded() {
        let limited = |limits| ReadOptions { limits, ..ReadOptions::default() };
        let columns = limited(Limits { columns: 2, ..Limits::default() });
        let error = table(&b"a,b,c\n1,2,3\n"[..], &columns).unwrap_err();
        assert!(matches!(error, DataError::Limit { quantity: Bounded::Columns, at_most: 2, .. }), "{error}");
        let texts = limited(Limits { label_bytes: 150, ..Limits::default() });
        let error = table(&b"a\nx\ny\nz\n"[..], &texts).unwrap_err();
        assert!(matches!(error, DataError::Limit { quantity: Bounded::LabelBytes, .. }), "{error}");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = table(bytes.as_slice(), &ReadOptions::default());
        }

        #[test]
        fn no_text_makes_it_panic(text in "[ab1.\",\r\n \u{feff}é-]{0,80}") {
            let _ = table(text.as_bytes(), &ReadOptions::default());
        }

        #[test]
        fn what_was_written_is_read(
            rows in prop::collection::vec((any::<f32>(), "[a-z\",\n ]{1,6}[x-z]"), 1..40)
        ) {
            let rows: Vec<(f32, String)> = rows.into_iter().map(|(x, t)| (x, t.trim().to_owned())).collect();
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["number", "text"]).unwrap();
            for (number, text) in &rows {
                writer.write_record([&number.to_string(), text]).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            match table(bytes.as_slice(), &ReadOptions::default()) {
                Err(DataError::OutOfRange { .. }) => prop_assert!(rows.iter().any(|row| row.0.abs() > 1e30)),
                Err(error) => prop_assert!(false, "{error}"),
                Ok(table) => for (row, (number, text)) in rows.iter().enumerate() {
                    prop_assert_eq!(table.columns()[1].value(row), Value::Category(text));
                    let expected = if number.is_nan() { Value::Missing } else { Value::Number((*number).into()) };
                    let read = match table.columns()[0].value(row) {
                        Value::Number(number) => Value::Number((number as f32).into()),
                        other => other,
                    };
                    prop_assert_eq!(read, expected);
                },
            }
        }
    }
}
