//! The order of labels.

use std::cmp::Ordering;

use super::cell::{Cell, read};

/// Compares labels: numbers by value before texts by their bytes; equal numbers by their texts.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    match (read(a.as_bytes()), read(b.as_bytes())) {
        (Cell::Number(x), Cell::Number(y)) => x.total_cmp(&y).then_with(|| a.cmp(b)),
        (Cell::Number(_), _) => Ordering::Less,
        (_, Cell::Number(_)) => Ordering::Greater,
        _ => a.cmp(b),
    }
}

/// Whether a label is a date, year first, with or without a time of day: its alphabetical order is that of time, so
/// there is no offset from Greenwich and no AM or PM.
pub(super) fn is_date(label: &str) -> bool {
    let bytes = label.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    digits(0..4)
        && bytes.get(4) == Some(&b'-')
        && digits(5..7)
        && bytes.get(7) == Some(&b'-')
        && digits(8..10)
        && match bytes.get(10) {
            None => true,
            Some(b'T' | b' ') => {
                digits(11..13)
                    && bytes.get(13) == Some(&b':')
                    && digits(14..16)
                    && is_rest_of_time(&bytes[16..])
            }
            Some(_) => false,
        }
}

/// Whether what follows hours and minutes is seconds, their fraction and Z, or as much of it as there is.
fn is_rest_of_time(rest: &[u8]) -> bool {
    let rest = rest.strip_suffix(b"Z").unwrap_or(rest);
    match rest {
        [] => true,
        [b':', seconds @ ..] => {
            let (whole, fraction) = seconds.split_at(seconds.len().min(2));
            let is_number = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
            whole.len() == 2
                && is_number(whole)
                && fraction
                    .strip_prefix(b".")
                    .map_or(fraction.is_empty(), |f| !f.is_empty() && is_number(f))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_first_and_by_value() {
        let mut labels = ["b", "10", "9", "a", "-1", "1.5", "1.50"];
        labels.sort_by(|a, b| natural(a, b));
        assert_eq!(labels, ["-1", "1.5", "1.50", "9", "10", "a", "b"]);
    }

    #[test]
    fn only_dates_with_the_year_first_are_dates() {
        for label in
            ["2024-05-31", "2024-05-31T08:30", "2024-05-31 08:30:59.5", "2024-05-31T08:30:59Z"]
        {
            assert!(is_date(label), "{label}");
        }
        for label in [
            "31-05-2024",
            "2024/05/31",
            "May 2024",
            "2024-5-31",
            "2024-05-31x",
            "2024-05-31 01:00 PM",
            "2024-10-27T02:50+02:00",
            "2024-05-31 08:30:5",
            "2024-05-31 08:30:59.",
        ] {
            assert!(!is_date(label), "{label}");
        }
    }
}
