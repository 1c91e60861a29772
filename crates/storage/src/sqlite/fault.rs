//! What SQLite's errors mean for a study.

use crate::fault::{Damage, Refusal, access};
use rusqlite::{Error, ErrorCode, ffi};
use std::path::Path;
use tuner::error::StoreError;

/// Classifies an error of `action` on the study at `path` as damage or something else.
pub(super) fn store_error(path: &Path, action: &'static str, error: Error) -> StoreError {
    match &error {
        _ if is_damage(&error) => Damage::Database { source: Box::new(error) }.at(path),
        _ if is_write_error(&error) => {
            access(path, action, Refusal::NotWritten { error: error.to_string() })
        }
        _ => access(path, action, error),
    }
}

/// Whether the system refused a write.
fn is_write_error(error: &Error) -> bool {
    matches!(
        error.sqlite_error().map(|e| e.extended_code),
        Some(ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_FULL)
    )
}

/// Whether the only cause of an error can be a damaged file.
///
/// The SQL is fixed and this crate wrote the rows. So an unknown name, a value of another type, a
/// number already taken or a file that ends too early means that the file is damaged.
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

/// Whether an error says that the folder, the file or the medium is not writable.
pub(super) fn is_read_only(error: &Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied)
    )
}
