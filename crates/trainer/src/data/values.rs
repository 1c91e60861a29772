//! A column whose form is known while it still grows: numbers or dates, without their texts.

use std::collections::BTreeMap;

use super::cell::{Cell, LARGEST_EXACT};
use super::column::{Cells, Dates, NO_INSTANT, NO_WIDE};
use super::decorated::Decoration;
use super::error::Reason;
use super::form::Form;
use super::interned::{counted, date, whole};
use super::reading::{Reading, Remark};
use super::refusal::Refusal;
use super::rules::Rules;
use super::survey::{MOST_MARKERS, ROWS_A_MARKER};

/// The values of a column so far, and the texts that are not values.
pub(super) struct Values {
    form: Form,
    cells: Content,
    pub(super) reading: Reading,
    /// Texts that count as missing.
    missing: BTreeMap<Box<[u8]>, u64>,
    /// Texts that counted as missing in another file.
    also_missing: Vec<Box<[u8]>>,
    /// Texts that do not fit the form, with their first rows.
    others: BTreeMap<Box<[u8]>, (usize, u64)>,
    first_out_of_range: Option<(usize, Vec<u8>)>,
    leading_zeros: Option<(String, u64)>,
}

enum Content {
    Numbers(Vec<f64>),
    Wide(Vec<i128>),
    Dates(Dates),
}

/// A column is refused at once after this many distinct texts that are not values.
const MOST_OTHERS: usize = 64;

impl Values {
    /// An empty column of a stated form; `missing` counts as missing besides the built-in texts.
    pub(super) fn new(form: Form, also_missing: &[String]) -> Self {
        let cells = match form {
            Form::Date(_) => Content::Dates(Dates::default()),
            Form::Number(_) | Form::Category { .. } => Content::Numbers(Vec::new()),
        };
        let mut values = Self::with(cells, Reading { is_stated: true, ..Reading::plain(form) });
        values.also_missing = also_missing.iter().map(|text| text.as_bytes().into()).collect();
        values
    }

    pub(super) fn of_numbers(numbers: Vec<f64>, reading: Reading) -> Self {
        Self::with(Content::Numbers(numbers), reading)
    }

    pub(super) fn of_wide(wide: Vec<i128>, reading: Reading) -> Self {
        Self::with(Content::Wide(wide), reading)
    }

    pub(super) fn of_dates(dates: Dates, reading: Reading) -> Self {
        Self::with(Content::Dates(dates), reading)
    }

    fn with(cells: Content, mut reading: Reading) -> Self {
        let missing = reading.missing.drain(..);
        let missing = missing.map(|(text, n)| (text.into_bytes().into(), n)).collect();
        let mut leading_zeros = None;

        // Leading zeros are counted further from here; `finish` adds the remark again.
        reading.remarks.retain(|remark| match remark {
            Remark::LeadingZeros { example, n_rows } => {
                leading_zeros = Some((example.clone(), *n_rows));
                false
            }
            _ => true,
        });

        Self {
            form: reading.form.clone(),
            cells,
            reading,
            missing,
            also_missing: Vec::new(),
            others: BTreeMap::new(),
            first_out_of_range: None,
            leading_zeros,
        }
    }

    fn len(&self) -> usize {
        match &self.cells {
            Content::Numbers(numbers) => numbers.len(),
            Content::Wide(wide) => wide.len(),
            Content::Dates(dates) => dates.len(),
        }
    }

    /// Adds the cell of the next row.
    pub(super) fn push(&mut self, bytes: &[u8], rules: &Rules) -> Result<(), Refusal> {
        let cell = rules.missing.read(bytes, false);
        if cell == Cell::Missing {
            // An empty cell needs no mention; another spelling of a missing value does.
            if !bytes.is_empty() {
                *self.missing.entry(bytes.into()).or_default() += 1;
            }
            self.push_nothing();
            return Ok(());
        }

        match (&self.form, &mut self.cells) {
            (Form::Date(order), Content::Dates(dates)) => match date(bytes, *order) {
                Some(instant) => dates.push(instant),
                None => self.push_other(bytes, rules)?,
            },
            (Form::Number(form), _) => match form.read_cell(bytes, cell) {
                Some((number, decoration)) => self.push_number(number, decoration, bytes),
                None if cell == Cell::OutOfRange => {
                    let row = self.len();
                    self.first_out_of_range.get_or_insert_with(|| (row, bytes.to_vec()));
                    self.push_nothing();
                }
                None => self.push_other(bytes, rules)?,
            },
            _ => self.push_other(bytes, rules)?,
        }

        Ok(())
    }

    fn push_number(&mut self, number: f64, decoration: Decoration, bytes: &[u8]) {
        let row = self.len();
        if !decoration.is_none() {
            self.reading.decoration.add(decoration);
            self.reading.n_decorated += 1;
            self.reading
                .example
                .get_or_insert_with(|| (String::from_utf8_lossy(bytes).into_owned(), row));
        } else if bytes.len() > 1 && bytes[0] == b'0' && bytes.iter().all(u8::is_ascii_digit) {
            let example = || (String::from_utf8_lossy(bytes).into_owned(), 0);
            self.leading_zeros.get_or_insert_with(example).1 += 1;
        }

        if number.abs() >= LARGEST_EXACT {
            self.widen(bytes);
        }

        match &mut self.cells {
            Content::Numbers(numbers) => numbers.push(number),
            Content::Wide(wide) => match whole(bytes) {
                Some(whole) => wide.push(whole),
                // It has a fraction or an exponent, so it is stored as a double.
                None => {
                    let mut numbers: Vec<f64> = wide.iter().map(|&wide| narrow(wide)).collect();
                    numbers.push(number);
                    self.cells = Content::Numbers(numbers);
                }
            },
            Content::Dates(_) => {}
        }
    }

    /// Stores integers exactly from here on, if all so far are whole.
    fn widen(&mut self, bytes: &[u8]) {
        let Content::Numbers(numbers) = &self.cells else { return };
        let is_exact = |n: &f64| n.is_nan() || (n.fract() == 0.0 && n.abs() < LARGEST_EXACT);
        if whole(bytes).is_some() && numbers.iter().all(is_exact) {
            let widened = numbers.iter().map(|n| if n.is_nan() { NO_WIDE } else { *n as i128 });
            self.cells = Content::Wide(widened.collect());
        }
    }

    fn push_nothing(&mut self) {
        match &mut self.cells {
            Content::Numbers(numbers) => numbers.push(f64::NAN),
            Content::Wide(wide) => wide.push(NO_WIDE),
            Content::Dates(dates) => dates.push(NO_INSTANT),
        }
    }

    fn push_other(&mut self, bytes: &[u8], rules: &Rules) -> Result<(), Refusal> {
        let row = self.len();
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(Refusal::Utf8 { row });
        };

        if rules.missing.is_marker(text) || self.also_missing.iter().any(|other| **other == *bytes)
        {
            *self.missing.entry(bytes.into()).or_default() += 1;
        } else {
            self.others.entry(bytes.into()).or_insert((row, 0)).1 += 1;
        }

        self.push_nothing();
        if self.others.len() > MOST_OTHERS { Err(self.refusal()) } else { Ok(()) }
    }

    /// Returns the first cell that does not fit the form.
    fn refusal(&self) -> Refusal {
        let reason = match (&self.form, self.reading.is_stated) {
            (Form::Date(_), true) => Reason::StatedDate,
            (Form::Date(_), false) => Reason::MostlyDates,
            (_, true) => Reason::Stated,
            (_, false) => Reason::MostlyNumbers,
        };

        let first = self.others.iter().min_by_key(|(_, (row, _))| *row);
        first.map_or(Refusal::Utf8 { row: 0 }, |(bytes, &(row, n_rows))| Refusal::Text {
            row,
            value: bytes.to_vec(),
            reason,
            n_rows,
        })
    }

    /// Returns the column, or the fault in it.
    pub(super) fn finish(mut self) -> Result<(Cells, Reading), Refusal> {
        if let Some((row, value)) = self.first_out_of_range.take() {
            return Err(Refusal::OutOfRange { row, value });
        }

        // As in the survey: a few unknown texts that repeat count as missing, all others are
        // errors.
        let is_marker = |&(_, n_rows): &(usize, u64)| n_rows >= ROWS_A_MARKER;
        let are_markers = self.others.len() <= MOST_MARKERS && self.others.values().all(is_marker);
        if !self.others.is_empty() && (self.reading.is_stated || !are_markers) {
            return Err(self.refusal());
        }

        let mut reading = self.reading;
        reading.missing = counted(self.missing.iter().map(|(text, &n)| (&**text, n)));
        reading.presumed.extend(counted(self.others.iter().map(|(text, &(_, n))| (&**text, n))));

        if let Some((example, n_rows)) = self.leading_zeros {
            reading.remarks.push(Remark::LeadingZeros { example, n_rows });
        }

        let cells = match self.cells {
            Content::Numbers(numbers) => Cells::Numbers(numbers),
            Content::Wide(wide) => Cells::Wide(wide),
            Content::Dates(dates) => Cells::Dates(dates),
        };

        Ok((cells, reading))
    }
}

fn narrow(wide: i128) -> f64 {
    if wide == NO_WIDE { f64::NAN } else { wide as f64 }
}
