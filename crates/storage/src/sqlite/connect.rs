//! Connections: opening the database for appending or reading.

use super::fault::{is_read_only, store_error};
use super::header::log_has_content;
use crate::fault::{Refusal, access};
use crate::place::Journal;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Error, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tuner::error::StoreError;

/// How long a statement waits for another process. The study's lock already keeps writers apart;
/// what remains are the moments in which a process that opens or closes the database tidies its
/// log.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens the database at `path` for appending; each commit is on the medium when it returns.
pub(super) fn to_write(path: &Path, journal: Journal) -> rusqlite::Result<Connection> {
    let connection = connect(&absolute(path)?, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    match journal {
        Journal::Log => use_log(&connection)?,
        Journal::Truncate => use_journal(&connection)?,
    }
    connection.pragma_update(None, "synchronous", "full")?;
    // On macOS fsync stops at the drive's cache; this flushes to the medium. Elsewhere it does
    // nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    Ok(connection)
}

/// Switches the database to a write-ahead log, permanently and for every process; does nothing if
/// it has one.
pub(super) fn use_log(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))
}

/// Switches the database to a rollback journal, permanently and for every process; does nothing if
/// it has one.
fn use_journal(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "truncate", |_| Ok(()))
}

/// Opens the database at `path` for reading, while others append or after they died, and changes no
/// record.
///
/// SQLite needs to write even then: it keeps an index beside a database with a log. Where the
/// folder is not writable, the database is opened as immutable, which is correct exactly if it has
/// no log; a process that appends always has one.
pub(super) fn to_read(path: &Path) -> Result<Connection, StoreError> {
    let has_log = log_has_content(path);
    let error = match beside_writers(path, has_log) {
        Ok(connection) => return Ok(connection),
        Err(error) => error,
    };
    match (is_read_only(&error), has_log) {
        (true, false) => unchanging(path).map_err(|error| store_error(path, "read", error)),
        (true, true) => Err(access(path, "read", Refusal::LogNeedsWriting)),
        (false, _) => Err(store_error(path, "read", error)),
    }
}

fn beside_writers(path: &Path, has_log: bool) -> rusqlite::Result<Connection> {
    let connection = connect(&absolute(path)?, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "query_only", true)?;
    // The next writer tidies a log that a killed process left; without one, remove the files that
    // SQLite adds.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, has_log)?;
    first_read(connection)
}

fn unchanging(path: &Path) -> rusqlite::Result<Connection> {
    let path = absolute(path)?;
    let coded = path.as_os_str().as_encoded_bytes().iter().map(|byte| format!("%{byte:02X}"));
    let uri = format!("file:{}?immutable=1", coded.collect::<Vec<_>>().concat());
    first_read(connect(
        Path::new(&uri),
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI,
    )?)
}

/// Forces a first read, since SQLite opens the log no earlier.
fn first_read(connection: Connection) -> rusqlite::Result<Connection> {
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

/// Opens another program's database read-only.
pub(super) fn foreign(path: &Path) -> rusqlite::Result<Connection> {
    first_read(connect(&absolute(path)?, OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}

fn connect(name: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(name, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    // Triggers and functions in a foreign schema never run, and the schema is not writable.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(connection)
}

/// Returns the absolute path, since SQLite gives some short names (`:memory:`, `file:…`) another
/// meaning.
fn absolute(path: &Path) -> rusqlite::Result<PathBuf> {
    std::path::absolute(path).map_err(|_| Error::InvalidPath(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_without_a_log_is_appended_to_and_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
        let writer = to_write(&path, Journal::Truncate).unwrap();
        writer.execute("INSERT INTO t VALUES (7)", []).unwrap();
        let reader = to_read(&path).unwrap();
        assert_eq!(reader.query_row("SELECT x FROM t", [], |row| row.get(0)), Ok(7));
        assert!(!log_has_content(&path));
        let mode: String = writer.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
        assert_eq!(mode, "truncate");
    }

    #[test]
    fn a_database_that_nobody_changes_is_read_without_a_file_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["study.db", "a b%20#?&immutable=0", "ü.db"] {
            let path = folder.path().join(name);
            let writer = Connection::open(&path).unwrap();
            use_log(&writer).unwrap();
            writer.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (7);").unwrap();
            drop(writer);
            let n_files = || std::fs::read_dir(folder.path()).unwrap().count();
            let before = n_files();
            let reader = unchanging(&path).unwrap();
            assert_eq!(reader.query_row("SELECT x FROM t", [], |row| row.get(0)), Ok(7));
            assert!(reader.execute("DELETE FROM t", []).is_err());
            assert_eq!(n_files(), before);
        }
    }
}
