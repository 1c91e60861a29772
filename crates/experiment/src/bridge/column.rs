//! Faults of the data, shown where the study file names the faulty column.

use crate::file::SpaceFile;
use crate::report::Fault;
use std::fmt::Display;
use trainer::data::{DataError, Mention};

/// An error in the data file called `shown`, with its hints.
pub fn in_table(shown: &dyn Display, error: &DataError) -> Fault {
    Fault::error(format_args!("{shown}: {error}")).hints(error.hints())
}

/// Shows a fault of the data file called `shown` at the key that names the column, if there is one.
pub fn fault(file: &SpaceFile, shown: &dyn Display, error: &DataError) -> Fault {
    let fault = in_table(shown, error);
    match key(error) {
        Some(path) => file.document.place(fault, &path),
        None => fault,
    }
}

/// Returns the path of the key in the study file.
fn key(error: &DataError) -> Option<Vec<&str>> {
    let (mention, name) = match error {
        DataError::UnknownColumn { mention, name, .. } | DataError::Dropped { mention, name } => {
            (*mention, name)
        }
        DataError::TwoRoles { name, second, .. } => (*second, name),
        DataError::ConstantTarget { column, .. }
        | DataError::DateTarget { column }
        | DataError::CategoricalTarget { column, .. } => (Mention::Target, column),
        DataError::RunTogether { mention, column, .. }
        | DataError::Missing { mention, column, .. } => (*mention, column),
        DataError::OpenOrder { column, .. } | DataError::Unsortable { column, .. } => {
            (Mention::Order, column)
        }
        DataError::UnknownPosition { .. } => return Some(vec!["data", "drop"]),
        DataError::Format { .. } | DataError::NoHeader { .. } => return Some(vec!["data", "path"]),
        _ => return None,
    };
    Some(match mention {
        Mention::Target => vec!["data", "target"],
        Mention::Drop => vec!["data", "drop"],
        Mention::Kinds => vec!["data", "kinds", name],
        Mention::Group => vec!["cv", "group"],
        Mention::Order => vec!["cv", "order"],
    })
}
