//! The store from outside: its contract, concurrent handles, recovery after a kill, and failing
//! writes.

#![expect(clippy::unwrap_used, reason = "tests stop at what is broken")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use storage::{SqliteStore, StoredCounts, wal_check};
use tempfile::TempDir;
use tuner::error::StoreError;
use tuner::store::conformance::{self, read_all, samples};
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

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.db");
    (folder, path)
}

fn total(trials: u64) -> Record {
    Record::Total { trials }
}

#[test]
fn it_keeps_the_contract_of_stores() {
    let mut folders = Vec::new();
    conformance::check(&mut || {
        let (folder, path) = folder();
        folders.push(folder);
        Box::new(SqliteStore::create(&path).unwrap())
    });
}

#[test]
fn a_study_is_made_whole_with_nothing_beside_it_and_never_over_another() {
    let (folder, path) = folder();
    drop(SqliteStore::create(&path).unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let error = SqliteStore::create(&path).unwrap_err();
    assert!(matches!(error, StoreError::Access { action: "create", .. }), "{error}");
    assert_eq!(read_all(&mut SqliteStore::open(&path).unwrap(), Curves::Load), []);
}

#[test]
fn a_missing_folder_or_file_is_said_and_not_made() {
    let (folder, _) = folder();
    let missing = folder.path().join("missing").join("study.db");
    assert!(matches!(
        SqliteStore::create(&missing),
        Err(StoreError::Access { action: "create", .. })
    ));
    for open in [SqliteStore::open, SqliteStore::open_read_only] {
        let error = open(&folder.path().join("study.db")).unwrap_err();
        assert!(matches!(error, StoreError::Access { action: "open", .. }), "{error}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_a_stranger_put_into_the_schema_is_refused_or_does_nothing() {
    let evil = [
        ("CREATE TRIGGER t BEFORE INSERT ON record BEGIN SELECT RAISE(IGNORE); END", "trigger t"),
        ("CREATE TRIGGER t BEFORE UPDATE ON head BEGIN SELECT RAISE(IGNORE); END", "trigger t"),
        ("CREATE UNIQUE INDEX i ON record (length(body) > 0)", "index i"),
        ("CREATE INDEX i ON HEAD (seq)", "index i"),
        ("CREATE VIRTUAL TABLE v USING fts5(x)", "table v"),
    ];
    for (sql, name) in evil {
        let (_folder, path) = folder();
        drop(SqliteStore::create(&path).unwrap());
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        for open in [SqliteStore::open, SqliteStore::open_read_only] {
            let error = open(&path).unwrap_err();
            assert!(
                matches!(&error, StoreError::Damaged { what, .. } if what.contains(name)),
                "{sql}: {error}"
            );
        }
    }
    // A view and a table of the user's own are ignored.
    let (_folder, path) = folder();
    drop(SqliteStore::create(&path).unwrap());
    let own = "CREATE TABLE mine (x); CREATE INDEX i ON mine (x); CREATE VIEW w AS SELECT 1;";
    rusqlite::Connection::open(&path).unwrap().execute_batch(own).unwrap();
    let mut store = SqliteStore::open(&path).unwrap();
    store.append(0, &[total(3)]).unwrap();
    assert_eq!(read_all(&mut store, Curves::Skip), [total(3)]);
}

#[test]
fn a_log_left_behind_does_not_get_into_a_new_study() {
    let (folder, path) = folder();
    fs::write(folder.path().join("study.db-wal"), "left").unwrap();
    let error = SqliteStore::create(&path).unwrap_err();
    assert!(error.to_string().contains("study.db-wal"), "{error}");
}

#[test]
fn each_append_is_one_commit_however_many_records() {
    let (_folder, path) = folder();
    let mut store = SqliteStore::create(&path).unwrap();
    let frames = |path: &Path| wal_check(path).unwrap().n_commits;
    assert_eq!((store.n_commits(), frames(&path)), (0, 0));
    store.push(&samples()).unwrap();
    store.push(&[]).unwrap();
    store.push(&[total(1)]).unwrap();
    assert_eq!((store.n_commits(), frames(&path)), (2, 2));
}

#[test]
fn ten_thousand_records_go_into_one_commit() {
    let (_folder, path) = folder();
    let mut store = SqliteStore::create(&path).unwrap();
    let records: Vec<Record> = (0..10_000).map(total).collect();
    store.push(&records).unwrap();
    assert_eq!(read_all(&mut store, Curves::Load), records);
    assert_eq!(store.found().n_records, 10_000);
    assert_eq!(store.n_commits(), 1);
}

#[test]
fn a_handle_that_another_left_behind_must_replay_before_it_appends() {
    let (_folder, path) = folder();
    let mut one = SqliteStore::create(&path).unwrap();
    let mut two = SqliteStore::open(&path).unwrap();
    one.push(&[total(1)]).unwrap();
    let error = two.push(&[total(2)]).unwrap_err();
    assert!(error.to_string().contains("0 records then, 1 now"), "{error}");
    assert_eq!(read_all(&mut two, Curves::Load), [total(1)]);
    two.push(&[total(2)]).unwrap();
    assert!(matches!(one.push(&[total(3)]), Err(StoreError::Stale { known: 1, found: 2 })));
    assert_eq!(
        read_all(&mut one, Curves::Load),
        [total(1), total(2)],
        "a refused append leaves nothing"
    );
}

#[test]
fn pages_that_were_checked_are_checked_again_once_there_are_half_as_many_again() {
    let (_folder, path) = folder();
    let many: Vec<Record> = (1..=2000).map(total).collect();
    let mut store = SqliteStore::create(&path).unwrap();
    store.push(&many).unwrap();
    drop(store);
    let mut store = SqliteStore::open(&path).unwrap();
    assert!(store.continues(store.tip()).unwrap());
    let tip = store.tip();
    drop(store);

    // A leaf of the records, in the middle: it claims more cells than it can hold.
    let mut bytes = fs::read(&path).unwrap();
    let is_leaf = |page: &usize| bytes[page * 4096] == 0x0d;
    let leaf = (bytes.len() / 4096 / 2..bytes.len() / 4096).find(is_leaf).unwrap();
    bytes[leaf * 4096 + 3] = 0xff;
    fs::write(&path, bytes).unwrap();
    let refused = |opened: Result<SqliteStore, StoreError>| {
        assert!(matches!(opened.unwrap_err(), StoreError::Damaged { .. }));
    };
    refused(SqliteStore::open(&path));

    // Used again as short as before, and then with much that is new.
    let mut store = SqliteStore::open_again(&path, tip).unwrap();
    store.push(&[total(1)]).unwrap();
    let tip = store.tip();
    drop(store);
    SqliteStore::open_again(&path, tip).unwrap().push(&many).unwrap();
    refused(SqliteStore::open_again(&path, tip));
}

#[cfg(unix)]
#[test]
fn a_deleted_study_is_not_written_to() {
    let (folder, path) = folder();
    let mut store = SqliteStore::create(&path).unwrap();
    store.push(&[total(1)]).unwrap();
    fs::remove_dir_all(folder.path()).unwrap();
    let error = store.push(&[total(2)]).unwrap_err();
    assert!(error.to_string().contains("deleted or moved away"), "{error}");
}

#[test]
fn a_record_that_would_not_come_back_is_refused_with_all_that_came_with_it() {
    let (_folder, path) = folder();
    let mut store = SqliteStore::create(&path).unwrap();
    let lossy = Record::TestOpened { trial: 0, metrics: vec![("mse".to_owned(), f64::NAN)] };
    let error = store.push(&[total(1), lossy]).unwrap_err();
    assert!(error.to_string().contains("record 1 of those to append"), "{error}");
    assert_eq!(read_all(&mut store, Curves::Load), []);
    store.push(&[total(1)]).unwrap();
}

#[test]
fn the_last_replay_is_counted() {
    let (_folder, path) = folder();
    let mut store = SqliteStore::create(&path).unwrap();
    store.push(&samples()).unwrap();
    assert_eq!(store.found(), StoredCounts::default());
    read_all(&mut store, Curves::Skip);
    assert_eq!(
        store.found(),
        StoredCounts { n_records: samples().len() as u64, n_trials: 1, n_folds: 4 }
    );
}

#[test]
fn a_reader_sees_what_is_committed_while_a_writer_works_and_appends_nothing() {
    let (_folder, path) = folder();
    let mut writer = SqliteStore::create(&path).unwrap();
    let mut reader = SqliteStore::open_read_only(&path).unwrap();
    for n in 1..=3 {
        writer.push(&[total(n)]).unwrap();
        assert_eq!(read_all(&mut reader, Curves::Skip).len() as u64, n);
    }
    let error = reader.push(&[total(4)]).unwrap_err();
    assert!(matches!(error, StoreError::Access { action: "append", .. }), "{error}");
}

#[test]
fn a_reader_leaves_no_file_beside_a_finished_study() {
    let (folder, path) = folder();
    SqliteStore::create(&path).unwrap().push(&samples()).unwrap();
    let before = fs::read(&path).unwrap();
    assert_eq!(read_all(&mut SqliteStore::open_read_only(&path).unwrap(), Curves::Load), samples());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(fs::read(&path).unwrap(), before);
}

/// Copies a study as a kill would leave it: the database and its log without the log's
/// shared-memory index.
fn killed_copy(path: &Path, folder: &Path) -> PathBuf {
    let copy = folder.join("study.db");
    fs::copy(path, &copy).unwrap();
    fs::copy(path.with_extension("db-wal"), copy.with_extension("db-wal")).unwrap();
    copy
}

#[test]
fn what_was_appended_is_there_after_a_kill_to_readers_and_writers() {
    let (_folder, path) = folder();
    let mut store = SqliteStore::create(&path).unwrap();
    for (n, record) in samples().iter().enumerate() {
        store.push(std::slice::from_ref(record)).unwrap();
        let copies = tempfile::tempdir().unwrap();
        let copy = killed_copy(&path, copies.path());
        let log = fs::read(copy.with_extension("db-wal")).unwrap();

        let mut reader = SqliteStore::open_read_only(&copy).unwrap();
        assert_eq!(reader.log().n_commits, n as u64 + 1);
        assert!(!reader.log().is_damaged());
        assert_eq!(read_all(&mut reader, Curves::Load), samples()[..=n]);
        drop(reader);
        assert_eq!(
            fs::read(copy.with_extension("db-wal")).unwrap(),
            log,
            "the log is left to the next writer"
        );

        let mut writer = SqliteStore::open(&copy).unwrap();
        assert_eq!(read_all(&mut writer, Curves::Load), samples()[..=n]);
        writer.push(&[total(7)]).unwrap();
        drop(writer);
        assert_eq!(fs::read_dir(copies.path()).unwrap().count(), 1, "a writer that ends tidies up");
        assert_eq!(read_all(&mut SqliteStore::open(&copy).unwrap(), Curves::Load).len(), n + 2);
    }
}

#[test]
fn a_study_copied_by_sqlite_without_its_log_opens() {
    let (folder, path) = folder();
    let mut store = SqliteStore::create(&path).unwrap();
    store.push(&samples()).unwrap();
    let copy = folder.path().join("copy.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute("VACUUM INTO ?1", [copy.to_str()]).unwrap();
    for open in [SqliteStore::open_read_only, SqliteStore::open] {
        assert_eq!(read_all(&mut open(&copy).unwrap(), Curves::Load), samples());
    }
}

#[test]
fn a_study_of_an_older_form_is_read_as_it_is_and_brought_up_to_date_by_a_writer() {
    let (_folder, path) = folder();
    SqliteStore::create(&path).unwrap().push(&[total(7)]).unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    let first = include_str!("../src/sqlite/form/1.sql");
    let view = &first[first.find("CREATE VIEW folds").unwrap()..];
    let view = &view[..=view.find(';').unwrap()];
    connection.execute_batch("DROP VIEW raced; DROP VIEW folds;").unwrap();
    connection.execute_batch(view).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    drop(connection);
    assert_eq!(
        read_all(&mut SqliteStore::open_read_only(&path).unwrap(), Curves::Load),
        [total(7)]
    );
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(read_all(&mut store, Curves::Load), [total(7)]);
    store.push(&[total(8)]).unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    let form: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(form, 2);
}

#[test]
fn strange_names_are_only_names() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["file:study.db?mode=memory", ":memory:", "a b%20#?.db", "ü'\".db"] {
        let path = folder.path().join(name);
        SqliteStore::create(&path).unwrap().push(&[total(1)]).unwrap();
        assert!(path.is_file());
        assert_eq!(
            read_all(&mut SqliteStore::open_read_only(&path).unwrap(), Curves::Load),
            [total(1)]
        );
    }
}

#[test]
fn the_views_show_people_what_was_recorded() {
    let (_folder, path) = folder();
    SqliteStore::create(&path).unwrap().push(&samples()).unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    let text = |sql: &str| -> String { connection.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(
        text("SELECT origin || ' ' || watermark || ' ' || seen FROM trials"),
        "model 3 [1,2]"
    );
    assert_eq!(
        text("SELECT group_concat(name || '=' || value) FROM params"),
        "lr=1.0,n=-7,on=0,name==SUM(A1)"
    );
    assert_eq!(
        text("SELECT state || ' ' || reason FROM folds WHERE loss IS NULL AND predicted IS NULL"),
        "diverged NaN at epoch 3"
    );
    assert_eq!(
        text("SELECT name FROM metrics WHERE trial = 0 AND split = 3 AND value > 0.3"),
        "error_rate"
    );
    assert_eq!(text("SELECT group_concat(kind) FROM study"), "study,revision");
}

/// Where a child process finds the study it appends to.
const CHILD_STUDY: &str = "STORAGE_TEST_STUDY";

/// Not a test of its own: the child process that the tests below start. It appends until it fails,
/// and reports each durable record.
#[test]
fn child_appends_until_it_cannot() {
    if let Some(path) = std::env::var_os(CHILD_STUDY) {
        let [told, next] = ["told", "next"].map(|name| Path::new(&path).with_extension(name));
        let mut store = SqliteStore::create(Path::new(&path)).unwrap();
        for n in 1.. {
            if let Err(error) = store.push(&[total(n)]) {
                fs::write(Path::new(&path).with_extension("error"), error.to_string()).unwrap();
                return;
            }
            // Renamed whole: a reader between two writes in place would read 9, then the 0 of 10.
            fs::write(&next, n.to_string()).unwrap();
            fs::rename(&next, &told).unwrap();
        }
    }
}

fn child(shell: &str, path: &Path) -> std::process::Child {
    Command::new("sh")
        .args(["-c", shell])
        .arg(std::env::current_exe().unwrap())
        .env(CHILD_STUDY, path)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn told(path: &Path) -> u64 {
    fs::read_to_string(path.with_extension("told")).ok().and_then(|n| n.parse().ok()).unwrap_or(0)
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_said_and_what_was_told_before_is_there() {
    let (_folder, path) = folder();
    // A limit on file size stands in for a full disk.
    let limited = "trap '' XFSZ; ulimit -f 400; exec \"$0\" --exact child_appends_until_it_cannot";
    assert!(child(limited, &path).wait().unwrap().success());
    let error = fs::read_to_string(path.with_extension("error")).unwrap();
    assert!(error.contains("study.db: cannot append: "), "{error}");
    let n = told(&path);
    assert!(n > 10);
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(read_all(&mut store, Curves::Load), (1..=n).map(total).collect::<Vec<_>>());
    store.push(&[total(n + 1)]).unwrap();
}

#[cfg(unix)]
#[test]
fn a_killed_process_loses_nothing_that_it_told() {
    let (_folder, path) = folder();
    let mut child = child("exec \"$0\" --exact child_appends_until_it_cannot", &path);
    let mut n = told(&path);
    while n < 20 {
        assert_eq!(child.try_wait().unwrap(), None);
        std::thread::yield_now();
        n = told(&path);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let n = told(&path);
    let found = read_all(&mut SqliteStore::open_read_only(&path).unwrap(), Curves::Load);
    assert_eq!(found, (1..=found.len() as u64).map(total).collect::<Vec<_>>());
    assert!(n >= 20 && found.len() as u64 >= n, "{n} told, {} found", found.len());
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(read_all(&mut store, Curves::Load), found);
    store.push(&[total(0)]).unwrap();
}

#[cfg(unix)]
#[test]
fn a_study_in_a_folder_that_cannot_be_written_is_read_and_not_appended_to() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = folder();
    SqliteStore::create(&path).unwrap().push(&samples()).unwrap();
    let permit =
        |mode| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
    permit(0o555);
    // The superuser may write regardless; then there is nothing to test.
    let is_shut = fs::write(folder.path().join("probe"), "").is_err();
    let (read, opened) = (SqliteStore::open_read_only(&path), SqliteStore::open(&path));
    permit(0o755);
    assert_eq!(read_all(&mut read.unwrap(), Curves::Load), samples());
    let refused = opened.and_then(|mut store| store.push(&samples()));
    if is_shut {
        assert!(matches!(refused, Err(StoreError::Access { .. })), "{refused:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_log_that_needs_writing_in_a_folder_that_cannot_be_written_is_not_read_without_it() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = folder();
    let mut store = SqliteStore::create(&path).unwrap();
    store.push(&samples()).unwrap();
    let copies = tempfile::tempdir().unwrap();
    let copy = killed_copy(&path, copies.path());
    let permit =
        |mode| fs::set_permissions(copies.path(), fs::Permissions::from_mode(mode)).unwrap();
    permit(0o555);
    let result = SqliteStore::open_read_only(&copy).and_then(|mut store| {
        let mut n = 0;
        store.replay(Curves::Load, &mut |_| n += 1).map(|_| n)
    });
    permit(0o755);
    match result {
        Ok(n) => assert_eq!(n, samples().len(), "the superuser may write"),
        Err(error) => assert!(error.to_string().contains("copy the folder"), "{error}"),
    }
}
