//! A summary of each column for the table's owner: counts of missing and distinct values, and
//! warnings.

use std::collections::BTreeSet;

use super::column::{Cells, Column};
use super::decorated::Decoration;
use super::instant::Instant;
use super::moments::{Moments, day, moments};
use super::reading::Reading;
use super::table::Table;

/// A column and a summary of its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    /// Its name.
    pub name: String,
    /// How its texts were read.
    pub reading: Reading,
    /// Rows without a value.
    pub n_missing: usize,
    /// Number of distinct labels of a categorical column; 0 for others.
    pub n_labels: usize,
    /// Rows of the table.
    pub n_rows: usize,
    /// Whether it identifies rows instead of describing them.
    pub identifier: Option<Identifier>,
    /// Whether every row has the same value, or none has any.
    pub is_constant: bool,
    /// A number of many rows that is far from all others, with its count: perhaps a code for
    /// missing.
    pub sentinel: Option<(String, usize)>,
    /// The times that its numbers seem to be.
    pub moments: Option<Moments>,
}

/// A column that identifies rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// It counts the rows from 0 or 1, in any order.
    Counts,
    /// Distinct integers, in a column whose name says that it is an identifier.
    Named,
    /// Distinct integers.
    Distinct,
    /// Texts that hardly repeat.
    Texts,
    /// As many labels or integers, each in two rows or more on average, in a column whose name says
    /// that they are persons or identifiers.
    Repeated(usize),
}

/// Tables with fewer rows get no warnings.
const FEW_ROWS: usize = 20;

/// Describes every column of a table.
pub fn describe(table: &Table) -> Vec<Described> {
    table.columns().iter().map(|column| described(column, table.n_rows())).collect()
}

fn described(column: &Column, n_rows: usize) -> Described {
    let moments = moments(column, n_rows);
    let identifier = identifier(column, n_rows).filter(|identifier| {
        moments.is_none()
            || !matches!(
                identifier,
                Identifier::Named | Identifier::Distinct | Identifier::Repeated(_)
            )
    });
    Described {
        name: column.name.clone(),
        reading: column.reading.clone(),
        n_missing: column.n_missing(),
        n_labels: column.labels().len(),
        n_rows,
        identifier,
        is_constant: is_constant(column, n_rows),
        sentinel: sentinel(column, n_rows),
        moments,
    }
}

fn is_constant(column: &Column, n_rows: usize) -> bool {
    let n_missing = column.n_missing();
    // Beside a value, a missing one tells rows apart.
    if n_missing > 0 {
        return n_missing == n_rows;
    }
    match column.cells {
        Cells::Categories { .. } => column.labels().len() == 1,
        _ => (1..n_rows).all(|row| column.number(row) == column.number(0)),
    }
}

fn identifier(column: &Column, n_rows: usize) -> Option<Identifier> {
    const FEWEST_LABELS: usize = 20;
    let n_labels = column.labels().len();
    // With fewer than two rows a text on average, there is nothing to learn about most of them.
    if n_labels > FEWEST_LABELS && 2 * n_labels > n_rows {
        return Some(Identifier::Texts);
    }

    let counts_in_order = || {
        let first = column.number(0);
        (first == 0.0 || first == 1.0)
            && (0..n_rows).all(|row| column.number(row) == first + row as f64)
    };

    // In the order of the rows ten numbers suffice: no quantity counts the rows.
    if n_rows >= 10 && counts_in_order() {
        return Some(Identifier::Counts);
    }
    // In any other order, distinct integers are common in small tables.
    if n_rows < FEW_ROWS {
        return None;
    }
    if !are_all_different(column, n_rows) {
        return repeated(column, n_rows);
    }

    let numbers = || (0..n_rows).map(|row| column.number(row));
    let (least, most) = (numbers().fold(f64::MAX, f64::min), numbers().fold(f64::MIN, f64::max));

    let counts = (least == 0.0 || least == 1.0) && most - least == (n_rows - 1) as f64;
    Some(match counts {
        true => Identifier::Counts,
        false if is_called_identifier(&column.name) => Identifier::Named,
        false => Identifier::Distinct,
    })
}

/// Returns how many identifiers repeat in a column whose name says that it has some.
fn repeated(column: &Column, n_rows: usize) -> Option<Identifier> {
    const FEWEST: usize = 5;
    if !names_individuals(&column.name) {
        return None;
    }
    let n = match column.cells {
        Cells::Categories { .. } => column.labels().len(),
        Cells::Integers(_) => column.distinct_numbers().len(),
        _ => return None,
    };
    (n >= FEWEST && 2 * n <= n_rows).then_some(Identifier::Repeated(n))
}

/// Whether a name ends in id, or says person, patient, customer and the like.
fn names_individuals(name: &str) -> bool {
    const INDIVIDUALS: [&str; 16] = [
        "patient",
        "subject",
        "participant",
        "respondent",
        "customer",
        "client",
        "user",
        "member",
        "person",
        "student",
        "employee",
        "household",
        "session",
        "animal",
        "speaker",
        "author",
    ];
    let lower = name.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_id = ["id", "uuid", "guid"].contains(&words.clone().next_back().unwrap_or_default());
    let is_camel = ["Id", "ID"].iter().any(|end| name.ends_with(end));
    is_id
        || is_camel
        || (words.clone().count() == 1 && words.any(|word| INDIVIDUALS.contains(&word)))
}

/// Whether a column holds plain integers that all differ, with none missing.
fn are_all_different(column: &Column, n_rows: usize) -> bool {
    let is_bare = column.reading.decoration == Decoration::default();
    let is_whole = |row: usize| column.number(row).fract() == 0.0;
    if !is_bare || matches!(column.cells, Cells::Dates(_) | Cells::Categories { .. }) {
        return false;
    }

    // Most columns soon repeat a number or have a fraction, so this ends early.
    let soon = n_rows.min(1000);
    let key = |row: usize| column.number(row).to_bits();

    let different = |rows: usize| (0..rows).map(key).collect::<BTreeSet<u64>>().len() == rows;
    if !(0..soon).all(is_whole) || !different(soon) {
        return false;
    }
    if let Cells::Wide(wide) = &column.cells {
        return wide.iter().collect::<BTreeSet<_>>().len() == n_rows;
    }

    (soon..n_rows).all(is_whole) && column.distinct_numbers().len() == n_rows
}

/// Whether a name ends in id, key, index or number.
fn is_called_identifier(name: &str) -> bool {
    let lower = name.to_lowercase();
    let last = lower.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_camel = ["Id", "ID", "Key", "Index", "Number"].iter().any(|end| name.ends_with(end));
    let words =
        ["id", "ids", "key", "index", "idx", "number", "no", "nr", "num", "uuid", "guid", "rowid"];
    is_camel || words.contains(&last) || lower.starts_with("unnamed")
}

/// Returns the smallest or largest number if it lies further from the others than they spread, and
/// many rows have it: -999 beside 0 to 100.
fn sentinel(column: &Column, n_rows: usize) -> Option<(String, usize)> {
    const FEWEST: usize = 3;
    if matches!(column.cells, Cells::Dates(_)) {
        return date_sentinel(column, n_rows, FEWEST);
    }

    let (mut least, mut most) = (End::new(), End::new());
    for row in 0..n_rows {
        let number = column.number(row);
        if !number.is_nan() {
            least.add(-number);
            most.add(number);
        }
    }

    let is_apart = |end: &End, others: f64| {
        let is_round =
            matches!(end.value.abs() as i64, 9 | 99 | 999 | 9999 | 99_999 | 999_999 | 200 | 32_768);
        end.n >= FEWEST
            && is_round
            && end.value.fract() == 0.0
            && end.value - end.next > (end.next - others).max(1.0)
    };

    // The range of the others goes from the next value to the far end.
    if is_apart(&least, -most.value) {
        return Some(((-least.value).to_string(), least.n));
    }

    is_apart(&most, -least.value).then(|| (most.value.to_string(), most.n))
}

/// Returns the first or last day of a column of dates if it stands in many rows and years from all
/// others, as 1900-01-01 and 9999-12-31 do where there is no date.
fn date_sentinel(column: &Column, n_rows: usize, fewest: usize) -> Option<(String, usize)> {
    const YEAR: f64 = 365.25 * 86_400.0;
    const APART: f64 = 5.0 * YEAR;
    let (mut least, mut most) = (End::new(), End::new());
    for seconds in (0..n_rows).map(|row| column.number(row)).filter(|n| !n.is_nan()) {
        least.add(-seconds);
        most.add(seconds);
    }

    let is_apart = |end: &End, far: f64| {
        end.n >= fewest
            && end.value - end.next > (end.next - far).max(APART)
            && end.next.is_finite()
    };
    let (seconds, n) = if is_apart(&least, -most.value) {
        (-least.value, least.n)
    } else if is_apart(&most, -least.value) {
        (most.value, most.n)
    } else {
        return None;
    };
    Some((day(Instant { micros: (seconds * 1e6) as i64, nanos: 0 })?, n))
}

/// The largest of some numbers, its count, and the next largest.
struct End {
    value: f64,
    n: usize,
    next: f64,
}

impl End {
    fn new() -> Self {
        Self { value: f64::NEG_INFINITY, n: 0, next: f64::NEG_INFINITY }
    }

    fn add(&mut self, number: f64) {
        if number > self.value {
            (self.next, self.value, self.n) = (self.value, number, 1);
        } else if number == self.value {
            self.n += 1;
        } else if number > self.next {
            self.next = number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ReadOptions;

    fn one(cells: impl Iterator<Item = String>) -> Described {
        named("x", cells)
    }

    fn named(name: &str, cells: impl Iterator<Item = String>) -> Described {
        let text = format!("{name},y\n") + &cells.map(|cell| cell + ",1\n").collect::<String>();
        let table = Table::read(text.as_bytes(), &ReadOptions::default()).unwrap();
        describe(&table).remove(0)
    }

    #[test]
    fn columns_that_tell_rows_apart_are_found() {
        let of = |cell: fn(u64) -> String| one((0..200).map(cell)).identifier;
        assert_eq!(of(|i| i.to_string()), Some(Identifier::Counts));
        assert_eq!(of(|i| (i * 77 % 200 + 1).to_string()), Some(Identifier::Counts));
        assert_eq!(of(|i| (15_634_602 + i * i).to_string()), Some(Identifier::Distinct));
        assert_eq!(of(|i| format!("n{i}")), Some(Identifier::Texts));
        assert_eq!(of(|i| (i / 2).to_string()), None);
        assert_eq!(of(|i| format!("{i}.5")), None);
        let ids = (0..200).map(|i: u64| (900 + i * i).to_string());
        assert_eq!(named("CustomerId", ids).identifier, Some(Identifier::Named));
    }

    #[test]
    fn identifiers_that_repeat_are_found_by_their_name() {
        let of = |name: &str, cell: fn(u64) -> String| named(name, (0..200).map(cell)).identifier;
        let repeated = Some(Identifier::Repeated(50));
        for name in ["patient_id", "userId", "Subject", "station id"] {
            assert_eq!(of(name, |i| format!("p{}", i / 4)), repeated, "{name}");
            assert_eq!(of(name, |i| (100 + i % 50).to_string()), repeated, "{name}");
        }
        for name in ["humid", "user_age", "rapid", "grid"] {
            assert_eq!(of(name, |i| (100 + i % 50).to_string()), None, "{name}");
        }
    }

    #[test]
    fn numbers_far_from_all_others_are_mentioned() {
        let of = |marker: &'static str| {
            let cell = move |i: u64| {
                if i.is_multiple_of(10) { marker.to_owned() } else { (i % 37).to_string() }
            };
            one((0..200).map(cell)).sentinel
        };
        assert_eq!(of("-999"), Some(("-999".to_owned(), 20)));
        assert_eq!(of("9999"), Some(("9999".to_owned(), 20)));
        let date = |marker: &'static str| {
            let cell = move |i: u64| match i % 10 {
                0 => marker.to_owned(),
                _ => format!("2024-{:02}-{:02}", 1 + i % 12, 1 + i % 28),
            };
            one((0..200).map(cell)).sentinel
        };
        assert_eq!(date("1900-01-01"), Some(("1900-01-01".to_owned(), 20)));
        assert_eq!(date("2023-01-01"), None);
        assert_eq!((of("-1"), of("40"), of("-999.5")), (None, None, None));
    }
}
