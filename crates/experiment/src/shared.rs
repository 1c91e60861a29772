//! A study on disk that this process uses again and again, and other processes in between.
//!
//! What was read stays in memory, and each use reads only what was appended since. The lock and the
//! database are open during a use alone: others can then go on with the study, and no connection of
//! SQLite is open while something else in this process opens and closes the file, which on Unix
//! ends the connection's locks.

use crate::changes;
use crate::experiment::{Access, Experiment, QUEUE, follow, lock, look_through};
use crate::file::SpaceFile;
use crate::folder::StudyFolder;
use crate::report::Failure;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use storage::{LockPurpose, SqliteStore, StudyLock, Tip};
use tuner::error::{Error, StoreError};
use tuner::store::{Curves, Record, Store};
use tuner::study::Study;

/// A study in a folder, open only while it is used.
pub struct SharedStudy {
    folder: StudyFolder,
    /// The expected space file; the study is created from it if it does not exist.
    given: Option<SpaceFile>,
    /// The study as of the last use.
    known: Option<Known>,
}

/// What is known of a study while its database is closed.
struct Known {
    study: Study,
    slot: Slot,
    /// The end of what the study has read; `None` while the database is open.
    tip: Option<Tip>,
}

/// A place for the store of a study, empty between uses.
#[derive(Clone, Default)]
struct Slot(Arc<Mutex<Option<SqliteStore>>>);

/// The study has to be read as a whole again.
struct Anew;

impl From<Error> for Anew {
    fn from(_: Error) -> Self {
        Self
    }
}

impl SharedStudy {
    /// Returns the study in a folder, which must exist when it is first used.
    pub fn found(folder: StudyFolder) -> Self {
        Self { folder, given: None, known: None }
    }

    /// Returns the study of a file in the folder of its name under `root`; its first
    /// [`change`](Self::change) begins it if necessary.
    pub fn of(file: SpaceFile, root: &Path) -> Self {
        let folder = StudyFolder::new(root, &file.plan.name);
        Self { folder, given: Some(file), known: None }
    }

    /// Returns the study's folder.
    pub fn folder(&self) -> &StudyFolder {
        &self.folder
    }

    /// Changes the study while no other process does; what is recorded is durable when this
    /// returns. The inner result is that of `act`.
    ///
    /// # Errors
    /// If another process holds the study, or it cannot be read.
    pub fn change<T>(
        &mut self,
        purpose: LockPurpose,
        act: impl FnOnce(&mut Study) -> Result<T, Error>,
    ) -> Result<Result<T, Error>, Failure> {
        let (mut known, _lock) = self.open(purpose)?;
        if let Some(file) = &self.given {
            follow(&mut known.study, file)?;
        }
        changes::note(&mut known.study, purpose)?;

        let done = act(&mut known.study);
        // After any other error the state may be ahead of what is recorded.
        if matches!(done, Ok(_) | Err(Error::Tell(_))) {
            self.known = Some(known.at_rest());
        }
        Ok(done)
    }

    /// Looks at the study, which may grow meanwhile.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn look<T>(&mut self, see: impl FnOnce(&mut Study) -> T) -> Result<T, Failure> {
        let mut known = self.open_to_look()?;
        let seen = see(&mut known.study);
        self.known = Some(known.at_rest());
        Ok(seen)
    }

    /// Locks the study and reads what is new in it, or begins it.
    fn open(&mut self, purpose: LockPurpose) -> Result<(Known, Option<StudyLock>), Failure> {
        if let Some(known) = self.known.take()
            && self.folder.database().exists()
        {
            let lock = lock(&self.folder, purpose, QUEUE)?;
            let database = self.folder.database();
            let store = match known.tip {
                Some(tip) => SqliteStore::open_again(&database, tip)?,
                None => SqliteStore::open(&database)?,
            };
            if let Some(known) = known.gone_on(store)? {
                return Ok((known, Some(lock)));
            }
        }

        let access = Access { purpose, patience: QUEUE, warn: &|_| () };
        let experiment = match &self.given {
            Some(file) => {
                let root = self.folder.path().parent().unwrap_or(Path::new("."));
                Experiment::create(file.clone(), root, None, access)?
            }
            None => Experiment::open(self.folder.clone(), access)?,
        };

        let (_, mut study, lock) = experiment.into_parts();
        let slot = Slot::default();
        study.change_store(slot.holding(SqliteStore::open(&self.folder.database())?));
        Ok((Known { study, slot, tip: None }, lock))
    }

    /// Reads what is new in the study.
    fn open_to_look(&mut self) -> Result<Known, Failure> {
        if let Some(known) = self.known.take() {
            let store = SqliteStore::open_read_only(&self.folder.database())?;
            if let Some(known) = known.gone_on(store)? {
                return Ok(known);
            }
        }

        let slot = Slot::default();
        let (_, study) = look_through(&self.folder, &|_| (), |store| slot.holding(store))?;
        Ok(Known { study, slot, tip: None })
    }
}

impl Known {
    /// Reads what was appended since; `None` if the store holds another study, or this one in
    /// another space.
    fn gone_on(mut self, mut store: SqliteStore) -> Result<Option<Self>, Failure> {
        let is_ours = match self.tip.take() {
            Some(tip) => store.continues(tip)?,
            None => false,
        };
        if !is_ours {
            return Ok(None);
        }

        drop(self.slot.holding(store));
        let has_gone_on = self.study.catch_up(|_| Err(Anew)).is_ok();
        Ok(has_gone_on.then_some(self))
    }

    /// Closes the database.
    fn at_rest(mut self) -> Self {
        self.tip = self.slot.content().take().map(|store| store.tip());
        self
    }
}

impl Slot {
    /// Takes a store, and returns it as that of a study.
    fn holding(&self, store: SqliteStore) -> Box<dyn Store> {
        *self.content() = Some(store);
        Box::new(self.clone())
    }

    fn content(&self) -> MutexGuard<'_, Option<SqliteStore>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const IS_OPEN: &str = "a study is used while its database is open";

impl Store for Slot {
    fn append(&mut self, expected_head: u64, records: &[Record]) -> Result<u64, StoreError> {
        self.content().as_mut().expect(IS_OPEN).append(expected_head, records)
    }

    fn replay_after(
        &mut self,
        seq: u64,
        curves: Curves,
        visit: &mut dyn FnMut(Record),
    ) -> Result<u64, StoreError> {
        self.content().as_mut().expect(IS_OPEN).replay_after(seq, curves, visit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tuner::study::Asked;
    use tuner::trial::FoldResult;

    const SPACE: &str = "[search]\nmethod = \"sobol\"\ntrials = 30\n[space]\n\
                         x = { type = \"float\", low = 0.0, high = 1.0 }\n";

    fn file(text: &str) -> SpaceFile {
        SpaceFile::parse("space.toml", text.to_owned(), ".".into())
            .unwrap()
            .called("kept".to_owned())
    }

    /// Asks for a trial and tells its loss.
    fn tell(study: &mut Study) -> Result<u64, Error> {
        let Asked::Trial(number) = study.ask(0.0)? else { panic!("the study has not ended") };
        study.tell(number, None, &FoldResult::from_loss(number as f64), 0.0)?;
        Ok(number)
    }

    #[test]
    fn two_that_share_a_study_go_on_from_each_other() {
        let root = tempfile::tempdir().unwrap();
        let mut one = SharedStudy::of(file(SPACE), root.path());
        let mut other = SharedStudy::found(StudyFolder::new(root.path(), "kept"));
        for turn in 0..3 {
            assert_eq!(one.change(LockPurpose::Ask, tell).unwrap().unwrap(), 2 * turn);
            assert_eq!(other.change(LockPurpose::Ask, tell).unwrap().unwrap(), 2 * turn + 1);
            let seen = |study: &mut Study| study.trials_ended() as u64;
            assert_eq!(one.look(seen).unwrap(), 2 * turn + 2);
        }

        let (_, whole) = crate::look(one.folder(), &|_| ()).unwrap();
        let same = one.look(|study| study.trials().eq(whole.trials())).unwrap();
        assert!(same);
    }

    #[test]
    fn a_study_begun_anew_under_the_same_name_is_read_anew() {
        let root = tempfile::tempdir().unwrap();
        let mut one = SharedStudy::of(file(SPACE), root.path());
        for _ in 0..3 {
            one.change(LockPurpose::Ask, tell).unwrap().unwrap();
        }
        std::fs::rename(one.folder().path(), root.path().join("aside")).unwrap();
        let mut other = SharedStudy::of(file(SPACE), root.path());
        other.change(LockPurpose::Ask, tell).unwrap().unwrap();
        assert_eq!(one.look(|study| study.trials_ended()).unwrap(), 1);
        assert_eq!(one.change(LockPurpose::Ask, tell).unwrap().unwrap(), 1);
    }

    #[test]
    fn a_study_that_was_revised_is_read_anew() {
        let root = tempfile::tempdir().unwrap();
        let folder = StudyFolder::new(root.path(), "kept");
        SharedStudy::of(file(SPACE), root.path()).change(LockPurpose::Ask, tell).unwrap().unwrap();
        let mut found = SharedStudy::found(folder.clone());
        found.change(LockPurpose::Ask, tell).unwrap().unwrap();

        let access = Access { purpose: LockPurpose::Run, patience: QUEUE, warn: &|_| () };
        let mut experiment = Experiment::open(folder, access).unwrap();
        let wider = file(&SPACE.replace("1.0", "9.0"));
        crate::revision::revise(&mut experiment, wider).unwrap();
        drop(experiment);

        found.change(LockPurpose::Ask, tell).unwrap().unwrap();
        let high = found.look(|study| format!("{:?}", study.spec().space.parameters()[0].domain));
        assert!(high.unwrap().contains("9.0"));
    }

    #[test]
    fn what_is_refused_leaves_the_study_as_it_was() {
        let root = tempfile::tempdir().unwrap();
        let mut one = SharedStudy::of(file(SPACE), root.path());
        one.change(LockPurpose::Ask, tell).unwrap().unwrap();
        let refused = one.change(LockPurpose::Tell, |study| study.abandon(7)).unwrap();
        assert!(matches!(refused, Err(Error::Tell(_))));
        assert_eq!(one.change(LockPurpose::Ask, tell).unwrap().unwrap(), 1);
    }
}
