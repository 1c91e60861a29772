//! Columns that give the target away: copies of it, in its unit or another, or under other names.

use std::collections::BTreeMap;

use super::column::{ABSENT, Cells, Column};
use super::table::Table;

/// Tables with fewer rows show too little.
const FEWEST_ROWS: usize = 20;
/// Rows that a column is compared on before all rows are.
const SAMPLE: usize = 2_000;
/// A target with more different values is a quantity …
const MOST_VALUES: usize = 20;
/// … and a column is its multiple if a straight line misses it by this share of its range at most:
/// as much as rounding to three digits.
const TOLERANCE: f64 = 1e-3;

/// Returns the names of the columns from which the target follows in every row, by a straight line
/// or label by label.
pub fn copies<'a>(table: &'a Table, target: &str) -> Vec<&'a str> {
    let Some(aim) = table.column(target).filter(|_| table.n_rows() >= FEWEST_ROWS) else {
        return Vec::new();
    };

    let n_values = distinct(aim, table.n_rows());
    let is_copy = |column: &Column, n_rows: usize| match n_values {
        Some(n_values) => are_one_to_one(column, aim, n_rows, n_values),
        None => is_line(column, aim, n_rows),
    };
    let found = table.columns().iter().filter(|column| {
        column.name != target
            && is_copy(column, table.n_rows().min(SAMPLE))
            && is_copy(column, table.n_rows())
    });

    found.map(|column| column.name.as_str()).collect()
}

/// A key for the value of a row; `None` where it is missing.
fn key(column: &Column, row: usize) -> Option<u64> {
    match &column.cells {
        Cells::Categories { codes, .. } => {
            codes.get(row).filter(|&&code| code != ABSENT).map(|&code| u64::from(code))
        }
        _ => Some(column.number(row)).filter(|number| !number.is_nan()).map(f64::to_bits),
    }
}

/// Counts the different values of a target of classes; `None` if it is a quantity.
fn distinct(column: &Column, n_rows: usize) -> Option<usize> {
    let mut known = std::collections::BTreeSet::new();
    for row in 0..n_rows {
        known.extend(key(column, row));
        if known.len() > MOST_VALUES && column.labels().is_empty() {
            return None;
        }
    }
    Some(known.len())
}

/// Whether each value of one column stands beside one value of the other, and no row lacks one
/// alone.
fn are_one_to_one(column: &Column, aim: &Column, n_rows: usize, n_values: usize) -> bool {
    let (mut there, mut back) = (BTreeMap::new(), BTreeMap::new());
    let fits = |row: usize| match (key(column, row), key(aim, row)) {
        (Some(a), Some(b)) => {
            there.len() <= n_values
                && *there.entry(a).or_insert(b) == b
                && *back.entry(b).or_insert(a) == a
        }
        (_, None) => true,
        (None, Some(_)) => false,
    };
    (0..n_rows).all(fits) && back_values(aim, n_rows) > 1
}

fn back_values(aim: &Column, n_rows: usize) -> usize {
    let first = key(aim, 0);
    1 + usize::from((0..n_rows).any(|row| key(aim, row) != first))
}

/// Whether a straight line gives the target in every row that has both.
fn is_line(column: &Column, aim: &Column, n_rows: usize) -> bool {
    if !column.labels().is_empty() {
        return false;
    }

    let pairs = || {
        (0..n_rows)
            .map(|row| (column.number(row), aim.number(row)))
            .filter(|(x, y)| !x.is_nan() && !y.is_nan())
    };
    let n = pairs().count();
    if n < FEWEST_ROWS {
        return false;
    }

    let mean = |of: fn((f64, f64)) -> f64| pairs().map(of).sum::<f64>() / n as f64;
    let (mean_x, mean_y) = (mean(|(x, _)| x), mean(|(_, y)| y));
    let spread: f64 = pairs().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let together: f64 = pairs().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let slope = together / spread;

    let (low, high) =
        pairs().fold((f64::MAX, f64::MIN), |(low, high), (_, y)| (low.min(y), high.max(y)));
    let most = TOLERANCE * (high - low);
    spread > 0.0
        && high > low
        && pairs().all(|(x, y)| (y - mean_y - slope * (x - mean_x)).abs() <= most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ReadOptions;

    fn found(header: &str, row: impl Fn(u64) -> String) -> Vec<String> {
        let rows: String = (0..60).map(|i| row(i) + "\n").collect();
        let text = format!("{header}\n{rows}");
        let table = Table::read(text.as_bytes(), &ReadOptions::default()).unwrap();
        copies(&table, "y").into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn multiples_of_the_target_are_found_and_predictors_are_not() {
        let row = |i: u64| {
            let y = ((i * 37 % 60) as f64).sqrt();
            format!("{y:.4},{:.1}%,{:.3},{y:.4}", 100.0 * y, y + (i % 5) as f64 / 100.0)
        };
        assert_eq!(found("copy,percent,near,y", row), ["copy", "percent"]);
    }

    #[test]
    fn other_names_of_the_classes_are_found() {
        let row = |i: u64| {
            let class = i * 7 % 3;
            let name = ["low", "mid", "high"][class as usize];
            format!("{name},{},{},{class}", class > 0, i % 3)
        };
        assert_eq!(found("name,part,index,y", row), ["name", "index"]);
        assert_eq!(found("name,part,y", |i| format!("{},{},{}", i % 4, i % 2, i % 3)), [""; 0]);
    }
}
