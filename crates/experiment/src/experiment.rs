//! A study together with its file: created, opened, continued.

use crate::changes;
use crate::facts::{DATA_ID, StudyFacts};
use crate::file::{Evaluator, SpaceFile};
use crate::folder::StudyFolder;
use crate::output::files;
use crate::output::leaderboard::Ranking;
use crate::platform;
use crate::report::{Failure, Fault, Warn, count, quoted};
use crate::subject::Subject;
use std::path::Path;
use std::time::Duration;
use storage::{Holder, LockPurpose, SqliteStore, StudyLock, WalReport};
use tuner::space::Assignment;
use tuner::store::{MemoryStore, Store};
use tuner::study::{Asked, Slot, Study, Told};
use tuner::trial::FoldResult;

/// How long short commands queue for a study.
pub const QUEUE: Duration = Duration::from_secs(10);

/// The hint for a file with another command than its study.
pub(crate) const COMMAND_HINT: &str = "another command is another objective, whose losses cannot be compared with the old ones. \
    If the program has only moved, keep the old command and put a link at the old place";

/// A study that this process may go on with, and the file that says what it is.
///
/// ```
/// use experiment::{Experiment, SpaceFile};
///
/// # fn main() -> Result<(), experiment::Failure> {
/// let text = "[search]\nmethod = \"random\"\ntrials = 8\n[space]\nx = { type = \"float\", low = -1.0, high = 1.0 }\n";
/// let file = SpaceFile::parse("space.toml", text.to_owned(), ".".into())?;
/// let mut experiment = Experiment::in_memory(file)?;
/// while let Some(trial) = experiment.ask()? {
///     let x = trial.values.number("x").expect("x is always active");
///     experiment.tell_loss(trial.number, x * x)?;
/// }
/// let ranking = experiment.ranking();
/// let (row, best) = ranking.best().expect("every trial succeeded");
/// assert!(row.loss.is_some_and(|loss| loss < 0.25), "trial {}", best.number);
/// # Ok(())
/// # }
/// ```
pub struct Experiment {
    /// The space file, as it was when the study began or was last revised.
    pub file: SpaceFile,
    /// The study.
    pub study: Study,
    /// Changes of the program or the machine since the recorded trials, in words.
    pub change: Option<String>,
    folder: Option<StudyFolder>,
    lock: Option<StudyLock>,
}

/// A trial that was handed out.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedTrial {
    /// The trial's number, under which its result is told.
    pub number: u64,
    /// The configuration to evaluate.
    pub values: Assignment,
}

/// How a study on disk is opened.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    /// The purpose, shown to other processes that wait.
    pub purpose: LockPurpose,
    /// How long to wait for the current holder of the study.
    pub patience: Duration,
    /// Receives warnings.
    pub warn: Warn<'a>,
}

impl Experiment {
    /// Creates a study in memory only.
    ///
    /// # Errors
    /// If the method cannot search the space, or the data cannot be read.
    pub fn in_memory(file: SpaceFile) -> Result<Self, Failure> {
        refuse_unsearchable(&file)?;
        let (file, facts) = prepared(file, None)?;
        let text = file.study_text(None, &facts);
        let study = Study::create(Box::new(MemoryStore::new()), text, file.plan.spec())?;
        Ok(Self { file, study, change: None, folder: None, lock: None })
    }

    /// Creates the study of a file in the folder of its name under `root`, or opens it if it
    /// exists. `subject` is what its trials are evaluated on, if already read.
    ///
    /// # Errors
    /// If a study of that name was created from another file, if another process holds it, if the
    /// data or the store cannot be read.
    pub fn create(
        file: SpaceFile,
        root: &Path,
        subject: Option<&Subject>,
        access: Access<'_>,
    ) -> Result<Self, Failure> {
        let folder = StudyFolder::new(root, &file.plan.name);
        // The method checks the space before anything is written.
        refuse_unsearchable(&file)?;
        let is_begun = folder.database().exists();
        let ready = if is_begun { None } else { Some(prepared(file.clone(), subject)?) };

        let lock = make_and_lock(&folder, access.purpose, access.patience)?;
        let database = folder.database();
        let store = if database.exists() {
            SqliteStore::open(&database)?
        } else {
            SqliteStore::create(&database)?
        };

        if !store.is_empty() {
            // Paths are relative to the given file, which may have been moved.
            let given = Some(file.document.folder.as_path());
            let (mut written, mut study) = read(store, &folder, given, access.warn, boxed)?;
            refuse_other(&written, &file)?;
            check_experience(&written, access.warn)?;
            follow(&mut study, &file)?;
            written.plan.run = file.plan.run;
            let change = changes::note(&mut study, access.purpose)?;
            return Ok(Self {
                file: written,
                study,
                change,
                folder: Some(folder),
                lock: Some(lock),
            });
        }

        // The study has no records: it was killed before the first, or never started. The empty
        // database is used as it is, since recreating it could delete one that only looks empty.
        say_what_is_lost(*store.log(), &folder, None, access.warn);
        let (file, facts) = ready.map_or_else(|| prepared(file, subject), Ok)?;
        let text = file.study_text(Some(folder.path()), &facts);
        let study = Study::create(Box::new(store), text, file.plan.spec())?;
        storage::replace_file(&folder.file("space.toml"), file.document.text().as_bytes())?;

        Ok(Self { file, study, change: None, folder: Some(folder), lock: Some(lock) })
    }

    /// Opens an existing study.
    ///
    /// # Errors
    /// If another process holds it, or the store cannot be read.
    pub fn open(folder: StudyFolder, access: Access<'_>) -> Result<Self, Failure> {
        let lock = lock(&folder, access.purpose, access.patience)?;
        let store = SqliteStore::open(&folder.database())?;
        let (file, mut study) = read(store, &folder, None, access.warn, boxed)?;
        check_experience(&file, access.warn)?;
        let change = changes::note(&mut study, access.purpose)?;
        Ok(Self { file, study, change, folder: Some(folder), lock: Some(lock) })
    }

    /// Returns what it is made of; the study is held until the lock is dropped.
    pub(crate) fn into_parts(self) -> (SpaceFile, Study, Option<StudyLock>) {
        (self.file, self.study, self.lock)
    }

    /// Returns its folder; `None` in memory.
    pub fn folder(&self) -> Option<&StudyFolder> {
        self.folder.as_ref()
    }

    /// Records the current places of the file and its table, which are those of the study, so that
    /// commands without a file find them after a move.
    ///
    /// # Errors
    /// If they cannot be recorded.
    pub fn remember_place(&mut self, given: &SpaceFile) -> Result<(), Failure> {
        changes::remember_place(&mut self.study, &self.file, given)?;
        self.remember_reading(Some(given))?;
        if let Some(data) = &given.plan.data {
            self.file = self.file.clone().with_data_at(Path::new(&data.path));
        }
        Ok(())
    }

    /// Records how the table is read now, according to `given` or else this file, so that commands
    /// without a file read it in the same way. Call it when that reading is known to be the
    /// study's.
    ///
    /// # Errors
    /// If it cannot be kept.
    pub fn remember_reading(&mut self, given: Option<&SpaceFile>) -> Result<(), Failure> {
        let reading = given.unwrap_or(&self.file).reading();
        let Some(reading) = reading else { return Ok(()) };
        changes::remember_reading(&mut self.study, &reading)?;
        self.file = self.file.clone().read_by(&reading);
        Ok(())
    }

    /// Hands out the next trial; `None` once the study has ended.
    ///
    /// # Errors
    /// If it cannot be recorded, or no configuration satisfies the constraints.
    pub fn ask(&mut self) -> Result<Option<AskedTrial>, Failure> {
        let now = self.study.seconds();
        Ok(match self.study.ask_at(now, platform::unix_seconds())? {
            Asked::Trial(number) => {
                Some(AskedTrial { number, values: trial_of(&self.study, number)?.assignment() })
            }
            Asked::Done(_) => None,
        })
    }

    /// Records the result of a trial's split durably. Without a split, the study must have a single
    /// one, or the trial must have failed.
    ///
    /// # Errors
    /// If there is no such trial or split, or another result was told before.
    pub fn tell(
        &mut self,
        trial: u64,
        split: Option<usize>,
        result: &FoldResult,
    ) -> Result<Told, Failure> {
        let now = self.study.seconds();
        Ok(self.study.tell(trial, split, result, now)?)
    }

    /// Records the loss of a trial with one split; a loss that is not finite means that it
    /// diverged.
    ///
    /// # Errors
    /// As [`tell`](Self::tell).
    pub fn tell_loss(&mut self, trial: u64, loss: f64) -> Result<Told, Failure> {
        self.tell(trial, None, &FoldResult::from_loss(loss))
    }

    /// The trials that have ended, ranked.
    pub fn ranking(&self) -> Ranking<'_> {
        Ranking::new(&self.study, self.file.plan.cv.folds)
    }

    /// Returns the facts recorded when the study began.
    pub fn facts(&self) -> StudyFacts {
        StudyFacts::of(&self.study)
    }

    /// Writes the study's files beside it: `leaderboard.csv` and the others. Writes nothing for a
    /// study in memory.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn write_files(&self) -> Result<(), Failure> {
        match &self.folder {
            Some(folder) => files::write(folder, &self.file, &self.study, &self.ranking()),
            None => Ok(()),
        }
    }
}

/// Opens a study for reading only, named as its folder; a study that was moved aside has another
/// name in its file.
///
/// # Errors
/// If the store cannot be read.
pub fn look(folder: &StudyFolder, warn: Warn<'_>) -> Result<(SpaceFile, Study), Failure> {
    look_through(folder, warn, boxed)
}

/// Looks at a study through the store that `keep` makes of its database.
pub(crate) fn look_through(
    folder: &StudyFolder,
    warn: Warn<'_>,
    keep: impl FnOnce(SqliteStore) -> Box<dyn Store>,
) -> Result<(SpaceFile, Study), Failure> {
    let store = SqliteStore::open_read_only(&folder.database())?;
    let (file, study) = read(store, folder, None, warn, keep)?;
    Ok((file.called(folder.name()), study))
}

/// Takes over from a file what may change freely: the stopping rules and the total. A total below
/// the current number of trials starts no more.
///
/// # Errors
/// If the total cannot be recorded.
pub fn follow(study: &mut Study, file: &SpaceFile) -> Result<(), Failure> {
    study.set_stop(file.plan.stop);
    match file.plan.search.trials {
        Some(trials) => Ok(study.set_total(trials.max(study.n_counted()))?),
        None => Ok(()),
    }
}

/// Returns the trial of this number.
///
/// # Errors
/// If the study has no such trial.
pub fn trial_of(study: &Study, number: u64) -> Result<&Slot, Failure> {
    let n = study.slots().len() as u64;
    let none = || format!("no trial {number}: the study has {}", count(n, "trial"));
    study.slot(number).ok_or_else(|| Failure::input(none()))
}

/// Refuses to create a study on a network disk, unless this is requested.
///
/// # Errors
/// With the kind of the disk and the alternatives.
pub fn refuse_network_disk(root: &Path, name: &str, is_allowed: bool) -> Result<(), Failure> {
    let folder = StudyFolder::new(root, name);
    let kind = storage::network_disk(folder.path()).filter(|_| !folder.database().exists());
    let Some(kind) = kind.filter(|_| !is_allowed) else {
        return Ok(());
    };
    Err(Failure::store(format!(
        "{} lies on a network disk ({kind}), where a database that several hosts use at a time is lost",
        root.display()
    ))
    .hint("`--results DIR` names a folder on a disk of this machine")
    .hint("`--network-disk` creates the study there anyway, for one host at a time"))
}

/// Makes a study's folder if necessary, and locks it; a concurrent `remove` may delete it in
/// between.
fn make_and_lock(
    folder: &StudyFolder,
    purpose: LockPurpose,
    patience: Duration,
) -> Result<StudyLock, Failure> {
    const MOST_TIMES: usize = 100;
    for _ in 0..MOST_TIMES {
        storage::create_folders(folder.path()).map_err(|error| {
            Failure::store(format!("cannot create {}: {error}", folder.path().display()))
        })?;
        // `remove` may delete the folder between the two steps.
        match lock(folder, purpose, patience) {
            Err(_) if !folder.path().exists() => {}
            result => return result,
        }
    }
    lock(folder, purpose, patience)
}

/// Locks a study's folder until the value is dropped.
///
/// # Errors
/// If another process holds it, the folder cannot be written, or something else stands in place of
/// one of our files.
pub fn lock(
    folder: &StudyFolder,
    purpose: LockPurpose,
    patience: Duration,
) -> Result<StudyLock, Failure> {
    storage::refuse_foreign(folder.path())?;
    let holder = Holder { purpose, pid: std::process::id(), since: platform::now() };
    let lock = StudyLock::acquire(folder.path(), &holder, patience)?;
    storage::sweep(folder.path());
    Ok(lock)
}

/// Refuses a file whose method cannot search its space.
fn refuse_unsearchable(file: &SpaceFile) -> Result<(), Failure> {
    let spec = file.plan.spec();
    spec.method.build(&spec.setup()).map_err(|error| file.document.locate(&error))?;
    Ok(())
}

/// Returns the file with its learned prior mean, and the facts to record when its study begins.
fn prepared(
    file: SpaceFile,
    subject: Option<&Subject>,
) -> Result<(SpaceFile, StudyFacts), Failure> {
    let of_subject = match (subject, file.plan.evaluator()) {
        (Some(subject), _) => subject.facts(&file),
        (None, Evaluator::Asker) => StudyFacts::default(),
        // The same facts that `run` would record, so that it can continue the study.
        (None, Evaluator::Trainer | Evaluator::Command) => Subject::of(&file)?.facts(&file),
    };

    let program = StudyFacts::of_this_program();
    let mut of_subject = of_subject;
    let id = file.plan.data_id.clone();
    of_subject.others.extend(id.map(|id| (DATA_ID.to_owned(), id)));
    let facts = StudyFacts {
        name: Some(file.plan.name.clone()),
        version: program.version,
        instruction_set: program.instruction_set,
        experience: file.experience_digest()?,
        ..of_subject
    };

    Ok((file.expecting(&facts)?, facts))
}

fn boxed(store: SqliteStore) -> Box<dyn Store> {
    Box::new(store)
}

/// Replays a study from its store.
fn read(
    store: SqliteStore,
    folder: &StudyFolder,
    given: Option<&Path>,
    warn: Warn<'_>,
    keep: impl FnOnce(SqliteStore) -> Box<dyn Store>,
) -> Result<(SpaceFile, Study), Failure> {
    if store.is_empty() {
        say_what_is_lost(*store.log(), folder, None, warn);
        let path = folder.path().display();
        return Err(Failure::store(format!(
            "{path} is empty: it was stopped before its first record; `tune run` starts it again"
        )));
    }

    let log = *store.log();
    let mut file = None;
    let study = Study::open(keep(store), |text| {
        let read = SpaceFile::of_study(text, folder.path(), given)?;
        Ok::<_, Failure>(file.insert(read).plan.spec())
    })?;

    let file = file.expect("a study that opens has read its file");
    // A file given on the command line says where its table is; otherwise the last known place
    // counts.
    let file = if given.is_none() { changes::as_found_last(file, &study) } else { file };
    say_what_is_lost(log, folder, Some(&study), warn);
    Ok((file, study))
}

/// Refuses a study whose experience file is lost, or warns that it continues without it.
fn check_experience(file: &SpaceFile, warn: Warn<'_>) -> Result<(), Failure> {
    if let Some(warning) = file.without_lost_experience()? {
        warn(&warning);
    }
    Ok(())
}

/// Warns if the log is damaged before durable commits, which SQLite drops silently.
fn say_what_is_lost(log: WalReport, folder: &StudyFolder, study: Option<&Study>, warn: Warn<'_>) {
    if !log.is_damaged() {
        return;
    }

    // A torn last commit proves no loss: power may have failed before it was durable.
    let lost = match log.n_lost_commits {
        _ if log.may_be_torn => {
            "the last commit is lost: it may have been durable, or power failed \
             during its write"
                .to_owned()
        }
        1 => "at least 1 commit that was durable is lost".to_owned(),
        n => format!("at least {n} commits that were durable are lost"),
    };

    let warning = Fault::warning(format!(
        "the log of {} is damaged: {lost}; {} and {} were found",
        folder.database().display(),
        count(study.map_or(0, |study| study.slots().len()) as u64, "trial"),
        count(study.map_or(0, |study| study.n_results()), "result"),
    ));

    warn(&warning.hint(
        "`run` and `resume` train lost folds again, to the same bytes; results of lost `tell`s must be reported again",
    ));
}

/// Refuses a file other than the study's, and shows the difference.
fn refuse_other(written: &SpaceFile, given: &SpaceFile) -> Result<(), Failure> {
    let difference = given.plan.difference_from(&written.plan);
    if difference.is_empty() {
        return Ok(());
    }

    let name = &given.plan.name;
    let mut fault = Fault::error(format!(
        "the study `{name}` was created from a different file:\n  {}",
        difference.join("\n  ")
    ));

    // The most frequent case has a hint of its own.
    if given.plan.changes_command(&written.plan) {
        fault = fault.hint(COMMAND_HINT);
    }
    if let Some((old, new)) = given.plan.renamed_from(&written.plan) {
        fault = fault.hint(format!(
            "a parameter is identified by its name: {} instead of {} keeps its trials",
            quoted(old),
            quoted(new)
        ));
    }
    fault =
        fault.hint(format!("`tune resume {name} --space FILE` continues with a changed [space]"));

    for hint in [
        "`tune run --fresh` moves the old study aside and starts again",
        "another `name` in [study] creates a second study",
        "[run], [stop] and `trials` may change freely",
    ] {
        fault = fault.hint(hint);
    }

    Err(fault.into())
}
