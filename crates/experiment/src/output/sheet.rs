//! A table of typed cells, the one form between results and files.

use serde::Serializer;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::io::{self, Write};
use tuner::space::Value;

/// A cell; `None` is an absent value, such as no loss or no such parameter.
pub type Cell = Option<Value>;

/// A table with a header, whose rows are made while they are written.
pub struct Sheet<'a> {
    /// Names of the columns.
    header: Vec<String>,
    /// Rows, each with one cell per column.
    rows: Box<dyn Iterator<Item = Vec<Cell>> + 'a>,
}

impl<'a> Sheet<'a> {
    /// A table whose rows have one cell per column.
    pub fn new(header: Vec<String>, rows: impl Iterator<Item = Vec<Cell>> + 'a) -> Self {
        Self { header, rows: Box::new(rows) }
    }

    /// Keeps the first `n` rows.
    #[must_use]
    pub fn head(self, n: usize) -> Self {
        Self { header: self.header, rows: Box::new(self.rows.take(n)) }
    }

    /// Writes the table as CSV: numbers in the shortest form that reads back the same, booleans as
    /// true and false. A text that a spreadsheet would take for a formula has an apostrophe before
    /// it.
    ///
    /// # Errors
    /// If `out` cannot be written.
    pub fn write_csv(self, out: impl Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        let show = |cell: Cell| match cell {
            None => String::new(),
            Some(Value::Text(text)) => without_formula(&text).into_owned(),
            Some(value) => value.to_string(),
        };
        writer.write_record(self.header.iter().map(|name| without_formula(name).into_owned()))?;
        for row in self.rows {
            writer.write_record(row.into_iter().map(show))?;
        }
        writer.flush()
    }

    /// Returns the table as CSV text, for short tables.
    pub(crate) fn into_csv(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write_csv(&mut bytes)
            .expect("memory can be written, and rows are as long as the header");
        bytes
    }

    /// Writes the table as a JSON array of objects and a line break; empty cells are left out.
    ///
    /// # Errors
    /// If `out` cannot be written.
    pub fn write_json(self, mut out: impl Write) -> io::Result<()> {
        let Self { header, rows } = self;
        let object = |row: Vec<Cell>| -> Json {
            let cells = header
                .iter()
                .zip(&row)
                .filter_map(|(name, cell)| Some((name.clone(), json(cell.as_ref()?))));
            Json::Object(cells.collect::<Map<_, _>>())
        };
        serde_json::Serializer::pretty(&mut out).collect_seq(rows.map(object))?;
        writeln!(out)
    }
}

/// Returns a text that no spreadsheet evaluates: a text that looks like a formula and is not a
/// number gets an apostrophe before it, by which spreadsheets mark text.
fn without_formula(text: &str) -> Cow<'_, str> {
    let is_formula = match text.chars().next() {
        Some('=' | '@' | '\t' | '\r') => true,
        Some('+' | '-') => text.len() > 1 && text.parse::<f64>().is_err(),
        _ => false,
    };
    if is_formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// A value as JSON.
pub fn json(value: &Value) -> Json {
    serde_json::to_value(value).expect("values are plain")
}

/// A cell with a count.
pub fn count(n: u64) -> Cell {
    Some(Value::Int(i64::try_from(n).unwrap_or(i64::MAX)))
}

/// A cell with a number.
pub fn number(v: f64) -> Cell {
    Some(Value::Float(v))
}

/// A cell with a text; empty for an empty text.
pub fn text(t: &str) -> Cell {
    (!t.is_empty()).then(|| Value::Text(t.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rows: Vec<Vec<Cell>>) -> [String; 2] {
        let sheet = |rows: Vec<Vec<Cell>>| {
            Sheet::new(vec!["a".to_owned(), "b".to_owned()], rows.into_iter())
        };
        let mut lines = Vec::new();
        sheet(rows.clone()).write_json(&mut lines).unwrap();
        [sheet(rows).into_csv(), lines].map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn rows_become_lines_and_objects() {
        let [csv, json] = written(vec![vec![number(0.5), text("x,y")], vec![None, count(2)]]);
        assert_eq!(csv, "a,b\n0.5,\"x,y\"\n,2\n");
        assert_eq!(
            json,
            "[\n  {\n    \"a\": 0.5,\n    \"b\": \"x,y\"\n  },\n  {\n    \"b\": 2\n  }\n]\n"
        );
    }

    #[test]
    fn no_text_is_a_formula_to_a_spreadsheet() {
        for (plain, shown) in [
            ("=cmd|' /c calc'!A0", "'=cmd|' /c calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+A1", "'+A1"),
            ("-A1", "'-A1"),
            ("-1", "-1"),
            ("+1e5", "+1e5"),
            ("-", "-"),
            ("a=b", "a=b"),
        ] {
            assert_eq!(without_formula(plain), shown);
        }
        let [csv, json] = written(vec![vec![text("=1+1"), number(-0.5)]]);
        assert_eq!(csv, "a,b\n'=1+1,-0.5\n");
        assert!(json.contains("\"=1+1\""), "{json}");
    }

    #[test]
    fn no_rows_are_a_header_and_an_empty_array() {
        assert_eq!(written(Vec::new()), ["a,b\n", "[]\n"]);
    }

    #[test]
    fn what_cannot_be_written_is_an_error() {
        let sheet = || Sheet::new(vec!["name".to_owned()], std::iter::once(vec![count(7)]));
        assert!(sheet().write_csv([0; 3].as_mut_slice()).is_err());
        assert!(sheet().write_json([0; 3].as_mut_slice()).is_err());
    }
}
