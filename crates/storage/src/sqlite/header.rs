//! Checks a file before SQLite opens it: whether it is a study, and whether it belongs to its log.
//!
//! Offsets are those of the database header,
//! <https://www.sqlite.org/fileformat.html#the_database_header>.

use crate::fault::{Damage, access};
use crate::own::open_own;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use tuner::error::StoreError;

/// Marks a database as a study: "tune" in ASCII.
pub(super) const APPLICATION_ID: i32 = i32::from_be_bytes(*b"tune");

const N_BYTES: usize = 100;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
const PAGE_SIZE: usize = 16;
const WRITE_VERSION: usize = 18;
const READ_VERSION: usize = 19;
const APPLICATION: usize = 68;

/// Values of the two version fields.
const ROLLBACK_JOURNAL: u8 = 1;
const WRITE_AHEAD_LOG: u8 = 2;

/// Checks that the file at `path` is a study's database and uses the log beside it, if there is
/// one.
///
/// # Errors
/// [`StoreError::Access`] if there is no such file or it cannot be read, [`StoreError::NotAStudy`]
/// if it is something else, [`StoreError::Damaged`] if the header is impossible.
pub(super) fn check(path: &Path) -> Result<(), StoreError> {
    let header = identify(path)?;
    match (header[WRITE_VERSION], header[READ_VERSION]) {
        (WRITE_AHEAD_LOG, WRITE_AHEAD_LOG) => Ok(()),
        (ROLLBACK_JOURNAL, ROLLBACK_JOURNAL) if !log_has_content(path) => Ok(()),
        (ROLLBACK_JOURNAL, ROLLBACK_JOURNAL) => Err(Damage::LogDisowned.at(path)),
        _ => Err(Damage::Header { offset: WRITE_VERSION }.at(path)),
    }
}

/// Checks that the file at `path` is a study's database, damaged or not.
///
/// # Errors
/// [`StoreError::Access`] if there is no such file or it cannot be read, [`StoreError::NotAStudy`]
/// if it is something else.
pub fn check_is_study(path: &Path) -> Result<(), StoreError> {
    identify(path).map(drop)
}

/// Reads the header of a study's database.
fn identify(path: &Path) -> Result<Vec<u8>, StoreError> {
    let header = read(path).map_err(|error| access(path, "open", error))?;
    let not_a_study = |what: &str| StoreError::NotAStudy {
        path: path.display().to_string(),
        what: what.to_owned(),
    };

    if header.is_empty() {
        return Err(not_a_study("it is empty"));
    }
    if header.len() < N_BYTES || !header.starts_with(MAGIC) {
        return Err(not_a_study("it is not an SQLite database"));
    }
    if header[APPLICATION..APPLICATION + 4] != APPLICATION_ID.to_be_bytes() {
        return Err(not_a_study("it is the database of another program"));
    }

    Ok(header)
}

/// Returns the page size of the database at `path`; `None` if no header states one.
pub(super) fn page_size(path: &Path) -> Option<usize> {
    let header = read(path).ok().filter(|header| header.len() == N_BYTES)?;
    // The largest size does not fit the field and is written as 1.
    match usize::from(u16::from_be_bytes([header[PAGE_SIZE], header[PAGE_SIZE + 1]])) {
        1 => Some(65_536),
        size => (size.is_power_of_two() && size >= 512).then_some(size),
    }
}

/// Returns the path of SQLite's log for the database at `path`.
pub(super) fn log_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// Whether the log of the database at `path` has content.
pub(super) fn log_has_content(path: &Path) -> bool {
    fs::metadata(log_path(path)).is_ok_and(|log| log.len() > 0)
}

/// Opens the database or its log for reading, and only if it is a regular file.
pub(super) fn open_to_read(path: &Path) -> io::Result<File> {
    open_own(path, OpenOptions::new().read(true))
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut header = Vec::with_capacity(N_BYTES);
    open_to_read(path)?.take(N_BYTES as u64).read_to_end(&mut header)?;
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_a_study_is_refused_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.db");
        assert!(matches!(check(&path), Err(StoreError::Access { action: "open", .. })));
        assert!(
            matches!(check(folder.path()), Err(StoreError::Access { .. })),
            "a folder is no database"
        );
        let foreign = [MAGIC.as_slice(), &[0; 84]].concat();
        for (bytes, what) in [
            (b"".as_slice(), "empty"),
            (b"rank,trial\n", "not an SQLite"),
            (&MAGIC[..], "not an SQLite"),
            (&[7; 4096], "not an SQLite"),
            (&foreign, "another program"),
        ] {
            fs::write(&path, bytes).unwrap();
            let error = check(&path).unwrap_err();
            assert!(
                matches!(&error, StoreError::NotAStudy { what: found, .. } if found.contains(what)),
                "{error}"
            );
        }
    }
}
