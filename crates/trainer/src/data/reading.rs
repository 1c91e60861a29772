//! What is known of a column's reading: how its texts were taken, what is missing, and what else it might be.

use super::decorated::Decoration;
use super::form::{Form, NumberForm};

/// How a column was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What its texts became.
    pub form: Form,
    /// Whether a setting says so.
    pub is_stated: bool,
    /// What its numbers are written with besides digits.
    pub decoration: Decoration,
    /// One decorated text, and the row it first stands in, from 0.
    pub example: Option<(String, usize)>,
    /// Rows with decorated numbers.
    pub n_decorated: u64,
    /// Texts that stand for no value, with their rows; empty cells are not among them.
    pub missing: Vec<(String, u64)>,
    /// Texts taken for missing because they are few in kind beside many numbers, though nothing else says so.
    pub presumed: Vec<(String, u64)>,
    /// Labels that stand for no value in other columns, such as `NA`, and are categories because a setting says so.
    pub marker_labels: Vec<String>,
    /// What is odd about it, or was close.
    pub remarks: Vec<Remark>,
}

/// Something about a column that its owner should know.
#[derive(Clone, Debug, PartialEq)]
pub enum Remark {
    /// Read as categories, though most cells hold a number, a time or a date.
    MostlyNumbers {
        /// Rows that hold one.
        n_rows: u64,
        /// Rows with any value.
        of: u64,
        /// A text that is none, if one stands in the way.
        other: Option<String>,
    },
    /// Numbers with zeros in front, such as postal codes.
    LeadingZeros {
        /// One of them.
        example: String,
        /// Rows with such.
        n_rows: u64,
    },
    /// The marks among the digits leave open whether they separate thousands or are decimal.
    OpenMark {
        /// A text that reads either way.
        example: String,
        /// The number taken.
        taken: f64,
        /// The other number.
        other: f64,
    },
    /// Day and month of all dates may be the other way round.
    OpenDate {
        /// A date that reads either way.
        example: String,
    },
}

impl Reading {
    /// A reading that nothing is to be said of.
    pub(super) fn plain(form: Form) -> Self {
        Self {
            form,
            is_stated: false,
            decoration: Decoration::default(),
            example: None,
            n_decorated: 0,
            missing: Vec::new(),
            presumed: Vec::new(),
            marker_labels: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// Whether version 0.3 read the column the same way.
    pub fn is_as_in_0_3(&self) -> bool {
        let is_known = |(text, _): &(String, u64)| super::cell::is_missing(text);
        match &self.form {
            Form::Number(form) => {
                form.is_plain()
                    && self.n_decorated == 0
                    && self.presumed.is_empty()
                    && self.missing.iter().all(is_known)
            }
            Form::Category { literal } => !literal,
            Form::Date(_) => false,
        }
    }

    /// The texts in the column that stood for no value in version 0.3, whatever a setting said.
    pub fn markers_of_0_3(&self) -> impl Iterator<Item = &str> {
        let known = self.missing.iter().map(|(text, _)| text.as_str());
        let known = known.filter(|text| super::cell::is_missing(text));
        known.chain(self.marker_labels.iter().map(String::as_str))
    }

    /// The reading in a word or two, the same for columns read alike; kept with a study.
    pub fn code(&self) -> String {
        match &self.form {
            Form::Number(form) if form.is_plain() && self.n_decorated == 0 => "number".to_owned(),
            Form::Number(NumberForm { decimal, clock, scaled, .. }) => {
                let mut code = match clock {
                    Some(_) => "number, times".to_owned(),
                    None => format!("number, decimal {decimal:?}").to_lowercase(),
                };
                if *scaled {
                    code.push_str(", K and M multiply");
                }
                code
            }
            Form::Category { literal: false } => "category".to_owned(),
            Form::Category { literal: true } => "category, markers are labels".to_owned(),
            Form::Date(order) => format!("date, {order}"),
        }
    }
}
