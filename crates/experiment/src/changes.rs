//! Changes since a study began: of the program, the machine, and the places of its file and table.
//! Each change is recorded, so that none goes unnoticed and files are found again.

use crate::facts::StudyFacts;
use crate::file::{ReadingKeys, SpaceFile};
use crate::report::{Failure, printable};
use std::path::{Path, PathBuf};
use storage::LockPurpose;
use tuner::study::Study;

/// Names of facts that a session may record again.
pub const VERSION: &str = "version";
/// See [`VERSION`].
pub(crate) const INSTRUCTION_SET: &str = "instruction_set";
const FOLDER: &str = "folder";
const DATA_PATH: &str = "data_path";
const READING: &str = "reading";

/// The successive values of a fact about the program or the machine.
pub fn history<'a>(study: &'a Study, name: &str) -> Vec<&'a str> {
    let later = study.sessions().iter().flatten();
    let all = study.text().facts.iter().chain(later).filter(|(n, _)| n == name);
    let mut values: Vec<&str> = all.map(|(_, value)| value.as_str()).collect();
    values.dedup();
    values
}

/// Reports changes of the program or the machine, and records them before anything is evaluated or
/// proposed, since bits may differ from here on.
///
/// # Errors
/// If they cannot be recorded.
pub fn note(study: &mut Study, purpose: LockPurpose) -> Result<Option<String>, Failure> {
    let is_work = matches!(purpose, LockPurpose::Run | LockPurpose::Try | LockPurpose::Ask);
    let is_done = study.total_with_manual() == Some(study.trials_ended() as u64);
    let here = StudyFacts::of_this_program();
    let own = [(VERSION, here.version), (INSTRUCTION_SET, here.instruction_set)];
    let own = own.into_iter().filter_map(|(name, here)| Some((name.to_owned(), here?)));
    let changed: Vec<(String, String)> = own
        .filter(|(name, here)| history(study, name).last().is_some_and(|was| was != here))
        .collect();

    // Commands that only read change nothing, and a complete study gets no further trials.
    if !is_work || is_done || changed.is_empty() {
        return Ok(None);
    }

    let in_words = changed.iter().map(|(name, here)| {
        let was = history(study, name).pop().unwrap_or_default();
        format!("{} is {here} here and was {}", name.replace('_', " "), printable(was))
    });

    let text = format!(
        "the {}: trials from here on may differ from those before by more than their settings",
        in_words.collect::<Vec<_>>().join(", the ")
    );

    study.begin_session(changed)?;
    Ok(Some(text))
}

/// Records the current places of the file and its table, so that commands without a file find them
/// after a move. Call it when the table is known to be the same.
///
/// # Errors
/// If they cannot be recorded.
pub fn remember_place(
    study: &mut Study,
    written: &SpaceFile,
    given: &SpaceFile,
) -> Result<(), Failure> {
    let path = |file: &SpaceFile| file.plan.data.as_ref().map(|data| data.path.clone());
    let last =
        |name: &str, first: Option<String>| history(study, name).pop().map(str::to_owned).or(first);
    let was_in = last(FOLDER, Some(study.text().folder.clone()));
    let is_in = Some(given.document.folder.display().to_string());

    let was_at = last(DATA_PATH, path(written));
    let changed: Vec<(String, String)> =
        [(FOLDER, was_in, is_in), (DATA_PATH, was_at, path(given))]
            .into_iter()
            .filter(|(_, was, is)| was != is)
            .filter_map(|(name, _, is)| Some((name.to_owned(), is?)))
            .collect();

    // No record without a change: most runs are started from the same place.
    if !changed.is_empty() {
        study.begin_session(changed)?;
    }
    Ok(())
}

/// Records how the table is read now, if its file says otherwise.
///
/// # Errors
/// If it cannot be recorded.
pub fn remember_reading(study: &mut Study, reading: &ReadingKeys) -> Result<(), Failure> {
    let was = match history(study, READING).pop() {
        Some(kept) => serde_json::from_str(kept).ok(),
        // Nothing kept yet: the file that the study began with says how its table was read.
        None => {
            let folder = PathBuf::from(&study.text().folder);
            let written = SpaceFile::parse("space", study.text().text.clone(), folder).ok();
            written.and_then(|file| file.reading())
        }
    };

    if was.as_ref() != Some(reading) {
        let kept = serde_json::to_string(reading).expect("keys are texts and numbers");
        study.begin_session(vec![(READING.to_owned(), kept)])?;
    }

    Ok(())
}

/// Returns the file with its paths as last found, if they still exist, and its table's last
/// reading.
pub(crate) fn as_found_last(mut file: SpaceFile, study: &Study) -> SpaceFile {
    let reading = history(study, READING).pop().and_then(|kept| serde_json::from_str(kept).ok());
    if let Some(reading) = reading {
        file = file.read_by(&reading);
    }

    let last = |name: &str| history(study, name).pop().map(PathBuf::from);
    // Only if it still exists: the study may have been moved to another machine.
    if let Some(folder) = last(FOLDER).filter(|folder| folder.is_dir()) {
        file.document.folder = folder;
    }

    match last(DATA_PATH).filter(|path: &PathBuf| file.document.resolve(path).exists()) {
        Some(path) => file.with_data_at(Path::new(&path)),
        None => file,
    }
}
