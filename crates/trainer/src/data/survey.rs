//! Examines all distinct texts of a column together and decides between numbers, dates and
//! categories.

use super::cell::Cell;
use super::count::Count;
use super::decorated::{self, Decimal, Decoration};
use super::form::{Form, NumberForm, are_units_alike};
use super::instant::{self, DateOrder};
use super::interned::Interned;
use super::rules::Rules;
use super::times::{self, Clock};

mod forms;
mod remarks;

/// A column is numeric, with an error in it, if at least nine in ten of its cells are plain
/// numbers, unless it looks like labels (see the next two).
const MOSTLY: (u64, u64) = (9, 10);
/// A column looks like labels if it has at most this many distinct numbers, and …
const MOST_NUMBER_LABELS: usize = 20;
/// … its other texts occur in this many rows each on average.
const ROWS_A_LABEL: u64 = 5;
/// Unknown texts beside more numbers than that are markers of missing values if there are at most
/// this many of them, and …
pub(super) const MOST_MARKERS: usize = 3;
/// … each occurs in this many rows.
pub(super) const ROWS_A_MARKER: u64 = 2;
/// Number of unknown texts kept as examples: one more than may be markers.
const KEPT: usize = MOST_MARKERS + 1;

/// Counts over the distinct texts of a column.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says what was met, and none excludes another"
)]
#[derive(Default)]
pub(super) struct Survey {
    /// Plain numbers: distinct texts and rows.
    plain: Count,
    /// Numbers out of range.
    out_of_range: Count,
    decorated: Count,
    times: Count,
    dates: Count,
    markers: Count,
    /// All else.
    words: Count,
    /// The unknown texts that come first in the file: first row, text, number of rows.
    word_texts: Vec<(usize, String, u64)>,
    /// Those among them that begin with a digit, and the first of these.
    digit_words: Count,
    digit_example: Option<(usize, String)>,
    marker_texts: Vec<(String, u64)>,
    /// Texts that are not numbers with a decimal point, and with a comma.
    n_not_point: usize,
    n_not_comma: usize,
    /// An ambiguous text, and both of its numbers.
    open_mark: Option<(String, f64, f64)>,
    /// Number of rows with bounds such as `<`.
    bound_rows: u64,
    units: Vec<String>,
    /// Whether a decorated number has no unit.
    has_bare_number: bool,
    currencies: Vec<&'static str>,
    are_units_alike: bool,
    scales: Vec<f64>,
    has_comma: bool,
    has_point: bool,
    decoration: Decoration,
    /// The first decorated text.
    example: Option<(String, usize)>,
    /// Distinct values of decorated and plain numbers.
    n_values: usize,
    /// Times of two fields and of three.
    has_short_times: bool,
    has_long_times: bool,
    n_not_day_first: usize,
    n_not_month_first: usize,
    open_date: Option<String>,
    leading_zeros: Option<(String, u64)>,
}

/// The decision about a column.
pub(super) enum Verdict {
    /// Numbers or dates; other texts count as missing.
    Values(Form),
    /// Categories.
    Labels,
    /// Numbers, with a text among them that is a fault.
    Fault,
    /// Numbers with decoration or dates, with a text among them that is a fault.
    FaultIn(Form),
}

impl Survey {
    pub(super) fn of(interned: &Interned, rules: &Rules) -> Self {
        let mut survey = Self { are_units_alike: true, ..Self::default() };
        let mut values = Vec::new();
        for (text, facts) in interned.texts() {
            match facts.cell {
                Cell::Number(number) => {
                    survey.add_plain(text, number, facts.count);
                    values.push(number);
                }
                Cell::OutOfRange => survey.out_of_range.add(facts.count),
                Cell::Text | Cell::Missing => {
                    if let Some(number) = survey.add_text(text, facts.first_row, facts.count, rules)
                    {
                        values.push(number);
                    }
                }
            }
        }

        // Sorted, so that the verdict does not depend on the order of the rows.
        values.sort_by(f64::total_cmp);
        values.dedup();
        survey.n_values = values.len();
        survey.units.sort();
        survey.currencies.sort_unstable();
        survey
    }

    fn add_plain(&mut self, text: &str, number: f64, rows: u64) {
        self.plain.add(rows);
        // 1.234 may also be 1234 with a decimal comma: kept as an example for a remark.
        if decorated::has_no_thousands(text) {
            self.n_not_comma += 1;
        } else if text.contains('.') {
            match decorated::read(text).and_then(|found| found.comma) {
                Some(comma) => {
                    self.open_mark =
                        Some(least(self.open_mark.take(), (text.to_owned(), number, comma)));
                }
                None => self.n_not_comma += 1,
            }
        }

        // Leading zeros suggest codes, such as postal codes, which numbers would shorten.
        let bytes = text.as_bytes();
        if bytes.len() > 1 && bytes[0] == b'0' && bytes.iter().all(u8::is_ascii_digit) {
            let (example, n_rows) = self.leading_zeros.take().unwrap_or_default();
            let example = if example.is_empty() || text < example.as_str() {
                text.to_owned()
            } else {
                example
            };
            self.leading_zeros = Some((example, n_rows + rows));
        }
    }

    /// Adds a text that is not a plain number; returns the number in it, if it holds one.
    fn add_text(&mut self, text: &str, row: usize, rows: u64, rules: &Rules) -> Option<f64> {
        // Hyphens alone, of any number, are a marker.
        if rules.missing.is_marker(text) {
            self.markers.add(rows);
            self.marker_texts.push((text.to_owned(), rows));
            return None;
        }

        if let Some(dated) = instant::read(text) {
            self.dates.add(rows);
            self.n_not_day_first += usize::from(dated.day_first.is_none());
            self.n_not_month_first += usize::from(dated.month_first.is_none());
            if dated.day_first != dated.month_first
                && dated.day_first.is_some()
                && dated.month_first.is_some()
            {
                self.open_date = Some(
                    self.open_date
                        .take()
                        .map_or_else(|| text.to_owned(), |open| open.min(text.to_owned())),
                );
            }
            self.see(text, row);
            return None;
        }

        let is_hour = text.ends_with(['m', 'M']) && times::time(text, Clock::Hours).is_some();
        if let Some(found) = decorated::read(text).filter(|_| !is_hour) {
            self.decorated.add(rows);
            self.decoration.add(found.decoration);
            self.has_comma |= text.contains(',');
            self.has_point |= text.contains('.');
            self.n_not_point += usize::from(found.point.is_none());
            self.n_not_comma += usize::from(found.comma.is_none());
            if let (Some(point), Some(comma)) = (found.point, found.comma)
                && point != comma
            {
                self.open_mark =
                    Some(least(self.open_mark.take(), (text.to_owned(), point, comma)));
            }
            if found.decoration.has(Decoration::BOUND) {
                self.bound_rows += rows;
            }
            if !self.scales.contains(&found.scale) {
                self.scales.push(found.scale);
            }
            if !found.currency.is_empty() && !self.currencies.contains(&found.currency) {
                self.currencies.push(found.currency);
            }
            self.has_bare_number |= found.unit.is_empty();
            if !found.unit.is_empty() && !self.units.contains(&found.unit) {
                self.are_units_alike &=
                    self.units.iter().all(|unit| are_units_alike(unit, &found.unit));
                self.units.push(found.unit.clone());
            }
            self.see(text, row);
            return Some(found.point.or(found.comma)? * found.scale);
        }

        if let Some((seconds, n_fields)) = times::time(text, Clock::Hours) {
            self.times.add(rows);
            self.has_short_times |= n_fields == 2;
            self.has_long_times |= n_fields == 3;
            self.see(text, row);
            return Some(seconds);
        }

        self.words.add(rows);
        // `$20K to $40K` and `+49 30 12` begin with a digit as well.
        let begins = text.chars().find(|c| c.is_alphanumeric());
        if begins.is_some_and(char::is_numeric) {
            self.digit_words.add(rows);
            if self.digit_example.as_ref().is_none_or(|&(first, _)| row < first) {
                self.digit_example = Some((row, text.to_owned()));
            }
        }
        let place = self.word_texts.partition_point(|&(first, ..)| first < row);
        if place < KEPT {
            self.word_texts.insert(place, (row, text.to_owned(), rows));
            self.word_texts.truncate(KEPT);
        }

        None
    }

    fn see(&mut self, text: &str, row: usize) {
        if self.example.as_ref().is_none_or(|&(_, first)| row < first) {
            self.example = Some((text.to_owned(), row));
        }
    }

    /// Decides what the column holds, if nothing is stated.
    pub(super) fn verdict(&self, rules: &Rules) -> Verdict {
        let is_clean = self.words.texts == 0 && self.out_of_range.texts == 0;
        if (is_clean || self.are_words_markers())
            && let Some(form) = self.form(rules)
        {
            return Verdict::Values(form);
        }

        if let Some(form) = self.mostly(rules) {
            return Verdict::FaultIn(form);
        }

        let text_rows = self.decorated.rows
            + self.times.rows
            + self.dates.rows
            + self.words.rows
            + self.markers.rows;

        let texts = self.decorated.texts
            + self.times.texts
            + self.dates.texts
            + self.words.texts
            + self.markers.texts;

        let number_rows = self.plain.rows + self.out_of_range.rows;
        let number_texts = self.plain.texts + self.out_of_range.texts;
        let is_mostly_numbers = number_rows * MOSTLY.1 >= (text_rows + number_rows) * MOSTLY.0;
        let repeats_like_labels =
            number_texts <= MOST_NUMBER_LABELS && text_rows >= ROWS_A_LABEL * texts as u64;

        // A numeric column with a few wrong cells is a fault of the file, not a new kind of column.
        if texts > 0 && (!is_mostly_numbers || repeats_like_labels) {
            Verdict::Labels
        } else {
            Verdict::Fault
        }
    }

    /// Returns the form that nearly all texts have, if they are dates or decorated numbers, and too
    /// many for labels.
    fn mostly(&self, rules: &Rules) -> Option<Form> {
        let form = self.form(rules)?;
        let n_values = if self.dates.texts > 0 { self.dates.texts } else { self.n_values };
        let n_read = self.decorated.rows + self.times.rows + self.dates.rows;
        let (n_rows, of) = self.numbers_of_all();
        // Plain numbers alone have a rule of their own.
        (n_read > 0 && n_values > MOST_NUMBER_LABELS && n_rows * MOSTLY.1 >= of * MOSTLY.0)
            .then_some(form)
    }

    /// Reads the column as a stated kind, whatever else it holds.
    pub(super) fn stated_number(&self, rules: &Rules) -> NumberForm {
        self.times_form()
            .or_else(|| Some(self.number_form(self.decimal(rules)?)))
            .unwrap_or_default()
    }

    /// Returns the order of day and month that the dates allow, or the stated one.
    pub(super) fn date_order(&self, rules: &Rules) -> Option<DateOrder> {
        match (self.n_not_day_first, self.n_not_month_first) {
            (0, 0) if self.open_date.is_some() => rules.date_order,
            (0, _)
                if rules.date_order != Some(DateOrder::MonthFirst)
                    || self.n_not_month_first > 0 =>
            {
                Some(DateOrder::DayFirst)
            }
            (_, 0) => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    /// Whether day and month of all dates may be swapped and nothing tells their order.
    pub(super) fn is_date_open(&self, rules: &Rules) -> bool {
        self.open_date.is_some()
            && self.n_not_day_first == 0
            && self.n_not_month_first == 0
            && rules.date_order.is_none()
    }

    /// Whether few distinct texts beside many numbers are neither numbers nor known markers.
    fn are_words_markers(&self) -> bool {
        let number_rows = self.plain.rows + self.decorated.rows + self.times.rows + self.dates.rows;
        let n_values = if self.dates.texts > 0 { self.dates.texts } else { self.n_values };
        self.out_of_range.texts == 0
            && (1..=MOST_MARKERS).contains(&self.words.texts)
            && self.word_texts.iter().all(|&(_, _, rows)| rows >= ROWS_A_MARKER)
            && n_values > MOST_NUMBER_LABELS
            && number_rows >= self.words.rows
    }

    /// Returns the known markers, the most frequent first.
    pub(super) fn markers(&self) -> Vec<(String, u64)> {
        let mut markers = self.marker_texts.clone();
        markers.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        markers
    }

    /// Whether some texts are neither numbers, dates nor known markers.
    pub(super) fn has_words(&self) -> bool {
        self.words.texts > 0
    }

    /// Returns the texts presumed to be markers.
    pub(super) fn presumed(&self) -> Vec<(String, u64)> {
        self.word_texts.iter().map(|(_, text, rows)| (text.clone(), *rows)).collect()
    }

    /// Returns the decoration of the numbers, its first example and its rows.
    pub(super) fn decorated(&self, form: &Form) -> (Decoration, Option<(String, usize)>, u64) {
        let mut decoration = self.decoration;
        match form {
            Form::Number(NumberForm { clock: Some(_), .. }) => {
                decoration.add(Decoration::TIME);
                decoration.remove(Decoration::UNIT);
            }
            Form::Number(NumberForm { compass: true, .. }) => {
                decoration.add(Decoration::COMPASS);
                decoration.remove(Decoration::UNIT);
            }
            Form::Number(NumberForm { converted: true, .. }) => {
                decoration.add(Decoration::CONVERTED);
                decoration.remove(Decoration::UNIT);
            }
            _ => {}
        }

        if let Form::Number(form) = form {
            let (has_thousands, has_comma) = match form.decimal {
                Decimal::Comma => (self.has_point, self.has_comma),
                Decimal::Point => (self.has_comma, false),
            };
            if has_thousands {
                decoration.add(Decoration::THOUSANDS);
            }
            if has_comma {
                decoration.add(Decoration::DECIMAL_COMMA);
            }
        }

        (decoration, self.example.clone(), self.decorated.rows + self.times.rows)
    }
}

/// Returns the example whose text sorts first, so that the choice does not depend on hash order.
fn least(known: Option<(String, f64, f64)>, found: (String, f64, f64)) -> (String, f64, f64) {
    match known {
        Some(known) if known.0 <= found.0 => known,
        _ => found,
    }
}
