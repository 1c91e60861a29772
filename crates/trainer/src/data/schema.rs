//! The description of feature columns, apart from their rows.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::column::{Cells, Column};
use super::error::{DataError, Levels};
use super::form::{Form, NumberForm};
use super::instant::DateOrder;
use super::parts::{DatePart, parts};

/// The greatest number of categories of one column that are encoded by inputs of their own.
pub(super) const MOST_LEVELS: usize = 10_000;

/// The description of some [`Features`](super::Features): enough to read the same columns from
/// another file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// In the file's order, names different from each other.
    pub features: Vec<Feature>,
    /// Whether the file names its columns in its first line.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub has_header: bool,
    /// Texts that count as missing in any column, from a setting.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_yes(flag: &bool) -> bool {
    *flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_no(flag: &bool) -> bool {
    !*flag
}

/// A feature column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// The column's name.
    pub name: String,
    /// What it holds.
    #[serde(flatten)]
    pub kind: FeatureKind,
    /// Texts that count as missing in it, besides the built-in ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

/// The stored form of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum FeatureKind {
    /// Numbers, minus `shift`.
    Number {
        /// Subtracted in double precision before numbers are stored in single precision.
        shift: f64,
        /// How the numbers are written.
        #[serde(default, skip_serializing_if = "NumberForm::is_plain")]
        form: NumberForm,
    },
    /// Codes into `labels`.
    Category {
        /// Sorted: numbers by value, then texts by their bytes.
        labels: Vec<String>,
        /// Whether `NA`, `None` and similar texts are labels.
        #[serde(default, skip_serializing_if = "is_no")]
        literal: bool,
    },
    /// A part of the dates in a column, as a number, minus `shift`.
    Date {
        /// The column of the file.
        column: String,
        /// The part taken from its dates.
        part: DatePart,
        /// Subtracted in double precision before numbers are stored in single precision.
        shift: f64,
        /// The order of day and month in dates with the year last.
        order: DateOrder,
    },
}

impl Default for Schema {
    fn default() -> Self {
        Self { features: Vec::new(), has_header: true, missing: Vec::new() }
    }
}

impl Schema {
    /// Returns the numeric columns in order: their names and shifts.
    pub fn numbers(&self) -> impl Iterator<Item = (&str, f64)> {
        self.features.iter().filter_map(|feature| match feature.kind {
            FeatureKind::Number { shift, .. } | FeatureKind::Date { shift, .. } => {
                Some((feature.name.as_str(), shift))
            }
            FeatureKind::Category { .. } => None,
        })
    }

    /// Returns the categorical columns in order: their names and labels.
    pub fn categories(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.features.iter().filter_map(|feature| match &feature.kind {
            FeatureKind::Number { .. } | FeatureKind::Date { .. } => None,
            FeatureKind::Category { labels, .. } => {
                Some((feature.name.as_str(), labels.as_slice()))
            }
        })
    }

    /// Counts a network's inputs for them, one per number and one per label, without the indicators
    /// of missing values.
    pub fn n_inputs(&self) -> usize {
        self.numbers().count() + self.categories().map(|(_, labels)| labels.len()).sum::<usize>()
    }
}

impl Feature {
    /// Returns the column of the file that it comes from.
    pub fn column(&self) -> &str {
        match &self.kind {
            FeatureKind::Date { column, .. } => column,
            FeatureKind::Number { .. } | FeatureKind::Category { .. } => &self.name,
        }
    }
}

impl FeatureKind {
    /// Returns how the texts of the column become values.
    pub fn form(&self) -> Form {
        match self {
            FeatureKind::Number { form, .. } => Form::Number(form.clone()),
            FeatureKind::Category { literal, .. } => Form::Category { literal: *literal },
            FeatureKind::Date { order, .. } => Form::Date(*order),
        }
    }
}

/// Returns how a column with `n_rows` cells is stored: as one feature, or as the varying parts of
/// its dates, with names that are not in `taken`.
pub(super) fn features(
    column: &Column,
    n_rows: usize,
    taken: &BTreeSet<&str>,
) -> Result<Vec<Feature>, DataError> {
    let presumed = column.reading.presumed.iter().map(|(text, _)| text.clone());
    let kind = match (&column.cells, &column.reading.form) {
        // Each label becomes an input: without a limit, an identifier would make a huge network.
        (Cells::Categories { labels, .. }, _) if labels.len() > MOST_LEVELS => {
            return Err(DataError::TooManyLevels {
                what: Levels::Feature,
                column: column.name.clone(),
                n_levels: labels.len(),
                at_most: MOST_LEVELS,
            });
        }
        (Cells::Categories { labels, .. }, form) => FeatureKind::Category {
            labels: labels.clone(),
            literal: matches!(form, Form::Category { literal: true }),
        },
        (Cells::Dates(_), form) => {
            let order = if let Form::Date(order) = form { *order } else { DateOrder::default() };
            return Ok(of_dates(column, n_rows, taken, order));
        }
        (_, form) => FeatureKind::Number {
            shift: shift(n_rows, |row| column.number(row)),
            form: if let Form::Number(form) = form { form.clone() } else { NumberForm::default() },
        },
    };

    Ok(vec![Feature { name: column.name.clone(), kind, missing: presumed.collect() }])
}

fn of_dates(
    column: &Column,
    n_rows: usize,
    taken: &BTreeSet<&str>,
    order: DateOrder,
) -> Vec<Feature> {
    let presumed: Vec<String> =
        column.reading.presumed.iter().map(|(text, _)| text.clone()).collect();
    let feature = |part: DatePart| {
        let mut name = match part {
            DatePart::Elapsed => column.name.clone(),
            part => format!("{}.{part}", column.name),
        };
        // The table may have a column of this name.
        while part != DatePart::Elapsed && taken.contains(name.as_str()) {
            name.push('_');
        }
        let shift = shift(n_rows, |row| part.of(column.number(row)));
        let kind = FeatureKind::Date { column: column.name.clone(), part, shift, order };
        Feature { name, kind, missing: presumed.clone() }
    };

    parts(column, n_rows).into_iter().map(feature).collect()
}

/// A shift pays off if a column's middle is this many times larger than its spread: eight of
/// `f32`'s 24 bits.
const FAR: f64 = 256.0;
/// Number of cells examined to find a shift.
const SAMPLE: usize = 1024;

/// Returns the shift of a column: 0, or near its median if that is [`FAR`] times larger than the
/// interquartile range.
///
/// It is set before any fold is known, so it must hardly depend on single rows: it comes from
/// quartiles and is rounded to a multiple of a power of two above their distance.
fn shift(n_rows: usize, number: impl Fn(usize) -> f64) -> f64 {
    let step = n_rows.div_ceil(SAMPLE).max(1);
    let mut sample: Vec<f64> =
        (0..n_rows).step_by(step).map(number).filter(|number| !number.is_nan()).collect();
    sample.sort_by(f64::total_cmp);
    let quantile = |part: usize| sample.get(sample.len() * part / 4).copied().unwrap_or(0.0);
    let (median, spread) = (quantile(2), quantile(3) - quantile(1));
    if median.abs() <= FAR * spread || (spread == 0.0 && median.abs() < FAR * FAR) {
        return 0.0;
    }
    let grain = power_of_two_above(spread.max(median.abs() / (FAR * FAR)));
    (median / grain).round() * grain
}

fn power_of_two_above(value: f64) -> f64 {
    let (_, exponent) = libm::frexp(value);
    libm::ldexp(1.0, exponent)
}
