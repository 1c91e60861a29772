//! Damage: whatever happens to the files, a replay yields what was written or reports that it
//! cannot.

#![expect(clippy::unwrap_used, reason = "tests stop at what is broken")]

use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use storage::{SqliteStore, wal_check};
use tempfile::TempDir;
use tuner::error::StoreError;
use tuner::store::conformance::samples;
use tuner::store::{Curves, Record, Store};

/// Appends after the records that a handle has read.
trait Push {
    fn push(&mut self, records: &[Record]) -> Result<u64, StoreError>;
}

impl Push for SqliteStore {
    fn push(&mut self, records: &[Record]) -> Result<u64, StoreError> {
        let head = self.head();
        self.append(head, records)
    }
}

/// A closed study with records of all kinds, and its bytes.
fn study() -> (TempDir, PathBuf, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.db");
    SqliteStore::create(&path).unwrap().push(&samples()).unwrap();
    let bytes = fs::read(&path).unwrap();
    (folder, path, bytes)
}

fn replay(store: &mut SqliteStore) -> Result<Vec<Record>, StoreError> {
    let mut found = Vec::new();
    store.replay(Curves::Load, &mut |record| found.push(record)).map(|_| found)
}

fn read(path: &Path) -> Result<Vec<Record>, StoreError> {
    replay(&mut SqliteStore::open(path)?)
}

fn read_only(path: &Path) -> Result<Vec<Record>, StoreError> {
    replay(&mut SqliteStore::open_read_only(path)?)
}

/// Writes bytes in place of a study and its log.
fn put(path: &Path, database: &[u8], log: &[u8]) {
    let _ = fs::remove_file(path.with_extension("db-shm"));
    let _ = fs::remove_file(path.with_extension("db-wal"));
    fs::write(path, database).unwrap();
    if !log.is_empty() {
        fs::write(path.with_extension("db-wal"), log).unwrap();
    }
}

/// Whether the error names what is wrong with the file; damage is never reported as an error of the
/// operating system.
fn names_damage(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Damaged { .. } | StoreError::NotAStudy { .. } | StoreError::Newer { .. }
    )
}

fn check_harmless_or_named(
    result: Result<Vec<Record>, StoreError>,
    expected: &[Record],
    what: &str,
) -> bool {
    match result {
        Ok(found) => assert_eq!(found, expected, "{what}: something else was read"),
        Err(error) => {
            assert!(names_damage(&error), "{what}: {error:?}");
            return true;
        }
    }
    false
}

/// Flips bits of each byte in turn; counts the flips that were reported.
fn flip(positions: impl Iterator<Item = usize>, path: &Path, sound: &[u8]) -> usize {
    let named = positions.filter(|&at| {
        let mut bytes = sound.to_owned();
        bytes[at] ^= [0xff, 1, 0x80, 0x20][at % 4];
        put(path, &bytes, &[]);
        check_harmless_or_named(read_only(path), &samples(), &format!("byte {at}"))
    });
    named.count()
}

#[test]
fn any_flipped_byte_changes_nothing_that_is_read_or_is_named() {
    let (_folder, path, sound) = study();
    assert!(flip(0..sound.len(), &path, &sound) > 3000);
}

#[test]
fn a_file_cut_at_any_length_is_named() {
    let (_folder, path, sound) = study();
    for length in (0..sound.len()).step_by(97).chain([1, 15, 16, 99, 100, sound.len() - 1]) {
        put(&path, &sound[..length], &[]);
        let error = read(&path).expect_err("a cut file is not whole");
        assert!(names_damage(&error), "cut to {length}: {error:?}");
    }
}

#[test]
fn appending_after_a_flip_never_makes_it_worse_in_silence() {
    let (_folder, path, sound) = study();
    let expected = [samples(), vec![Record::Total { trials: 9 }]].concat();
    for at in (0..100).chain((100..sound.len()).step_by(211)) {
        let mut bytes = sound.clone();
        bytes[at] ^= 0xff;
        put(&path, &bytes, &[]);
        let appended = SqliteStore::open(&path).and_then(|mut store| {
            replay(&mut store)?;
            store.push(&[Record::Total { trials: 9 }])?;
            replay(&mut store)
        });
        check_harmless_or_named(
            appended.and_then(|_| read(&path)),
            &expected,
            &format!("byte {at}"),
        );
    }
}

#[test]
fn what_is_done_to_the_rows_is_named_with_the_record() {
    let foreign = "INSERT INTO record (seq, body, checksum) SELECT 19, body, checksum FROM record WHERE seq = 3;";
    let swapped = "UPDATE record SET seq = seq - 20 WHERE seq IN (6, 7); UPDATE record SET seq = 13 - (seq + 20) WHERE seq < 0;";
    for (sql, what) in [
        (
            "UPDATE record SET body = replace(body, '4294967295', '4294967294') WHERE seq = 3",
            "record 3 is not what",
        ),
        ("UPDATE record SET curve = zeroblob(16) WHERE seq = 5", "record 5 is not what"),
        ("UPDATE record SET curve = NULL WHERE seq = 5", "record 5 is not what"),
        ("UPDATE record SET checksum = zeroblob(16) WHERE seq = 7", "record 7 is not what"),
        ("UPDATE record SET checksum = x'00' WHERE seq = 7", "record 7 is not what"),
        ("DELETE FROM record WHERE seq = 4", "record 5 stands where record 4 belongs"),
        ("DELETE FROM record WHERE seq = 1", "record 2 stands where record 1 belongs"),
        ("DELETE FROM record WHERE seq = 18", "17 records of the 18 written"),
        ("DELETE FROM record", "0 records of the 18 written"),
        ("UPDATE record SET seq = 99 WHERE seq = 5", "record 6 stands where record 5 belongs"),
        (swapped, "record 6 is not what"),
        (foreign, "record 19 is not what"),
        ("UPDATE head SET seq = 19", "18 records of the 19 written"),
        ("UPDATE head SET checksum = zeroblob(16)", "its end does not fit its last record, 18"),
        ("UPDATE head SET checksum = x''", "damaged"),
        ("DELETE FROM head", "damaged"),
        ("DROP TABLE head", "table head is not as it was made"),
        ("DROP TABLE record", "table record is not as it was made"),
        ("DROP VIEW folds", "view folds is not as it was made"),
    ] {
        let (_folder, path, _) = study();
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        for read in [read, read_only] {
            let error = read(&path).expect_err(sql);
            assert!(matches!(error, StoreError::Damaged { .. }), "{sql}: {error:?}");
            let text = error.to_string();
            assert!(text.contains("study.db is damaged") && text.contains(what), "{sql}: {text}");
        }
    }
}

#[test]
fn a_record_beyond_the_end_is_damage_to_those_who_append_too() {
    let (_folder, path, _) = study();
    let mut store = SqliteStore::open(&path).unwrap();
    let sql = "INSERT INTO record (seq, body, checksum) SELECT 19, body, checksum FROM record WHERE seq = 3;";
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let error = store.push(&[Record::Total { trials: 1 }]).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
}

#[test]
fn a_newer_form_is_refused_before_anything_is_touched() {
    let (_folder, path, _) = study();
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 3).unwrap();
    let before = fs::read(&path).unwrap();
    for read in [read, read_only] {
        let error = read(&path).unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 3, known: 2, .. }), "{error:?}");
    }
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_newer_form_still_in_the_log_is_refused_too() {
    let (_folder, path, _) = study();
    let keeps_the_log = Connection::open(&path).unwrap();
    keeps_the_log.pragma_update(None, "user_version", 3).unwrap();
    assert!(matches!(read_only(&path), Err(StoreError::Newer { found: 3, .. })));
}

/// The files of a study that was killed after `samples().len()` commits of a record each.
fn killed() -> (TempDir, PathBuf, Vec<u8>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.db");
    let mut store = SqliteStore::create(&path).unwrap();
    for record in samples() {
        store.push(&[record]).unwrap();
    }
    let (database, log) =
        (fs::read(&path).unwrap(), fs::read(path.with_extension("db-wal")).unwrap());
    (folder, path, database, log)
}

/// Ends of the commits in a sound log: the byte offset after each commit's last frame.
fn commit_ends(log: &[u8]) -> Vec<usize> {
    let frame = 24 + 4096;
    (32 + frame..=log.len())
        .step_by(frame)
        .filter(|end| log[end - frame + 4..end - frame + 8] != [0; 4])
        .collect()
}

#[test]
fn damage_in_the_log_drops_a_tail_at_most_and_is_reported_when_commits_stand_behind_it() {
    let (_folder, path, database, log) = killed();
    let ends = commit_ends(&log);
    assert_eq!(ends.len(), samples().len());
    let last_frame = log.len() - 24 - 4096;
    for at in (0..32).step_by(3).chain((32..log.len()).step_by(1031)) {
        let mut bytes = log.clone();
        bytes[at] ^= 0x55;
        put(&path, &database, &bytes);
        let report = wal_check(&path).unwrap();
        let n_before = ends.iter().filter(|&&end| end <= at).count();
        let found = match read(&path) {
            Ok(found) => found,
            Err(error) => panic!("byte {at}: {error}"),
        };
        assert_eq!(found, samples()[..if at < 32 { 0 } else { n_before }], "byte {at}");
        assert_eq!(report.n_commits, found.len() as u64, "byte {at}");
        assert_eq!(report.is_damaged(), at < last_frame, "byte {at}: {report:?}");
    }
}

#[test]
fn a_log_cut_at_any_length_drops_a_tail_and_is_taken_for_a_kill() {
    let (_folder, path, database, log) = killed();
    let ends = commit_ends(&log);
    for length in (0..log.len()).step_by(1511).chain(ends.iter().copied()) {
        put(&path, &database, &log[..length]);
        let report = wal_check(&path).unwrap();
        let n_whole = ends.iter().filter(|&&end| end <= length).count();
        assert!(!report.is_damaged());
        assert_eq!(report.n_commits, n_whole as u64);
        assert_eq!(read(&path).unwrap(), samples()[..n_whole], "cut to {length}");
    }
}

#[test]
fn only_the_last_commit_of_a_log_may_be_torn_with_its_end_before_its_beginning() {
    let (_folder, path, database, log) = killed();
    let ends = commit_ends(&log);
    for n_after in 0..3 {
        let begin = ends[ends.len() - 2 - n_after];
        let mut damaged = log.clone();
        // In the first frame of a commit of more than one.
        damaged[begin + 100] ^= 1;
        put(&path, &database, &damaged);
        let report = wal_check(&path).unwrap();
        assert_eq!(report.n_lost_commits as usize, 1 + n_after, "{report:?}");
        assert_eq!(report.may_be_torn, n_after == 0, "{report:?}");
    }
}

#[test]
fn frames_of_an_earlier_round_of_the_log_are_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.db");
    let mut store = SqliteStore::create(&path).unwrap();
    store.push(&samples()).unwrap();
    // Checkpoints the log into the database; the next commit restarts it, over the first of its
    // frames.
    let other = Connection::open(&path).unwrap();
    other.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(())).unwrap();
    store.push(&[Record::Total { trials: 1 }]).unwrap();
    let report = wal_check(&path).unwrap();
    assert_eq!((report.n_commits, report.n_lost_commits), (1, 0));
}

#[test]
fn a_header_that_names_no_log_beside_a_log_with_commits_is_damage() {
    let (_folder, path, mut database, log) = killed();
    database[18..20].copy_from_slice(&[1, 1]);
    put(&path, &database, &log);
    let error = read(&path).unwrap_err();
    assert!(error.to_string().contains("names no log"), "{error}");
}
