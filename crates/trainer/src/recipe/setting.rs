//! Values from a space file, and how each type of a recipe's fields is read from them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::kind::FieldKind;
use crate::choice::NamedChoice;
use crate::network::activation::Activation;

/// A value of a hyperparameter, as written in a space file or proposed by a search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Setting {
    /// `true` or `false`.
    Bool(bool),
    /// An integer; also accepted for a float.
    Int(i64),
    /// A float.
    Float(f64),
    /// A name, or a list by layer such as `"64-32"`.
    Text(String),
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
            Self::Text(value) => write!(f, "\"{value}\""),
        }
    }
}

impl From<bool> for Setting {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Setting {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Setting {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<&str> for Setting {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

/// Why a setting does not fit its field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Mismatch {
    /// It is of another type.
    Type,
    /// This number is outside the field's range.
    Range(f64),
    /// This name is not one of the field's choices.
    Choice(String),
}

/// The number of rows in a mini-batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchSize {
    /// At most this many rows, and at least one. An epoch has the fewest batches that this allows,
    /// with sizes that differ by at most one row, so that no step rests on a few remaining rows.
    Rows(u32),
    /// All rows of the training fold.
    Full,
}

/// One value for all layers, or one by layer from the input on.
#[derive(Clone, Debug, PartialEq)]
pub enum PerLayer<T> {
    /// The same everywhere.
    All(T),
    /// The first layer's, the second's, and so on.
    Each(Vec<T>),
}

impl<T: Clone> PerLayer<T> {
    /// Returns the values of `n_layers` layers, or the number of values if it does not match.
    pub(crate) fn resolve(&self, n_layers: usize) -> Result<Vec<T>, usize> {
        match self {
            Self::All(value) => Ok(vec![value.clone(); n_layers]),
            Self::Each(values) if values.len() == n_layers => Ok(values.clone()),
            Self::Each(values) => Err(values.len()),
        }
    }
}

/// A type that a field of the recipe may have.
pub(crate) trait FieldValue: Sized {
    fn read(setting: &Setting, kind: &FieldKind) -> Result<Self, Mismatch>;
    fn write(&self) -> Setting;
}

impl FieldValue for f64 {
    fn read(setting: &Setting, kind: &FieldKind) -> Result<Self, Mismatch> {
        let value = match setting {
            Setting::Float(value) => *value,
            Setting::Int(value) => *value as f64,
            _ => return Err(Mismatch::Type),
        };
        if kind.holds(value) { Ok(value) } else { Err(Mismatch::Range(value)) }
    }

    fn write(&self) -> Setting {
        Setting::Float(*self)
    }
}

impl FieldValue for u32 {
    fn read(setting: &Setting, kind: &FieldKind) -> Result<Self, Mismatch> {
        let Setting::Int(value) = *setting else {
            return Err(Mismatch::Type);
        };
        let number = value as f64;
        u32::try_from(value).ok().filter(|_| kind.holds(number)).ok_or(Mismatch::Range(number))
    }

    fn write(&self) -> Setting {
        Setting::Int(i64::from(*self))
    }
}

impl FieldValue for bool {
    fn read(setting: &Setting, _kind: &FieldKind) -> Result<Self, Mismatch> {
        let Setting::Bool(value) = *setting else {
            return Err(Mismatch::Type);
        };
        Ok(value)
    }

    fn write(&self) -> Setting {
        Setting::Bool(*self)
    }
}

impl<C: NamedChoice> FieldValue for C {
    fn read(setting: &Setting, _kind: &FieldKind) -> Result<Self, Mismatch> {
        let Setting::Text(name) = setting else {
            return Err(Mismatch::Type);
        };
        C::named(name).ok_or_else(|| Mismatch::Choice(name.clone()))
    }

    fn write(&self) -> Setting {
        self.name().into()
    }
}

impl FieldValue for BatchSize {
    fn read(setting: &Setting, kind: &FieldKind) -> Result<Self, Mismatch> {
        match setting {
            Setting::Text(word) if word == "full" => Ok(Self::Full),
            Setting::Text(word) => Err(Mismatch::Choice(word.clone())),
            number => u32::read(number, kind).map(Self::Rows),
        }
    }

    fn write(&self) -> Setting {
        match self {
            Self::Rows(rows) => rows.write(),
            Self::Full => "full".into(),
        }
    }
}

/// The hidden layers' widths if given one by one; empty if depth, width and shape determine them.
impl FieldValue for Vec<u32> {
    fn read(setting: &Setting, kind: &FieldKind) -> Result<Self, Mismatch> {
        match setting {
            Setting::Text(list) if list.is_empty() => Ok(Self::new()),
            // As a list of TOML or JSON: [64, 32].
            Setting::Text(list) if list.starts_with('[') && list.ends_with(']') => {
                let widths = list[1..list.len() - 1].split(',').map(str::trim);
                widths.map(|width| whole(width, kind)).collect()
            }
            Setting::Text(list) => list.split('-').map(|width| whole(width, kind)).collect(),
            number => u32::read(number, kind).map(|width| vec![width]),
        }
    }

    fn write(&self) -> Setting {
        Setting::Text(join(self.iter().map(u32::to_string)))
    }
}

impl FieldValue for PerLayer<Activation> {
    fn read(setting: &Setting, kind: &FieldKind) -> Result<Self, Mismatch> {
        let Setting::Text(list) = setting else {
            return Err(Mismatch::Type);
        };
        let mut each = list
            .split('-')
            .map(|name| Activation::read(&name.into(), kind))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(if each.len() == 1 { Self::All(each.remove(0)) } else { Self::Each(each) })
    }

    fn write(&self) -> Setting {
        match self {
            Self::All(activation) => activation.write(),
            Self::Each(each) => Setting::Text(join(each.iter().map(|a| a.name().to_owned()))),
        }
    }
}

impl FieldValue for PerLayer<f64> {
    fn read(setting: &Setting, kind: &FieldKind) -> Result<Self, Mismatch> {
        match setting {
            Setting::Text(list) => split_floats(list)
                .map(|text| match text.parse::<f64>() {
                    Ok(value) => f64::read(&Setting::Float(value), kind),
                    Err(_) => Err(Mismatch::Type),
                })
                .collect::<Result<_, _>>()
                .map(Self::Each),
            number => f64::read(number, kind).map(Self::All),
        }
    }

    fn write(&self) -> Setting {
        match self {
            Self::All(value) => value.write(),
            Self::Each(each) => Setting::Text(join(each.iter().map(f64::to_string))),
        }
    }
}

fn whole(text: &str, kind: &FieldKind) -> Result<u32, Mismatch> {
    text.trim()
        .parse::<i64>()
        .map_err(|_| Mismatch::Type)
        .and_then(|n| u32::read(&Setting::Int(n), kind))
}

/// Splits at each `-` that is not the sign of an exponent, so that `1e-4-1e-3` is two numbers.
fn split_floats(list: &str) -> impl Iterator<Item = &str> {
    let bytes = list.as_bytes();
    let mut start = 0;
    let mut ends: Vec<usize> = (1..bytes.len())
        .filter(|&i| bytes[i] == b'-' && !matches!(bytes[i - 1], b'e' | b'E'))
        .collect();
    ends.push(list.len());
    ends.into_iter().map(move |end| {
        let piece = &list[start..end];
        start = end + 1;
        piece.trim()
    })
}

fn join(pieces: impl Iterator<Item = String>) -> String {
    pieces.collect::<Vec<_>>().join("-")
}
