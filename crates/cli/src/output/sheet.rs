//! A table of typed cells, the one form between results and files.

use serde_json::{Map, Value as Json};
use tuner::space::Value;

/// An empty cell is an absence: no loss, no such parameter.
pub type Cell = Option<Value>;

/// A table with a header.
pub struct Sheet {
    /// Names of the columns.
    pub header: Vec<String>,
    /// Rows, each as long as the header.
    pub rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// Writes the table as CSV: numbers in the shortest form that reads back the same, booleans as true and false.
    pub fn to_csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let show = |cell: &Cell| cell.as_ref().map(ToString::to_string).unwrap_or_default();
        writer.write_record(&self.header).expect("memory can be written");
        for row in &self.rows {
            writer
                .write_record(row.iter().map(show))
                .expect("memory can be written, and rows are as long as the header");
        }
        writer.into_inner().expect("memory can be flushed")
    }

    /// Writes the table as a JSON array of objects; empty cells are left out.
    pub fn to_json(&self) -> String {
        let object = |row: &Vec<Cell>| -> Json {
            let cells =
                self.header.iter().zip(row).filter_map(|(name, cell)| Some((name.clone(), json(cell.as_ref()?))));
            Json::Object(cells.collect::<Map<_, _>>())
        };
        let rows: Vec<Json> = self.rows.iter().map(object).collect();
        serde_json::to_string_pretty(&rows).expect("cells are plain values")
    }
}

/// A value as JSON.
pub fn json(value: &Value) -> Json {
    serde_json::to_value(value).expect("values are plain")
}

/// A cell that counts.
#[expect(clippy::unnecessary_wraps, reason = "a cell is an option")]
pub fn count(n: u64) -> Cell {
    Some(Value::Int(i64::try_from(n).unwrap_or(i64::MAX)))
}

/// A cell with a number.
#[expect(clippy::unnecessary_wraps, reason = "a cell is an option")]
pub fn number(v: f64) -> Cell {
    Some(Value::Float(v))
}

/// A cell with a text; empty texts leave it empty.
pub fn text(t: &str) -> Cell {
    (!t.is_empty()).then(|| Value::Text(t.to_owned()))
}
