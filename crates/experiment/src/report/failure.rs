//! Why a piece of work did not end well.

use super::fault::Fault;
use std::fmt;
use tuner::error::{Error, StoreError};

/// Whose fault it is, or what happened instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The user's file, data or arguments are at fault.
    Input,
    /// It was interrupted; it can go on.
    Interrupted,
    /// The results folder or the store cannot be read, written or locked.
    Store,
    /// No trial succeeded.
    NoSuccess,
}

/// Why a piece of work did not end well.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Whose fault it is.
    pub cause: Cause,
    /// What to say, one by one.
    pub faults: Vec<Fault>,
}

impl Failure {
    /// Something that the user wrote is at fault.
    pub fn input(message: impl fmt::Display) -> Self {
        Fault::error(message).into()
    }

    /// The results folder or the store is at fault.
    pub fn store(message: impl fmt::Display) -> Self {
        Self { cause: Cause::Store, faults: vec![Fault::error(message)] }
    }
}

impl fmt::Display for Failure {
    /// A line for each fault, as far as they have one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        vec![fault].into()
    }
}

impl From<Vec<Fault>> for Failure {
    fn from(faults: Vec<Fault>) -> Self {
        Self { cause: Cause::Input, faults }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let is_newer = matches!(error, StoreError::Newer { .. });
        let hint = is_newer.then(|| "use a newer `tune`".to_owned());
        Self { cause: Cause::Store, faults: vec![Fault::of_library(error).hints(hint)] }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Store(error) => error.into(),
            Error::Records(_) => Self::store(error),
            Error::Parameter { .. }
            | Error::Constraint { .. }
            | Error::Configuration { .. }
            | Error::Comparison(_)
            | Error::Importance(_)
            | Error::Method(_)
            | Error::Tell(_) => Self::input(error),
        }
    }
}
