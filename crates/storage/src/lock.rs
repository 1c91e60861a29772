//! One writer at a time: a lock of the operating system, and a text that names its holder.
//!
//! The lock alone decides. It ends with its process, so a dead holder blocks nobody. The text
//! beside it informs the processes that find the study locked, and may be a dead holder's. Short
//! commands queue for each other; nobody waits for a long one. On network file systems the lock is
//! as reliable as theirs.

use crate::fault::{Refusal, access};
use crate::names::LOCK_FILE;
use crate::own::open_own;
use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;
use tuner::error::StoreError;

/// Time between two attempts at a lock that another process holds.
const POLL: Duration = Duration::from_millis(10);

/// Attempts in a row that must show the same holder before its text is believed: until a new holder
/// has written its own, the file still shows the one before.
const LOOKS_TO_BELIEVE: u32 = 10;

/// A moving queue is waited for this many times longer than a single holder.
const QUEUE_TO_HOLDER: u32 = 60;

/// Why a study is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockPurpose {
    /// A search runs.
    Run,
    /// One configuration is evaluated by `tune try`.
    Try,
    /// The winner is evaluated on the held-out rows.
    Best,
    /// The study is being removed.
    Remove,
    /// A trial is handed out.
    Ask,
    /// A result is recorded.
    Tell,
}

impl LockPurpose {
    const ALL: [Self; 6] = [Self::Run, Self::Try, Self::Best, Self::Remove, Self::Ask, Self::Tell];

    /// The command that holds a study for this purpose.
    pub fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Try => "try",
            Self::Best => "best",
            Self::Remove => "remove",
            Self::Ask => "ask",
            Self::Tell => "tell",
        }
    }

    /// Whether other commands queue for it, because it ends within moments.
    fn is_short(self) -> bool {
        matches!(self, Self::Ask | Self::Tell)
    }
}

/// Who holds a study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Why it holds the study.
    pub purpose: LockPurpose,
    /// The holder's process id.
    pub pid: u32,
    /// The time when the holder began, in the caller's words, on one line.
    pub since: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`, process {}, since {}", self.purpose.name(), self.pid, self.since)
    }
}

impl Holder {
    /// The line that it writes into the lock file.
    fn line(&self) -> String {
        format!("{} {} {}\n", self.purpose.name(), self.pid, self.since.replace(['\n', '\r'], " "))
    }

    /// Parses such a line; returns `None` if it is incomplete.
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.strip_suffix('\n')?.splitn(3, ' ');
        let name = words.next()?;
        let purpose = LockPurpose::ALL.into_iter().find(|purpose| purpose.name() == name)?;
        Some(Self { purpose, pid: words.next()?.parse().ok()?, since: words.next()?.to_owned() })
    }
}

/// A study held by this process until the value is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct StudyLock {
    file: File,
}

impl StudyLock {
    /// Locks the study in `folder` for `holder`.
    ///
    /// Waits up to `patience` for each short holder (ask, tell), and up to sixty times that in all,
    /// so that everyone in a moving queue gets a turn. It does not wait for long holders (run, try,
    /// best, remove). Even without patience it tries for a tenth of a second, because a new holder
    /// may take that long to write its name.
    ///
    /// # Errors
    /// [`StoreError::Held`] with the holder; [`StoreError::Access`] if the folder is missing or
    /// cannot be written.
    pub fn acquire(folder: &Path, holder: &Holder, patience: Duration) -> Result<Self, StoreError> {
        let path = folder.join(LOCK_FILE);
        let n_looks =
            u32::try_from(patience.as_nanos().div_ceil(POLL.as_nanos())).unwrap_or(u32::MAX);
        // A new holder locks first and writes its line a moment later: until then nobody can say
        // whether it will hold for long.
        let for_one = n_looks.max(LOOKS_TO_BELIEVE);
        let mut sight = LockObservations::default();

        for _ in 0..=n_looks.saturating_mul(QUEUE_TO_HOLDER).max(LOOKS_TO_BELIEVE) {
            match Self::try_once(&path, holder).map_err(|error| access(&path, "lock", error))? {
                Attempt::Locked(lock) => return Ok(lock),
                Attempt::Moved => {}
                Attempt::Held(line) => sight.note(line),
            }
            if sight.is_long_holder() || sight.n_alike > for_one {
                break;
            }
            std::thread::sleep(POLL);
        }

        let by = sight
            .holder()
            .map_or_else(|| "another process".to_owned(), |holder| holder.to_string());
        Err(StoreError::Held { path: folder.display().to_string(), holder: by })
    }

    /// Returns who holds the study in `folder` now; `None` if nobody does, or the holder has not
    /// yet written its line.
    pub fn holder(folder: &Path) -> Option<Holder> {
        let file = open_own(&folder.join(LOCK_FILE), OpenOptions::new().read(true)).ok()?;
        // A shared lock lets several readers look at once; it is released a moment later.
        let Err(TryLockError::WouldBlock) = file.try_lock_shared() else {
            return None;
        };
        Holder::parse(&line_of(file).ok()?)
    }

    /// Reopens the file each time, since the folder may have been moved and made again since the
    /// last attempt.
    fn try_once(path: &Path, holder: &Holder) -> io::Result<Attempt> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        shut_out_others(&mut options);

        let file = open_own(path, &options)?;
        match file.try_lock() {
            Ok(()) if !stands_at(&file, path)? => Ok(Attempt::Moved),
            Ok(()) => {
                // A file of the user at this path is not overwritten.
                if !is_line_of_ours(&line_of(file.try_clone()?)?) {
                    return Err(io::Error::other(Refusal::NoLock));
                }
                let mut lock = Self { file };
                lock.write(&holder.line())?;
                Ok(Attempt::Locked(lock))
            }
            Err(TryLockError::WouldBlock) => Ok(Attempt::Held(line_of(file)?)),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(line.as_bytes())
    }
}

impl Drop for StudyLock {
    fn drop(&mut self) {
        // The lock is released when the file closes. A text that cannot be cleared is treated as a
        // dead holder's.
        let _ = self.file.set_len(0);
    }
}

/// Creates the file for the owner and the group only: whoever can read a file can lock it, and
/// others could keep the owner from writing.
#[cfg(unix)]
fn shut_out_others(options: &mut OpenOptions) {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o660);
}

#[cfg(not(unix))]
fn shut_out_others(_: &mut OpenOptions) {}

/// Whether a lock file holds what a holder writes, whole or cut by a crash. Any other file is left
/// as it is.
fn is_line_of_ours(line: &str) -> bool {
    let is_begun_by = |name: &str| line.starts_with(name) || name.starts_with(line);
    line.chars().all(|c| c == '\0')
        || LockPurpose::ALL.iter().any(|purpose| is_begun_by(purpose.name()))
}

/// Reads the text of a lock file.
fn line_of(file: File) -> io::Result<String> {
    let mut line = Vec::new();
    file.take(1024).read_to_end(&mut line)?;
    Ok(String::from_utf8_lossy(&line).into_owned())
}

/// The outcome of one attempt.
enum Attempt {
    /// The lock was acquired.
    Locked(StudyLock),
    /// The locked file is no longer the study's.
    Moved,
    /// Another process holds it; with the text of the file.
    Held(String),
}

/// What the lock file of another holder has said over successive attempts.
#[derive(Default)]
struct LockObservations {
    line: String,
    n_alike: u32,
}

impl LockObservations {
    fn note(&mut self, line: String) {
        self.n_alike = if line == self.line { self.n_alike + 1 } else { 1 };
        self.line = line;
    }

    fn holder(&self) -> Option<Holder> {
        Holder::parse(&self.line)
    }

    /// Whether waiting is useless.
    fn is_long_holder(&self) -> bool {
        self.n_alike >= LOOKS_TO_BELIEVE
            && self.holder().is_some_and(|holder| !holder.purpose.is_short())
    }
}

/// Whether `path` still names this very file.
#[cfg(unix)]
fn stands_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let ours = file.metadata()?;
    match std::fs::symlink_metadata(path) {
        Ok(named) => Ok((named.dev(), named.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Open files cannot be moved away on this system.
#[cfg(not(unix))]
fn stands_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Child, Command, Stdio};

    fn holder(purpose: LockPurpose, pid: u32) -> Holder {
        Holder { purpose, pid, since: "2026-11-21 22:58:00".to_owned() }
    }

    fn try_lock(
        folder: &Path,
        purpose: LockPurpose,
        patience: Duration,
    ) -> Result<StudyLock, StoreError> {
        StudyLock::acquire(folder, &holder(purpose, 7), patience)
    }

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn who_holds_a_study_can_be_seen_without_holding_it() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(StudyLock::holder(folder.path()), None, "no lock file");
        let lock = try_lock(folder.path(), LockPurpose::Run, Duration::ZERO).unwrap();
        assert_eq!(StudyLock::holder(folder.path()), Some(holder(LockPurpose::Run, 7)));
        drop(lock);
        assert_eq!(StudyLock::holder(folder.path()), None);
        try_lock(folder.path(), LockPurpose::Run, Duration::ZERO).unwrap();
    }

    #[test]
    fn the_line_in_the_file_reads_back_and_a_torn_one_does_not() {
        for purpose in LockPurpose::ALL {
            let holder = holder(purpose, 4_000_000);
            let line = holder.line();
            assert_eq!(Holder::parse(&line), Some(holder));
            for cut in 0..line.len() {
                assert_eq!(Holder::parse(&line[..cut]), None);
            }
        }
    }

    #[test]
    fn whoever_comes_second_is_told_at_once_who_runs() {
        let folder = tempfile::tempdir().unwrap();
        let run = StudyLock::acquire(folder.path(), &holder(LockPurpose::Run, 42), Duration::ZERO)
            .unwrap();
        for purpose in LockPurpose::ALL {
            let error = try_lock(folder.path(), purpose, HOUR).unwrap_err();
            assert!(matches!(error, StoreError::Held { .. }));
            assert!(
                error
                    .to_string()
                    .ends_with("is in use by `run`, process 42, since 2026-11-21 22:58:00"),
                "{error}"
            );
        }
        drop(run);
        try_lock(folder.path(), LockPurpose::Ask, Duration::ZERO).unwrap();
    }

    #[test]
    fn short_holders_are_waited_for_up_to_the_patience() {
        let folder = tempfile::tempdir().unwrap();
        let ask = try_lock(folder.path(), LockPurpose::Ask, Duration::ZERO).unwrap();
        let error = try_lock(folder.path(), LockPurpose::Tell, Duration::ZERO).unwrap_err();
        assert!(error.to_string().contains("`ask`"), "{error}");
        std::thread::scope(|scope| {
            let waiting =
                scope.spawn(|| try_lock(folder.path(), LockPurpose::Tell, HOUR).map(drop));
            drop(ask);
            waiting.join().unwrap().unwrap();
        });
    }

    #[test]
    fn many_short_holders_all_get_their_turn_and_never_two_at_once() {
        use std::sync::atomic::{AtomicU32, Ordering};
        let folder = tempfile::tempdir().unwrap();
        let (inside, done) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..40 {
                scope.spawn(|| {
                    let _lock = try_lock(folder.path(), LockPurpose::Ask, HOUR).unwrap();
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    inside.fetch_sub(1, Ordering::SeqCst);
                    done.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(done.into_inner(), 40);
    }

    #[test]
    fn each_holder_of_a_queue_that_moves_is_waited_for_anew() {
        let mut sight = LockObservations::default();
        for pid in 0..100 {
            let line = holder(LockPurpose::Ask, pid).line();
            for n in 1..=LOOKS_TO_BELIEVE {
                sight.note(line.clone());
                assert_eq!(sight.n_alike, n);
            }
            assert!(!sight.is_long_holder());
        }
    }

    #[test]
    fn the_text_of_a_dead_runner_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LOCK_FILE);
        let stale = holder(LockPurpose::Run, 42).line();
        std::fs::write(&path, &stale).unwrap();
        drop(try_lock(folder.path(), LockPurpose::Ask, Duration::ZERO).unwrap());

        // A new holder that has the lock and has not yet written its line.
        std::fs::write(&path, &stale).unwrap();
        let file = OpenOptions::new().read(true).write(true).open(&path).unwrap();
        file.lock().unwrap();
        let mut sight = LockObservations::default();
        for _ in 1..LOOKS_TO_BELIEVE {
            let Attempt::Held(line) =
                StudyLock::try_once(&path, &holder(LockPurpose::Tell, 8)).unwrap()
            else {
                panic!("the lock is held")
            };
            sight.note(line);
            assert!(!sight.is_long_holder(), "one look at a stale text is not believed");
        }
        let mut ask = StudyLock { file };
        ask.write(&holder(LockPurpose::Ask, 9).line()).unwrap();
        let Attempt::Held(line) =
            StudyLock::try_once(&path, &holder(LockPurpose::Tell, 8)).unwrap()
        else {
            panic!("the lock is held")
        };
        sight.note(line);
        assert_eq!(sight.holder(), Some(holder(LockPurpose::Ask, 9)));
        assert!(!sight.is_long_holder());
    }

    #[test]
    fn a_missing_folder_is_said_and_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        let error = try_lock(&missing, LockPurpose::Run, HOUR).unwrap_err();
        assert!(matches!(error, StoreError::Access { action: "lock", .. }), "{error}");
        assert!(!missing.exists());
    }

    #[test]
    fn a_file_that_is_no_lock_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LOCK_FILE);
        for (text, is_ours) in [
            ("", true),
            ("run 7 2026", true),
            ("te", true),
            ("\0\0\0", true),
            ("my thesis", false),
            ("\n", false),
        ] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(
                try_lock(folder.path(), LockPurpose::Run, HOUR).is_ok(),
                is_ours,
                "{text:?}"
            );
            let left = std::fs::read_to_string(&path).unwrap();
            assert_eq!(left, if is_ours { "" } else { text });
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_locks_place_is_not_followed() {
        let (folder, away) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let precious = away.path().join("a");
        std::fs::write(&precious, "").unwrap();
        std::os::unix::fs::symlink(&precious, folder.path().join(LOCK_FILE)).unwrap();
        let error = try_lock(folder.path(), LockPurpose::Run, HOUR).unwrap_err();
        assert!(error.to_string().contains("a symbolic link"), "{error}");
        assert_eq!(StudyLock::holder(folder.path()), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_on_a_folder_that_was_moved_aside_is_not_taken_for_the_new_one() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("study");
        std::fs::create_dir(&folder).unwrap();
        let old = File::create(folder.join(LOCK_FILE)).unwrap();
        std::fs::rename(&folder, root.path().join("old")).unwrap();
        assert!(!stands_at(&old, &folder.join(LOCK_FILE)).unwrap());
        std::fs::create_dir(&folder).unwrap();
        let new = try_lock(&folder, LockPurpose::Run, Duration::ZERO).unwrap();
        assert!(!stands_at(&old, &folder.join(LOCK_FILE)).unwrap());
        assert!(stands_at(&new.file, &folder.join(LOCK_FILE)).unwrap());
    }

    /// Where the child finds its study.
    const CHILD_FOLDER: &str = "STORAGE_TEST_LOCK_FOLDER";

    /// Not a test of its own: the child process that the test below starts.
    #[test]
    fn child_holds_the_lock_until_it_is_killed() {
        if let Some(folder) = std::env::var_os(CHILD_FOLDER) {
            let holder = holder(LockPurpose::Run, std::process::id());
            let _lock = StudyLock::acquire(Path::new(&folder), &holder, Duration::ZERO).unwrap();
            std::fs::write(Path::new(&folder).join("held"), "").unwrap();
            // Ends when the parent's pipe closes, if it is not killed before.
            io::stdin().read_to_end(&mut Vec::new()).unwrap();
        }
    }

    fn child_with_the_lock(folder: &Path) -> Child {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "lock::tests::child_holds_the_lock_until_it_is_killed"])
            .env(CHILD_FOLDER, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while !folder.join("held").exists() {
            assert_eq!(child.try_wait().unwrap(), None, "the child holds the lock");
            std::thread::yield_now();
        }
        child
    }

    #[test]
    fn another_process_holds_until_it_dies_however_it_dies() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = child_with_the_lock(folder.path());
        let error = try_lock(folder.path(), LockPurpose::Run, HOUR).unwrap_err();
        assert!(error.to_string().contains(&format!("process {}", child.id())), "{error}");
        child.kill().unwrap();
        child.wait().unwrap();
        let left = std::fs::read_to_string(folder.path().join(LOCK_FILE)).unwrap();
        assert!(left.starts_with("run "), "a killed holder leaves its text: {left:?}");
        try_lock(folder.path(), LockPurpose::Ask, Duration::ZERO).unwrap();
    }
}
