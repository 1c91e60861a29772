//! Studies in SQLite, one database each.
//!
//! | file | what |
//! |---|---|
//! | `mod` | the store: append, replay |
//! | `form` | tables, views, and how older forms are brought up to date |
//! | `connect`, `header` | how a database is opened, and what is checked before |
//! | `wal` | a look at the log before SQLite drops what it cannot read |
//! | `optuna` | studies of another program, read-only |
//! | `fault` | what SQLite's errors mean for a study |

mod connect;
mod fault;
mod form;
mod header;
mod optuna;
mod wal;

pub use header::check_is_study;
pub use optuna::{OptunaError, OptunaStudy, OptunaTrial, optuna_studies};
pub use wal::{WalReport, wal_check};

use crate::chain::Head;
use crate::fault::{Damage, Refusal, access};
use crate::folder::sync_folder_of;
use crate::place::Journal;
use crate::row::{Row, decode, encode};
use crate::whole::temporary_beside;
use fault::{is_damage, store_error};
use rusqlite::{Connection, TransactionBehavior};
use std::io;
use std::path::{Path, PathBuf};
use tuner::error::StoreError;
use tuner::store::{Curves, Record, Store};

/// A study's records in an SQLite database.
///
/// Each [`append`](Store::append) is one transaction and one durable commit, whatever the study's
/// length; each [`replay`](Store::replay_after) checks every record against the chain of checksums,
/// curves included. What a handle appends follows what it has read: if another process appended
/// meanwhile, the handle must replay first.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    connection: Connection,
    head: Head,
    found: StoredCounts,
    n_commits: u64,
    log: WalReport,
    /// Number of pages when they were last checked as a whole; 0 if they never were.
    n_checked: i64,
}

/// The end of a study's records, as one handle knows it: their number and a checksum of them all;
/// and how much of the file was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    head: Head,
    n_checked: i64,
}

/// What the last replay read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoredCounts {
    /// Records of any kind.
    pub n_records: u64,
    /// Number of proposed trials.
    pub n_trials: u64,
    /// Folds that ended; in an ask-and-tell study, the tells.
    pub n_folds: u64,
}

impl SqliteStore {
    /// Creates an empty study at `path` and opens it. It exists whole or not at all, even if the
    /// process is killed.
    ///
    /// # Errors
    /// [`StoreError::Access`] if there is a file of that name, or no folder for it, or it cannot be
    /// written.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        if header::log_has_content(path) && !path.exists() {
            // SQLite would take an old log for the new database's own.
            let log = header::log_path(path).display().to_string();
            return Err(access(path, "create", Refusal::LogLeftBehind { log }));
        }

        let file = temporary_beside(path).map_err(|error| access(path, "create", error))?;
        make(file.path()).map_err(|error| store_error(path, "create", error))?;
        let name = || -> io::Result<()> {
            file.as_file().sync_all()?;
            file.persist_noclobber(path).map_err(|error| error.error)?;
            sync_folder_of(path)?;
            // The folder may have been created just before the file.
            sync_folder_of(crate::folder::folder_of(path))
        };

        name().map_err(|error| access(path, "create", error))?;
        Self::open(path)
    }

    /// Opens the study at `path` for reading and appending; never creates one.
    ///
    /// # Errors
    /// [`StoreError::NotAStudy`], [`StoreError::Newer`], [`StoreError::Damaged`] if the file is not
    /// a sound study, [`StoreError::Access`] if it cannot be read or written. The replay finds
    /// damage inside records.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_to_write(path, 0)
    }

    /// Opens the study at `path` again, of which an earlier handle knew the end `tip`. Its pages
    /// are checked as a whole only once there are half as many again as at the last check, so that
    /// what one of many short uses costs does not grow with the study. A handle that stays open
    /// checks them once.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_again(path: &Path, tip: Tip) -> Result<Self, StoreError> {
        Self::open_to_write(path, tip.n_checked)
    }

    /// Opens a study of which `n_checked` pages were sound when they were last checked.
    fn open_to_write(path: &Path, n_checked: i64) -> Result<Self, StoreError> {
        header::check(path)?;
        let log = wal_check(path)?;
        let mut connection = connect::to_write(path, Journal::suiting(path))
            .map_err(|error| store_error(path, "open", error))?;
        form::number(path, &connection, form::STEPS)?;
        form::refuse_foreign(path, &connection)?;
        let n_pages = count_pages(&connection).map_err(|error| store_error(path, "read", error))?;
        let is_known = n_checked > 0 && n_pages <= n_checked + n_checked / 2;
        if !is_known {
            check_pages(path, &connection)?;
        }

        form::migrate(&mut connection, form::STEPS)
            .map_err(|error| store_error(path, "update", error))?;
        let n_checked = if is_known { n_checked } else { n_pages };
        Ok(Self { n_checked, ..Self::new(path, connection, log, form::STEPS)? })
    }

    /// Opens the study at `path` for reading only, also while another process appends, and in a
    /// folder that is not writable. Appending fails.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        header::check(path)?;
        let log = wal_check(path)?;
        let connection = connect::to_read(path)?;
        form::refuse_foreign(path, &connection)?;
        let found = form::number(path, &connection, form::STEPS)?;
        // An older form is read as it is, since later ones only add kinds of records and views.
        let steps = usize::try_from(found).ok().and_then(|n| form::STEPS.get(..n));
        Self::new(path, connection, log, steps.unwrap_or(form::STEPS))
    }

    fn new(
        path: &Path,
        connection: Connection,
        log: WalReport,
        steps: &[&str],
    ) -> Result<Self, StoreError> {
        form::check(path, &connection, steps)?;
        let head = read_head(&connection).map_err(|error| store_error(path, "read", error))?;
        Ok(Self {
            path: path.to_owned(),
            connection,
            head,
            found: StoredCounts::default(),
            n_commits: 0,
            log,
            n_checked: 0,
        })
    }

    /// Whether nothing has been appended.
    pub fn is_empty(&self) -> bool {
        self.head.seq == 0
    }

    /// Returns the end of the records as this handle knows it.
    pub fn tip(&self) -> Tip {
        Tip { head: self.head, n_checked: self.n_checked }
    }

    /// Whether the records up to `tip` are those of the handle that `tip` comes from.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be read.
    pub fn continues(&mut self, tip: Tip) -> Result<bool, StoreError> {
        match read_checksum(&self.connection, tip.head.seq) {
            Ok(found) if found == tip.head => {
                // Also in a handle that only reads: its own tip keeps what is known of the pages.
                self.n_checked = self.n_checked.max(tip.n_checked);
                Ok(true)
            }
            Ok(_) | Err(rusqlite::Error::QueryReturnedNoRows) => Ok(false),
            Err(error) => Err(store_error(&self.path, "read", error)),
        }
    }

    /// Returns the number of records, which [`append`](Store::append) expects.
    pub fn head(&self) -> u64 {
        self.head.count()
    }

    /// Returns what the last replay read; all counts are zero before the first.
    pub fn found(&self) -> StoredCounts {
        self.found
    }

    /// Counts the durable commits made through this handle.
    pub fn n_commits(&self) -> u64 {
        self.n_commits
    }

    /// Returns what the log held when the study was opened, before SQLite took from it what it
    /// could read.
    pub fn log(&self) -> &WalReport {
        &self.log
    }

    /// Writes rows after record `expected` in one transaction and returns the new end of the chain.
    fn commit(&mut self, expected: u64, rows: &[Row]) -> Result<Head, StoreError> {
        let failed = |error| store_error(&self.path, "append", error);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)?;

        // Checked within the transaction, which has the write lock: nobody can append between the
        // check and the rows.
        let found = read_head(&transaction).map_err(failed)?;
        if found != self.head || found.count() != expected {
            let known = expected.min(self.head.count());
            return Err(StoreError::Stale { known, found: found.count() });
        }

        let end = insert(&transaction, found, rows).map_err(failed)?;
        transaction.commit().map_err(failed)?;
        Ok(end)
    }
}

impl Store for SqliteStore {
    fn append(&mut self, expected_head: u64, records: &[Record]) -> Result<u64, StoreError> {
        if records.is_empty() {
            return Ok(self.head.count());
        }
        // A write to a deleted file is lost, and SQLite does not notice.
        if !self.path.exists() {
            return Err(access(&self.path, "append", Refusal::Gone));
        }

        let rows: Result<Vec<Row>, Refusal> =
            (0..).zip(records).map(|(index, record)| encode(record, index)).collect();
        let rows = rows.map_err(|refusal| access(&self.path, "append", refusal))?;
        self.head = self.commit(expected_head, &rows)?;
        self.n_commits += 1;

        Ok(self.head.count())
    }

    fn replay_after(
        &mut self,
        seq: u64,
        curves: Curves,
        visit: &mut dyn FnMut(Record),
    ) -> Result<u64, StoreError> {
        let failed = |error| store_error(&self.path, "read", error);
        // One transaction, so that another process that appends cannot move the end meanwhile.
        let transaction = self.connection.transaction().map_err(failed)?;
        let end = read_head(&transaction).map_err(failed)?;
        let behind = i64::try_from(seq).ok().filter(|seq| *seq <= end.seq);
        let stale = || StoreError::Stale { known: seq, found: end.count() };
        // Each checksum covers the one before, so the check needs that of the last record before.
        let mut head = read_checksum(&transaction, behind.ok_or_else(stale)?)
            .map_err(|error| read_error(&self.path, end.seq, error))?;
        let mut found = if seq == 0 { StoredCounts::default() } else { self.found };

        let mut statement = transaction
            .prepare_cached(
                "SELECT seq, body, curve, checksum FROM record WHERE seq > ?1 ORDER BY seq",
            )
            .map_err(failed)?;

        let mut rows = statement.query([head.seq]).map_err(failed)?;
        while let Some(row) =
            rows.next().map_err(|error| read_error(&self.path, head.seq, error))?
        {
            let (next, record) =
                read_row(row, head, curves).map_err(|damage| damage.at(&self.path))?;
            found.count(&record);
            visit(record);
            head = next;
        }

        check_end(head, end).map_err(|damage| damage.at(&self.path))?;
        (self.head, self.found) = (head, found);
        Ok(head.count())
    }
}

impl StoredCounts {
    fn count(&mut self, record: &Record) {
        self.n_records += 1;
        self.n_trials += u64::from(matches!(record, Record::Trial(_)));
        self.n_folds += u64::from(matches!(record, Record::Fold(_)));
    }
}

/// Creates an empty study of the newest form in the empty file at `path`; the caller synchronises
/// it.
fn make(path: &Path) -> rusqlite::Result<()> {
    let mut connection = connect::to_write(path, Journal::suiting(path))?;
    connection.pragma_update(None, "synchronous", "off")?;
    form::migrate(&mut connection, form::STEPS)?;
    // Closing checkpoints the log too, but reports no failure; without its log the file would be
    // incomplete.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error)
}

/// Has SQLite check the structure of all pages: appending to a damaged one could overwrite what is
/// still sound.
fn check_pages(path: &Path, connection: &Connection) -> Result<(), StoreError> {
    let first_finding: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| store_error(path, "read", error))?;
    if first_finding == "ok" { Ok(()) } else { Err(Damage::Pages { first_finding }.at(path)) }
}

fn count_pages(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA page_count", [], |row| row.get(0))
}

fn read_head(connection: &Connection) -> rusqlite::Result<Head> {
    let mut statement = connection.prepare_cached("SELECT seq, checksum FROM head WHERE id = 1")?;
    statement.query_row([], |row| Ok(Head { seq: row.get(0)?, checksum: row.get(1)? }))
}

/// Reads the recorded end of the chain after record `seq`.
fn read_checksum(connection: &Connection, seq: i64) -> rusqlite::Result<Head> {
    if seq == 0 {
        return Ok(Head::START);
    }
    let checksum =
        connection
            .query_row("SELECT checksum FROM record WHERE seq = ?1", [seq], |row| row.get(0))?;
    Ok(Head { seq, checksum })
}

fn insert(connection: &Connection, mut head: Head, rows: &[Row]) -> rusqlite::Result<Head> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO record (seq, body, curve, checksum) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for row in rows {
        head = head.next(row.body.as_bytes(), row.curve.as_deref());
        statement.execute((head.seq, &row.body, &row.curve, head.checksum))?;
    }
    let mut statement =
        connection.prepare_cached("UPDATE head SET seq = ?1, checksum = ?2 WHERE id = 1")?;
    statement.execute((head.seq, head.checksum))?;
    Ok(head)
}

/// Reads the record after `head` and checks that it is the one that was written there.
fn read_row(row: &rusqlite::Row<'_>, head: Head, curves: Curves) -> Result<(Head, Record), Damage> {
    let column = |index| {
        let value = row
            .get_ref(index)
            .map_err(|error| Damage::After { seq: head.seq, source: Box::new(error) })?;
        value
            .as_bytes_or_null()
            .map_err(|error| Damage::After { seq: head.seq, source: Box::new(error) })
    };

    let (body, curve, checksum) = (column(1)?, column(2)?, column(3)?);
    let found = row.get(0).unwrap_or_default();
    let body = body.unwrap_or_default();

    // The checksum is a chain: a row that was moved, omitted or repeated has another one.
    let next = head.next(body, curve);
    if found != next.seq {
        return Err(Damage::Order { expected: next.seq, found });
    }
    if checksum != Some(&next.checksum) {
        return Err(Damage::Checksum { seq: next.seq });
    }

    Ok((next, decode(next.seq, body, curve, curves)?))
}

/// Attaches the number of the record after which reading failed.
fn read_error(path: &Path, seq: i64, error: rusqlite::Error) -> StoreError {
    if is_damage(&error) {
        Damage::After { seq, source: Box::new(error) }.at(path)
    } else {
        access(path, "read", error)
    }
}

/// Compares the last record read with the recorded end of the chain.
fn check_end(last: Head, recorded: Head) -> Result<(), Damage> {
    if last.seq != recorded.seq {
        Err(Damage::Count { found: last.seq, written: recorded.seq })
    } else if last.checksum != recorded.checksum {
        Err(Damage::Head { seq: last.seq })
    } else {
        Ok(())
    }
}
