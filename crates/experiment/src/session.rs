//! A study and the file that it was written in, opened together: to be looked at, or held and gone on with.

use crate::file::StudyFile;
use crate::folder::StudyFolder;
use crate::platform;
use crate::report::{Failure, Fault, Warn, count};
use std::path::Path;
use std::time::Duration;
use storage::{Holder, Purpose, SqliteStore, StudyLock, WalReport};
use tuner::study::Study;

/// How long short commands queue for each other.
pub const QUEUE: Duration = Duration::from_secs(10);

/// What to do where a file has another command than its study.
pub const COMMAND_HINT: &str = "another command is another objective: its losses and the old ones would not compare. If \
    the same program has only moved, keep the old command and put a link to the program where it was";

/// A study that this process may write to.
pub struct Session {
    /// Where it lies.
    pub folder: StudyFolder,
    /// Its file, as it was when the study began or was last revised.
    pub file: StudyFile,
    /// The study.
    pub study: Study,
    _lock: StudyLock,
}

/// Opens a study to look at it, called as its folder is: of one moved aside that is not what its file says. `warn`
/// hears of what does not end the work, here and below.
///
/// # Errors
/// If the store cannot be read.
pub fn look(folder: &StudyFolder, warn: Warn<'_>) -> Result<(StudyFile, Study), Failure> {
    let (file, study) = open(SqliteStore::open_read_only(&folder.database())?, folder, None, warn)?;
    Ok((file.called(folder.name()), study))
}

/// Opens a study that is there to go on with it.
///
/// # Errors
/// If it is held by somebody else, or the store cannot be read.
pub fn hold(
    folder: StudyFolder,
    purpose: Purpose,
    patience: Duration,
    warn: Warn<'_>,
) -> Result<Session, Failure> {
    let lock = lock(&folder, purpose, patience)?;
    let (file, study) = open(SqliteStore::open(&folder.database())?, &folder, None, warn)?;
    check_experience(&file, warn)?;
    Ok(Session { folder, file, study, _lock: lock })
}

/// Opens the study of a file, or begins it. `facts` are asked for when it begins.
///
/// # Errors
/// If a study of that name was begun from another file, if it is held by somebody else, if the store or `facts` fails.
pub fn hold_or_begin(
    file: StudyFile,
    root: &Path,
    purpose: Purpose,
    patience: Duration,
    warn: Warn<'_>,
    facts: impl Fn(&StudyFile) -> Result<Vec<(String, String)>, Failure>,
) -> Result<Session, Failure> {
    let folder = StudyFolder::new(root, &file.name);
    // What the method refuses is refused before anything is written.
    let spec = file.spec();
    tuner::search::build(spec.method, &spec.space, spec.startup)
        .map_err(|error| file.locate(&error))?;
    let prepare = |file: StudyFile| -> Result<(StudyFile, Vec<(String, String)>), Failure> {
        let named = vec![("name".to_owned(), file.name.clone())];
        let facts = [named, facts(&file)?, file.experience_fact()?.into_iter().collect()].concat();
        Ok((file.expecting(&facts)?, facts))
    };
    let prepared = if folder.database().exists() { None } else { Some(prepare(file.clone())?) };
    let made = std::fs::create_dir_all(folder.path());
    made.map_err(|error| {
        Failure::store(format!("cannot create {}: {error}", folder.path().display()))
    })?;
    let lock = lock(&folder, purpose, patience)?;
    let database = folder.database();
    let store = if database.exists() {
        SqliteStore::open(&database)?
    } else {
        SqliteStore::create(&database)?
    };
    if !store.is_empty() {
        // Paths resolve beside the file that is given: it may have been moved.
        let (written, mut study) = open(store, &folder, Some(&file.folder), warn)?;
        check_same(&written, &file)?;
        check_experience(&written, warn)?;
        follow(&mut study, &file)?;
        return Ok(Session { folder, file: written, study, _lock: lock });
    }
    // Begun and killed before the first record, or never begun: the empty database is gone on with. To make it anew
    // could delete what only looks empty.
    say_what_is_lost(*store.log(), &folder, None, warn);
    let (file, facts) = prepared.map_or_else(|| prepare(file), Ok)?;
    let study =
        Study::create(Box::new(store), file.study_text(folder.path(), &facts), file.spec())?;
    storage::replace_file(&folder.file("space.toml"), file.text().as_bytes())?;
    Ok(Session { folder, file, study, _lock: lock })
}

/// Takes over from a file what may change freely: the rules that end a study, and the total. A total below what there is
/// already begins nothing more.
///
/// # Errors
/// If the total cannot be kept.
pub fn follow(study: &mut Study, file: &StudyFile) -> Result<(), Failure> {
    study.set_stop(file.stop);
    match file.search.trials {
        Some(trials) => Ok(study.set_total(trials.max(study.n_counted()))?),
        None => Ok(()),
    }
}

/// A fact that was kept when the study began.
pub fn fact<'a>(study: &'a Study, name: &str) -> Option<&'a str> {
    study.text().facts.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
}

/// Facts about the program that begins a study.
pub fn own_facts() -> Vec<(String, String)> {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    vec![pair("version", platform::VERSION), pair("instruction_set", platform::instruction_set())]
}

/// Locks a study's folder until the value is dropped.
///
/// # Errors
/// If it is held by somebody else, or the folder cannot be written.
pub fn lock(
    folder: &StudyFolder,
    purpose: Purpose,
    patience: Duration,
) -> Result<StudyLock, Failure> {
    let holder = Holder { purpose, pid: std::process::id(), since: platform::now() };
    let lock = StudyLock::acquire(folder.path(), &holder, patience)?;
    storage::sweep(folder.path());
    Ok(lock)
}

fn open(
    store: SqliteStore,
    folder: &StudyFolder,
    given: Option<&Path>,
    warn: Warn<'_>,
) -> Result<(StudyFile, Study), Failure> {
    if store.is_empty() {
        say_what_is_lost(*store.log(), folder, None, warn);
        let path = folder.path().display();
        return Err(Failure::store(format!(
            "{path} has nothing on record: it was stopped before it began; `tune run` begins it anew"
        )));
    }
    let log = *store.log();
    let mut file = None;
    let study = Study::open(Box::new(store), |text| {
        let read = StudyFile::of_study(text, folder.path(), given)?;
        Ok::<_, Failure>(file.insert(read).spec())
    })?;
    let file = file.expect("a study that opens has read its file");
    say_what_is_lost(log, folder, Some(&study), warn);
    Ok((file, study))
}

/// Refuses a study whose experience is lost, or says that it goes on without.
fn check_experience(file: &StudyFile, warn: Warn<'_>) -> Result<(), Failure> {
    if let Some(warning) = file.without_lost_experience()? {
        warn(&warning);
    }
    Ok(())
}

/// Says, even to those who want quiet, when the log shows damage in front of durable commits: SQLite drops them without
/// a word.
fn say_what_is_lost(log: WalReport, folder: &StudyFolder, study: Option<&Study>, warn: Warn<'_>) {
    if !log.is_damaged() {
        return;
    }
    let warning = Fault::warning(format!(
        "the log of {} is damaged: at least {} that were durable are lost; {} and {} were found",
        folder.database().display(),
        count(log.n_lost_commits, "commit"),
        count(study.map_or(0, |study| study.slots().len()) as u64, "trial"),
        count(study.map_or(0, |study| study.n_results()), "result"),
    ));
    let warning =
        warning.hint("`run` and `resume` train lost folds again, to the same bytes; what was told is to be told again");
    warn(&warning);
}

/// Refuses a file that is not the one the study was begun from, and shows the difference.
fn check_same(written: &StudyFile, given: &StudyFile) -> Result<(), Failure> {
    let difference = given.difference_from(written);
    if difference.is_empty() {
        return Ok(());
    }
    let mut fault = Fault::error(format!(
        "the study `{}` was begun from a different file:\n  {}",
        given.name,
        difference.join("\n  ")
    ));
    if given.changes_command(written) {
        fault = fault.hint(COMMAND_HINT);
    }
    fault = fault
        .hint(format!("`tune resume {} --space FILE` goes on with a changed [space]", given.name));
    for hint in [
        "`tune run --fresh` moves the old study aside and begins anew",
        "another `name` in [study] begins a second study",
        "[run], [stop] and `trials` may change freely",
    ] {
        fault = fault.hint(hint);
    }
    Err(fault.into())
}
