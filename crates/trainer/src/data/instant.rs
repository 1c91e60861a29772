//! Dates and times in tables, read as instants.
//!
//! Accepted are ISO 8601 with the year first (`2024-05`, `2024/05/31`,
//! `2024-05-31T08:30:59.5+02:00`, `20240531T083059Z`, `2024-Q2`), dates with the year last
//! (`31.05.2024`, `5/31/24`) and English month names (`31 May 2024`). A time without an offset is
//! in UTC. A day that the calendar does not have is not a date.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use super::scan::{Scan, century};

/// An instant: microseconds since 1970 in UTC, and the nanoseconds beyond them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant {
    pub(super) micros: i64,
    pub(super) nanos: u16,
}

/// The order of day and month in a date with the year last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 31/05/2024.
    #[default]
    DayFirst,
    /// 05/31/2024.
    MonthFirst,
}

impl fmt::Display for DateOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DateOrder::DayFirst => "day first",
            DateOrder::MonthFirst => "month first",
        })
    }
}

/// The date in one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dated {
    /// With day before month, if the text is ambiguous.
    pub(super) day_first: Option<Instant>,
    /// With month before day, if the text is ambiguous.
    pub(super) month_first: Option<Instant>,
}

impl Dated {
    /// Returns the instant under an order of fields.
    pub(super) fn under(self, order: DateOrder) -> Option<Instant> {
        match order {
            DateOrder::DayFirst => self.day_first,
            DateOrder::MonthFirst => self.month_first,
        }
    }
}

/// Reads a text as a date, with or without a time of day; returns `None` if it is not one.
pub(super) fn read(text: &str) -> Option<Dated> {
    const LONGEST: usize = 64;
    // Most texts of a table are not dates; the first character shows it.
    if text.len() > LONGEST || text.len() < 6 || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }

    let mut scan = Scan::new(text);
    let date = date(&mut scan)?;
    let clock = if scan.is_at_end() { Clock::default() } else { clock(&mut scan, date)? };

    if !scan.is_at_end() {
        return None;
    }

    let at = |month, day| moment(date.year, month, day, clock);
    let first = at(date.month, date.day);
    if date.is_open {
        let swapped = at(date.day, date.month);
        (first.is_some() || swapped.is_some())
            .then_some(Dated { day_first: first, month_first: swapped })
    } else {
        Some(Dated { day_first: Some(first?), month_first: first })
    }
}

/// Reads an integer in a column of dates: a year, 20240531, or seconds, milliseconds,
/// microseconds or nanoseconds since 1970, told apart by the number of digits.
pub(super) fn read_number(number: f64) -> Option<Instant> {
    if number.fract() != 0.0 || number < 0.0 {
        return None;
    }

    let whole = number as i64;
    match number {
        _ if (1000..=9999).contains(&whole) => moment(whole as i32, 1, 1, Clock::default()),
        _ if (10_000_101..=99_991_231).contains(&whole) => {
            let (year, month, day) = (whole / 10_000, whole / 100 % 100, whole % 100);
            moment(year as i32, month as i32, day as i32, Clock::default())
        }
        n if n < 1e8 => None,
        n if n < 1e11 => Some(Instant { micros: whole * 1_000_000, nanos: 0 }),
        n if n < 1e14 => Some(Instant { micros: whole * 1_000, nanos: 0 }),
        n if n < 1e17 => Some(Instant { micros: whole, nanos: 0 }),
        n if n < 9e18 => Some(Instant { micros: whole / 1_000, nanos: (whole % 1_000) as u16 }),
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Date {
    year: i32,
    month: i32,
    day: i32,
    /// Whether day and month may be swapped.
    is_open: bool,
    /// Whether the text states a day.
    has_day: bool,
}

#[derive(Clone, Copy, Default)]
struct Clock {
    hour: i32,
    minute: i32,
    second: i32,
    nanos: i32,
    offset: i32,
}

fn date(scan: &mut Scan<'_>) -> Option<Date> {
    skip_weekday(scan);
    if let Some(month) = scan.month_name() {
        return named_month_first(scan, month);
    }

    let (first, n_digits) = scan.number()?;
    match n_digits {
        4 => year_first(scan, first),
        8 => Some(Date {
            year: first / 10_000,
            month: first / 100 % 100,
            day: first % 100,
            is_open: false,
            has_day: true,
        })
        // 20240531 alone is a number.
        .filter(|_| !scan.is_at_end()),
        1 | 2 => year_last(scan, first),
        _ => None,
    }
}

/// Skips `Fri, ` or `Friday `.
fn skip_weekday(scan: &mut Scan<'_>) {
    if scan.weekday_name() {
        scan.take(b',');
        scan.skip_blanks();
    }
}

/// 2024-05-31, 2024/5, 2024-Q2.
fn year_first(scan: &mut Scan<'_>, year: i32) -> Option<Date> {
    let separator = scan.separator(b"-/. Qq")?;
    if separator.eq_ignore_ascii_case(&b'q') || scan.take(b'Q') || scan.take(b'q') {
        let (quarter, _) = scan.number().filter(|&(quarter, n)| n == 1 && quarter <= 4)?;
        let month = 3 * quarter - 2;
        return Some(Date { year, month, day: 1, is_open: false, has_day: false });
    }

    if separator == b' ' {
        return None;
    }

    let named = scan.month_name();
    let month = named.or_else(|| scan.number().filter(|&(_, n)| n <= 2).map(|(month, _)| month))?;
    if !scan.take(separator) {
        return Some(Date { year, month, day: 1, is_open: false, has_day: false });
    }

    let (day, _) = scan.number().filter(|&(_, n)| n <= 2)?;
    Some(Date { year, month, day, is_open: false, has_day: true })
}

/// 31.05.2024, 5/31/24, 31-May-2024, 31 May 2024.
fn year_last(scan: &mut Scan<'_>, first: i32) -> Option<Date> {
    let separator = scan.separator(b"-/. ")?;
    // As in German: 31. Mai 2024.
    if separator == b'.' {
        scan.skip_blanks();
    }

    if let Some(month) = scan.month_name() {
        scan.separator(b"-/. ,");
        scan.skip_blanks();
        let year = scan.year()?;
        return Some(Date { year, month, day: first, is_open: false, has_day: true });
    }

    // Blanks separate only dates with the name of a month: 1 2 2024 is three numbers.
    if separator == b' ' {
        return None;
    }

    let (second, _) = scan.number().filter(|&(_, n)| n <= 2)?;
    if !scan.take(separator) {
        return None;
    }

    let year = scan.year()?;
    Some(Date { year, month: second, day: first, is_open: true, has_day: true })
}

/// May 31, 2024; May 2024; May-24.
fn named_month_first(scan: &mut Scan<'_>, month: i32) -> Option<Date> {
    scan.separator(b"-/. ")?;
    scan.skip_blanks();
    let (first, n_digits) = scan.number()?;

    let alone = |year| Date { year, month, day: 1, is_open: false, has_day: false };
    if n_digits == 4 {
        return Some(alone(first));
    }
    if scan.is_at_end() {
        return (n_digits == 2).then(|| alone(century(first)));
    }

    scan.separator(b"-/., ")?;
    scan.skip_blanks();
    let year = scan.year()?;
    Some(Date { year, month, day: first, is_open: false, has_day: true })
}

/// T08:30, ` 08:30:59.5 PM`, `T0830Z`, and their offsets.
fn clock(scan: &mut Scan<'_>, date: Date) -> Option<Clock> {
    if !date.has_day {
        return None;
    }

    let is_marked = scan.take(b'T') || scan.take(b't') || scan.take(b'_');
    if !is_marked {
        scan.take(b',');
        if !scan.skip_blanks() {
            return None;
        }
    }

    let (first, n_digits) = scan.number()?;
    let mut clock = Clock::default();
    match n_digits {
        // Digits without separators are a time only after `T`: after a blank they may be any number.
        4 | 6 if is_marked => {
            let all = if n_digits == 4 { first * 100 } else { first };
            clock =
                Clock { hour: all / 10_000, minute: all / 100 % 100, second: all % 100, ..clock };
            clock.nanos = scan.fraction()?;
        }
        1 | 2 => {
            clock.hour = first;
            let separator = scan.separator(b":.");
            if let Some(separator) = separator {
                clock.minute = scan.two_digits()?;
                if scan.take(separator) {
                    clock.second = scan.two_digits()?;
                    clock.nanos = scan.fraction()?;
                }
            } else if !is_marked {
                return None;
            }
        }
        _ => return None,
    }

    let is_blank = scan.skip_blanks();
    if let Some(is_afternoon) = scan.half_of_day() {
        if !(1..=12).contains(&clock.hour) {
            return None;
        }
        // 12 AM is midnight, 12 PM noon.
        clock.hour = clock.hour % 12 + if is_afternoon { 12 } else { 0 };
        scan.skip_blanks();
    }

    clock.offset = if scan.is_at_end() && is_blank { 0 } else { scan.offset()? };
    Some(clock)
}

fn moment(year: i32, month: i32, day: i32, clock: Clock) -> Option<Instant> {
    let small = |number: i32| i8::try_from(number).ok();
    let at = DateTime::new(
        i16::try_from(year).ok()?,
        small(month)?,
        small(day)?,
        small(clock.hour)?,
        small(clock.minute)?,
        small(clock.second)?,
        clock.nanos,
    )
    .ok()?;

    let at = Offset::from_seconds(clock.offset).ok()?.to_timestamp(at).ok()?;
    let nanos = at.as_nanosecond();
    Some(Instant {
        micros: i64::try_from(nanos.div_euclid(1_000)).ok()?,
        nanos: nanos.rem_euclid(1_000) as u16,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(text: &str) -> Option<i64> {
        let dated = read(text)?;
        assert_eq!(dated.day_first, dated.month_first, "{text}");
        dated.day_first.map(|instant| instant.micros)
    }

    #[test]
    fn the_same_moment_is_read_from_every_form() {
        // date -u -d 2024-05-31T08:30:00Z +%s
        let expected = 1_717_144_200_000_000;
        for text in [
            "2024-05-31T08:30",
            "2024-05-31 08:30:00",
            "2024-05-31T08:30:00Z",
            "2024-05-31 08:30:00+00:00",
            "2024-05-31T10:30:00.000+02:00",
            "2024-05-31T03:30:00-0500",
            "2024/05/31 08:30",
            "2024/5/31 8:30",
            "20240531T083000Z",
            "20240531T0830",
            "31 May 2024 08:30",
            "31-May-2024 08:30:00",
            "May 31, 2024 8:30 AM",
            "Fri, 31 May 2024 08:30:00 +0000",
            "Fri, 31 May 2024 08:30:00 GMT",
            "2024-05-31 08:30:00 UTC",
            "2024-May-31 08:30",
        ] {
            assert_eq!(micros(text), Some(expected), "{text}");
        }
        for (text, day) in [("2024-05-31", 19_874), ("1949-01", -7670), ("2024-Q2", 19_814)] {
            assert_eq!(micros(text), Some(day * 86_400_000_000), "{text}");
        }
        assert_eq!(micros("May 1990"), micros("1990-05-01"));
        assert_eq!(micros("May-90"), micros("1990-05-01"));
    }

    #[test]
    fn a_date_with_the_year_last_is_read_in_both_orders_where_both_are_days() {
        let open = read("05/06/2024").unwrap();
        assert_eq!(open.day_first.map(|i| i.micros), micros("2024-06-05"));
        assert_eq!(open.month_first.map(|i| i.micros), micros("2024-05-06"));
        let day = read("31.05.2024 18.00").unwrap();
        assert_eq!(day.day_first.map(|i| i.micros), micros("2024-05-31 18:00"));
        assert_eq!(day.month_first, None);
        let month = read("5/31/24 1:05 PM").unwrap();
        assert_eq!(month.month_first.map(|i| i.micros), micros("2024-05-31T13:05"));
        assert_eq!(month.day_first, None);
    }

    #[test]
    fn fractions_order_moments_to_the_nanosecond() {
        let texts = [
            "2024-05-31T08:00:00Z",
            "2024-05-31T08:00:00.000000001Z",
            "2024-05-31T08:00:00.250Z",
            "2024-05-31 08:00:00.5Z",
            "2024-05-31T08:00:01Z",
            "2024-05-31 08:00:59.5Z",
            "2024-05-31T08:00:59.51Z",
            "2024-05-31 08:01Z",
        ];
        let moments: Vec<_> = texts.iter().map(|text| read(text).unwrap().day_first).collect();
        assert!(moments.is_sorted_by(|a, b| a < b), "{moments:?}");
    }

    #[test]
    fn what_is_no_day_or_no_time_is_no_date() {
        for text in [
            "2024-13-45",
            "2024-02-30",
            "2024-05-31T25:00",
            "2024-05-31x",
            "2024-05-31 08:30:5",
            "2024-05-31 08:30:59.",
            "2024-05-31T",
            "2024-05-31 13:00 PM",
            "1234-5678",
            "12-34",
            "192.168.0.1",
            "555-1234",
            "20240531",
            "1.2.3",
            "May",
            "march 5",
            "10-20",
            "2024 05 31",
            "",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn whole_numbers_are_dates_by_their_digits() {
        let of = |number| read_number(number).map(|instant| instant.micros);
        assert_eq!(of(20_240_531.0), micros("2024-05-31"));
        assert_eq!(of(2024.0), micros("2024-01-01"));
        for number in [1_717_144_200.0, 1_717_144_200e3, 1_717_144_200e6, 1_717_144_200e9] {
            assert_eq!(of(number), Some(1_717_144_200_000_000), "{number}");
        }
        assert_eq!((of(20_241_345.0), of(0.5), of(12.0)), (None, None, None));
    }
}
