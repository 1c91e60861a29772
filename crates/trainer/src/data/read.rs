//! Reads separated text into a table, one record at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use super::batch::{Batch, Refused};
use super::column::Column;
use super::decorated::Decimal;
use super::error::DataError;
use super::inference::{Builder, Known};
use super::instant::DateOrder;
use super::kind::ColumnKind;
use super::limits::{Bounded, Limits};
use super::place::{At, Mention};
use super::records::{Records, check_names, first};
use super::refusal::Refusal;
use super::rules::{Missing, Rules};
use super::schema::Schema;
use super::table::{LeftOut, Table, Why};
use super::tail::{Watch, unnamed_sum};
use crate::nearest::nearest;

/// Options for reading a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Kinds that replace the inferred ones, by column name.
    pub kinds: BTreeMap<String, ColumnKind>,
    /// Names of columns to leave out; the empty name stands for columns without a name.
    pub drop: Vec<String>,
    /// Positions of columns to leave out, counted from 1.
    pub drop_positions: Vec<u64>,
    /// Texts that count as missing in addition to the built-in ones; if the empty text is among
    /// them, instead of those.
    pub missing: Vec<String>,
    /// The decimal mark; detected if `None`.
    pub decimal: Option<Decimal>,
    /// The separator; detected if `None`.
    pub separator: Option<u8>,
    /// The order of dates with the year last; detected if `None`.
    pub dates: Option<DateOrder>,
    /// Whether the first line names the columns; if `None`, a first line that looks like data is an
    /// error.
    pub header: Option<bool>,
    /// Limits on how much is read.
    pub limits: Limits,
}

impl Table {
    /// Reads UTF-8 text with a separator and a header line, optionally gzipped (detected by its
    /// first bytes).
    ///
    /// The separator is the one of tab, `;`, `|` and comma that divides the first rows evenly.
    /// Cells are quoted as in RFC 4180; a byte-order mark, blank lines, white space around cells
    /// and quotes, and line ends `\n`, `\r\n` or `\r` are accepted. Missing are empty cells, `?`,
    /// `NA`, `N/A`, `n/a`, `#N/A`, `<NA>`, `NULL`, `null`, `None`, any spelling of NaN, and in
    /// columns of numbers and dates further markers such as `-`, `.`, `none` and `#VALUE!`. Rows
    /// that repeat the header or have no value at all are skipped.
    ///
    /// A column is numeric if every cell that is not missing is a finite number: a plain one, or
    /// one with thousands separators, a decimal comma, a currency, a unit and the like (see
    /// [`Decoration`](super::Decoration)). It is a column of dates if every cell is a date, and
    /// otherwise categorical; [`ReadOptions::kinds`] overrides this. Up to three texts that each
    /// stand in two rows or more beside over 20 distinct numbers also count as missing and are
    /// listed in [`Reading::presumed`](super::Reading). Other text in a column with at least nine
    /// tenths numbers is an error, and does not change the column's kind, unless it looks like a
    /// label: at most 20 distinct numbers, beside texts that stand in five rows or more each on
    /// average. A number that is infinite or beyond ±1e30 is an error too. Categories are sorted:
    /// numbers by value, then texts by their bytes.
    ///
    /// # Errors
    ///
    /// Each fault of the file is a separate variant of [`DataError`], with row, line and column.
    pub fn read(reader: impl Read, options: &ReadOptions) -> Result<Self, DataError> {
        let form = FileForm {
            separator: options.separator,
            header: options.header,
            decimal: options.decimal,
            dates: options.dates,
            missing: &options.missing,
            passes_over_rows: true,
        };

        table(reader, &options.limits, &form, |header| {
            check_mentions(header, options)?;
            let choice = |(index, name): (usize, &String)| {
                let is_dropped = options.drop.contains(name)
                    || options.drop_positions.contains(&(index as u64 + 1));
                match options.kinds.get(name) {
                    _ if is_dropped => ColumnChoice::Skip(Why::Dropped),
                    Some(ColumnKind::Text) => ColumnChoice::Skip(Why::Text),
                    Some(&kind) => ColumnChoice::Read(Known::Kind(kind)),
                    None => ColumnChoice::Read(Known::Nothing),
                }
            };
            Ok(header.iter().enumerate().map(choice).collect())
        })
    }
}

/// What is known about a file before it is read.
pub(super) struct FileForm<'a> {
    pub(super) separator: Option<u8>,
    pub(super) header: Option<bool>,
    pub(super) decimal: Option<Decimal>,
    pub(super) dates: Option<DateOrder>,
    pub(super) missing: &'a [String],
    /// Whether rows that repeat the header or have no value are skipped.
    pub(super) passes_over_rows: bool,
}

impl<'a> FileForm<'a> {
    /// The form of a file that a model predicts from: row for row.
    pub(super) fn of(schema: &'a Schema) -> Self {
        Self {
            separator: None,
            header: Some(schema.has_header),
            decimal: None,
            dates: None,
            missing: &schema.missing,
            passes_over_rows: false,
        }
    }
}

/// How a column of the file is treated.
#[derive(Clone)]
pub(super) enum ColumnChoice {
    /// It is left out, whatever it holds.
    Skip(Why),
    /// It is read, with what is known about it.
    Read(Known),
}

/// Reads a table with the columns that `choose` selects from the header.
pub(super) fn table(
    reader: impl Read,
    limits: &Limits,
    form: &FileForm<'_>,
    choose: impl FnOnce(&[String]) -> Result<Vec<ColumnChoice>, DataError>,
) -> Result<Table, DataError> {
    let mut records = Records::open(reader, limits, form.separator)?;
    let (header, mut first_row) = header(&mut records, limits, form)?;
    let rules = Rules {
        missing: Missing::new(form.missing),
        decimal: form.decimal,
        likely_decimal: records.sniffed.decimal,
        date_order: form.dates,
    };

    let choices = choose(&header)?;
    let is_read = |index: usize| matches!(choices[index], ColumnChoice::Read(_));
    check_names(&header, is_read)?;
    let mut columns: Vec<Option<Builder>> =
        choices.iter().map(|choice| builder(choice, header.len())).collect();
    let mut cells = Bound::new(Bounded::Cells, limits.cells);
    let mut label_bytes = Bound::new(Bounded::LabelBytes, limits.label_bytes);
    let mut table = Table::begun(records.sniffed.separator, first_row.is_none(), form.missing);
    let mut watch = Watch::default();
    let mut batch = Batch::default();
    // Without a header, the record that was read to find that out is the first row.
    let mut next = |records: &mut Records| match first_row.take() {
        Some(at) => Ok(Some(at)),
        None => records.advance(),
    };
    let mut take_row = |table: &mut Table, batch: &mut Batch| -> Result<bool, DataError> {
        let Some(at) = next(&mut records)? else { return Ok(false) };
        records.check_width(at, header.len())?;
        if form.passes_over_rows && table.passes_over(&records.record, &header, at) {
            return Ok(true);
        }
        // Limits are checked row by row, before the memory is used.
        cells.spend(header.len() as i64, at)?;
        watch.see(table.lines.len(), &records.record);
        table.lines.push(u32::try_from(at.line).unwrap_or(u32::MAX));
        batch.take(&mut records.record, at);
        Ok(true)
    };

    loop {
        let taken = take_row(&mut table, &mut batch);
        if batch.is_full() || !matches!(taken, Ok(true)) {
            // Before any fault of a later row.
            let (growth, refused) = batch.add_to(&mut columns, &rules);
            for (at, bytes) in growth {
                label_bytes.spend(bytes, at)?;
            }
            if let Some(Refused { position, refusal }) = refused {
                return Err(located(refusal, &header[position], position, &table));
            }
        }
        if !taken? {
            break;
        }
    }

    if table.lines.is_empty() {
        return Err(DataError::NoRows { n_columns: header.len() });
    }

    table.n_rows = table.lines.len();
    // Before the columns are finished, since their errors say whether the row is a stray one.
    table.strays = watch.strays(table.n_rows, |row| table.at(row));
    finish(table, header, columns, &choices, &rules)
}

/// Reads the columns' names, or makes them if the file has no header; then also returns the place
/// of its first record, which is a row.
fn header(
    records: &mut Records,
    limits: &Limits,
    form: &FileForm<'_>,
) -> Result<(Vec<String>, Option<At>), DataError> {
    let (at, cells) = first(records, limits.columns)?;
    if form.header == Some(false) {
        let names = (1..=cells.len()).map(|position| format!("column_{position}"));
        return Ok((names.collect(), Some(records.count_first(at))));
    }

    if form.header.is_none() && records.sniffed.lacks_header {
        const SHOWN: usize = 60;
        let first: String = cells.join(", ").chars().take(SHOWN).collect();
        return Err(DataError::NoHeader { first, n_columns: cells.len() });
    }

    Ok((cells, None))
}

fn builder(choice: &ColumnChoice, n_columns: usize) -> Option<Builder> {
    match choice {
        ColumnChoice::Skip(_) => None,
        ColumnChoice::Read(known) => Some(Builder::new(known.clone(), n_columns)),
    }
}

fn finish(
    mut table: Table,
    header: Vec<String>,
    columns: Vec<Option<Builder>>,
    choices: &[ColumnChoice],
    rules: &Rules,
) -> Result<Table, DataError> {
    let (n_columns, n_named) = (header.len(), header.iter().filter(|n| !n.is_empty()).count());
    let n_named = (2 * n_named < n_columns).then_some(n_named);
    let mut refused = None;

    for (index, (name, builder)) in header.into_iter().zip(columns).enumerate() {
        let position = index + 1;
        let Some(builder) = builder else {
            if let ColumnChoice::Skip(why) = &choices[index] {
                table.left_out.push(LeftOut { name, position, why: *why });
            }
            continue;
        };
        let built = builder.finish(rules).map_err(|refusal| located(refusal, &name, index, &table));
        let built = match built {
            // A title in place of the names explains whatever else is wrong.
            Err(_) if n_named.is_some() && name.is_empty() => {
                return Err(DataError::EmptyName { position, n_named });
            }
            Err(error) if n_named.is_some() => {
                refused.get_or_insert(error);
                continue;
            }
            built => built?,
        };
        let (cells, reading, spellings) = (built.cells, built.reading, built.spellings);
        let column = Column { name, cells, reading, spellings };
        // A column without a name is left out only if nothing is in it: values must not vanish
        // unseen.
        if !column.name.is_empty() {
            table.columns.push(column);
        } else if let Some(why) = nothing_in(&column) {
            table.left_out.push(LeftOut { name: String::new(), position, why });
        } else {
            return Err(DataError::EmptyName { position, n_named });
        }
    }

    if let Some(error) = refused {
        return Err(error);
    }

    // A sum without a name is looked for last, since it takes the numbers of whole columns.
    if table.strays.is_empty() {
        let last = table.at(table.n_rows.saturating_sub(1));
        table.strays.extend(unnamed_sum(&table.columns, table.n_rows, last));
    }
    Ok(table)
}

/// Returns why a column without a name can be left out: it is empty, or numbers the rows.
fn nothing_in(column: &Column) -> Option<Why> {
    let n_rows = column.n_rows();
    if (0..n_rows).all(|row| column.is_missing(row)) {
        return Some(Why::Empty);
    }
    let first = column.number(0);
    let counts = (0..n_rows).all(|row| column.number(row) == first + row as f64);
    (counts && (first == 0.0 || first == 1.0)).then_some(Why::RowNumbers)
}

fn check_mentions(header: &[String], options: &ReadOptions) -> Result<(), DataError> {
    let known: BTreeSet<&str> = header.iter().map(String::as_str).collect();
    let mentions = options
        .drop
        .iter()
        .map(|name| (Mention::Drop, name))
        .chain(options.kinds.keys().map(|name| (Mention::Kinds, name)));

    // A misspelt name in `drop` would otherwise keep the column without a word.
    for (mention, name) in mentions {
        if !known.contains(name.as_str()) {
            let nearest = nearest(name, header.iter().map(String::as_str));
            let header = header.to_vec();
            return Err(DataError::UnknownColumn { mention, name: name.clone(), nearest, header });
        }
    }

    let n_columns = header.len();
    let is_beyond = |position: &&u64| !(1..=n_columns as u64).contains(*position);
    match options.drop_positions.iter().find(is_beyond) {
        None => Ok(()),
        Some(&position) => {
            Err(DataError::UnknownPosition { mention: Mention::Drop, position, n_columns })
        }
    }
}

/// A quantity that grows with the rows, and its limit.
struct Bound {
    quantity: Bounded,
    at_most: u64,
    used: u64,
}

impl Bound {
    fn new(quantity: Bounded, at_most: u64) -> Self {
        Self { quantity, at_most, used: 0 }
    }

    /// Counts an increase, or a decrease if negative.
    fn spend(&mut self, amount: i64, at: At) -> Result<(), DataError> {
        self.used = self.used.saturating_add_signed(amount);
        let Self { quantity, at_most, .. } = *self;
        if self.used > at_most { Err(DataError::Limit { at, quantity, at_most }) } else { Ok(()) }
    }
}

fn located(refusal: Refusal, column: &str, index: usize, table: &Table) -> DataError {
    let at = |row: usize| table.at(row);

    match refusal {
        Refusal::Text { row, value, reason, n_rows } => DataError::Text {
            at: at(row),
            column: column.to_owned(),
            value: excerpt(&value),
            reason,
            n_rows,
            // The text may be of a row below the data, such as a total.
            stray: table.strays.iter().find(|stray| stray.holds(at(row))).map(|stray| stray.kind),
        },
        Refusal::OutOfRange { row, value } => {
            DataError::OutOfRange { at: at(row), column: column.to_owned(), value: excerpt(&value) }
        }
        Refusal::Utf8 { row } => DataError::Utf8 { at: at(row), position: index + 1 },
    }
}

/// Shortens a cell for a message.
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
    use crate::data::cell::Cell;
    use crate::data::form::Form;
    use crate::data::{CellValue, Decoration, Features, Reason, Remark};

    fn read(text: &str) -> Result<Table, DataError> {
        Table::read(text.as_bytes(), &ReadOptions::default())
    }

    fn fault(text: &str) -> DataError {
        read(text).expect_err(text)
    }

    /// Returns the message's first line.
    fn message(text: &str) -> String {
        fault(text).to_string().lines().next().unwrap_or_default().to_owned()
    }

    #[test]
    fn a_table_has_typed_named_columns() {
        let table = read("n,c,m\n1.5,b,\n?,a,NA\n-2,b,\n").unwrap();
        assert_eq!(table.n_rows(), 3);
        let kinds: Vec<(&str, ColumnKind, usize)> = table
            .columns()
            .iter()
            .map(|column| (column.name(), column.kind(), column.n_missing()))
            .collect();
        assert_eq!(
            kinds,
            [
                ("n", ColumnKind::Number, 1),
                ("c", ColumnKind::Category, 0),
                ("m", ColumnKind::Number, 3)
            ]
        );
        let column = |name| table.column(name).unwrap();
        assert_eq!(column("n").value(2), CellValue::Number(-2.0));
        assert_eq!(column("n").value(1), CellValue::Missing);
        assert_eq!(column("c").value(0), CellValue::Category("b"));
        assert_eq!(column("c").labels(), ["a", "b"]);
        assert_eq!(column("c").value(3), CellValue::Missing);
    }

    #[test]
    fn the_fault_that_stands_first_in_the_file_is_reported() {
        // Rows are added to columns in batches; faults around their ends and within one.
        for (first, second) in [(3, 5), (15, 16), (16, 17), (40, 41)] {
            for (first_column, second_column) in [(0, 2), (2, 0), (1, 1)] {
                let mut text = b"a,b,c\n".to_vec();
                for row in 0..50 {
                    let fault = |column| {
                        (row == first && column == first_column)
                            || (row == second && column == second_column)
                    };
                    let cells = [0, 1, 2].map(|column| if fault(column) { b'\xff' } else { b'x' });
                    text.extend([cells[0], b',', cells[1], b',', cells[2], b'\n']);
                }
                // A row that is too short comes last.
                text.extend(b"x\n");
                let fault = Table::read(&text[..], &ReadOptions::default()).unwrap_err();
                let expected = DataError::Utf8 {
                    at: At { row: first + 1, line: first + 2 },
                    position: first_column + 1,
                };
                assert_eq!(fault.to_string(), expected.to_string());
            }
        }
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
            (
                "a,b\r\n1,2\r\n3,4,5\r\n",
                "row 2 (line 3): expected 2 cells as in the header, found 3",
            ),
            ("a,b\n1,\"x\ny\"\n3\n", "row 2 (line 4): expected 2 cells as in the header, found 1"),
            (
                "a,b\n1,2\n3,\"4\n5,6\n",
                "row 2 (line 3), column 2: a quoted cell is not closed before the end of the file",
            ),
            ("a\n", "the file has a header with 1 column and no rows"),
            ("a;b\n1;2\n3\n", "row 2 (line 3): expected 2 cells as in the header, found 1"),
        ] {
            assert_eq!(message(text), expected, "{text:?}");
        }
    }

    #[test]
    fn text_among_numbers_names_its_cell() {
        let row = |row| {
            if row == 7 { "7,twelve\n".to_owned() } else { format!("{row},{row}\n\n") }
        };
        let text: String = ["id,size\n".to_owned()].into_iter().chain((1..=30).map(row)).collect();
        assert_eq!(
            fault(&text).to_string(),
            "row 7 (line 14), column `size`: expected a number, found \"twelve\" in a column \
             nearly all of whose cells are numbers"
        );
        assert_eq!(
            fault(&text).hints(),
            ["correct the cell, or missing = [\"twelve\"] in [data] if it stands for no value; \
              kinds = { size = \"category\" } would make each different text an input of its own"]
        );
        let stated = |kind| ReadOptions {
            kinds: [("size".to_owned(), kind)].into(),
            ..ReadOptions::default()
        };
        let error = Table::read(text.as_bytes(), &stated(ColumnKind::Number)).unwrap_err();
        assert!(matches!(
            error,
            DataError::Text { at: At { row: 7, line: 14 }, reason: Reason::Stated, .. }
        ));
        assert_eq!(
            Table::read(text.as_bytes(), &stated(ColumnKind::Category)).unwrap().columns[1]
                .labels()
                .len(),
            30
        );
    }

    fn column<'a>(table: &'a Table, name: &str) -> &'a Column {
        table.column(name).unwrap()
    }

    /// A table of one column `x` beside another, in quoted cells.
    fn of_cells(cells: &[&str]) -> Result<Table, DataError> {
        let rows: String = cells.iter().map(|cell| format!("\"{cell}\",k\n")).collect();
        read(&format!("x,other\n{rows}"))
    }

    fn numbers(table: &Table) -> Vec<f64> {
        (0..table.n_rows()).map(|row| column(table, "x").number(row)).collect()
    }

    #[test]
    fn decorated_columns_are_numbers_and_say_so() {
        for (cells, expected) in [
            (["123,456", "1,234", "500", "12,000"], [123_456.0, 1234.0, 500.0, 12_000.0]),
            (["$1.50", "$20", "-$3", "$1,000.25"], [1.5, 20.0, -3.0, 1000.25]),
            (["1,5", "2,25", "-0,5", "3"], [1.5, 2.25, -0.5, 3.0]),
            (["1.234,5", "0,5", "12", "7,25"], [1234.5, 0.5, 12.0, 7.25]),
            (["12%", "3.5%", "0%", "100%"], [12.0, 3.5, 0.0, 100.0]),
            (["70 kg", "81.5 kg", "65 kg", "90 kg"], [70.0, 81.5, 65.0, 90.0]),
            (["1\u{a0}234", "5\u{a0}678", "9", "10"], [1234.0, 5678.0, 9.0, 10.0]),
            (["1'234", "5'678", "9", "10"], [1234.0, 5678.0, 9.0, 10.0]),
            (["\u{2212}1.5", "2.5", "\u{2212}3", "4"], [-1.5, 2.5, -3.0, 4.0]),
            (["(1,234)", "5,000", "(7)", "8"], [-1234.0, 5000.0, -7.0, 8.0]),
            (["<0.5", "1.5", "2", "3.25"], [0.5, 1.5, 2.0, 3.25]),
            (["8:30", "12:00", "23:59", "0:01"], [30_600.0, 43_200.0, 86_340.0, 60.0]),
            (["59:30", "1:00:00", "10:00", "2:03:04"], [3570.0, 3600.0, 600.0, 7384.0]),
            (["€565K", "€1.5M", "€0", "€20K"], [565e3, 1.5e6, 0.0, 20e3]),
        ] {
            let table = of_cells(&cells).unwrap();
            assert_eq!(numbers(&table), expected, "{cells:?}");
            let reading = column(&table, "x").reading();
            assert!(!reading.decoration.is_none() && reading.n_decorated > 0, "{cells:?}");
            assert!(!reading.is_as_in_0_3(), "{cells:?}");
        }
    }

    #[test]
    fn names_with_digits_stay_categories() {
        for cells in [
            [">50K", "<=50K", ">50K", "<=50K"],
            ["4WD", "2WD", "4WD", "2WD"],
            ["C85", "B12", "C85", "A1"],
            ["1.2.3", "1.2.4", "2.0.0", "1.10.1"],
            ["10-20", "20-30", "10-20", "30+"],
            ["5 kg", "300 g", "2 kg", "10 g"],
            ["34M", "56F", "41M", "29F"],
            ["none", "-", "none", "-"],
            ["yes", "no", "n/a.", "yes"],
        ] {
            let table = of_cells(&cells).unwrap();
            assert_eq!(column(&table, "x").kind(), ColumnKind::Category, "{cells:?}");
        }
    }

    #[test]
    fn markers_beside_numbers_are_missing_and_counted() {
        for marker in [
            ".", "-", "--", "?", "na", "n.a.", "none", "missing", "#VALUE!", "#N/A", "NaT", "NULL",
            "nil", "NaN", "unknown",
        ] {
            let cells: Vec<String> = (0..60)
                .map(|i| if i % 6 == 0 { marker.to_owned() } else { format!("{}.5", i * 7 % 50) })
                .collect();
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let table = of_cells(&cells).unwrap();
            let found = column(&table, "x");
            assert_eq!((found.kind(), found.n_missing()), (ColumnKind::Number, 10), "{marker}");
            assert_eq!(found.reading().missing, [(marker.to_owned(), 10)]);
        }
    }

    #[test]
    fn unknown_texts_beside_many_numbers_are_presumed_missing() {
        let cells: Vec<String> = (0..300)
            .map(|i| if i % 6 == 0 { "n.m.".to_owned() } else { format!("{}.5", i * 7) })
            .collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let table = of_cells(&cells).unwrap();
        assert_eq!(column(&table, "x").n_missing(), 50);
        assert_eq!(column(&table, "x").reading().presumed, [("n.m.".to_owned(), 50)]);
    }

    #[test]
    fn categories_of_which_most_are_numbers_say_so() {
        let cells: Vec<String> = (0..40)
            .map(|i| if i % 4 == 0 { format!("A/{i}") } else { (i * 31).to_string() })
            .collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let table = of_cells(&cells).unwrap();
        let remarks = &column(&table, "x").reading().remarks;
        assert!(
            matches!(&remarks[..], [Remark::MostlyNumbers { n_rows: 30, of: 40, .. }]),
            "{remarks:?}"
        );
    }

    #[test]
    fn few_scores_written_as_ratios_are_told() {
        let of = |cells: [&str; 3]| {
            let cells: Vec<&str> = (0..60).map(|i| cells[i % 3]).collect();
            column(&of_cells(&cells).unwrap(), "x").reading().remarks.clone()
        };
        let told = of(["7/11", "8/11", "10/11"]);
        assert!(matches!(&told[..], [Remark::BeginWithDigits { n_rows: 60, .. }]), "{told:?}");
        assert_eq!(of(["on/off", "a/b", "up/down"]), []);
    }

    #[test]
    fn marks_out_of_a_highest_one_are_numbers() {
        let cells: Vec<String> = (0..30).map(|i| format!("{}.{}/5", i / 10, i % 10)).collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let table = of_cells(&cells).unwrap();
        assert_eq!(numbers(&table)[29], 2.9);
        assert_eq!(column(&of_cells(&["7/10", "8/10", "10/10"]).unwrap(), "x").number(2), 10.0);
    }

    #[test]
    fn units_of_one_quantity_are_converted_and_others_told() {
        let of = |units: [&str; 2]| {
            let cell = |i: usize| format!("{} {}", 2 * i + 1, units[i % 2]);
            let cells: Vec<String> = (0..40).map(cell).collect();
            of_cells(&cells.iter().map(String::as_str).collect::<Vec<_>>()).unwrap()
        };
        for (units, second, code) in [
            (["g", "kg"], 3000.0, "converted to g"),
            (["km", "m"], 3.0, "converted to m"),
            (["KB", "MB"], 3e6, "converted to byte"),
            (["min", "h"], 10_800.0, "converted to s"),
        ] {
            let table = of(units);
            let found = column(&table, "x");
            assert_eq!(numbers(&table)[1], second, "{units:?}");
            assert!(found.reading().decoration.has(Decoration::CONVERTED), "{units:?}");
            assert!(found.reading().code().contains(code), "{}", found.reading().code());
            let Form::Number(form) = &found.reading().form else { panic!("{units:?}") };
            assert_eq!(form.read_cell(b"5", Cell::Number(5.0)), None);
        }
        for units in [["kg", "km"], ["min", "Seasons"]] {
            let table = of(units);
            let found = column(&table, "x");
            let told = &found.reading().remarks[..];
            assert_eq!(found.kind(), ColumnKind::Category);
            assert!(
                matches!(told, [Remark::MostlyNumbers { units, .. }] if units.len() == 2),
                "{told:?}"
            );
        }
    }

    #[test]
    fn letters_beside_those_of_a_factor_are_labels() {
        let of = |letters: [&str; 2]| {
            let cell = |i: usize| format!("{}{}", 20 + i, letters[i % 2]);
            let cells: Vec<String> = (0..40).map(cell).collect();
            let table = of_cells(&cells.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
            (column(&table, "x").kind(), column(&table, "x").reading().remarks.len())
        };
        assert_eq!(of(["M", "F"]), (ColumnKind::Category, 1));
        assert_eq!(of(["A", "B"]), (ColumnKind::Category, 1));
        assert_eq!(of(["M", "K"]), (ColumnKind::Number, 0));
    }

    #[test]
    fn durations_of_one_unit_beside_others_are_seconds() {
        let table = of_cells(&["1h 30m", "2h", "45m", "10h 5m"]).unwrap();
        assert_eq!(numbers(&table), [5400.0, 7200.0, 2700.0, 36_300.0]);
        let table = of_cells(&["PT13M", "PT1H", "P1DT2H"]).unwrap();
        assert_eq!(numbers(&table), [780.0, 3600.0, 93_600.0]);
        let lengths = of_cells(&["1h 30m", "2km", "45m", "10h 5m"]).unwrap();
        assert_eq!(column(&lengths, "x").kind(), ColumnKind::Category);
    }

    #[test]
    fn dates_in_order_either_way_stay_open() {
        let open = of_cells(&["03/01/2024", "03/02/2024", "03/03/2024"]).unwrap();
        let remarks = &column(&open, "x").reading().remarks;
        assert!(matches!(&remarks[..], [Remark::OpenDate { .. }]), "{remarks:?}");
        let months = of_cells(&["01/05/2024", "02/03/2024", "03/04/2024"]).unwrap();
        assert_eq!(column(&months, "x").reading().remarks, []);
    }

    #[test]
    fn long_columns_are_read_like_short_ones() {
        let long = |cell: fn(usize) -> String| {
            let rows: String = (0..5000).map(|i| format!("\"{}\",k\n", cell(i))).collect();
            read(&format!("x,other\n{rows}")).unwrap()
        };
        let table = long(|i| {
            if i % 9 == 0 { "n.a.".into() } else { format!("{},{:03}", i % 899 + 1, i % 1000) }
        });
        let found = column(&table, "x");
        assert_eq!((found.kind(), found.n_missing()), (ColumnKind::Number, 556));
        assert_eq!(found.number(4999), 505_999.0);
        assert_eq!(found.reading().n_decorated, 4444);
        let table =
            long(|i| format!("2024-05-31 08:{:02}:{:02}.{:03}", i / 60 % 60, i % 60, i % 1000));
        assert_eq!(column(&table, "x").kind(), ColumnKind::Date);
        let table = long(|i| format!("{i},5"));
        assert_eq!(column(&table, "x").number(4999), 4999.5);
        let table = long(|i| (9_007_199_254_740_993_i64 + i as i64).to_string());
        assert_eq!(column(&table, "x").number(2), 9_007_199_254_740_996.0);
    }

    #[test]
    fn dates_are_dates_in_every_form() {
        for cells in [
            ["2024-01-31", "2024-02-29", "2024-03-31"],
            ["1949-01", "1949-02", "1949-03"],
            ["2024-01-01 00:00:00+00:00", "2024-01-02 00:00:00+00:00", "2024-01-03 00:00:00+00:00"],
            ["2024/01/31", "2024/02/29", "2024/03/31"],
            ["31.01.2024", "29.02.2024", "31.03.2024"],
            ["1/31/2024", "2/29/2024", "3/31/2024"],
            ["31-Jan-24", "29-Feb-24", "31-Mar-24"],
        ] {
            let table = of_cells(&cells).unwrap();
            assert_eq!(column(&table, "x").kind(), ColumnKind::Date, "{cells:?}");
            assert!(numbers(&table).is_sorted(), "{cells:?}");
        }
        let open = of_cells(&["01/02/2024", "03/01/2024", "02/05/2024"]).unwrap();
        let remarks = &column(&open, "x").reading().remarks;
        assert!(matches!(&remarks[..], [Remark::OpenDate { .. }]), "{remarks:?}");
    }

    #[test]
    fn stated_kinds_hold() {
        let with =
            |kind| ReadOptions { kinds: [("x".to_owned(), kind)].into(), ..ReadOptions::default() };
        let of = |text: &str, kind| Table::read(text.as_bytes(), &with(kind));
        let dates = "x,y\n20240131,1\n20240229,2\n";
        assert_eq!(of(dates, ColumnKind::Date).unwrap().columns[0].kind(), ColumnKind::Date);
        assert_eq!(read(dates).unwrap().columns[0].kind(), ColumnKind::Number);
        let error = of("x,y\n2024-01-31,1\nsoon,2\n", ColumnKind::Date).unwrap_err();
        assert!(error.to_string().contains("expected a date, found \"soon\""), "{error}");
        let table = of("x,y\nwords,1\nmore,2\n", ColumnKind::Text).unwrap();
        assert_eq!((table.columns.len(), table.left_out()[0].why), (1, Why::Text));
        let table = of("x,y\n2024-01-31,1\n2024-02-29,2\n", ColumnKind::Category).unwrap();
        assert_eq!(table.columns[0].labels().len(), 2);
    }

    #[test]
    fn the_form_of_a_file_is_found_out() {
        let table = read("\"fixed acidity\";\"quality\"\n7,4;5\n7,8;6\n").unwrap();
        assert_eq!((table.separator(), column(&table, "fixed acidity").number(1)), (';', 7.8));
        let table =
            read("Datum;Preis;Menge;\n31.01.2024;1,50;1.234;\n01.02.2024;2,25;5.678;\n").unwrap();
        assert_eq!(column(&table, "Menge").number(0), 1234.0);
        assert_eq!(table.left_out()[0].why, Why::Empty);
        let table = read("a, b\n1, \"x, y\"\n2, \"z\"\n").unwrap();
        assert_eq!(column(&table, "b").labels(), ["x, y", "z"]);
        let table = read("a,b\nx,u\ny,v\na,b\nx,u\n,\n").unwrap();
        assert_eq!(
            (table.n_rows(), table.repeated_headers(), table.n_empty_rows()),
            (3, &[4][..], 1)
        );
        assert_eq!(column(&table, "a").labels(), ["x", "y"]);
        let table = read(",a\n0,5\n1,7\n").unwrap();
        assert_eq!(table.left_out()[0].why, Why::RowNumbers);
        assert!(matches!(
            fault(",a\nMazda,5\nFord,7\n"),
            DataError::EmptyName { position: 1, n_named: None }
        ));
        assert!(matches!(
            fault("Prices 2024;;\na;b;c\nMazda;5;7\n"),
            DataError::EmptyName { position: 2, n_named: Some(1) }
        ));
        // As a spreadsheet saves it: the names stand further down.
        let days: String = (1..29).map(|i| format!("{i:02}.01.2024;{i},5;8\n")).collect();
        let titled = format!("Station 7;;\nJanuary;;\nday;mm;km\n{days}");
        assert!(matches!(fault(&titled), DataError::EmptyName { position: 2, .. }));
        for drop in [
            ReadOptions { drop: vec![String::new()], ..ReadOptions::default() },
            ReadOptions { drop_positions: vec![1], ..ReadOptions::default() },
        ] {
            let table = Table::read(&b",a\nMazda,5\nFord,7\n"[..], &drop).unwrap();
            assert_eq!(table.names().collect::<Vec<_>>(), ["a"]);
        }
    }

    #[test]
    fn a_file_without_header_is_refused_or_read_as_said() {
        let text = "3.6,8.7,-2.8,0\n4.5,8.2,-2.5,0\n";
        assert!(matches!(fault(text), DataError::NoHeader { n_columns: 4, .. }));
        let with = |header| ReadOptions { header: Some(header), ..ReadOptions::default() };
        let table = Table::read(text.as_bytes(), &with(false)).unwrap();
        assert_eq!((table.n_rows(), table.names().last()), (2, Some("column_4")));
        assert_eq!(table.at(1), At { row: 2, line: 2 });
        assert_eq!(Table::read(text.as_bytes(), &with(true)).unwrap().n_rows(), 1);
    }

    #[test]
    fn other_formats_are_named_with_the_way_on() {
        for (bytes, found) in [
            (
                &b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 5\n"[..],
                "Git LFS pointer",
            ),
            (b"<!DOCTYPE html>\n<html>", "HTML"),
            (b"% c\n@relation iris\n@data\n1,2\n", "ARFF"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1", "spreadsheet (.xls)"),
            (b"PK\x03\x04....[Content_Types].xml", "spreadsheet (.xlsx"),
            (b"{\"x\":1,\"y\":2}\n{\"x\":2,\"y\":3}\n", "JSON"),
            (b"[{\"x\":1}]", "JSON"),
            (b"\x80\x04\x95\x10", "pickle"),
            (b"PAR1\x15", "Parquet"),
            (b"x1 x2 y\n1 2 3\n4 5 6\n", "separated by blanks"),
        ] {
            let error = Table::read(bytes, &ReadOptions::default()).unwrap_err();
            assert!(error.to_string().contains(found) && error.hints().len() == 1, "{error}");
        }
    }

    #[test]
    fn infinite_numbers_are_refused() {
        assert_eq!(
            message("a\n1\n-inf\n"),
            "row 2 (line 3), column `a`: -inf is not a number between -1e30 and 1e30"
        );
        assert!(matches!(fault("a\n1\n1e31\n"), DataError::OutOfRange { .. }));
    }

    #[test]
    fn text_that_is_not_utf8_is_refused_where_it_stands() {
        let at =
            |bytes: &[u8]| Table::read(bytes, &ReadOptions::default()).unwrap_err().to_string();
        assert!(
            at(b"a,b\n1,x\n2,\xe9t\xe9\n")
                .starts_with("row 2 (line 3), column 2: the text is not UTF-8")
        );
        assert!(
            at(b"a,\xe9\n1,x\n")
                .starts_with("the header (line 1), column 2: the text is not UTF-8")
        );
    }

    #[test]
    fn unknown_names_come_with_the_nearest() {
        let options = ReadOptions { drop: vec!["nmae".to_owned()], ..ReadOptions::default() };
        let error = Table::read(&b"name,size\na,1\n"[..], &options).unwrap_err();
        assert_eq!(error.to_string(), "drop names the column `nmae`, which the file does not have");
        assert_eq!(error.hints(), ["did you mean `name`?"]);
        let options = ReadOptions {
            kinds: [("x".to_owned(), ColumnKind::Number)].into(),
            ..ReadOptions::default()
        };
        let error = Table::read(&b"name,size\na,1\n"[..], &options).unwrap_err();
        assert!(matches!(error, DataError::UnknownColumn { mention: Mention::Kinds, .. }));
    }

    #[test]
    fn dropped_columns_are_not_read() {
        let options = ReadOptions { drop: vec!["b".to_owned()], ..ReadOptions::default() };
        let table = Table::read(&b"a,b\n1,\xff\n"[..], &options).unwrap();
        assert_eq!(table.names().collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn coordinates_have_a_sign_and_mixed_notations_one_value() {
        let cells = |of: fn(u32) -> String| -> Column {
            let rows: String = (0..60).map(|i| format!("{},{i}\n", of(i))).collect();
            let text = format!("x,y\n{rows}");
            let table = Table::read(text.as_bytes(), &ReadOptions::default()).unwrap();
            table.columns()[0].clone()
        };
        let latitude = cells(|i| format!("{i}.5{}", if i % 2 == 0 { "N" } else { "S" }));
        assert_eq!((latitude.number(2), latitude.number(3)), (2.5, -3.5));
        let watts = cells(|i| format!("{i}.5 W"));
        assert_eq!(watts.number(3), 3.5);
        let seats = cells(|i| format!("{}{}", i % 30, if i % 2 == 0 { "E" } else { "W" }));
        assert!(!seats.labels().is_empty());
        let about = cells(|i| format!("{}{}", ["ca. ", "~", ""][i as usize % 3], i % 20));
        assert_eq!((about.number(21), about.number(22)), (1.0, 2.0));
        let both = cells(|i| format!("{}{i}.25", if i % 2 == 0 { "$" } else { "€" }));
        let names = vec!["$".to_owned(), "€".to_owned()];
        assert_eq!(both.reading.remarks, [Remark::Currencies { names }]);
    }

    #[test]
    fn two_columns_of_one_name_are_read_without_one_of_them() {
        let text = &b"x,x,y\n1,5,2\n2,6,3\n"[..];
        let error = Table::read(text, &ReadOptions::default()).unwrap_err();
        assert!(error.hints()[0].contains("drop = [2] in [data]"), "{:?}", error.hints());
        let options = ReadOptions { drop_positions: vec![2], ..ReadOptions::default() };
        let table = Table::read(text, &options).unwrap();
        assert_eq!(table.columns()[0].number(0), 1.0);
        // Reading with a schema does not choose between the two.
        let schema = Features::new(&table).unwrap().schema().clone();
        let error = Features::read(text, &schema, &Limits::default()).unwrap_err();
        assert!(matches!(error, DataError::DuplicateName { first: 1, second: 2, .. }));
    }

    #[test]
    fn a_single_column_is_told_as_the_columns_that_it_may_be() {
        for separator in ["^", "~", "\u{1}"] {
            let text = "a,b,y\n1,p,2\n3,q,4\n".replace(',', separator);
            let table = Table::read(text.as_bytes(), &ReadOptions::default()).unwrap();
            assert_eq!(table.names().count(), 3, "{separator:?}");
        }
        let options = ReadOptions { drop: vec!["a".to_owned()], ..ReadOptions::default() };
        let error = Table::read(&b"a:b:y\n1:2:3\n"[..], &options).unwrap_err();
        assert!(error.hints()[0].contains("separator = \":\""), "{:?}", error.hints());
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_is_told_by_its_bytes_and_may_have_several_members() {
        let packed = [gzip(b"a,b\n1,"), gzip(b"x\n2,y\n")].concat();
        let table = Table::read(packed.as_slice(), &ReadOptions::default()).unwrap();
        assert_eq!((table.n_rows(), table.columns()[1].labels().len()), (2, 2));
    }

    #[test]
    fn damaged_gzip_is_an_error() {
        let packed = gzip("a,b\n1,x\n".repeat(1000).as_bytes());
        let error = Table::read(&packed[..packed.len() / 2], &ReadOptions::default()).unwrap_err();
        assert!(matches!(error, DataError::Read { .. }), "{error}");
    }

    #[test]
    fn a_bomb_hits_a_limit() {
        let one_line = gzip(&vec![b'1'; 40 << 20]);
        assert!(one_line.len() < 50_000);
        let error = Table::read(one_line.as_slice(), &ReadOptions::default()).unwrap_err();
        assert_eq!(error.to_string(), "the header (line 1): more than 16777216 bytes in one row");

        let limited = |limits| ReadOptions { limits, ..ReadOptions::default() };
        let rows = gzip(&b"1,2\n".repeat(1 << 20));
        let file_bytes = limited(Limits { file_bytes: 1 << 20, ..Limits::default() });
        let error = Table::read(rows.as_slice(), &file_bytes).unwrap_err();
        assert!(matches!(error, DataError::Limit { quantity: Bounded::FileBytes, .. }), "{error}");
        let cells = limited(Limits { cells: 100, ..Limits::default() });
        let text = "a,b\n".to_owned() + &"1,2\n".repeat(100);
        let error = Table::read(text.as_bytes(), &cells).unwrap_err();
        assert!(
            matches!(
                error,
                DataError::Limit { quantity: Bounded::Cells, at: At { row: 51, .. }, .. }
            ),
            "{error}"
        );
    }

    #[test]
    fn columns_and_texts_are_bounded() {
        let limited = |limits| ReadOptions { limits, ..ReadOptions::default() };
        let columns = limited(Limits { columns: 2, ..Limits::default() });
        let error = Table::read(&b"a,b,c\n1,2,3\n"[..], &columns).unwrap_err();
        assert!(
            matches!(error, DataError::Limit { quantity: Bounded::Columns, at_most: 2, .. }),
            "{error}"
        );
        let texts = limited(Limits { label_bytes: 150, ..Limits::default() });
        let error = Table::read(&b"a\nx\ny\nz\n"[..], &texts).unwrap_err();
        assert!(matches!(error, DataError::Limit { quantity: Bounded::LabelBytes, .. }), "{error}");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Table::read(bytes.as_slice(), &ReadOptions::default());
        }

        #[test]
        fn no_text_makes_it_panic(text in "[ab1.\",\r\n \u{feff}é-]{0,80}") {
            let _ = Table::read(text.as_bytes(), &ReadOptions::default());
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
            match Table::read(bytes.as_slice(), &ReadOptions::default()) {
                Err(DataError::OutOfRange { .. }) => prop_assert!(rows.iter().any(|row| row.0.abs() > 1e30)),
                Err(error) => prop_assert!(false, "{error}"),
                Ok(table) => for (row, (number, text)) in rows.iter().enumerate() {
                    prop_assert_eq!(table.columns()[1].value(row), CellValue::Category(text));
                    let expected = if number.is_nan() { CellValue::Missing } else { CellValue::Number((*number).into()) };
                    let read = match table.columns()[0].value(row) {
                        CellValue::Number(number) => CellValue::Number((number as f32).into()),
                        other => other,
                    };
                    prop_assert_eq!(read, expected);
                },
            }
        }
    }
}
