//! The live page's view of the results folder: read-only, and only when a browser asks.

use crate::report::{Failure, Look, render};
use ::report::serve::{Listed, StudySource};
use experiment::StudyFacts;
use experiment::folder::StudyFolder;
use experiment::output::leaderboard::Ranking;
use experiment::storage::{self, StudyLock};
use experiment::tuner::overview::StudyView;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The studies of a folder.
pub struct Studies {
    results: PathBuf,
}

impl Studies {
    /// Returns the studies of this folder.
    pub fn new(results: &Path) -> Self {
        Self { results: results.to_owned() }
    }
}

impl StudySource for Studies {
    fn list(&self) -> Result<Vec<Listed>, String> {
        let paths = storage::studies(&self.results).map_err(|error| in_words(&error.into()))?;
        let listed = |path: PathBuf| {
            let folder = StudyFolder::at(path);
            // One study that cannot be read does not hide the others.
            line(&folder).unwrap_or_else(|failure| Listed {
                name: folder.name(),
                state: in_words(&failure),
                ..Listed::default()
            })
        };
        Ok(paths.into_iter().map(listed).collect())
    }

    fn version(&self, study: &str) -> Option<u64> {
        version(&StudyFolder::new(&self.results, study))
    }

    fn view(&self, study: &str) -> Result<StudyView, String> {
        let folder = StudyFolder::new(&self.results, study);
        experiment::view::view(&folder, &|_| {}).map_err(|failure| in_words(&failure))
    }
}

/// A number that changes whenever something is recorded; `None` if there is no store. Opens
/// nothing.
pub fn version(folder: &StudyFolder) -> Option<u64> {
    let database = folder.database();
    let mut log = database.clone().into_os_string();
    log.push("-wal");

    // The same in every process, since it depends on the state of two files.
    let mut hash = std::hash::DefaultHasher::new();
    let state = |path: &Path| {
        let meta = std::fs::metadata(path).ok()?;
        let since = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some((meta.len(), since))
    };

    state(&database)?.hash(&mut hash);
    state(Path::new(&log)).hash(&mut hash);
    Some(hash.finish())
}

/// A text that nobody can guess: the standard library seeds its hashers with the system's
/// randomness.
pub fn token() -> String {
    let secret = RandomState::new();
    format!("{:016x}{:016x}", secret.hash_one(0), secret.hash_one(1))
}

fn line(folder: &StudyFolder) -> Result<Listed, Failure> {
    let (file, study) = experiment::look(folder, &|_| {})?;
    let (ended, total) = (study.trials_ended(), study.total_with_manual());
    // The lock first: a study with all its trials may still be written.
    let state = match StudyLock::holder(folder.path()) {
        Some(_) => "running",
        None if total.is_some_and(|total| ended as u64 >= total) => "done",
        None => "open",
    };

    let ranking = Ranking::new(&study, file.plan.cv.folds);
    Ok(Listed {
        name: folder.name(),
        method: study.spec().method.name().to_owned(),
        state: state.to_owned(),
        ended,
        total,
        best: ranking.best().and_then(|(row, _)| row.loss),
        metric: StudyFacts::of(&study).loss_name(),
    })
}

fn in_words(failure: &Failure) -> String {
    render(&failure.faults, Look::Plain).trim_end().to_owned()
}
