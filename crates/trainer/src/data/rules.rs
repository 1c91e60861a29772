//! Reading rules for a whole table, beyond what each column shows.

use super::cell::{self, Cell};
use super::decorated::Decimal;
use super::instant::DateOrder;

/// What the settings state about all columns, or what the first rows suggest.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    /// Texts that count as missing.
    pub(super) missing: Missing,
    /// The stated decimal mark, the only one that columns are read by.
    pub(super) decimal: Option<Decimal>,
    /// The decimal mark of other columns, used where a column is ambiguous.
    pub(super) likely_decimal: Decimal,
    /// The stated order of day and month.
    pub(super) date_order: Option<DateOrder>,
}

/// Texts that count as missing because a setting says so.
#[derive(Clone, Debug, Default)]
pub(super) struct Missing {
    texts: Vec<Vec<u8>>,
    numbers: Vec<f64>,
    /// Whether the built-in markers are ordinary texts.
    is_all: bool,
}

impl Missing {
    /// Takes a list of texts; if it contains the empty text, it replaces the built-in markers.
    pub(super) fn new(listed: &[String]) -> Self {
        let texts: Vec<Vec<u8>> =
            listed.iter().map(|text| text.trim().as_bytes().to_vec()).collect();
        let numbers = texts
            .iter()
            .filter_map(|text| match cell::read(text) {
                Cell::Number(number) => Some(number),
                _ => None,
            })
            .collect();
        let is_all = texts.iter().any(Vec::is_empty);
        Self { texts, numbers, is_all }
    }

    /// Whether no number is a marker.
    pub(super) fn spares_numbers(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Reads a cell; built-in markers are ordinary texts if `literal`.
    pub(super) fn read(&self, bytes: &[u8], literal: bool) -> Cell {
        let read = cell::read(bytes);
        match read {
            _ if bytes.is_empty() => Cell::Missing,
            Cell::Number(number) if self.numbers.contains(&number) => Cell::Missing,
            Cell::Number(_) => read,
            _ if !self.texts.is_empty() && self.texts.iter().any(|text| text == bytes) => {
                Cell::Missing
            }
            Cell::Missing if literal || self.is_all => Cell::Text,
            _ => read,
        }
    }

    /// Whether a text beside numbers is a known marker of missing values.
    pub(super) fn is_marker(&self, text: &str) -> bool {
        const LONGEST: usize = 16;
        !self.is_all
            && text.len() <= LONGEST
            && MARKERS.contains(&text.to_ascii_lowercase().as_str())
    }
}

/// Markers of missing values in columns of numbers or dates, in lower case.
const MARKERS: [&str; 61] = [
    "na",
    "n/a",
    "n.a.",
    "n.a",
    "n. a.",
    "nan",
    "nat",
    "null",
    "none",
    "nil",
    "missing",
    "(missing)",
    "miss",
    "unknown",
    "unk",
    "undefined",
    "undef",
    "-",
    "--",
    "---",
    "\u{2013}",
    "\u{2014}",
    "\u{2212}",
    ".",
    "..",
    "...",
    "\u{2026}",
    "?",
    "??",
    "*",
    "**",
    "#value!",
    "#ref!",
    "#div/0!",
    "#num!",
    "#name?",
    "#null!",
    "#n/a",
    "#n/a n/a",
    "#na",
    "#n/v",
    "<na>",
    "<null>",
    "(null)",
    "\\n",
    "not available",
    "not applicable",
    "n/d",
    "n.d.",
    "nd",
    "no data",
    "nodata",
    "no value",
    "k.a.",
    "k. a.",
    "empty",
    "(empty)",
    "blank",
    "(blank)",
    "1.#ind",
    "-1.#ind",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stated_markers_join_those_that_are_known() {
        let missing = Missing::new(&["-200".to_owned(), "keine".to_owned()]);
        for text in ["-200", "-200.0", "keine", "", "NA"] {
            assert_eq!(missing.read(text.as_bytes(), false), Cell::Missing, "{text}");
        }
        assert_eq!(missing.read(b"-201", false), Cell::Number(-201.0));
        assert!(missing.is_marker("n.a.") && missing.is_marker("NaT") && !missing.is_marker("12"));
    }

    #[test]
    fn with_the_empty_text_the_stated_markers_are_all() {
        let missing = Missing::new(&[String::new()]);
        assert_eq!(missing.read(b"", false), Cell::Missing);
        assert_eq!(missing.read(b"None", false), Cell::Text);
        assert!(!missing.is_marker("-"));
    }
}
