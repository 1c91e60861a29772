//! The feature columns, stored once in row-major order.
//!
//! A mini-batch reads whole rows, so numbers are stored row by row as `f32`. If a column's numbers
//! are large compared with their spread (dates in seconds, years), a shift is first subtracted in
//! `f64`, so that single precision keeps the variation. Categories are codes into sorted labels.

use std::collections::BTreeSet;
use std::io::Read;

use ndarray::Array2;

use super::cell::{Cell, LARGEST_EXACT, read as read_cell};
use super::column::{ABSENT, Cells, Column};
use super::error::DataError;
use super::form::NumberForm;
use super::inference::Known;
use super::limits::Limits;
use super::order::natural;
use super::parts::DatePart;
use super::place::At;
use super::read::{self, ColumnChoice, FileForm};
use super::schema::{Feature, FeatureKind, Schema, features};
use super::table::{Table, Why};
use crate::nearest::nearest;

/// The code of a missing category.
pub(crate) const MISSING: u32 = ABSENT;
/// The code of a category that the schema does not know.
pub(super) const UNSEEN: u32 = u32::MAX - 1;

/// Rows of numbers and categories.
#[derive(Clone, Debug)]
pub struct Features {
    schema: Schema,
    n_rows: usize,
    n_numbers: usize,
    n_categories: usize,
    /// `n_rows` × `n_numbers`, row by row; missing is NaN.
    numbers: Vec<f32>,
    /// `n_rows` × `n_categories`, row by row; [`MISSING`] and [`UNSEEN`] stand for cells without a
    /// label.
    codes: Vec<u32>,
    lacks_numbers: bool,
    unseen: Vec<Unseen>,
}

/// Categories in a column that its schema does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// The column's name.
    pub column: String,
    /// Number of rows that hold one.
    pub n_rows: usize,
    /// An example.
    pub label: String,
}

impl Features {
    /// Takes the features from the columns of a table.
    pub(super) fn new(table: &Table) -> Result<Self, DataError> {
        let n_rows = table.n_rows;
        let taken: BTreeSet<&str> = table.names().collect();
        let mut all = Vec::new();
        let mut columns = Vec::new();
        for column in &table.columns {
            let found = features(column, n_rows, &taken)?;
            columns.extend(std::iter::repeat_n(column, found.len()));
            all.extend(found);
        }
        let (has_header, missing) = (table.has_header(), table.stated_missing.clone());
        Self::filled(Schema { features: all, has_header, missing }, &columns, n_rows)
    }

    /// Reads the columns that a schema names from a file, in the schema's form; other columns are
    /// ignored. A category that the schema does not know becomes an unseen one, unless it is the
    /// same number written differently (101.0 for 101). The form of the file is that of
    /// [`Table::read`](super::Table::read).
    ///
    /// # Errors
    ///
    /// If the file is faulty, lacks a column, or has text where the schema has a number.
    pub fn read(reader: impl Read, schema: &Schema, limits: &Limits) -> Result<Self, DataError> {
        let form = FileForm::of(schema);
        let table = read::table(reader, limits, &form, |header| choices(header, schema))?;
        Self::of_schema(&table, schema)
    }

    /// Takes the columns of a schema from a table that was read with it.
    pub(super) fn of_schema(table: &Table, schema: &Schema) -> Result<Self, DataError> {
        let in_turn =
            |feature: &Feature| table.columns.iter().find(|column| column.name == feature.column());
        let columns: Vec<&Column> = schema.features.iter().filter_map(in_turn).collect();
        Self::filled(schema.clone(), &columns, table.n_rows)
    }

    /// Builds features from a matrix of finite numbers, one row each, with columns named `x0`,
    /// `x1`, …
    ///
    /// # Errors
    ///
    /// If there is no column, or a number is not finite or beyond ±1e30.
    pub fn from_array(values: Array2<f32>) -> Result<Self, DataError> {
        let (n_rows, n_numbers) = values.dim();
        if n_numbers == 0 {
            return Err(DataError::NoFeatures);
        }

        // The same bound as for files: scaling must not overflow single precision.
        if let Some(((row, column), value)) =
            values.indexed_iter().find(|(_, value)| value.is_nan() || value.abs() > 1e30)
        {
            return Err(DataError::OutOfRange {
                at: At { row: row as u64 + 1, line: 0 },
                column: format!("x{column}"),
                value: value.to_string(),
            });
        }

        let kind = FeatureKind::Number { shift: 0.0, form: NumberForm::default() };
        let feature =
            |index| Feature { name: format!("x{index}"), kind: kind.clone(), missing: Vec::new() };

        Ok(Self {
            schema: Schema { features: (0..n_numbers).map(feature).collect(), ..Schema::default() },
            n_rows,
            n_numbers,
            n_categories: 0,
            numbers: row_major(values),
            codes: Vec::new(),
            lacks_numbers: false,
            unseen: Vec::new(),
        })
    }

    /// Returns the description of the columns.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Returns the number of rows.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Returns the number of numeric columns.
    pub fn n_numbers(&self) -> usize {
        self.n_numbers
    }

    /// Returns the number of categorical columns.
    pub fn n_categories(&self) -> usize {
        self.n_categories
    }

    /// Returns the names of the columns that are constant or wholly missing, and so carry no
    /// information.
    pub fn constant(&self) -> Vec<&str> {
        let rows = || 1..self.n_rows as u32;
        // By bits, so that a column of missing numbers, which are NaN, is constant as well.
        let number = |i: usize| {
            rows().all(|row| self.numbers(row)[i].to_bits() == self.numbers(0)[i].to_bits())
        };

        let category = |i: usize| rows().all(|row| self.codes(row)[i] == self.codes(0)[i]);
        let (mut n_numbers, mut n_categories) = (0..self.n_numbers, 0..self.n_categories);
        let is_constant = |feature: &&Feature| match feature.kind {
            FeatureKind::Number { .. } | FeatureKind::Date { .. } => {
                n_numbers.next().is_some_and(number)
            }
            FeatureKind::Category { .. } => n_categories.next().is_some_and(category),
        };

        self.schema
            .features
            .iter()
            .filter(is_constant)
            .map(|feature| feature.name.as_str())
            .collect()
    }

    /// Returns the names of the columns that number the rows from 0 or 1, if there are ten rows or
    /// more: they do not generalise to other rows.
    pub fn row_numbers(&self) -> Vec<&str> {
        let numbers = |(position, (name, shift)): (usize, (_, f64))| {
            let at = |row: u32| f64::from(self.numbers(row)[position]) + shift;
            let first = if self.n_rows < 10 { f64::NAN } else { at(0) };
            let is_count = (0..self.n_rows as u32).all(|row| at(row) == first + f64::from(row));
            ((first == 0.0 || first == 1.0) && is_count).then_some(name)
        };
        self.schema.numbers().enumerate().filter_map(numbers).collect()
    }

    /// Returns the columns with categories that the schema does not know.
    pub fn unseen(&self) -> &[Unseen] {
        &self.unseen
    }

    /// Returns the stored numbers of a row, shifted, with NaN for missing ones.
    #[inline]
    pub(crate) fn numbers(&self, row: u32) -> &[f32] {
        let start = row as usize * self.n_numbers;
        &self.numbers[start..start + self.n_numbers]
    }

    /// Returns the category codes of a row.
    #[inline]
    pub(crate) fn codes(&self, row: u32) -> &[u32] {
        let start = row as usize * self.n_categories;
        &self.codes[start..start + self.n_categories]
    }

    /// Whether any number is missing in any row.
    pub(crate) fn lacks_numbers(&self) -> bool {
        self.lacks_numbers
    }

    fn filled(schema: Schema, columns: &[&Column], n_rows: usize) -> Result<Self, DataError> {
        if columns.is_empty() {
            return Err(DataError::NoFeatures);
        }

        let mut shifted: Vec<Shifted> = Vec::new();
        let mut coded: Vec<(&Column, &[String])> = Vec::new();
        for (feature, column) in schema.features.iter().zip(columns) {
            match &feature.kind {
                FeatureKind::Number { shift, .. } => {
                    shifted.push(Shifted { column, part: None, shift: *shift });
                }
                FeatureKind::Date { shift, part, .. } => {
                    shifted.push(Shifted { column, part: Some(*part), shift: *shift });
                }
                FeatureKind::Category { labels, .. } => coded.push((column, labels)),
            }
        }

        let numbers = number_matrix(&shifted, n_rows);
        let (codes, unseen) = code_matrix(&coded, n_rows);
        let (n_numbers, n_categories) = (shifted.len(), coded.len());
        // Known once for all rows, since rows without missing numbers are scaled in a simpler loop.
        let lacks_numbers = numbers.iter().any(|number| number.is_nan());
        Ok(Self { schema, n_rows, n_numbers, n_categories, numbers, codes, lacks_numbers, unseen })
    }
}

/// A column of the matrix: numbers or a part of dates, minus a shift.
#[derive(Clone, Copy)]
struct Shifted<'a> {
    column: &'a Column,
    part: Option<DatePart>,
    shift: f64,
}

impl Shifted<'_> {
    fn number(&self, row: usize) -> f32 {
        let number = self.column.number(row);
        let number = self.part.map_or(number, |part| part.of(number));
        (number - self.shift) as f32
    }
}

/// Returns the numbers of a matrix row by row, without a copy if they are stored so.
fn row_major(values: Array2<f32>) -> Vec<f32> {
    if !values.is_standard_layout() {
        return values.into_iter().collect();
    }
    let n = values.len();
    let (mut numbers, offset) = values.into_raw_vec_and_offset();
    let start = offset.unwrap_or(0);
    numbers.truncate(start + n);
    numbers.drain(..start);
    numbers
}

pub(super) fn choices(header: &[String], schema: &Schema) -> Result<Vec<ColumnChoice>, DataError> {
    let mut choices = vec![ColumnChoice::Skip(Why::Dropped); header.len()];
    for feature in &schema.features {
        let column = feature.column();
        let position = header.iter().position(|name| name == column).ok_or_else(|| {
            DataError::LacksFeature {
                name: column.to_owned(),
                nearest: nearest(column, header.iter().map(String::as_str)),
            }
        })?;
        if let Some(second) = header.iter().skip(position + 1).position(|name| name == column) {
            let (first, second) = (position + 1, position + second + 2);
            return Err(DataError::DuplicateName { name: column.to_owned(), first, second });
        }
        let known = Known::Form(feature.kind.form(), feature.missing.clone());
        choices[position] = ColumnChoice::Read(known);
    }

    Ok(choices)
}

/// Number of rows written at a time, so that a strip of the matrix stays in the cache while all
/// columns fill it.
const STRIP: usize = 64;

fn number_matrix(columns: &[Shifted], n_rows: usize) -> Vec<f32> {
    let width = columns.len();
    let mut matrix = vec![0.0; n_rows * width];
    for (strip, rows) in matrix.chunks_mut((STRIP * width).max(1)).enumerate() {
        for (index, column) in columns.iter().enumerate() {
            for (offset, cell) in rows.iter_mut().skip(index).step_by(width).enumerate() {
                *cell = column.number(strip * STRIP + offset);
            }
        }
    }
    matrix
}

fn code_matrix(columns: &[(&Column, &[String])], n_rows: usize) -> (Vec<u32>, Vec<Unseen>) {
    let width = columns.len();
    let mut matrix = vec![MISSING; n_rows * width];
    let mut unseen = Vec::new();

    for (index, (column, known)) in columns.iter().enumerate() {
        let Cells::Categories { codes, labels } = &column.cells else {
            continue;
        };
        // Labels are looked up once each, instead of once for every cell.
        let known_code: Vec<u32> = labels.iter().map(|label| code_of(label, known)).collect();
        for (cell, &code) in matrix.iter_mut().skip(index).step_by(width).zip(codes) {
            *cell = known_code.get(code as usize).copied().unwrap_or(MISSING);
        }
        if let Some(first) = known_code.iter().position(|code| *code == UNSEEN) {
            let cells = matrix.iter().skip(index).step_by(width);
            let n_rows = cells.filter(|code| **code == UNSEEN).count();
            unseen.push(Unseen {
                column: column.name.clone(),
                n_rows,
                label: labels[first].clone(),
            });
        }
    }

    (matrix, unseen)
}

/// Returns the code of a label, or of the same number written differently, which is next to it in
/// the order.
pub(super) fn code_of(label: &str, known: &[String]) -> u32 {
    let is_same =
        |other: &usize| match (read_cell(label.as_bytes()), read_cell(known[*other].as_bytes())) {
            (Cell::Number(a), Cell::Number(b)) => a == b && a.abs() < LARGEST_EXACT,
            _ => false,
        };
    let position = known.binary_search_by(|other| natural(other, label)).or_else(|place| {
        let beside = [place.checked_sub(1), Some(place).filter(|place| *place < known.len())];
        beside.into_iter().flatten().find(is_same).ok_or(())
    });
    position.map_or(UNSEEN, |code| code as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ReadOptions;

    fn features(text: &str) -> Features {
        let table = Table::read(text.as_bytes(), &ReadOptions::default()).unwrap();
        Features::new(&table).unwrap()
    }

    #[test]
    fn numbers_and_codes_stand_row_by_row() {
        let features = features("a,c,b\n1,x,4\n,y,5\n3,NA,6\n");
        assert_eq!((features.n_numbers(), features.n_categories()), (2, 1));
        assert_eq!(features.numbers(0), [1.0, 4.0]);
        assert!(features.numbers(1)[0].is_nan());
        assert_eq!(features.codes(1), [1]);
        assert_eq!(features.codes(2), [MISSING]);
    }

    #[test]
    fn columns_that_number_the_rows_are_found() {
        let row = |i: u32| format!("{i},{},{},{}\n", i + 1, 2 * i, if i == 7 { 9 } else { i });
        let table = |n| format!("from_0,from_1,even,gap\n{}", (0..n).map(row).collect::<String>());
        assert_eq!(features(&table(12)).row_numbers(), ["from_0", "from_1"]);
        assert_eq!(features(&table(9)).row_numbers(), [""; 0]);
    }

    #[test]
    fn unseen_categories_are_counted_and_numbers_known_in_any_form() {
        let text = "zip,c\n101,x\n7,y\nN1,x\n9007199254740992,x\n";
        let schema = features(text).schema().clone();
        let read =
            |text: &str| Features::read(text.as_bytes(), &schema, &Limits::default()).unwrap();
        let found = read("zip,c\n101.0,x\n07,purple\n101.5,green\nNA,y\n,purple\n");
        let codes = |row| found.codes(row)[0];
        assert_eq!([codes(0), codes(1), codes(2), codes(3)], [1, 0, UNSEEN, MISSING]);
        let unseen = |column: &str, n_rows, label: &str| Unseen {
            column: column.into(),
            n_rows,
            label: label.into(),
        };
        assert_eq!(found.unseen(), [unseen("zip", 1, "101.5"), unseen("c", 3, "green")]);
        assert_eq!(read(text).unseen(), []);
        assert_eq!(
            read("zip,c\n9007199254740993,x\n").unseen(),
            [unseen("zip", 1, "9007199254740993")]
        );
    }

    #[test]
    fn a_shift_keeps_seconds_in_single_precision() {
        let rows = (0..1000)
            .fold("t\n".to_owned(), |text, row| text + &format!("{}\n", 1_700_000_000 + row));
        let features = features(&rows);
        let steps = (1..1000).map(|row| features.numbers(row)[0] - features.numbers(row - 1)[0]);
        assert!(steps.into_iter().all(|step| step == 1.0));
    }

    #[test]
    fn ordinary_columns_are_not_shifted() {
        let rows = (0..500).fold("a,b,c\n".to_owned(), |text, row| {
            text + &format!(
                "{},{},{}\n",
                row,
                f64::from(row) * 1e-7,
                if row % 9 == 0 { row } else { 0 }
            )
        });
        assert!(features(&rows).schema().numbers().all(|(_, shift)| shift == 0.0));
    }

    #[test]
    fn a_shift_hardly_depends_on_single_rows() {
        let column = |replaced: usize| {
            let rows = (0..1000).fold("t\n".to_owned(), |text, row| {
                text + &format!("{}\n", if row < replaced { 5 } else { 1_700_000_000 + row })
            });
            features(&rows).schema().numbers().next().map(|(_, shift)| shift)
        };
        assert_eq!(column(0), column(200));
    }

    #[test]
    fn another_file_is_read_in_the_form_of_the_first() {
        let first = features("zip,c,n\n01,b,1\n2,d,2\nx,b,3\n");
        let text = "extra,n,c,zip\n\"9\",5,a,2\n\"\",,d,07\nwords,7,,x\n";
        let second = Features::read(text.as_bytes(), first.schema(), &Limits::default()).unwrap();
        assert_eq!(second.schema(), first.schema());
        assert_eq!(
            [second.codes(0), second.codes(1), second.codes(2)],
            [[1, UNSEEN], [UNSEEN, 1], [2, MISSING]]
        );
        assert_eq!(second.numbers(2), [7.0]);
    }

    #[test]
    fn another_file_must_have_the_columns() {
        let schema = features("size,c\n1,a\n2,b\n").schema().clone();
        let read = |text: &str| Features::read(text.as_bytes(), &schema, &Limits::default());
        assert!(
            matches!(read("sise,c\n1,a\n"), Err(DataError::LacksFeature { nearest, .. }) if nearest == ["sise"])
        );
        assert!(matches!(
            read("size,c\nlarge,a\n"),
            Err(DataError::Text { at: At { row: 1, line: 2 }, .. })
        ));
        assert_eq!(read("c,size\n1,2\n").unwrap().codes(0), [UNSEEN]);
    }

    #[test]
    fn dates_become_elapsed_time_and_the_parts_that_vary() {
        let rows: String =
            (1..=60).map(|i| format!("2024-{:02}-{:02},{i}\n", i % 12 + 1, i % 28 + 1)).collect();
        let found = features(&format!("when,x\n{rows}"));
        let names =
            |f: &Features| f.schema().features.iter().map(|f| f.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&found), ["when", "when.month", "when.day", "when.weekday", "x"]);
        let months = features("when,x\n2024-01,1\n2024-02,2\n2025-03,3\n");
        assert_eq!(names(&months), ["when", "when.month", "x"]);
        // Another file is read in the form of the first.
        let schema = serde_json::to_string(found.schema()).unwrap();
        let schema: Schema = serde_json::from_str(&schema).unwrap();
        let other =
            Features::read(&b"x,when\n5,2024-02-03\n"[..], &schema, &Limits::default()).unwrap();
        assert_eq!(other.numbers(0)[1..], [2.0, 3.0, 5.0, 5.0]);
    }

    #[test]
    fn another_file_is_read_with_the_decoration_of_the_first() {
        let first = features(
            "p,d,c\n\"1.234,5\",\"3,5 kg\",x\n\"0,5\",\"12,25 kg\",y\n\"7,0\",\"1,5 kg\",x\n",
        );
        let schema = serde_json::to_string(first.schema()).unwrap();
        let schema: Schema = serde_json::from_str(&schema).unwrap();
        let read = |text: &str| Features::read(text.as_bytes(), &schema, &Limits::default());
        assert_eq!(read("p,d,c\n\"2.000,5\",\"1,5 kg\",y\n").unwrap().numbers(0), [2000.5, 1.5]);
        assert!(matches!(read("p,d,c\n\"2,5\",300 g,y\n"), Err(DataError::Text { .. })));
    }

    #[test]
    fn a_matrix_becomes_features_in_its_own_order() {
        let matrix = ndarray::array![[1.0_f32, 2.0, 3.0], [4.0, 5.0, 6.0]];
        let turned = Features::from_array(matrix.clone().reversed_axes()).unwrap();
        assert_eq!(turned.numbers(2), [3.0, 6.0]);
        let part = Features::from_array(matrix.slice_move(ndarray::s![1.., ..])).unwrap();
        assert_eq!(part.numbers(0), [4.0, 5.0, 6.0]);
        assert!(Features::from_array(ndarray::array![[f32::NAN]]).is_err());
    }
}
