//! Studies and trials on disk.
//!
//! A study is an append-only list of records ([`tuner::store`]). This crate makes it durable and
//! notices when what is read is not what was written. [`SqliteStore`] keeps one study in one SQLite
//! file, [`StudyLock`] keeps writers apart, and [`replace_file`] writes the files derived from a
//! study. This crate does not know what a record means.
//!
//! # Durable
//!
//! The database keeps a write-ahead log and is synchronised in full at each commit: after
//! [`append`](tuner::store::Store::append) has returned, its records survive a kill or a power loss
//! at any later instant. Readers never wait for writers. On a network file system, which shares no
//! memory between hosts, the database keeps a rollback journal instead and may be used from one
//! host at a time ([`network_disk`] detects this). Durability then depends on the server.
//!
//! # Checked
//!
//! SQLite has no checksums of its own. Each record here has one, over itself and the checksum
//! before it, and the end of the chain is stored separately. So every replay finds and names a
//! changed byte and a removed, added or moved record. [`wal_check`] examines the log that a killed
//! process left, since SQLite drops what it cannot read there.
//! # Queries
//!
//! `study.db` opens in any SQLite from version 3.38 on and has readable views:
//!
//! | view | a row for each | columns |
//! |---|---|---|
//! | `trials` | proposed trial | `trial, revision, origin, params, watermark, seen, at_seconds` |
//! | `params` | parameter of a trial | `trial, name, value` |
//! | `folds` | fold that ended | `trial, split, state, reason, loss, epochs, n_parameters, multiply_adds, seconds, at_seconds, predicted` |
//! | `raced` | trial that was stopped after a fold | `trial, n_folds, predicted, predicted_se, reason` |
//! | `metrics` | further metric of a fold | `trial, split, name, value` |
//! | `study` | space file, as first written and as revised | `seq, kind, text, folder, facts` |
//!
//! ```sql
//! SELECT trial, avg(loss), count(*) FROM folds WHERE state = 'ok' GROUP BY trial ORDER BY 2 LIMIT 10;
//! ```
//!
//! # Example
//!
//! ```
//! use storage::SqliteStore;
//! use tuner::store::{Curves, Record, Store};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("study.db");
//! SqliteStore::create(&path)?.append(0, &[Record::Total { trials: 60 }])?;
//!
//! let mut store = SqliteStore::open(&path)?;
//! store.replay(Curves::Skip, &mut |record| assert_eq!(record, Record::Total { trials: 60 }))?;
//! assert_eq!(store.found().n_records, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// A number that silently becomes another is a wrong record.
#![cfg_attr(
    not(test),
    warn(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)
)]

mod chain;
mod fault;
mod folder;
mod lock;
mod names;
mod own;
mod place;
mod remove;
mod row;
mod sqlite;
mod whole;

pub use fault::hint;
pub use folder::{create_folders, studies, sweep};
pub use lock::{Holder, LockPurpose, StudyLock};
pub use names::{FILES, LOCK_FILE, RUNNING, STUDY_FILE, TRIALS};
pub use own::{empty_own_folder, is_own_folder, open_own, refuse_foreign};
pub use place::network_disk;
pub use remove::{Remains, remove_study};
pub use sqlite::{OptunaError, OptunaStudy, OptunaTrial, optuna_studies};
pub use sqlite::{SqliteStore, StoredCounts, Tip, WalReport, check_is_study, wal_check};
pub use whole::{NewFolder, replace_file, replace_file_by, write_named};
