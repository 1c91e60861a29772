//! Random columns of numbers in every decoration, of dates, markers and words. Checks that a column
//! read as categories although most cells hold a number has a remark, that numbers are read with
//! their values, and that nothing panics.
//!
//! `TUNE_FUZZ_RUNS` sets the number of tables, which are deterministic (`TUNE_FUZZ_SEED`).

use super::{CellValue, ColumnKind, ReadOptions, Remark, Table};

/// Default number of tables.
const RUNS: u64 = 2_000;

/// The xorshift64* generator (Vigna 2016).
struct Stream(u64);

impl Stream {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % n.max(1)
    }
}

/// A number in one of its common notations, with its value if the notation is unambiguous.
fn number(way: u64, v: u64) -> (String, Option<f64>) {
    let value = v as f64;
    match way {
        0 => (v.to_string(), Some(value)),
        1 => (format!("{v}.5"), Some(value + 0.5)),
        2 => (format!("{v},5"), None),
        3 => (format!("{},{:03}", v % 900 + 1, v), None),
        4 => (
            format!("{}.{:03},25", v % 900 + 1, v),
            Some((v % 900 + 1) as f64 * 1e3 + value + 0.25),
        ),
        5 => (format!("${v}.25"), Some(value + 0.25)),
        6 => (format!("{v}%"), Some(value)),
        7 => (format!("{v} kg"), Some(value)),
        8 => (format!("({v})"), Some(-value + 0.0)),
        9 => (format!("\u{2212}{v}.5"), Some(-value - 0.5)),
        10 => (format!("{} {:03}", v % 900 + 1, v), Some((v % 900 + 1) as f64 * 1e3 + value)),
        11 => (format!("{v}e2"), Some(value * 100.0)),
        12 => (format!("{:02}:{:02}", v % 24, v % 60), Some((v % 24 * 3600 + v % 60 * 60) as f64)),
        13 => (format!("2024-{:02}-{:02}", v % 12 + 1, v % 28 + 1), None),
        14 => (format!("{:02}.{:02}.2024", v % 28 + 1, v % 12 + 1), None),
        _ => (format!("{v:05}"), Some(value)),
    }
}

const WAYS: u64 = 16;
const MARKERS: [&str; 8] = ["", "NA", ".", "-", "none", "?", "#VALUE!", "n.a."];
const WORDS: [&str; 8] = ["red", "B-1", "x y", "C85", "5 to 9", "Ä", "#1b", "12a9"];

#[test]
fn most_numbers_are_never_categories_without_a_word() {
    let asked = |name, otherwise| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let runs: u64 = asked("TUNE_FUZZ_RUNS", RUNS);
    let mut stream =
        Stream(asked("TUNE_FUZZ_SEED", 0).wrapping_mul(2).wrapping_add(0x9E37_79B9_7F4A_7C15));
    let mut n_said = 0_u64;

    for run in 0..runs {
        let n_rows = 1 + stream.below(60);
        let n_ways = 1 + stream.below(3);
        let ways: Vec<u64> = (0..n_ways).map(|_| stream.below(WAYS)).collect();
        let (markers, words) = (stream.below(30), stream.below(40) * stream.below(2));
        let mut cells: Vec<(String, Option<f64>, bool)> = Vec::new();
        for _ in 0..n_rows {
            let dice = stream.below(100);
            cells.push(if dice < markers {
                (MARKERS[stream.below(8) as usize].to_owned(), None, false)
            } else if dice < markers + words {
                (WORDS[stream.below(8) as usize].to_owned(), None, false)
            } else {
                let way = ways[stream.below(n_ways) as usize];
                let (text, value) = number(way, stream.below(900));
                (text, value, true)
            });
        }
        let mut text = "x;other\n".to_owned();
        for (cell, ..) in &cells {
            text.push_str(&format!("{cell};k\n"));
        }
        let options =
            ReadOptions { separator: Some(b';'), header: Some(true), ..ReadOptions::default() };
        let Ok(table) = Table::read(text.as_bytes(), &options) else { continue };
        let Some(column) = table.column("x") else { continue };
        let reading = column.reading();
        if column.kind() == ColumnKind::Category {
            let numbers: Vec<&String> = cells.iter().filter(|c| c.2).map(|c| &c.0).collect();
            let n_any = cells.iter().filter(|(cell, ..)| !cell.is_empty()).count();
            let different: std::collections::BTreeSet<&&String> = numbers.iter().collect();
            let is_said = reading.remarks.iter().any(|r| matches!(r, Remark::MostlyNumbers { .. }));
            // A small number of distinct texts are labels, and so are two notations of one number.
            if 2 * numbers.len() > n_any && different.len() > 2 * WAYS as usize {
                assert!(is_said, "run {run}: {text}");
                n_said += 1;
            }
        }
        // One notation has one reading.
        if column.kind() == ColumnKind::Number && n_ways == 1 {
            for (row, (cell, value, _)) in cells.iter().enumerate() {
                if let (Some(value), CellValue::Number(found)) = (value, column.value(row)) {
                    assert!((found - value).abs() < 1e-9, "run {run}: {cell} is {found} in {text}");
                }
            }
        }
    }

    assert!(runs < RUNS || n_said > 0, "some columns are such");
}
