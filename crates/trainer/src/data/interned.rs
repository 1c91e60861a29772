//! The distinct texts of a column, each stored once.

use std::collections::HashMap;

use super::cell::{Cell, LARGEST_EXACT};
use super::column::{ABSENT, Cells, NO_INSTANT, NO_WIDE};
use super::form::{NumberForm, plain};
use super::instant::{self, DateOrder, Instant};
use super::order::natural;
use super::refusal::Refusal;
use super::rules::Missing;

/// The cost of a label beside its bytes: two owners, a code, slack in the hash table.
const LABEL_OVERHEAD: i64 = 64;

/// The cells of a column as codes into its distinct texts.
#[derive(Default)]
pub(super) struct Interned {
    codes: Vec<u32>,
    code_of: HashMap<Box<[u8]>, u32>,
    texts: Vec<Text>,
    /// Texts that count as missing, with their rows; empty cells are not included.
    missing: HashMap<Box<[u8]>, u64>,
    /// Memory of the texts, in bytes.
    bytes: i64,
}

/// A distinct text of a column; missing ones are not included.
#[derive(Clone, Copy)]
pub(super) struct Text {
    pub(super) cell: Cell,
    pub(super) first_row: usize,
    pub(super) count: u64,
}

impl Interned {
    /// Adds the cell of the next row; returns by how many bytes the memory for texts grew.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        missing: &Missing,
        literal: bool,
    ) -> Result<i64, Refusal> {
        let row = self.codes.len();
        if let Some(&code) = self.code_of.get(bytes) {
            self.codes.push(code);
            match self.texts.get_mut(code as usize) {
                Some(text) => text.count += 1,
                None => self.count_missing(bytes),
            }
            return Ok(0);
        }

        let cell = missing.read(bytes, literal);
        if cell == Cell::Text && std::str::from_utf8(bytes).is_err() {
            return Err(Refusal::Utf8 { row });
        }

        let code = if cell == Cell::Missing {
            self.count_missing(bytes);
            ABSENT
        } else {
            self.texts.push(Text { cell, first_row: row, count: 1 });
            self.texts.len() as u32 - 1
        };

        self.code_of.insert(bytes.into(), code);
        self.codes.push(code);
        // Only new texts count towards the memory limit: a repeated one costs a code of 4 bytes.
        let growth = bytes.len() as i64 + LABEL_OVERHEAD;
        self.bytes += growth;
        Ok(growth)
    }

    fn count_missing(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        match self.missing.get_mut(bytes) {
            Some(count) => *count += 1,
            None => {
                self.missing.insert(bytes.into(), 1);
            }
        }
    }

    /// Counts the distinct texts.
    pub(super) fn n_texts(&self) -> usize {
        self.texts.len()
    }

    /// Returns the memory of the texts in bytes.
    pub(super) fn bytes(&self) -> i64 {
        self.bytes
    }

    /// Iterates over the distinct texts in no particular order.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, Text)> {
        self.code_of.iter().filter_map(|(bytes, &code)| {
            Some((std::str::from_utf8(bytes).ok()?, *self.texts.get(code as usize)?))
        })
    }

    /// Returns the texts that count as missing, with their rows.
    pub(super) fn missing(&self) -> Vec<(String, u64)> {
        counted(self.missing.iter().map(|(text, &count)| (&**text, count)))
    }

    /// Returns the numbers of all rows under a form; texts that are not numbers are missing.
    pub(super) fn numbers(&self, form: &NumberForm) -> Vec<f64> {
        let mut by_code = vec![f64::NAN; self.texts.len()];
        for (bytes, &code) in &self.code_of {
            if let Some(text) = self.texts.get(code as usize) {
                let number = form.read_cell(bytes, text.cell).map(|(number, _)| number);
                by_code[code as usize] = number.unwrap_or(f64::NAN);
            }
        }
        self.spread(&by_code, f64::NAN)
    }

    /// Returns the integers of all rows, if some are too large for doubles.
    pub(super) fn wide(&self) -> Option<Vec<i128>> {
        let is_wide =
            |text: &Text| matches!(text.cell, Cell::Number(n) if n.abs() >= LARGEST_EXACT);
        if !self.texts.iter().any(is_wide) {
            return None;
        }

        let mut by_code = vec![NO_WIDE; self.texts.len()];
        for (bytes, &code) in &self.code_of {
            if let Some(text) = self.texts.get(code as usize)
                && matches!(text.cell, Cell::Number(_))
            {
                by_code[code as usize] = whole(bytes)?;
            }
        }

        Some(self.spread(&by_code, NO_WIDE))
    }

    /// Returns the instants of all rows under an order of day and month.
    pub(super) fn instants(&self, order: DateOrder) -> Vec<Instant> {
        let mut by_code = vec![NO_INSTANT; self.texts.len()];
        for (bytes, &code) in &self.code_of {
            if (code as usize) < self.texts.len() {
                by_code[code as usize] = date(bytes, order).unwrap_or(NO_INSTANT);
            }
        }
        self.spread(&by_code, NO_INSTANT)
    }

    /// Returns the texts of a numeric column by value; `None` if a value is written in two ways.
    pub(super) fn spellings(&self) -> Vec<String> {
        let mut all: Vec<(f64, &str)> =
            self.texts().filter_map(|(text, _)| Some((plain(text.as_bytes())?, text))).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let is_one_for_one = all.windows(2).all(|pair| pair[0].0 != pair[1].0);
        let texts = all.into_iter().map(|(_, text)| text.to_owned());
        if is_one_for_one { texts.collect() } else { Vec::new() }
    }

    /// Converts the cells to categories.
    pub(super) fn into_categories(self) -> Result<Cells, Refusal> {
        let mut labels: Vec<(String, u32)> = Vec::with_capacity(self.texts.len());
        for (bytes, code) in self.code_of {
            if code != ABSENT {
                // Numbers and infinities are ASCII, and other texts were checked on entry.
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

    fn spread<T: Copy>(&self, by_code: &[T], absent: T) -> Vec<T> {
        self.codes
            .iter()
            .map(|&code| by_code.get(code as usize).copied().unwrap_or(absent))
            .collect()
    }
}

/// Returns texts with their counts, the most frequent first.
pub(super) fn counted<'a>(texts: impl Iterator<Item = (&'a [u8], u64)>) -> Vec<(String, u64)> {
    let mut all: Vec<(String, u64)> =
        texts.map(|(text, count)| (String::from_utf8_lossy(text).into_owned(), count)).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all
}

/// Reads a cell of a column of dates.
pub(super) fn date(bytes: &[u8], order: DateOrder) -> Option<Instant> {
    let text = std::str::from_utf8(bytes).ok()?;
    instant::read(text)
        .and_then(|dated| dated.under(order))
        .or_else(|| plain(bytes).and_then(instant::read_number))
}

/// Reads an integer of any length that fits 128 bits, written as digits only.
pub(super) fn whole(bytes: &[u8]) -> Option<i128> {
    let text = std::str::from_utf8(bytes).ok()?;
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_canonical = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_canonical.then(|| text.parse().ok()).flatten()
}
