//! Positions in a file and in the settings.

use std::fmt;

/// A position in a file: the data row and the line on which it begins, both counted from 1. The
/// header is row 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// Data rows begin at 1; the header is 0.
    pub row: u64,
    /// Line of the decompressed file, counted from 1; 0 if there is no file. A quoted cell may span
    /// several lines.
    pub line: u64,
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            0 => write!(f, "the header (line {})", self.line),
            row if self.line == 0 => write!(f, "row {row}"),
            row => write!(f, "row {row} (line {})", self.line),
        }
    }
}

/// The setting that names a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mention {
    /// The column to predict.
    Target,
    /// The columns left out.
    Drop,
    /// The kinds set by hand.
    Kinds,
    /// The column whose equal values stay in one fold.
    Group,
    /// The column that orders the rows in time.
    Order,
}

impl fmt::Display for Mention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mention::Target => "target",
            Mention::Drop => "drop",
            Mention::Kinds => "kinds",
            Mention::Group => "group",
            Mention::Order => "order",
        })
    }
}
