//! A value that a parameter takes, with the type it has in the space file.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::hash::{Hash, Hasher};

/// A boolean, an integer, a number or a text. Numbers are finite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// true or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A finite number.
    Float(f64),
    /// A text.
    Text(String),
}

impl Value {
    /// Returns the value as a number, if it is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Int(v) => Some(*v as f64),
            Self::Float(v) => Some(*v),
            Self::Bool(_) | Self::Text(_) => None,
        }
    }

    /// Whether two values are the same to the user: 1 and 1.0 are.
    pub fn same_as(&self, other: &Self) -> bool {
        match (self.as_number(), other.as_number()) {
            (Some(a), Some(b)) => a == b,
            _ => self == other,
        }
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Bool(v) => (0u8, v).hash(state),
            Self::Int(v) => (1u8, v).hash(state),
            // 0.0 and -0.0 are equal, so they hash alike.
            Self::Float(v) => (2u8, if *v == 0.0 { 0 } else { v.to_bits() }).hash(state),
            Self::Text(v) => (3u8, v).hash(state),
        }
    }
}

impl fmt::Display for Value {
    /// Shows numbers in the shortest form that reads back as the same number, and texts without
    /// quotation marks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(v) => write!(f, "{v}"),
            Self::Int(v) => write!(f, "{v}"),
            Self::Float(v) if *v != 0.0 && (v.abs() < 1e-4 || v.abs() >= 1e16) => {
                write!(f, "{v:e}")
            }
            Self::Float(v) => write!(f, "{v}"),
            Self::Text(v) => f.write_str(v),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_back_as_they_were_written() {
        for v in [
            Value::Bool(true),
            Value::Int(3),
            Value::Float(3.0),
            Value::Float(1e-7),
            Value::Text("relu".into()),
        ] {
            let text = serde_json::to_string(&v).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), v, "{text}");
        }
    }

    #[test]
    fn shown_numbers_read_back_as_the_same_number() {
        for v in [0.1, 1e-7, 1.0 / 3.0, 123_456.789, 0.0, 1e20, -2.5e-9] {
            assert_eq!(Value::Float(v).to_string().parse::<f64>().unwrap(), v);
        }
    }
}
