//! What SQLite's errors mean for a study.

use crate::fault::{Damage, Refusal, access};
use rusqlite::{Error, ErrorCode, ffi};
use std::path::Path;
use tuner::error::StoreError;

/// Sorts an error that came of trying `action` on the study at `path` into damage and the rest.
pub(super) fn store_error(path: &Path, action: &'static str, error: Error) -> StoreError {
    match &error {
        _ if is_damage(&error) => Damage::Database { source: Box::new(error) }.at(path),
        _ if is_write_error(&error) => {
            access(path, action, Refusal::NotWritten { error: error.to_string() })
        }
        _ => access(path, action, error),
    }
}

/// Tells whether the system refused a write.
fn is_write_error(error: &Error) -> bool {
    matches!(
        error.sqlite_error().map(|e| e.extended_code),
        Some(ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_FULL)
    )
}

/// Tells whether an error can only come of a file that is not what was written.
///
/// The SQL is fixed and the rows are this crate's own: if a name is unknown, a value of another type or a number taken,
/// the file is at fault. So it is when it ends too soon.
pub(super) fn is_damage(error: &Error) -> bool {
    match error {
        Error::SqliteFailure(code, _) => match code.code {
            ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase
            | ErrorCode::Unknown
            | ErrorCode::TypeMismatch
            | ErrorCode::ConstraintViolation => true,
            ErrorCode::SystemIoFailure => matches!(
                code.extended_code,
                ffi::SQLITE_IOERR_SHORT_READ | ffi::SQLITE_IOERR_CORRUPTFS | ffi::SQLITE_IOERR_DATA
            ),
            _ => false,
        },
        Error::SqlInputError { .. }
        | Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..)
        | Error::Utf8Error(..)
        | Error::QueryReturnedNoRows => true,
        _ => false,
    }
}

/// Tells whether an error says that the folder, the file or the medium cannot be written.
pub(super) fn is_read_only(error: &Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied)
    )
}
