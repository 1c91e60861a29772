//! What the owner of a table should know of how a column is read.

use super::super::decorated::Decimal;
use super::super::form::Form;
use super::super::reading::Remark;
use super::super::rules::Rules;
use super::Survey;

/// More different numbers or dates are hardly labels.
const MANY_VALUES: usize = 10;

impl Survey {
    /// Returns the remarks on a column read in this way.
    pub(in super::super) fn remarks(&self, form: &Form, rules: &Rules) -> Vec<Remark> {
        let mut remarks = Vec::new();
        if let (Form::Number(_), [_, _, ..]) = (form, self.currencies.as_slice()) {
            let names = self.currencies.iter().map(|&name| name.to_owned()).collect();
            remarks.push(Remark::Currencies { names });
        }

        match form {
            Form::Category { .. } => {
                let found = self.mostly_numbers().or_else(|| self.begin_with_digits());
                remarks.extend(found.or_else(|| self.numbers_beside_words()));
            }
            Form::Number(form) => {
                if let Some((example, n_rows)) = &self.leading_zeros {
                    remarks
                        .push(Remark::LeadingZeros { example: example.clone(), n_rows: *n_rows });
                }
                // Open only if no text rules out one of the readings, and the user has not stated
                // one.
                let is_open =
                    self.n_not_point == 0 && self.n_not_comma == 0 && rules.decimal.is_none();
                if let (true, true, Some((example, point, comma))) = (
                    is_open,
                    self.decorated.texts > 0 || form.decimal == Decimal::Comma,
                    &self.open_mark,
                ) {
                    let (taken, other) = match form.decimal {
                        Decimal::Point => (*point, *comma),
                        Decimal::Comma => (*comma, *point),
                    };
                    remarks.push(Remark::OpenMark { example: example.clone(), taken, other });
                }
            }
            Form::Date(_) => {
                if let (true, Some(example)) = (self.is_date_open(rules), &self.open_date) {
                    remarks.push(Remark::OpenDate { example: example.clone() });
                }
            }
        }

        remarks
    }

    fn begin_with_digits(&self) -> Option<Remark> {
        const FEWEST_TEXTS: usize = 10;
        let (numbers, all) = self.numbers_of_all();
        let n_rows = numbers + self.digit_words.rows;
        let are_enough = self.digit_words.texts > FEWEST_TEXTS || self.are_ratios();
        let is_worth_it = are_enough && 2 * n_rows > all;
        let (_, example) = self.digit_example.clone().filter(|_| is_worth_it)?;
        Some(Remark::BeginWithDigits { example, n_rows, of: all })
    }

    /// Whether the unknown texts are ratios such as `7/10`, of which few differ.
    fn are_ratios(&self) -> bool {
        let is_count = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let is_ratio =
            |text: &str| text.split_once('/').is_some_and(|(a, b)| is_count(a) && is_count(b));
        self.words.texts > 1 && self.word_texts.iter().all(|(_, text, _)| is_ratio(text))
    }

    /// Counts the rows with a number, a time or a date, and those with any value.
    pub(super) fn numbers_of_all(&self) -> (u64, u64) {
        let numbers = self.plain.rows + self.decorated.rows + self.times.rows + self.dates.rows;
        (numbers, numbers + self.words.rows + self.markers.rows + self.out_of_range.rows)
    }

    fn mostly_numbers(&self) -> Option<Remark> {
        let (numbers, all) = self.numbers_of_all();
        // Two different texts alone are labels, unless they are written as numbers with a unit or
        // the like.
        let are_many = self.n_values + self.dates.texts > 2 || 2 * self.decorated.rows > all;
        (2 * numbers > all && are_many).then(|| self.told())
    }

    /// Fewer cells are numbers than words, and are as different as numbers are.
    fn numbers_beside_words(&self) -> Option<Remark> {
        (self.n_values + self.dates.texts > MANY_VALUES).then(|| self.told())
    }

    fn told(&self) -> Remark {
        let (n_rows, of) = self.numbers_of_all();
        let other = self.word_texts.first().map(|(_, text, _)| text.clone());
        let units = if self.are_units_alike { Vec::new() } else { self.units.clone() };
        let n_values = self.n_values + self.dates.texts;
        Remark::MostlyNumbers { n_rows, of, other, units, n_values }
    }
}
