//! What feature columns are, apart from their rows.

use serde::{Deserialize, Serialize};

use super::column::{Cells, Column};
use super::error::{DataError, Levels};
use super::kind::Kind;

/// Categories of one column beyond which encoding each by an input of its own makes no sense, and memory ends.
pub(super) const MOST_LEVELS: usize = 10_000;

/// What the columns of some [`Features`](super::Features) are: enough to read the same columns from another file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// In the file's order, names different from each other.
    pub features: Vec<Feature>,
}

/// A column to predict from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// The column's name.
    pub name: String,
    /// What it holds.
    #[serde(flatten)]
    pub kind: FeatureKind,
}

/// The stored form of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum FeatureKind {
    /// Numbers, less `shift`.
    Number {
        /// Taken off in double precision before numbers are stored in single precision.
        shift: f64,
    },
    /// Codes into `labels`.
    Category {
        /// Sorted: numbers by value, then texts by their bytes.
        labels: Vec<String>,
    },
}

impl Schema {
    /// The columns of numbers, in order: their names and shifts.
    pub fn numbers(&self) -> impl Iterator<Item = (&str, f64)> {
        self.features.iter().filter_map(|feature| match feature.kind {
            FeatureKind::Number { shift } => Some((feature.name.as_str(), shift)),
            FeatureKind::Category { .. } => None,
        })
    }

    /// The columns of categories, in order: their names and labels.
    pub fn categories(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.features.iter().filter_map(|feature| match &feature.kind {
            FeatureKind::Number { .. } => None,
            FeatureKind::Category { labels } => Some((feature.name.as_str(), labels.as_slice())),
        })
    }

    /// The inputs that a network has for them, but for those that tell what is missing: one a number, one a label.
    pub fn n_inputs(&self) -> usize {
        self.numbers().count() + self.categories().map(|(_, labels)| labels.len()).sum::<usize>()
    }
}

impl FeatureKind {
    /// Number or category.
    pub fn kind(&self) -> Kind {
        match self {
            FeatureKind::Number { .. } => Kind::Number,
            FeatureKind::Category { .. } => Kind::Category,
        }
    }
}

/// What a column with `n_rows` cells is stored as.
pub(super) fn feature(column: &Column, n_rows: usize) -> Result<Feature, DataError> {
    let kind = match &column.cells {
        Cells::Categories { labels, .. } if labels.len() > MOST_LEVELS => {
            return Err(DataError::TooManyLevels {
                what: Levels::Feature,
                column: column.name.clone(),
                n_levels: labels.len(),
                at_most: MOST_LEVELS,
            });
        }
        Cells::Categories { labels, .. } => FeatureKind::Category { labels: labels.clone() },
        _ => FeatureKind::Number { shift: shift(column, n_rows) },
    };
    Ok(Feature { name: column.name.clone(), kind })
}

/// How much larger than its spread a column's middle must be before a shift is worth it: eight of `f32`'s 24 bits.
const FAR: f64 = 256.0;
/// Cells looked at to find a shift.
const SAMPLE: usize = 1024;

/// The shift of a column: 0, or near its median if that is [`FAR`] times larger than the quartiles' distance.
///
/// It stands before any fold is known, so it may hardly depend on single rows: it comes from quartiles and is rounded to
/// a multiple of a power of two above their distance.
fn shift(column: &Column, n_rows: usize) -> f64 {
    let step = n_rows.div_ceil(SAMPLE).max(1);
    let mut sample: Vec<f64> = (0..n_rows)
        .step_by(step)
        .map(|row| column.number(row))
        .filter(|number| !number.is_nan())
        .collect();
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
