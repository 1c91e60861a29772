//! A column that grows cell by cell and finds out what it is.
//!
//! Texts are interned: each different text is parsed once. A column whose different texts are many and all numbers
//! keeps the numbers alone, so that memory does not depend on how many digits a file writes.

use std::collections::HashMap;

use super::cell::{self, Cell};
use super::error::Reason;
use super::order::natural;
use super::table::{ABSENT, Cells, Kind};

/// Different numbers after which a column keeps no texts.
const MOST_INTERNED_NUMBERS: usize = 1024;

/// A column is one of numbers, with a fault in it, if at least nine in ten of its cells are numbers…
const MOSTLY: (u64, u64) = (9, 10);
/// …unless it looks like labels: at most so many different numbers…
const MOST_NUMBER_LABELS: usize = 20;
/// …beside texts that each stand in so many rows on average.
const ROWS_A_LABEL: u64 = 5;

/// What a label costs beside its bytes: two owners, a code, hash table slack.
const LABEL_OVERHEAD: u64 = 64;

pub(super) struct Builder {
    stated: Option<Kind>,
    content: Content,
}

enum Content {
    Interned(Interned),
    Numbers(Vec<f64>),
}

#[derive(Default)]
struct Interned {
    codes: Vec<u32>,
    code_of: HashMap<Box<[u8]>, u32>,
    texts: Vec<Text>,
}

/// One of the different texts of a column; missing ones are not among them.
struct Text {
    cell: Cell,
    first_row: usize,
    count: u64,
}

/// A cell that a column cannot take.
#[derive(Debug)]
pub(super) enum Refusal {
    Text { row: usize, value: Vec<u8>, reason: Reason },
    OutOfRange { row: usize, value: Vec<u8> },
    Utf8 { row: usize },
}

impl Builder {
    pub(super) fn new(stated: Option<Kind>) -> Self {
        Self { stated, content: Content::Interned(Interned::default()) }
    }

    /// Adds the cell of the next row; returns the memory that a text not met before costs.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<u64, Refusal> {
        match &mut self.content {
            Content::Numbers(numbers) => {
                let row = numbers.len();
                let reason = if self.stated.is_some() { Reason::Stated } else { Reason::MostlyNumbers };
                numbers.push(match cell::read(bytes) {
                    Cell::Number(number) => number,
                    Cell::Missing => f64::NAN,
                    Cell::OutOfRange => return Err(Refusal::OutOfRange { row, value: bytes.to_vec() }),
                    Cell::Text => return Err(Refusal::Text { row, value: bytes.to_vec(), reason }),
                });
                Ok(0)
            }
            Content::Interned(interned) => {
                let cost = interned.push(bytes, self.stated)?;
                if cost > 0 && self.stated != Some(Kind::Category) && interned.is_better_as_numbers() {
                    self.content = Content::Numbers(interned.numbers());
                }
                Ok(cost)
            }
        }
    }

    pub(super) fn finish(self) -> Result<Cells, Refusal> {
        match self.content {
            Content::Numbers(numbers) => Ok(Cells::Numbers(numbers)),
            Content::Interned(interned) => match self.stated {
                Some(Kind::Category) => interned.into_categories(),
                Some(Kind::Number) => Ok(interned.into_numbers()),
                None => interned.into_inferred(),
            },
        }
    }
}

impl Interned {
    fn push(&mut self, bytes: &[u8], stated: Option<Kind>) -> Result<u64, Refusal> {
        let row = self.codes.len();
        if let Some(&code) = self.code_of.get(bytes) {
            self.codes.push(code);
            if let Some(text) = self.texts.get_mut(code as usize) {
                text.count += 1;
            }
            return Ok(0);
        }
        let cell = cell::read(bytes);
        match (cell, stated) {
            (Cell::Text, _) if std::str::from_utf8(bytes).is_err() => return Err(Refusal::Utf8 { row }),
            (Cell::Text, Some(Kind::Number)) => {
                return Err(Refusal::Text { row, value: bytes.to_vec(), reason: Reason::Stated });
            }
            (Cell::OutOfRange, Some(Kind::Number)) => {
                return Err(Refusal::OutOfRange { row, value: bytes.to_vec() });
            }
            _ => {}
        }
        let code = if cell == Cell::Missing {
            ABSENT
        } else {
            self.texts.push(Text { cell, first_row: row, count: 1 });
            self.texts.len() as u32 - 1
        };
        self.code_of.insert(bytes.into(), code);
        self.codes.push(code);
        Ok(bytes.len() as u64 + LABEL_OVERHEAD)
    }

    fn is_better_as_numbers(&self) -> bool {
        self.texts.len() > MOST_INTERNED_NUMBERS && self.texts.iter().all(|text| matches!(text.cell, Cell::Number(_)))
    }

    fn numbers(&self) -> Vec<f64> {
        let by_code = self.number_by_code();
        self.codes.iter().map(|&code| by_code.get(code as usize).copied().unwrap_or(f64::NAN)).collect()
    }

    fn number_by_code(&self) -> Vec<f64> {
        self.texts
            .iter()
            .map(|text| match text.cell {
                Cell::Number(number) => number,
                _ => f64::NAN,
            })
            .collect()
    }

    fn into_inferred(self) -> Result<Cells, Refusal> {
        if self.is_of_labels() {
            return self.into_categories();
        }
        match self.texts.iter().position(|text| !matches!(text.cell, Cell::Number(_))) {
            None => Ok(self.into_numbers()),
            Some(code) => Err(self.refusal(code)),
        }
    }

    fn is_of_labels(&self) -> bool {
        let (texts, numbers): (Vec<&Text>, Vec<&Text>) = self.texts.iter().partition(|text| text.cell == Cell::Text);
        let rows = |texts: &[&Text]| -> u64 { texts.iter().map(|text| text.count).sum() };
        let (text_rows, number_rows) = (rows(&texts), rows(&numbers));
        let is_mostly_numbers = number_rows * MOSTLY.1 >= (text_rows + number_rows) * MOSTLY.0;
        let repeats_like_labels = numbers.len() <= MOST_NUMBER_LABELS && text_rows >= ROWS_A_LABEL * texts.len() as u64;
        !texts.is_empty() && (!is_mostly_numbers || repeats_like_labels)
    }

    fn refusal(&self, code: usize) -> Refusal {
        let value = self
            .code_of
            .iter()
            .find(|&(_, &found)| found as usize == code)
            .map_or_else(Vec::new, |(bytes, _)| bytes.to_vec());
        let Text { cell, first_row: row, .. } = self.texts[code];
        match cell {
            Cell::OutOfRange => Refusal::OutOfRange { row, value },
            _ => Refusal::Text { row, value, reason: Reason::MostlyNumbers },
        }
    }

    fn into_numbers(self) -> Cells {
        let numbers = self.number_by_code();
        Cells::CodedNumbers { codes: self.codes, numbers }
    }

    fn into_categories(self) -> Result<Cells, Refusal> {
        let mut labels: Vec<(String, u32)> = Vec::with_capacity(self.texts.len());
        for (bytes, code) in self.code_of {
            if code != ABSENT {
                // Numbers and infinities are ASCII, and texts were checked when they came in.
                let label = String::from_utf8(bytes.into_vec())
                    .map_err(|_| Refusal::Utf8 { row: self.texts[code as usize].first_row })?;
                labels.push((label, code));
            }
        }
        labels.sort_by(|(a, _), (b, _)| natural(a, b));
        let mut sorted_of = vec![ABSENT; labels.len()];
        for (sorted, &(_, code)) in labels.iter().enumerate() {
            sorted_of[code as usize] = sorted as u32;
        }
        let mut codes = self.codes;
        for code in &mut codes {
            *code = sorted_of.get(*code as usize).copied().unwrap_or(ABSENT);
        }
        Ok(Cells::Categories { codes, labels: labels.into_iter().map(|(label, _)| label).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(cells: &[&str], stated: Option<Kind>) -> Result<Cells, Refusal> {
        let mut builder = Builder::new(stated);
        for cell in cells {
            builder.push(cell.as_bytes())?;
        }
        builder.finish()
    }

    #[test]
    fn categories_are_sorted_whatever_their_order_of_appearance() {
        let Ok(Cells::Categories { codes, labels }) = built(&["b", "10", "", "9", "b", "NA"], None) else {
            panic!("expected categories");
        };
        assert_eq!(labels, ["9", "10", "b"]);
        assert_eq!(codes, [2, 1, ABSENT, 0, 2, ABSENT]);
    }

    #[test]
    fn text_among_numbers_is_refused_where_it_first_stands() {
        let mut cells = vec!["1"; 30];
        cells[17] = "one";
        assert!(matches!(built(&cells, None), Err(Refusal::Text { row: 17, reason: Reason::MostlyNumbers, .. })));
        assert!(matches!(
            built(&cells, Some(Kind::Number)),
            Err(Refusal::Text { row: 17, reason: Reason::Stated, .. })
        ));
        assert!(matches!(built(&cells, Some(Kind::Category)), Ok(Cells::Categories { .. })));
    }

    #[test]
    fn texts_that_repeat_beside_few_numbers_are_labels() {
        let mut cells = vec!["1"; 95];
        cells.extend(["U"; 5]);
        assert!(matches!(built(&cells, None), Ok(Cells::Categories { labels, .. }) if labels == ["1", "U"]));
    }

    #[test]
    fn many_numbers_are_kept_without_their_texts() {
        let texts: Vec<String> = (0..3000).map(|i| format!("{i}.50")).collect();
        let cells: Vec<&str> = texts.iter().map(String::as_str).collect();
        let Ok(Cells::Numbers(numbers)) = built(&cells, None) else {
            panic!("expected numbers");
        };
        assert_eq!(numbers[2999], 2999.5);
        let mut with_text = cells.clone();
        with_text.push("x");
        assert!(matches!(built(&with_text, None), Err(Refusal::Text { row: 3000, .. })));
        let labelled = built(&cells, Some(Kind::Category));
        assert!(matches!(labelled, Ok(Cells::Categories { labels, .. }) if labels.len() == 3000));
    }

    #[test]
    fn infinity_is_refused_in_numbers_and_a_label_among_texts() {
        assert!(matches!(built(&["1", "inf"], None), Err(Refusal::OutOfRange { row: 1, .. })));
        assert!(matches!(built(&["a", "inf"], None), Ok(Cells::Categories { .. })));
    }
}
