//! Why an operation failed.

use super::fault::Fault;
use std::fmt;
use tuner::error::{Error, StoreError};

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The user's file, data or arguments are at fault.
    Input,
    /// The command was interrupted and can continue.
    Interrupted,
    /// The results folder or the store cannot be read, written or locked.
    Store,
    /// No trial succeeded.
    NoSuccess,
}

/// Why an operation failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Whose fault it is.
    pub cause: Cause,
    /// The messages, one by one.
    pub faults: Vec<Fault>,
}

impl Failure {
    /// A fault in something that the user wrote.
    pub fn input(message: impl fmt::Display) -> Self {
        Fault::error(message).into()
    }

    /// A fault of the results folder or the store.
    pub fn store(message: impl fmt::Display) -> Self {
        Self { cause: Cause::Store, faults: vec![Fault::error(message)] }
    }

    /// Adds a hint to its last fault.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Some(fault) = self.faults.last_mut() {
            fault.hints.push(hint.into());
        }
        self
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
        let hint = storage::hint(&error).map(str::to_owned);
        Self { cause: Cause::Store, faults: vec![Fault::error(error).hints(hint)] }
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
