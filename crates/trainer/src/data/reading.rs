//! How a column was read: the form of its texts, what is missing, and what else it might be.

use std::fmt::Write as _;

use super::decorated::Decoration;
use super::form::{Form, NumberForm};

/// How a column was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What its texts became.
    pub form: Form,
    /// Whether a setting says so.
    pub is_stated: bool,
    /// The decoration of its numbers.
    pub decoration: Decoration,
    /// An example of a decorated text, and the first row in which it stands, counted from 0.
    pub example: Option<(String, usize)>,
    /// Number of rows with decorated numbers.
    pub n_decorated: u64,
    /// Texts that count as missing, with their rows; empty cells are not included.
    pub missing: Vec<(String, u64)>,
    /// Texts presumed to be missing, because they are few beside many numbers.
    pub presumed: Vec<(String, u64)>,
    /// Labels that count as missing in other columns, such as `NA`, and are categories because a
    /// setting says so.
    pub marker_labels: Vec<String>,
    /// Remarks for the owner.
    pub remarks: Vec<Remark>,
}

/// A remark about a column that its owner should know.
#[derive(Clone, Debug, PartialEq)]
pub enum Remark {
    /// Read as categories, although most cells hold a number, a time or a date.
    MostlyNumbers {
        /// Rows that hold one.
        n_rows: u64,
        /// Rows with any value.
        of: u64,
        /// A text that is not a number, if there is one.
        other: Option<String>,
        /// The units, if there is more than one.
        units: Vec<String>,
        /// Number of different values.
        n_values: usize,
    },
    /// Read as categories, although most texts begin with a digit: quantities in a notation that is
    /// not known, perhaps.
    BeginWithDigits {
        /// The first such text.
        example: String,
        /// Rows that begin with a digit.
        n_rows: u64,
        /// Rows with any value.
        of: u64,
    },
    /// Numbers of several currencies, read alike.
    Currencies {
        /// Their names as the table writes them.
        names: Vec<String>,
    },
    /// Numbers with leading zeros, such as postal codes.
    LeadingZeros {
        /// An example.
        example: String,
        /// Number of rows with such.
        n_rows: u64,
    },
    /// It is ambiguous whether the marks among the digits separate thousands or decimals.
    OpenMark {
        /// An ambiguous text.
        example: String,
        /// The number taken.
        taken: f64,
        /// The other number.
        other: f64,
    },
    /// Day and month of all dates may be swapped.
    OpenDate {
        /// An ambiguous date.
        example: String,
    },
}

impl Reading {
    /// A reading without remarks.
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
        let is_known = |(text, _): &(String, u64)| super::cell::is_missing_in_0_3(text);
        match &self.form {
            Form::Number(form) => {
                form.is_plain()
                    && self.n_decorated == 0
                    && self.presumed.is_empty()
                    && self.missing.iter().all(is_known)
            }
            Form::Category { literal } => !literal && self.missing.iter().all(is_known),
            Form::Date(_) => false,
        }
    }

    /// The texts in the column that counted as missing in version 0.3, whatever a setting said.
    pub fn markers_of_0_3(&self) -> impl Iterator<Item = &str> {
        let known = self.missing.iter().map(|(text, _)| text.as_str());
        let known = known.filter(|text| super::cell::is_missing_in_0_3(text));
        known.chain(self.marker_labels.iter().map(String::as_str))
    }

    /// A short description of the reading, the same for columns read alike; stored with a study.
    pub fn code(&self) -> String {
        match &self.form {
            Form::Number(form) if form.is_plain() && self.n_decorated == 0 => "number".to_owned(),
            Form::Number(NumberForm { decimal, clock, scaled, compass, converted, unit }) => {
                let mut code = match clock {
                    Some(_) => "number, times".to_owned(),
                    None => format!("number, decimal {decimal:?}").to_lowercase(),
                };
                if *scaled {
                    code.push_str(", K and M multiply");
                }
                if *compass {
                    code.push_str(", south and west are negative");
                }
                if *converted {
                    let _ = write!(code, ", converted to {unit}");
                }
                code
            }
            Form::Category { literal: false } => "category".to_owned(),
            Form::Category { literal: true } => "category, markers are labels".to_owned(),
            Form::Date(order) => format!("date, {order}"),
        }
    }
}
