//! Times of day and durations: `8:30`, `1:02:03`, `1 day, 2:00:00`, `1h 30m`.

use jiff::{Span, SpanRelativeTo, Unit};
use serde::{Deserialize, Serialize};

/// Longer texts are not read as times.
const LONGEST: usize = 64;

/// The meaning of a time with two fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// 8:30 is half past eight.
    #[default]
    Hours,
    /// 8:30 is eight and a half minutes, as beside 1:02:03.
    Minutes,
}

/// Reads at least two of hours, minutes and seconds with their units, such as `1h 30m` or
/// `2 hrs 5 min`; returns seconds.
fn spelt_time(text: &str) -> Option<f64> {
    const UNITS: [(&[&str], f64); 3] = [
        (&["h", "hr", "hrs", "hour", "hours", "std"], 3600.0),
        (&["m", "min", "mins", "minute", "minutes"], 60.0),
        (&["s", "sec", "secs", "second", "seconds"], 1.0),
    ];
    if text.len() > LONGEST || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }

    let lower = text.to_ascii_lowercase();
    // 8h31, as French has it.
    if let Some((hours, minutes)) = lower.split_once('h')
        && minutes.len() == 2
        && let (Ok(hours), Ok(minutes)) = (hours.trim().parse::<u32>(), minutes.parse::<u32>())
        && minutes < 60
    {
        return Some(f64::from(hours) * 3600.0 + f64::from(minutes) * 60.0);
    }
    let (mut rest, mut seconds, mut n_parts) = (lower.as_str(), 0.0, 0);
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let after_number = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let number: f64 = rest[..rest.len() - after_number.len()].parse().ok()?;
        let unit = after_number.trim_start();
        let after_unit = unit.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let unit = &unit[..unit.len() - after_unit.len()];
        rest = after_unit.trim_start_matches(['.', ',', ' ']);

        // The iterator goes on where it stopped, so that units must descend.
        let (_, factor) = units.find(|(names, _)| names.contains(&unit))?;
        if n_parts > 0 && number >= 60.0 {
            return None;
        }
        seconds += number * factor;
        n_parts += 1;
    }

    // One part alone is a number with a unit, which a column may have throughout: `30m` may be
    // metres.
    (n_parts > 1).then_some(seconds)
}

/// Reads a duration of ISO 8601 without years and months, such as `P1DT2H` or `PT13M`; returns
/// seconds.
fn iso_duration(text: &str) -> Option<f64> {
    let span: Span = text.parse().ok()?;
    span.total((Unit::Second, SpanRelativeTo::days_are_24_hours())).ok()
}

/// Reads `h:m`, `h:m:s` or `hh.mm.ss`, with AM or PM after it or days before it; returns seconds
/// and the number of fields.
pub(super) fn time(text: &str, clock: Clock) -> Option<(f64, usize)> {
    if text.starts_with('P') {
        return iso_duration(text).map(|seconds| (seconds, 3));
    }
    if let Some(seconds) = spelt_time(text) {
        return Some((seconds, 3));
    }
    if text.len() > LONGEST
        || !text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+')
    {
        return None;
    }

    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };

    let (days, rest) = match rest.split_once("day") {
        Some((days, rest)) => {
            let rest = rest.strip_prefix('s').unwrap_or(rest);
            (days.trim().parse::<u32>().ok()?, rest.trim_start_matches([',', ' ', '+']))
        }
        None => (0, rest),
    };

    let lower = rest.to_ascii_lowercase();
    let (rest, half) = ["am", "pm"]
        .iter()
        .find_map(|half| Some((lower.strip_suffix(half)?.trim_end(), Some(*half))))
        .unwrap_or((lower.as_str(), None));

    // Dots separate three fields alone: 8.30 is a number.
    let separator = if rest.contains(':') { ':' } else { '.' };
    let fields: Vec<&str> = rest.split(separator).collect();
    if let (Some(half), [hours]) = (half, fields.as_slice()) {
        let hours: u32 = hours.parse().ok().filter(|hours| (1..=12).contains(hours))?;
        let noon = if half == "pm" { 12 } else { 0 };
        return Some((sign * f64::from(hours % 12 + noon) * 3600.0, 2));
    }
    let is_fields = match (separator, fields.len()) {
        (':', 2 | 3) => fields[0].len() <= 3,
        ('.', 3) => fields[0].len() <= 2,
        _ => false,
    };

    let is_digits = |field: &str| !field.is_empty() && field.bytes().all(|b| b.is_ascii_digit());
    let (seconds, whole) = fields.split_last()?;
    let (last, fraction) = seconds.split_once(['.', ',']).unwrap_or((seconds, "0"));

    if !is_fields || !whole.iter().all(|field| is_digits(field)) || !is_digits(fraction) {
        return None;
    }

    let is_two = |field: &str| field.len() == 2 && is_digits(field);
    if !is_two(last) || !whole[1..].iter().all(|field| is_two(field)) {
        return None;
    }

    let number = |field: &str| field.parse::<f64>().ok();
    let mut first = number(whole[0])?;
    if let Some(half) = half {
        if !(1.0..=12.0).contains(&first) {
            return None;
        }
        // 12 AM is midnight, 12 PM noon.
        first = first % 12.0 + if half == "pm" { 12.0 } else { 0.0 };
    }

    let last = number(&format!("{last}.{fraction}"))?;
    let middle = whole.get(1).map_or(Some(0.0), |field| number(field))?;
    if last >= 60.0 || middle >= 60.0 {
        return None;
    }

    let within = match (fields.len(), clock) {
        (3, _) => first * 3600.0 + middle * 60.0 + last,
        (_, Clock::Hours) => first * 3600.0 + last * 60.0,
        (_, Clock::Minutes) => first * 60.0 + last,
    };

    Some((sign * (f64::from(days) * 86_400.0 + within), fields.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelt_times_are_hours_minutes_and_seconds_in_this_order() {
        for (text, seconds) in [
            ("1h 30m", 5400.0),
            ("2 hrs 5 min", 7500.0),
            ("3m20s", 200.0),
            ("1h2m3s", 3723.0),
            ("8h31", 30_660.0),
            ("PT2H31M", 9060.0),
            ("PT13M", 780.0),
            ("P1DT2H", 93_600.0),
            ("P2W", 1_209_600.0),
        ] {
            assert_eq!(time(text, Clock::Hours), Some((seconds, 3)), "{text}");
        }
        for text in
            ["P1", "P1M", "PT", "P", "Poor", "30m", "1h 70m", "5m 1h", "1h 30", "h 3m", "1h30x"]
        {
            assert_eq!(time(text, Clock::Hours), None, "{text}");
        }
    }

    #[test]
    fn times_are_seconds() {
        let of = |text| time(text, Clock::Hours).map(|(seconds, _)| seconds);
        assert_eq!(of("8:30"), Some(30_600.0));
        assert_eq!(of("08:30:15.5"), Some(30_615.5));
        assert_eq!(of("18.00.00"), Some(64_800.0));
        assert_eq!(of("1:05 PM"), Some(47_100.0));
        assert_eq!((of("4am"), of("12 pm"), of("13pm")), (Some(14_400.0), Some(43_200.0), None));
        assert_eq!(of("2 days 00:00:05"), Some(172_805.0));
        assert_eq!(of("-0:30:00"), Some(-1800.0));
        assert_eq!(time("59:30", Clock::Minutes), Some((3570.0, 2)));
        for text in ["8:75", "8:3", "8", "8.30", "1.2.3", "a:30", "13:00 PM", "1:2:3:4", ":30"] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
