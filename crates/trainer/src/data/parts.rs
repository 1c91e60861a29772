//! The features derived from a date: elapsed time, and the calendar parts that vary.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::column::Column;

/// A part of a date, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DatePart {
    /// Days since 1970, with their fraction.
    Elapsed,
    /// 1 to 12.
    Month,
    /// Of the month, from 1.
    Day,
    /// 0 for Monday to 6.
    Weekday,
    /// 0 to 23.
    Hour,
    /// 0 to 59.
    Minute,
}

impl fmt::Display for DatePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DatePart::Elapsed => "elapsed",
            DatePart::Month => "month",
            DatePart::Day => "day",
            DatePart::Weekday => "weekday",
            DatePart::Hour => "hour",
            DatePart::Minute => "minute",
        })
    }
}

const DAY: f64 = 86_400.0;

impl DatePart {
    /// Returns the part of a moment in seconds since 1970; NaN for NaN.
    pub(super) fn of(self, seconds: f64) -> f64 {
        if seconds.is_nan() {
            return seconds;
        }

        let day = (seconds / DAY).floor();
        let within = seconds - day * DAY;
        match self {
            DatePart::Elapsed => seconds / DAY,
            DatePart::Month => month_and_day(day as i64).0,
            DatePart::Day => month_and_day(day as i64).1,
            // 1970-01-01 was a Thursday.
            DatePart::Weekday => (day as i64 + 3).rem_euclid(7) as f64,
            DatePart::Hour => (within / 3600.0).floor(),
            DatePart::Minute => (within / 60.0).floor() % 60.0,
        }
    }
}

/// Returns month and day of a day counted from 1970-01-01, in the Gregorian calendar (after Howard
/// Hinnant's `civil_from_days`).
fn month_and_day(days: i64) -> (f64, f64) {
    let shifted = days + 719_468;
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (month as f64, day as f64)
}

/// Returns elapsed time, and the other parts that differ between rows; the weekday if days do.
pub(super) fn parts(column: &Column, n_rows: usize) -> Vec<DatePart> {
    let varies = |part: DatePart| {
        let mut values = (0..n_rows).map(|row| part.of(column.number(row))).filter(|v| !v.is_nan());
        let first = values.next();
        values.any(|value| Some(value) != first)
    };

    let mut found = vec![DatePart::Elapsed];
    let has_days = varies(DatePart::Day);
    found.extend([DatePart::Month].into_iter().filter(|&part| varies(part)));

    if has_days {
        found.push(DatePart::Day);
        found.extend([DatePart::Weekday].into_iter().filter(|&part| varies(part)));
    }

    found.extend([DatePart::Hour, DatePart::Minute].into_iter().filter(|&part| varies(part)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_those_of_the_calendar() {
        // 2024-02-29 was a Thursday; date -u -d '2024-02-29 23:59:30' +%s
        let leap = 1_709_251_170.0;
        let of = |part: DatePart| part.of(leap);
        assert_eq!(
            [DatePart::Month, DatePart::Day, DatePart::Weekday, DatePart::Hour, DatePart::Minute]
                .map(of),
            [2.0, 29.0, 3.0, 23.0, 59.0]
        );
        // 1969-12-31 was a Wednesday.
        assert_eq!(
            [DatePart::Month, DatePart::Day, DatePart::Weekday].map(|p| p.of(-1.0)),
            [12.0, 31.0, 2.0]
        );
        assert!(DatePart::Month.of(f64::NAN).is_nan());
    }
}
