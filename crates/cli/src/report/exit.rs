//! How the program ends.

use super::fault::Fault;
use tuner::error::{Error, StoreError};

/// The exit codes of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done, also when a rule ended the study early.
    Done = 0,
    /// A check said no.
    No = 1,
    /// The person's file, data or flags are at fault.
    Input = 2,
    /// Interrupted; it can go on.
    Interrupted = 3,
    /// The results folder or the store cannot be read, written or locked.
    Store = 4,
    /// No trial succeeded.
    NoSuccess = 5,
    /// A fault of the program itself.
    Bug = 70,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not end well.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The code to exit with.
    pub exit: Exit,
    /// What to print.
    pub faults: Vec<Fault>,
}

impl Failure {
    /// Something the person wrote is at fault.
    pub fn input(message: impl std::fmt::Display) -> Self {
        Fault::error(message).into()
    }

    /// The results folder or the store is at fault.
    pub fn store(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::Store, faults: vec![Fault::error(message)] }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        vec![fault].into()
    }
}

impl From<Vec<Fault>> for Failure {
    fn from(faults: Vec<Fault>) -> Self {
        Self { exit: Exit::Input, faults }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::store(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Store(_) | Error::Records(_) => Self::store(error),
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
