//! The form of a column: how its texts become values, which is enough to read the same column in
//! another file.

use serde::{Deserialize, Serialize};

use super::cell::{self, Cell};
use super::decorated::{self, Decimal, Decoration};
use super::instant::DateOrder;
use super::kind::ColumnKind;
use super::notation;
use super::times::{self, Clock};
use super::units;

/// The form of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// Numbers.
    Number(NumberForm),
    /// Categories; built-in markers of missing values are labels where they are `literal`.
    Category {
        /// Whether `NA`, `None` and similar texts are labels.
        literal: bool,
    },
    /// Dates; `order` applies to those with the year last.
    Date(DateOrder),
}

impl Form {
    /// Returns the kind of a column of this form.
    pub fn kind(&self) -> ColumnKind {
        match self {
            Form::Number(_) => ColumnKind::Number,
            Form::Category { .. } => ColumnKind::Category,
            Form::Date(_) => ColumnKind::Date,
        }
    }
}

/// How texts become numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NumberForm {
    /// The decimal mark.
    #[serde(skip_serializing_if = "is_default")]
    pub decimal: Decimal,
    /// For times of day and durations, the meaning of two fields.
    #[serde(skip_serializing_if = "is_default")]
    pub clock: Option<Clock>,
    /// Whether letters such as K and M multiply.
    #[serde(skip_serializing_if = "is_default")]
    pub scaled: bool,
    /// The unit after the numbers; empty if there is none.
    #[serde(skip_serializing_if = "is_default")]
    pub unit: String,
    /// Whether the unit is a direction of the compass, and south and west are negative.
    #[serde(skip_serializing_if = "is_default")]
    pub compass: bool,
    /// Whether units of one quantity are converted to `unit`, its base.
    #[serde(skip_serializing_if = "is_default")]
    pub converted: bool,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl NumberForm {
    /// Whether numbers are written as a program prints them.
    pub fn is_plain(&self) -> bool {
        is_default(self)
    }

    /// Reads a text that is not a plain number, or one with points as thousands separators, and its
    /// decoration.
    pub(super) fn read(&self, bytes: &[u8]) -> Option<(f64, Decoration)> {
        const LARGEST: f64 = 1e30;
        let text = std::str::from_utf8(bytes).ok()?;
        if let Some(clock) = self.clock {
            let of_one_unit = || {
                let found = decorated::read(text)?;
                Some(found.under(self.decimal)? * units::factor("s", &found.unit)?)
            };
            let seconds = times::time(text, clock).map(|(seconds, _)| seconds);
            return Some((seconds.or_else(of_one_unit)?, Decoration::TIME));
        }

        let found = decorated::read(text)?;
        let factor = match found.unit.as_str() {
            unit if self.compass => notation::sign_of_side(unit)?,
            unit if self.converted => units::factor(&self.unit, unit)?,
            _ if self.scaled => found.scale,
            unit if are_units_alike(unit, &self.unit) => 1.0,
            _ => return None,
        };

        let number = found.under(self.decimal)? * factor;
        let mut decoration = found.decoration_under(self.decimal, text);
        if self.compass {
            decoration.add(Decoration::COMPASS);
        }
        if self.converted {
            decoration.remove(Decoration::UNIT);
            decoration.add(Decoration::CONVERTED);
        }
        (number.abs() <= LARGEST).then_some((number, decoration))
    }

    /// Reads a cell that is not missing; tries a plain number first if points are decimal.
    pub(super) fn read_cell(&self, bytes: &[u8], cell: Cell) -> Option<(f64, Decoration)> {
        match cell {
            Cell::Number(number)
                if self.clock.is_none()
                    // Without its unit a number could be in any of them.
                    && !self.converted
                    && (self.decimal == Decimal::Point || !bytes.contains(&b'.')) =>
            {
                Some((number, Decoration::default()))
            }
            _ => self.read(bytes),
        }
    }
}

/// Whether two units agree: the same, one of them absent, or the singular and plural of a word.
pub(super) fn are_units_alike(a: &str, b: &str) -> bool {
    let plain = |unit: &str| unit.trim_end_matches('.').to_lowercase();
    let (a, b) = (plain(a), plain(b));
    a.is_empty()
        || b.is_empty()
        || a == b
        || a.strip_suffix('s') == Some(&b)
        || b.strip_suffix('s') == Some(&a)
}

/// Units that are not mistaken for category names.
pub(super) fn is_known_unit(unit: &str) -> bool {
    const KNOWN: [&str; 72] = [
        "kg", "g", "mg", "µg", "ug", "t", "lb", "lbs", "oz", "m", "cm", "mm", "km", "µm", "nm",
        "in", "ft", "yd", "mi", "\"", "'", "°", "°c", "°f", "c°", "k", "s", "ms", "µs", "ns",
        "sec", "secs", "min", "mins", "h", "hr", "hrs", "hour", "hours", "day", "days", "week",
        "weeks", "month", "months", "year", "years", "yr", "yrs", "km/h", "kmh", "mph", "m/s",
        "kmpl", "km/kg", "bhp", "hp", "cc", "l", "ml", "dl", "w", "kw", "kwh", "v", "hz", "mhz",
        "ghz", "mb", "gb", "kb", "tb",
    ];
    let unit = unit.to_lowercase();
    unit.contains(['/', '²', '³', '°', '^']) || KNOWN.contains(&unit.as_str())
}

/// Returns the plain number of a cell, if it is one.
pub(super) fn plain(bytes: &[u8]) -> Option<f64> {
    match cell::read(bytes) {
        Cell::Number(number) => Some(number),
        _ => None,
    }
}
