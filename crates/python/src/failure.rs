//! Converts the engine's failures to Python exceptions.

use experiment::report::{Cause, Failure, Fault, Look, render};
use experiment::tuner::error::Error;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::{PyErr, create_exception};

create_exception!(
    tune_engine,
    SpaceError,
    PyValueError,
    "A space or its settings are wrong; the message underlines where."
);
create_exception!(tune_engine, StoreError, PyOSError, "A store cannot be read, written or locked.");
create_exception!(tune_engine, TellError, PyValueError, "What was told does not fit the study.");

/// Returns the exception for a failure.
pub fn raised(failure: impl Into<Failure>) -> PyErr {
    let failure = failure.into();
    let text = text(&failure.faults);
    match failure.cause {
        Cause::Store => StoreError::new_err(text),
        Cause::Input | Cause::Interrupted => SpaceError::new_err(text),
        Cause::NoSuccess => PyValueError::new_err(text),
    }
}

/// Returns the exception for an engine error; a refused result has its own.
pub fn raised_by_engine(error: Error) -> PyErr {
    match error {
        Error::Tell(fault) => TellError::new_err(fault.to_string()),
        Error::Importance(fault) => PyValueError::new_err(fault.to_string()),
        other => raised(other),
    }
}

fn text(faults: &[Fault]) -> String {
    let text = render(faults, Look::Plain);
    text.trim_end().trim_start_matches("error: ").to_owned()
}
