//! Errors in tables.

use std::fmt;

use super::foreign::Foreign;
use super::limits::Bounded;
use super::place::{At, Mention};
use super::tail::StrayKind;

/// Why a column must be numeric although a cell is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A setting says so.
    Stated,
    /// Nearly all its cells are numbers.
    MostlyNumbers,
    /// A setting says that it holds dates.
    StatedDate,
    /// All cells before it are dates.
    MostlyDates,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Stated => "that must hold numbers",
            Reason::MostlyNumbers => "nearly all of whose cells are numbers",
            Reason::StatedDate => "that must hold dates",
            Reason::MostlyDates => "nearly all of whose cells are dates",
        })
    }
}

/// What a row with more or fewer cells than the header looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looks {
    /// Its last cell is empty.
    EndsEmpty,
    /// All its cells are texts, as names of columns are.
    Header,
    /// None of these.
    Row,
}

/// A fault of a data file, or of a request about it.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The source failed, or its compression is damaged.
    #[error("cannot read the data after line {line}: {source}")]
    Read {
        /// Lines read before the failure.
        line: u64,
        /// The error of the source.
        source: std::io::Error,
    },
    /// A limit is exceeded.
    #[error("{at}: more than {at_most} {quantity}")]
    Limit {
        /// The record being read.
        at: At,
        /// What exceeds it.
        quantity: Bounded,
        /// The limit.
        at_most: u64,
    },
    /// The file has another format.
    #[error("expected a table as UTF-8 text with a separator, found {found}")]
    Format {
        /// What it looks like.
        found: Foreign,
    },
    /// The file has no bytes but white space.
    #[error("the file is empty; expected a header line with the columns' names")]
    Empty,
    /// There is a header and nothing below it.
    #[error("the file has a header with {} and no rows", count(*n_columns, "column"))]
    NoRows {
        /// Columns named by the header.
        n_columns: usize,
    },
    /// The first line is a row like the others.
    #[error(
        "the first line looks like data, not like the names of {}: {first}",
        count(*n_columns, "column")
    )]
    NoHeader {
        /// Its first cells.
        first: String,
        /// How many there are.
        n_columns: usize,
    },
    /// A column has no name.
    #[error("column {position} has no name in the header")]
    EmptyName {
        /// Position from 1.
        position: usize,
        /// How many columns have a name, if most have none: the line is then a title, perhaps.
        n_named: Option<usize>,
    },
    /// Two columns share a name.
    #[error("columns {first} and {second} are both named `{name}`")]
    DuplicateName {
        /// The name.
        name: String,
        /// Position of the first, from 1.
        first: usize,
        /// Position of the second, from 1.
        second: usize,
    },
    /// A row has more or fewer cells than the header.
    #[error("{at}: expected {} as in the header, found {found}", count(*expected, "cell"))]
    Ragged {
        /// The row.
        at: At,
        /// Columns of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
        /// What it looks like.
        looks: Looks,
    },
    /// A test row has a class that the model does not know.
    #[error(
        "{at}, column `{column}`: {label:?}{} is not a class of the model: {}",
        in_rows(*n_rows as u64),
        few(known)
    )]
    UnknownClass {
        /// The first such row.
        at: At,
        /// The column.
        column: String,
        /// What it holds.
        label: String,
        /// Number of rows with such classes.
        n_rows: usize,
        /// The classes that the model knows.
        known: Vec<String>,
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
    #[error("{at}, column {position}: the text is not UTF-8")]
    Utf8 {
        /// The row.
        at: At,
        /// Position of the cell, from 1.
        position: usize,
    },
    /// A column of numbers or dates holds a text.
    #[error(
        "{at}, column `{column}`: expected a {}, found {value:?}{} in a column {reason}",
        reason.expected(),
        in_rows(*n_rows)
    )]
    Text {
        /// The first such row.
        at: At,
        /// The column.
        column: String,
        /// The cell, shortened.
        value: String,
        /// Why a number was expected.
        reason: Reason,
        /// Rows that hold it, as far as they were read.
        n_rows: u64,
        /// What the row probably is, if it is not data.
        stray: Option<StrayKind>,
    },
    /// A number is infinite, or too large for single precision after scaling.
    #[error("{at}, column `{column}`: {value} is not a number between -1e30 and 1e30")]
    OutOfRange {
        /// The first such row.
        at: At,
        /// The column.
        column: String,
        /// The cell.
        value: String,
    },
    /// A setting names a column that the file does not have.
    #[error("{mention} names the column `{name}`, which the file does not have")]
    UnknownColumn {
        /// The setting.
        mention: Mention,
        /// The name given.
        name: String,
        /// Columns whose names resemble it.
        nearest: Vec<String>,
        /// The columns that there are.
        header: Vec<String>,
    },
    /// A setting names a column by a position that the file does not have.
    #[error("{mention} names column {position}, and the file has {}", count(*n_columns, "column"))]
    UnknownPosition {
        /// The setting.
        mention: Mention,
        /// Counted from 1.
        position: u64,
        /// Columns of the file.
        n_columns: usize,
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
    /// A required cell is missing.
    #[error("{at}: the {mention} `{column}` is missing here{}", in_other_rows(*n_missing))]
    Missing {
        /// The first such row.
        at: At,
        /// The role of the column.
        mention: Mention,
        /// The column.
        column: String,
        /// Number of rows in which it is missing.
        n_missing: usize,
        /// The most frequent text that counts as missing; empty for empty cells.
        text: String,
        /// What the row probably is, if it is not data.
        stray: Option<StrayKind>,
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
    /// Values of classes, groups or times beyond 2^53, which doubles cannot tell apart.
    #[error(
        "the {mention} `{column}` has values such as {value}: numbers beyond 2^53 run together"
    )]
    RunTogether {
        /// The role of the column.
        mention: Mention,
        /// The column.
        column: String,
        /// The first such value.
        value: f64,
    },
    /// Regression is asked for on a target of categories.
    #[error("regression needs a target of numbers; `{column}` holds categories such as {value:?}")]
    CategoricalTarget {
        /// The target.
        column: String,
        /// One of its categories.
        value: String,
    },
    /// A column has too many categories to be encoded.
    #[error(
        "the {what} `{column}` has {n_levels} different values; at most {at_most} can be encoded"
    )]
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
    /// The order column holds a value that is neither a number nor a date.
    #[error(
        "{at}: cannot order rows by `{column}`: {value:?} is neither a number nor a date such as 2024-05-31 or 2024-05-31T08:30"
    )]
    Unsortable {
        /// The first such row.
        at: At,
        /// The order column.
        column: String,
        /// The cell, shortened.
        value: String,
    },
    /// Day and month are ambiguous in the order column's dates.
    #[error(
        "cannot order rows by `{column}`: {value:?} is one day with the day first and another with the month first"
    )]
    OpenOrder {
        /// The order column.
        column: String,
        /// An ambiguous date.
        value: String,
    },
    /// The target holds dates.
    #[error("the target `{column}` holds dates: expected numbers or classes")]
    DateTarget {
        /// The target.
        column: String,
    },
    /// No column is left to predict from.
    #[error("no column is left to predict from")]
    NoFeatures,
    /// New data lack a column that the model reads.
    #[error("the column `{name}` that the model reads is not in the data")]
    LacksFeature {
        /// The column.
        name: String,
        /// Columns whose names resemble it.
        nearest: Vec<String>,
    },
    /// A target given directly is neither a class code nor a finite number.
    #[error("row {row}: the target {value} is neither one of the classes nor a finite number")]
    TargetValue {
        /// Counted from 1.
        row: usize,
        /// The code or number.
        value: String,
    },
    /// A matrix and its companion differ in length.
    #[error("expected {expected} {what}, found {found}")]
    Length {
        /// What is counted.
        what: &'static str,
        /// The length by the matrix.
        expected: usize,
        /// The length found.
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

impl Reason {
    fn expected(self) -> &'static str {
        match self {
            Reason::Stated | Reason::MostlyNumbers => "number",
            Reason::StatedDate | Reason::MostlyDates => "date",
        }
    }
}

fn in_rows(n_rows: u64) -> String {
    if n_rows > 1 { format!(" (in {n_rows} rows)") } else { String::new() }
}

/// Joins names in a line, shortened if there are many.
fn few(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let more = names.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ") + &more
}

/// A number with its noun, in singular or plural.
fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

fn in_other_rows(n_missing: usize) -> String {
    match n_missing {
        0 | 1 => String::new(),
        2 => " and in 1 other row".to_owned(),
        n => format!(" and in {} other rows", n - 1),
    }
}
