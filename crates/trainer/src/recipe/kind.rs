//! The types of hyperparameters, with the values that each allows.

use std::fmt;
use std::ops::Bound;

/// The type of a hyperparameter and the values it allows.
#[derive(Clone, Copy, Debug)]
pub enum FieldKind {
    /// A float within two bounds.
    Float(Bound<f64>, Bound<f64>),
    /// A float within two bounds, or a text of one for each weight matrix, joined by `-`.
    FloatByLayer(Bound<f64>, Bound<f64>),
    /// An integer within two inclusive bounds.
    Int(i64, i64),
    /// An integer within two inclusive bounds, or this word.
    IntOr(i64, i64, &'static str),
    /// A text of integers, each within two inclusive bounds, joined by `-`.
    IntByLayer(i64, i64),
    /// One of these names.
    Choice(fn() -> Vec<&'static str>),
    /// One of these names, or a text of one for each hidden layer, joined by `-`.
    ChoiceByLayer(fn() -> Vec<&'static str>),
    /// `true` or `false`.
    Bool,
}

impl FieldKind {
    /// Whether the number lies within the bounds; NaN never does.
    pub fn holds(&self, value: f64) -> bool {
        use std::ops::RangeBounds;
        match self.bounds() {
            Some(bounds) => value.is_finite() && bounds.contains(&value),
            None => false,
        }
    }

    /// Returns the bounds of a number, `None` for names and booleans.
    pub fn bounds(&self) -> Option<(Bound<f64>, Bound<f64>)> {
        match *self {
            Self::Float(low, high) | Self::FloatByLayer(low, high) => Some((low, high)),
            Self::Int(low, high) | Self::IntOr(low, high, _) | Self::IntByLayer(low, high) => {
                Some((Bound::Included(low as f64), Bound::Included(high as f64)))
            }
            Self::Choice(_) | Self::ChoiceByLayer(_) | Self::Bool => None,
        }
    }

    /// Returns the names it allows; empty for numbers.
    pub fn choices(&self) -> Vec<&'static str> {
        match self {
            Self::Choice(names) | Self::ChoiceByLayer(names) => names(),
            Self::IntOr(_, _, word) => vec![word],
            _ => Vec::new(),
        }
    }
}

/// `a number above 0 and at most 10`, as in an error message or a help text.
impl fmt::Display for FieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Float(..) => f.write_str("a number ")?,
            Self::FloatByLayer(..) => {
                f.write_str("a number (or one by layer, as \"0.01-0.001\") ")?;
            }
            Self::Int(..) => f.write_str("an integer ")?,
            Self::IntOr(_, _, word) => write!(f, "\"{word}\" or an integer ")?,
            Self::IntByLayer(..) => f.write_str("integers joined by \"-\", each ")?,
            Self::Choice(names) => return write!(f, "one of {}", names().join(", ")),
            Self::ChoiceByLayer(names) => {
                return write!(
                    f,
                    "one of {} (or one by layer, as \"relu-tanh\")",
                    names().join(", ")
                );
            }
            Self::Bool => return f.write_str("true or false"),
        }

        match self.bounds() {
            Some((low, high)) => write_bounds(f, low, high),
            None => Ok(()),
        }
    }
}

fn write_bounds(f: &mut fmt::Formatter<'_>, low: Bound<f64>, high: Bound<f64>) -> fmt::Result {
    if let (Bound::Included(low), Bound::Included(high)) = (low, high) {
        return write!(f, "from {} to {}", short(low), short(high));
    }

    match low {
        Bound::Included(low) => write!(f, "of at least {}", short(low))?,
        Bound::Excluded(low) => write!(f, "above {}", short(low))?,
        Bound::Unbounded => {}
    }
    match high {
        Bound::Included(high) => write!(f, " and at most {}", short(high)),
        Bound::Excluded(high) => write!(f, " and below {}", short(high)),
        Bound::Unbounded => Ok(()),
    }
}

/// Writes very small bounds with an exponent: `1e-30` instead of thirty digits.
fn short(bound: f64) -> String {
    if bound != 0.0 && bound.abs() < 1e-4 { format!("{bound:e}") } else { bound.to_string() }
}
