//! Numbers that look like times: seconds since 1970, 20240531, the days of a spreadsheet.

use jiff::Timestamp;

use super::column::{Cells, Column};
use super::form::Form;
use super::instant::{self, Instant};

/// How times are written as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clockwork {
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
    /// Microseconds since 1970.
    Microseconds,
    /// Nanoseconds since 1970.
    Nanoseconds,
    /// Year, month and further parts as one number: 202405, 20240531.
    Digits,
    /// Days since 1900, as spreadsheets count them.
    SpreadsheetDays,
}

/// A column of numbers that look like times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moments {
    /// How they are written.
    pub written: Clockwork,
    /// The first and the last day.
    pub days: (String, String),
}

/// Fewer rows or different numbers show too little.
const FEWEST_ROWS: usize = 10;
const FEWEST_VALUES: usize = 5;
/// The years that a time in a table lies in.
const YEARS: std::ops::RangeInclusive<i16> = 1980..=2050;

/// Returns the times that a column of plain numbers seems to hold, if all of its numbers do.
pub(super) fn moments(column: &Column, n_rows: usize) -> Option<Moments> {
    let is_plain = matches!(&column.reading.form, Form::Number(form) if form.is_plain());
    let is_open = !column.reading.is_stated && column.reading.decoration.is_none();
    if !is_plain || !is_open || matches!(column.cells, Cells::Categories { .. } | Cells::Dates(_)) {
        return None;
    }

    let numbers = || (0..n_rows).map(|row| column.number(row)).filter(|n| !n.is_nan());
    let written = written(numbers().next()?)?;
    let is_called = is_called_time(&column.name);
    if written == Clockwork::SpreadsheetDays && !is_called {
        return None;
    }

    let (mut n, mut first, mut last) = (0, f64::MAX, f64::MIN);
    let mut some = Vec::new();
    for number in numbers() {
        if self::written(number) != Some(written) || !is_recent(instant::read_number(number)?) {
            return None;
        }
        if some.len() < FEWEST_VALUES && !some.contains(&number) {
            some.push(number);
        }
        (n, first, last) = (n + 1, first.min(number), last.max(number));
    }

    let is_enough = n >= FEWEST_ROWS && some.len() == FEWEST_VALUES;
    let days = (day(instant::read_number(first)?)?, day(instant::read_number(last)?)?);
    is_enough.then_some(Moments { written, days })
}

fn written(number: f64) -> Option<Clockwork> {
    let whole = number as i64;
    match whole {
        18_264..=73_050 => Some(Clockwork::SpreadsheetDays),
        190_001..=210_012 | 19_000_101..=21_001_231 => Some(Clockwork::Digits),
        190_001_010_000..=210_012_312_359 | 19_000_101_000_000..=21_001_231_235_959 => {
            Some(Clockwork::Digits)
        }
        100_000_000..=99_999_999_999 => Some(Clockwork::Seconds),
        100_000_000_000..=99_999_999_999_999 => Some(Clockwork::Milliseconds),
        100_000_000_000_000..=99_999_999_999_999_999 => Some(Clockwork::Microseconds),
        100_000_000_000_000_000.. => Some(Clockwork::Nanoseconds),
        _ => None,
    }
}

fn is_recent(instant: Instant) -> bool {
    let at = Timestamp::from_microsecond(instant.micros).ok();
    at.is_some_and(|at| YEARS.contains(&at.to_zoned(jiff::tz::TimeZone::UTC).year()))
}

/// Returns the day of an instant as text.
pub(super) fn day(instant: Instant) -> Option<String> {
    let at = Timestamp::from_microsecond(instant.micros).ok()?;
    Some(at.strftime("%Y-%m-%d").to_string())
}

fn is_called_time(name: &str) -> bool {
    let lower = name.to_lowercase();
    ["date", "datum", "day", "time", "fecha", "tag"].iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{ReadOptions, Table};

    fn of(name: &str, cell: impl Fn(u64) -> String) -> Option<(Clockwork, String)> {
        let rows: String = (0..40).map(|i| format!("{},1\n", cell(i))).collect();
        let text = format!("{name},y\n{rows}");
        let table = Table::read(text.as_bytes(), &ReadOptions::default()).unwrap();
        moments(&table.columns()[0], 40).map(|moments| (moments.written, moments.days.1))
    }

    #[test]
    fn times_written_as_numbers_are_found() {
        let hour = |i: u64| 1_700_000_000 + 3600 * i;
        let last = "2023-11-16".to_owned();
        assert_eq!(of("t", |i| hour(i).to_string()), Some((Clockwork::Seconds, last.clone())));
        assert_eq!(
            of("t", |i| format!("{}.25", hour(i))),
            Some((Clockwork::Seconds, last.clone()))
        );
        let thousand = |i: u64| format!("{}123", hour(i));
        assert_eq!(of("t", thousand), Some((Clockwork::Milliseconds, last)));
        let digits = |i: u64| format!("2024{:02}{:02}", 1 + i % 12, 1 + i % 28);
        assert_eq!(of("t", digits).map(|(written, _)| written), Some(Clockwork::Digits));
        let month = |i: u64| format!("{}{:02}", 2000 + i / 12, 1 + i % 12);
        assert_eq!(of("t", month).map(|(written, _)| written), Some(Clockwork::Digits));
    }

    #[test]
    fn other_numbers_are_not() {
        assert_eq!(of("t", |i| (200_000 + 55 * i).to_string()), None);
        assert_eq!(of("t", |i| (5_000_000_000 + i * 77_777_777).to_string()), None);
        assert_eq!(of("price", |i| (40_000 + i).to_string()), None);
        let date = of("date", |i| (40_000 + i).to_string());
        assert_eq!(date.map(|(written, _)| written), Some(Clockwork::SpreadsheetDays));
    }
}
