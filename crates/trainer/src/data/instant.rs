//! Dates and times in tables, read as instants.
//!
//! Accepted are ISO 8601 with the year first (`2024-05`, `2024/05/31`,
//! `2024-05-31T08:30:59.5+02:00`, `20240531T083059Z`, `2024-Q2`), dates with the year last
//! (`31.05.2024`, `5/31/24`), names of months (`31 May 2024`, `31. Mai 2024`) and what programs
//! write (`Fri May 31 08:30:59 2024`, `31/May/2024:08:30:59 +0200`, `2024-W22`). A time without an
//! offset is in UTC. A day that the calendar does not have is not a date.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::{DateTime, ISOWeekDate, Weekday};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use super::notation::western;
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
    let may_be = |byte: u8| byte.is_ascii_digit() || byte >= 0x80;
    if text.len() > LONGEST || text.len() < 6 || !text.bytes().any(may_be) {
        return None;
    }

    let plain = in_hyphens(western(text));
    let moved = year_moved_forward(&plain);
    let mut scan = Scan::new(moved.as_deref().unwrap_or(&plain).trim());
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

/// Reads a number in a column of dates: a year, 202405, 20240531, 20240531083059, the days since
/// 1900 of a spreadsheet, or seconds, milliseconds, microseconds or nanoseconds since 1970, told
/// apart by the number of digits.
pub(super) fn read_number(number: f64) -> Option<Instant> {
    const TOO_LATE: f64 = 9e18;
    if !(0.0..TOO_LATE).contains(&number) {
        return None;
    }

    let whole = number as i64;
    if number.fract() != 0.0 {
        let micros = (number.fract() * 1e6).round() as i64;
        return match whole {
            SERIAL_1950..=SERIAL_2100 => {
                let micros = (number - SERIAL_1970 as f64) * MICROS_A_DAY as f64;
                Some(Instant { micros: micros.round() as i64, nanos: 0 })
            }
            100_000_000..=99_999_999_999 => {
                Some(Instant { micros: whole * 1_000_000 + micros, nanos: 0 })
            }
            _ => None,
        };
    }

    let midnight = Clock::default();
    let day = |whole: i64| (whole / 10_000, whole / 100 % 100, whole % 100);
    match whole {
        1000..=9999 => moment(whole as i32, 1, 1, midnight),
        SERIAL_1950..=SERIAL_2100 => {
            Some(Instant { micros: (whole - SERIAL_1970) * MICROS_A_DAY, nanos: 0 })
        }
        190_001..=210_012 => moment((whole / 100) as i32, (whole % 100) as i32, 1, midnight),
        10_000_101..=99_991_231 => {
            let (year, month, day) = day(whole);
            moment(year as i32, month as i32, day as i32, midnight)
        }
        _ if whole < 100_000_000 => None,
        _ => digits_of_clock(whole).or_else(|| Some(since_1970(whole))),
    }
}

/// The days that a spreadsheet counts to 1950, 1970 and 2100.
const SERIAL_1950: i64 = 18_264;
const SERIAL_1970: i64 = 25_569;
const SERIAL_2100: i64 = 73_050;
const MICROS_A_DAY: i64 = 86_400_000_000;

/// Reads 202405310830 and 20240531083059, if the calendar and the clock have them.
fn digits_of_clock(whole: i64) -> Option<Instant> {
    let all = match whole {
        190_001_010_000..=210_012_312_359 => whole * 100,
        19_000_101_000_000..=21_001_231_235_959 => whole,
        _ => return None,
    };
    let (date, clock) = (all / 1_000_000, (all % 1_000_000) as i32);
    let clock = Clock {
        hour: clock / 10_000,
        minute: clock / 100 % 100,
        second: clock % 100,
        ..Clock::default()
    };
    let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
    moment(year as i32, month as i32, day as i32, clock)
}

fn since_1970(whole: i64) -> Instant {
    match whole {
        ..100_000_000_000 => Instant { micros: whole * 1_000_000, nanos: 0 },
        100_000_000_000..100_000_000_000_000 => Instant { micros: whole * 1_000, nanos: 0 },
        100_000_000_000_000..100_000_000_000_000_000 => Instant { micros: whole, nanos: 0 },
        _ => Instant { micros: whole / 1_000, nanos: (whole % 1_000) as u16 },
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

/// Returns `2024-5-31` for `2024年5月31日` and `2024년 5월 31일`.
fn in_hyphens(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains(['年', '년']) {
        return text;
    }
    let marks = |c: char| match c {
        '年' | '月' | '년' | '월' => Some('-'),
        '日' | '일' | ' ' => None,
        other => Some(other),
    };
    Cow::Owned(text.chars().filter_map(marks).collect::<String>().trim_end_matches('-').to_owned())
}

/// Returns `31 May 2024 08:30:59 CEST` for `Fri May 31 08:30:59 CEST 2024`, as `date` and `ctime`
/// write it.
fn year_moved_forward(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [_, month, day, time, .., year] = words.as_slice() else { return None };
    let zone = words.get(4).filter(|_| words.len() == 6).copied().unwrap_or_default();
    let is_so = matches!(words.len(), 5 | 6)
        && time.contains(':')
        && year.len() == 4
        && year.bytes().all(|byte| byte.is_ascii_digit())
        && Scan::new(text).weekday_name();
    is_so.then(|| format!("{day} {month} {year} {time} {zone}"))
}

fn date(scan: &mut Scan<'_>) -> Option<Date> {
    skip_weekday(scan);
    if scan.take(b'Q') || scan.take(b'q') {
        // Q2 2024
        let (quarter, _) = scan.number().filter(|&(quarter, n)| n == 1 && quarter <= 4)?;
        scan.separator(b"-/. ")?;
        let (year, _) = scan.number().filter(|&(_, n)| n == 4)?;
        return Some(Date { year, month: 3 * quarter - 2, day: 1, is_open: false, has_day: false });
    }
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
    let separator = scan.separator(b"-/. QqWw")?;
    if separator.eq_ignore_ascii_case(&b'w') || scan.take(b'W') || scan.take(b'w') {
        return week(scan, year);
    }
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

/// 2024-W22, 2024-W22-5: the Monday of the week, or the day.
fn week(scan: &mut Scan<'_>, year: i32) -> Option<Date> {
    let week = i8::try_from(scan.two_digits()?).ok()?;
    let has_day = scan.take(b'-');
    let day = if has_day { scan.number().filter(|&(_, n)| n == 1)?.0 } else { 1 };
    let weekday = Weekday::from_monday_one_offset(i8::try_from(day).ok()?).ok()?;
    let date = ISOWeekDate::new(i16::try_from(year).ok()?, week, weekday).ok()?.date();
    let (year, month, day) = (date.year(), date.month(), date.day());
    Some(Date { year: year.into(), month: month.into(), day: day.into(), is_open: false, has_day })
}

/// 31.05.2024, 5/31/24, 31-May-2024, 31 May 2024.
fn year_last(scan: &mut Scan<'_>, first: i32) -> Option<Date> {
    scan.skip_ordinal();
    let separator = scan.separator(b"-/. ")?;
    // As in German: 31. Mai 2024.
    if separator == b'.' {
        scan.skip_blanks();
    }

    scan.skip_of();
    if let Some(month) = scan.month_name() {
        scan.separator(b"-/. ,");
        scan.skip_blanks();
        scan.skip_of();
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
    scan.skip_ordinal();

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

    let is_marked = scan.take(b'T') || scan.take(b't') || scan.take(b'_') || scan.take(b':');
    if !is_marked {
        scan.take(b',');
        if !scan.skip_blanks() {
            return None;
        }
    }

    let (first, n_digits) = scan.number()?;
    let mut clock = Clock::default();
    match n_digits {
        // Digits without separators are a time only after `T`: after a blank they may be any
        // number.
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
    fn dates_of_programs_and_in_other_languages_are_read() {
        let of = |text: &str| read(text).and_then(|dated| dated.day_first).map(|at| at.micros);
        for (text, same) in [
            ("Wed Jan 01 00:00:30 2020", "2020-01-01T00:00:30"),
            ("Wed Jan  1 00:00:30 CET 2020", "2020-01-01T00:00:30+01:00"),
            ("01/Jan/2020:00:00:30 +0100", "2020-01-01T00:00:30+01:00"),
            ("2020-01-01 00:00:30 EST", "2020-01-01T00:00:30-05:00"),
            ("1. Januar 2020", "2020-01-01"),
            ("3. März 2021", "2021-03-03"),
            ("8 février 2009", "2009-02-08"),
            ("12 août 2019", "2019-08-12"),
            ("3 de marzo de 2020", "2020-03-03"),
            ("June 8th, 2020", "2020-06-08"),
            ("1st March 2021", "2021-03-01"),
            ("2008年7月27日", "2008-07-27"),
            ("2008년 7월", "2008-07"),
            ("Q2 2020", "2020-04-01"),
            ("2020-W01", "2019-12-30"),
            ("2020W01-3 ", "2020-01-01"),
            ("\u{200f}2020-01-01", "2020-01-01"),
        ] {
            assert!(of(text.trim()).is_some(), "{text}");
            assert_eq!(of(text.trim()), of(same), "{text}");
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
        assert_eq!(of(202_405.0), micros("2024-05-01"));
        assert_eq!(of(20_240_531_083_059.0), micros("2024-05-31T08:30:59"));
        assert_eq!(of(1_717_144_200.5), Some(1_717_144_200_500_000));
        assert_eq!(
            (of(45_443.0), of(45_443.5)),
            (micros("2024-05-31"), micros("2024-05-31T12:00"))
        );
    }
}
