//! The order of labels.

use std::cmp::Ordering;

use super::cell::{Cell, read};

/// Compares labels: numbers by value, before texts by their bytes; equal numbers by their texts.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    match (read(a.as_bytes()), read(b.as_bytes())) {
        (Cell::Number(x), Cell::Number(y)) => x.total_cmp(&y).then_with(|| a.cmp(b)),
        (Cell::Number(_), _) => Ordering::Less,
        (_, Cell::Number(_)) => Ordering::Greater,
        _ => a.cmp(b),
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
}
