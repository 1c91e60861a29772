//! What can be wrong with a table.

use std::fmt;

use super::limits::Bounded;
use super::place::{At, Mention};

/// A format that is not comma-separated UTF-8 text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// UTF-16, either byte order.
    Utf16,
    /// A zip archive, or a spreadsheet, which is one.
    Zip,
    /// Gzip within gzip.
    Gzip,
    /// Parquet.
    Parquet,
    /// Text with another separator than a comma.
    Separated(char),
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Foreign::Utf16 => f.write_str("UTF-16 text"),
            Foreign::Zip => f.write_str("a zip archive or spreadsheet"),
            Foreign::Gzip => f.write_str("gzip within gzip"),
            Foreign::Parquet => f.write_str("Parquet"),
            Foreign::Separated(character) => write!(f, "text separated by {character:?}"),
        }
    }
}

/// Why a column is one of numbers although a cell is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A setting says so.
    Stated,
    /// Nearly all its cells are numbers.
    MostlyNumbers,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Stated => "that is to hold numbers",
            Reason::MostlyNumbers => "nearly all of whose cells are numbers",
        })
    }
}

/// A fault of a data file, or of what is asked of it.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The source failed, or its compression is damaged.
    #[error("cannot read the data after line {line}: {source}")]
    Read {
        /// Lines read before the failure.
        line: u64,
        /// What the source says.
        source: std::io::Error,
    },
    /// A stated bound is passed.
    #[error("{at}: more than {at_most} {quantity}")]
    Limit {
        /// The record being read.
        at: At,
        /// What there is too much of.
        quantity: Bounded,
        /// The bound.
        at_most: u64,
    },
    /// The file has another format.
    #[error(
        "expected comma-separated UTF-8 text, found {found}\nhint: save it as CSV with commas, in UTF-8"
    )]
    Format {
        /// What it looks like.
        found: Foreign,
    },
    /// The file has no bytes but white space.
    #[error("the file is empty; expected a header line with the columns' names")]
    Empty,
    /// There is a header and nothing below it.
    #[error("the file has a header with {n_columns} columns and no rows")]
    NoRows {
        /// Columns named by the header.
        n_columns: usize,
    },
    /// A column has no name.
    #[error(
        "column {position} has no name in the header\nhint: name it, or leave it out: pandas writes its row numbers without a \
        name unless told `to_csv(…, index=False)`"
    )]
    EmptyName {
        /// Position from 1.
        position: usize,
    },
    /// Two columns share a name.
    #[error(
        "columns {first} and {second} are both named `{name}`\nhint: rename one of them in the header"
    )]
    DuplicateName {
        /// The name.
        name: String,
        /// Position of the first, from 1.
        first: usize,
        /// Position of the second, from 1.
        second: usize,
    },
    /// A row has more or fewer cells than the header.
    #[error("{at}: expected {expected} cells as in the header, found {found}")]
    Ragged {
        /// The row.
        at: At,
        /// Columns of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// A quoted cell has no end.
    #[error("{at}, column {position}: a quoted cell is not closed before the end of the file")]
    UnclosedQuote {
        /// Where the row begins.
        at: At,
        /// Position of the cell, from 1.
        position: usize,
    },
    /// A cell or name is not UTF-8.
    #[error("{at}, column {position}: the text is not UTF-8\nhint: save the file as UTF-8")]
    Utf8 {
        /// The row.
        at: At,
        /// Position of the cell, from 1.
        position: usize,
    },
    /// Text stands in a column of numbers.
    #[error("{at}, column `{column}`: expected a number, found {value:?} in a column {reason}\nhint: {}", text_hint(column, *reason))]
    Text {
        /// The first such row.
        at: At,
        /// The column.
        column: String,
        /// The cell, shortened.
        value: String,
        /// Why a number was expected.
        reason: Reason,
    },
    /// A number is infinite, or too large for single precision after scaling.
    #[error(
        "{at}, column `{column}`: {value} is not a number between -1e30 and 1e30\nhint: leave a cell empty where the value is missing"
    )]
    OutOfRange {
        /// The first such row.
        at: At,
        /// The column.
        column: String,
        /// The cell.
        value: String,
    },
    /// A setting names a column that the file does not have.
    #[error(
        "{mention} names the column `{name}`, which the file does not have{}",
        did_you_mean(nearest)
    )]
    UnknownColumn {
        /// The setting.
        mention: Mention,
        /// The name given.
        name: String,
        /// Columns whose names resemble it.
        nearest: Vec<String>,
    },
    /// A setting names a column that is also left out.
    #[error("{mention} names the column `{name}`, which is also listed in drop")]
    Dropped {
        /// The setting.
        mention: Mention,
        /// The column.
        name: String,
    },
    /// One column is given two roles.
    #[error("the column `{name}` is both {first} and {second}")]
    TwoRoles {
        /// The column.
        name: String,
        /// One role.
        first: Mention,
        /// The other.
        second: Mention,
    },
    /// A cell that must not be missing is.
    #[error("{at}: the {mention} `{column}` is missing here{}", in_other_rows(*n_missing))]
    Missing {
        /// The first such row.
        at: At,
        /// The role of the column.
        mention: Mention,
        /// The column.
        column: String,
        /// Rows with a missing cell in all.
        n_missing: usize,
    },
    /// The target has the same value in all rows.
    #[error(
        "the target `{column}` has one value in all rows, {value:?}: there is nothing to predict"
    )]
    ConstantTarget {
        /// The target.
        column: String,
        /// Its value.
        value: String,
    },
    /// Classes of numbers so large that two of them may be one as a double.
    #[error(
        "the target `{column}` has classes such as {value}: whole numbers beyond 2^53 run together\nhint: kinds = {{ {column} = \
        \"category\" }} takes them as texts"
    )]
    RunTogether {
        /// The target.
        column: String,
        /// The first such class.
        value: f64,
    },
    /// Regression is asked for on a target of categories.
    #[error(
        "regression needs a target of numbers; `{column}` holds categories such as {value:?}\nhint: task = \"classification\", or kinds = {{ {column} = \"number\" }} to find the cells that are not numbers"
    )]
    CategoricalTarget {
        /// The target.
        column: String,
        /// One of its categories.
        value: String,
    },
    /// A column has too many categories to be encoded.
    #[error("the {what} `{column}` has {n_levels} different values; at most {at_most} can be encoded\nhint: {}", levels_hint(*what))]
    TooManyLevels {
        /// The column's part.
        what: Levels,
        /// The column.
        column: String,
        /// Different values it has.
        n_levels: usize,
        /// Different values allowed.
        at_most: usize,
    },
    /// The order column is text whose alphabetical order is not known to be that of time.
    #[error(
        "{at}: cannot order rows by `{column}`: {value:?} is neither a number nor a date such as 2024-05-31 or 2024-05-31T08:30\nhint: write the dates year first, or give a column of numbers"
    )]
    Unsortable {
        /// The first such row.
        at: At,
        /// The order column.
        column: String,
        /// The cell, shortened.
        value: String,
    },
    /// No column is left to predict from.
    #[error("no column is left to predict from")]
    NoFeatures,
    /// New data lack a column that a trained model reads.
    #[error("the column `{name}` that the model reads is not in the data{}", did_you_mean(nearest))]
    LacksFeature {
        /// The column.
        name: String,
        /// Columns whose names resemble it.
        nearest: Vec<String>,
    },
    /// A target given directly is neither one of its classes nor a finite number.
    #[error("row {row}: the target {value} is neither one of the classes nor a finite number")]
    TargetValue {
        /// From 1.
        row: usize,
        /// The code or number.
        value: String,
    },
    /// A matrix and what goes with it disagree in length.
    #[error("expected {expected} {what}, found {found}")]
    Length {
        /// What is counted.
        what: &'static str,
        /// By the matrix.
        expected: usize,
        /// As given.
        found: usize,
    },
}

/// Whose categories are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Levels {
    /// A column to predict from.
    Feature,
    /// The column to predict.
    Target,
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Levels::Feature => "column",
            Levels::Target => "target",
        })
    }
}

fn text_hint(column: &str, reason: Reason) -> String {
    match reason {
        Reason::Stated => "correct the cell, or leave it empty if the value is missing".to_owned(),
        Reason::MostlyNumbers => format!(
            "correct the cell, leave it empty if the value is missing, or say kinds = {{ {column} = \"category\" }}"
        ),
    }
}

fn levels_hint(what: Levels) -> &'static str {
    match what {
        Levels::Feature => "list it in drop if it is an identifier",
        Levels::Target => "task = \"regression\" if it is a quantity",
    }
}

fn did_you_mean(nearest: &[String]) -> String {
    match nearest {
        [] => String::new(),
        names => format!("\nhint: did you mean {}?", quoted(names)),
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
}

fn in_other_rows(n_missing: usize) -> String {
    match n_missing {
        0 | 1 => String::new(),
        n => format!(" and in {} other rows", n - 1),
    }
}
