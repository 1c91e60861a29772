//! Finding out what a column is while it grows cell by cell.
//!
//! Until the end a column may turn out to hold categories, so its texts must not be lost. Whole numbers written the usual
//! way can be written again, and are kept as numbers. Other texts are interned: each different text is parsed once. A
//! column whose different texts are many and all numbers keeps the numbers alone, so that memory does not depend on how
//! many digits a file writes.

use std::collections::HashMap;

use super::cell::{self, Cell};
use super::column::{ABSENT, Cells, NO_INTEGER};
use super::error::Reason;
use super::kind::Kind;
use super::order::natural;

/// Different numbers after which a column keeps no texts: at least and at most so many…
const INTERNED_NUMBERS: (usize, usize) = (32, 1024);
/// …and in all columns together about so many, lest a wide table fill the memory with texts.
const INTERNED_IN_ALL: usize = 1 << 20;

/// A column is one of numbers, with a fault in it, if at least nine in ten of its cells are numbers…
const MOSTLY: (u64, u64) = (9, 10);
/// …unless it looks like labels: at most so many different numbers…
const MOST_NUMBER_LABELS: usize = 20;
/// …beside texts that each stand in so many rows on average.
const ROWS_A_LABEL: u64 = 5;

/// What a label costs beside its bytes: two owners, a code, hash table slack.
const LABEL_OVERHEAD: i64 = 64;

/// The cells of one column so far.
pub(super) struct Builder {
    stated: Option<Kind>,
    most_interned: usize,
    content: Content,
}

enum Content {
    Integers(Vec<i32>),
    Interned(Interned),
    Numbers(Vec<f64>),
}

#[derive(Default)]
struct Interned {
    codes: Vec<u32>,
    code_of: HashMap<Box<[u8]>, u32>,
    texts: Vec<Text>,
    /// Memory of the texts.
    bytes: i64,
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
    /// An empty column of a table with `n_columns`, of a stated kind or one to be found out.
    pub(super) fn new(stated: Option<Kind>, n_columns: usize) -> Self {
        let (least, most) = INTERNED_NUMBERS;
        let most_interned = (INTERNED_IN_ALL / n_columns.max(1)).clamp(least, most);
        let content = match stated {
            None => Content::Integers(Vec::new()),
            Some(Kind::Category) => Content::Interned(Interned::default()),
            Some(Kind::Number) => Content::Numbers(Vec::new()),
        };
        Self { stated, most_interned, content }
    }

    /// Adds the cell of the next row; returns by how many bytes the memory for texts grew, or shrank if negative.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<i64, Refusal> {
        match &mut self.content {
            Content::Integers(integers) => match integer(bytes) {
                Some(integer) => {
                    integers.push(integer);
                    Ok(0)
                }
                None => Ok(self.intern_integers()? + self.push(bytes)?),
            },
            Content::Interned(interned) => {
                let growth = interned.push(bytes)?;
                let is_many = growth > 0 && interned.texts.len() > self.most_interned;
                if is_many && self.stated.is_none() && interned.are_numbers() {
                    let shrinkage = interned.bytes - growth;
                    self.content = Content::Numbers(interned.numbers());
                    return Ok(-shrinkage);
                }
                Ok(growth)
            }
            Content::Numbers(numbers) => {
                let reason =
                    if self.stated.is_some() { Reason::Stated } else { Reason::MostlyNumbers };
                numbers.push(number(bytes, numbers.len(), reason)?);
                Ok(0)
            }
        }
    }

    pub(super) fn finish(self) -> Result<Cells, Refusal> {
        match self.content {
            Content::Integers(integers) => Ok(Cells::Integers(integers)),
            Content::Numbers(numbers) => Ok(Cells::Numbers(numbers)),
            Content::Interned(interned) if self.stated.is_some() || interned.is_of_labels() => {
                interned.into_categories()
            }
            Content::Interned(interned) => interned.into_numbers(),
        }
    }

    /// Puts whole numbers back into texts, since a cell is something else.
    fn intern_integers(&mut self) -> Result<i64, Refusal> {
        let interned = Content::Interned(Interned::default());
        let Content::Integers(integers) = std::mem::replace(&mut self.content, interned) else {
            return Ok(0);
        };
        let mut growth = 0;
        for integer in integers {
            growth += match integer {
                NO_INTEGER => self.push(b"")?,
                integer => self.push(integer.to_string().as_bytes())?,
            };
        }
        Ok(growth)
    }
}

/// Reads a whole number of at most nine digits that is written as it would be printed, or an empty cell.
fn integer(bytes: &[u8]) -> Option<i32> {
    const MOST_DIGITS: usize = 9;
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    match digits {
        [] if bytes.is_empty() => return Some(NO_INTEGER),
        b"0" if bytes.len() == 1 => return Some(0),
        [b'1'..=b'9', ..] if digits.len() <= MOST_DIGITS => {}
        _ => return None,
    }
    let mut magnitude = 0;
    for &digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        magnitude = magnitude * 10 + i32::from(digit - b'0');
    }
    Some(if digits.len() < bytes.len() { -magnitude } else { magnitude })
}

/// Reads a cell of a column of numbers; NaN if it is missing.
fn number(bytes: &[u8], row: usize, reason: Reason) -> Result<f64, Refusal> {
    match cell::read(bytes) {
        Cell::Number(number) => Ok(number),
        Cell::Missing => Ok(f64::NAN),
        Cell::OutOfRange => Err(Refusal::OutOfRange { row, value: bytes.to_vec() }),
        Cell::Text if std::str::from_utf8(bytes).is_err() => Err(Refusal::Utf8 { row }),
        Cell::Text => Err(Refusal::Text { row, value: bytes.to_vec(), reason }),
    }
}

impl Interned {
    fn push(&mut self, bytes: &[u8]) -> Result<i64, Refusal> {
        let row = self.codes.len();
        if let Some(&code) = self.code_of.get(bytes) {
            self.codes.push(code);
            if let Some(text) = self.texts.get_mut(code as usize) {
                text.count += 1;
            }
            return Ok(0);
        }
        let cell = cell::read(bytes);
        if cell == Cell::Text && std::str::from_utf8(bytes).is_err() {
            return Err(Refusal::Utf8 { row });
        }
        let code = if cell == Cell::Missing {
            ABSENT
        } else {
            self.texts.push(Text { cell, first_row: row, count: 1 });
            self.texts.len() as u32 - 1
        };
        self.code_of.insert(bytes.into(), code);
        self.codes.push(code);
        let growth = bytes.len() as i64 + LABEL_OVERHEAD;
        self.bytes += growth;
        Ok(growth)
    }

    fn are_numbers(&self) -> bool {
        self.texts.iter().all(|text| matches!(text.cell, Cell::Number(_)))
    }

    fn numbers(&self) -> Vec<f64> {
        let number = |text: &Text| {
            if let Cell::Number(number) = text.cell { number } else { f64::NAN }
        };
        let by_code: Vec<f64> = self.texts.iter().map(number).collect();
        self.codes
            .iter()
            .map(|&code| by_code.get(code as usize).copied().unwrap_or(f64::NAN))
            .collect()
    }

    fn is_of_labels(&self) -> bool {
        let (texts, numbers): (Vec<&Text>, Vec<&Text>) =
            self.texts.iter().partition(|text| text.cell == Cell::Text);
        let rows = |texts: &[&Text]| -> u64 { texts.iter().map(|text| text.count).sum() };
        let (text_rows, number_rows) = (rows(&texts), rows(&numbers));
        let is_mostly_numbers = number_rows * MOSTLY.1 >= (text_rows + number_rows) * MOSTLY.0;
        let repeats_like_labels =
            numbers.len() <= MOST_NUMBER_LABELS && text_rows >= ROWS_A_LABEL * texts.len() as u64;
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

    fn into_numbers(self) -> Result<Cells, Refusal> {
        match self.texts.iter().position(|text| !matches!(text.cell, Cell::Number(_))) {
            None => Ok(Cells::Numbers(self.numbers())),
            Some(code) => Err(self.refusal(code)),
        }
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
        Ok(Cells::Categories {
            codes,
            labels: labels.into_iter().map(|(label, _)| label).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(cells: &[&str], stated: Option<Kind>) -> Result<Cells, Refusal> {
        let mut builder = Builder::new(stated, 1);
        for cell in cells {
            builder.push(cell.as_bytes())?;
        }
        builder.finish()
    }

    #[test]
    fn categories_are_sorted_whatever_their_order_of_appearance() {
        let Ok(Cells::Categories { codes, labels }) = built(&["b", "10", "", "9", "b", "NA"], None)
        else {
            panic!("expected categories");
        };
        assert_eq!(labels, ["9", "10", "b"]);
        assert_eq!(codes, [2, 1, ABSENT, 0, 2, ABSENT]);
    }

    #[test]
    fn text_among_numbers_is_refused_where_it_first_stands() {
        let mut cells = vec!["1"; 30];
        cells[17] = "one";
        assert!(matches!(
            built(&cells, None),
            Err(Refusal::Text { row: 17, reason: Reason::MostlyNumbers, .. })
        ));
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
        assert!(
            matches!(built(&cells, None), Ok(Cells::Categories { labels, .. }) if labels == ["1", "U"])
        );
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

    #[test]
    fn a_wide_table_soon_keeps_no_texts() {
        let mut builder = Builder::new(None, 20_000);
        let growths: Vec<i64> =
            (0..54).map(|row| builder.push(format!("{row}.5").as_bytes()).unwrap()).collect();
        assert_eq!(growths.iter().filter(|&&growth| growth > 0).count(), 52);
        assert_eq!(growths.iter().sum::<i64>(), 0);
    }

    #[test]
    fn whole_numbers_become_texts_again_if_need_be() {
        let whole = built(&["10", "", "-7", "0"], None);
        assert!(
            matches!(whole, Ok(Cells::Integers(integers)) if integers == [10, NO_INTEGER, -7, 0])
        );
        let mixed = built(&["10", "", "-7", "0", "a", "b"], None);
        assert!(
            matches!(mixed, Ok(Cells::Categories { labels, .. }) if labels == ["-7", "0", "10", "a", "b"])
        );
        let decimal = built(&["10", "2.5", "1e1"], None);
        assert!(matches!(decimal, Ok(Cells::Numbers(numbers)) if numbers == [10.0, 2.5, 10.0]));
        for text in ["-0", "00", "+1", "1.0", "1234567890", "-"] {
            assert_eq!(integer(text.as_bytes()), None, "{text}");
        }
        assert_eq!(integer(b"-999999999"), Some(-999_999_999));
    }
}
