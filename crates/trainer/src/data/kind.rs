//! The kinds of columns.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Finite numbers, to be scaled.
    Number,
    /// Labels from a finite set, to be encoded one by one.
    Category,
    /// Instants, from which elapsed time and the varying calendar parts become features.
    Date,
    /// Free text, which is left out.
    Text,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Number => "number",
            Kind::Category => "category",
            Kind::Date => "date",
            Kind::Text => "text",
        })
    }
}
