//! The kinds of columns.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// Finite numbers, to be scaled.
    Number,
    /// Labels from a finite set, to be encoded one by one.
    Category,
    /// Instants, from which elapsed time and the varying calendar parts become features.
    Date,
    /// Free text, which is left out.
    Text,
}

impl fmt::Display for ColumnKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ColumnKind::Number => "number",
            ColumnKind::Category => "category",
            ColumnKind::Date => "date",
            ColumnKind::Text => "text",
        })
    }
}
