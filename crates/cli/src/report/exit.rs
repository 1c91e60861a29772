//! The exit codes of the program.

use experiment::report::Cause;

/// The exit codes of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done, also if a rule ended the study early.
    Done = 0,
    /// A verification or comparison failed.
    No = 1,
    /// The user's file, data or flags are at fault.
    Input = 2,
    /// Interrupted; the same command continues.
    Interrupted = 3,
    /// The results folder or the store cannot be read, written or locked.
    Store = 4,
    /// No trial succeeded.
    NoSuccess = 5,
    /// A bug in the program.
    Bug = 70,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<Cause> for Exit {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Input => Self::Input,
            Cause::Interrupted => Self::Interrupted,
            Cause::Store => Self::Store,
            Cause::NoSuccess => Self::NoSuccess,
        }
    }
}
