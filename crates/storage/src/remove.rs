//! Deletes a study: what `tune` wrote, and nothing else.

use crate::fault::access;
use crate::folder::{folder_of, sync_folder, sync_folder_of};
use crate::names::{FILES, REMOVED, RUNNING, STUDY_FILE, TRIALS, is_left_over, is_removed};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tuner::error::StoreError;

/// What remains of a study's folder after its removal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remains {
    /// Entries that `tune` never wrote, sorted by name.
    pub foreign: Vec<String>,
    /// Whether the folder itself remains, because it holds something or is a link or a mount point.
    pub folder_stands: bool,
}

/// Deletes the study in `folder`; the caller holds its lock.
///
/// The study is first renamed to a hidden name, atomically if nothing else lies in the folder, so
/// that no waiting process finds half a study. Then it is deleted.
///
/// # Errors
/// [`StoreError::Access`] if it cannot be moved or deleted.
pub fn remove_study(folder: &Path) -> Result<Remains, StoreError> {
    let failed = |error| access(folder, "delete", error);
    let is_link = fs::symlink_metadata(folder).is_ok_and(|found| found.is_symlink());
    let real = fs::canonicalize(folder).map_err(failed)?;

    let contents = Contents::of(&real).map_err(failed)?;
    if contents.foreign.is_empty() && !is_link {
        match remove_whole(&real) {
            Ok(()) => return Ok(Remains::default()),
            // A mount point, or a parent that is not writable.
            Err(Whole::NotMoved) => {}
            Err(Whole::NotDeleted(error)) => return Err(failed(error)),
        }
    }

    remove_entries(&real, &contents.own).map_err(failed)?;
    let is_gone = !is_link && contents.foreign.is_empty() && fs::remove_dir(&real).is_ok();
    Ok(Remains { foreign: contents.foreign, folder_stands: !is_gone })
}

/// The contents of a study's folder.
struct Contents {
    /// Paths that `tune` wrote.
    own: Vec<PathBuf>,
    /// Everything else, with paths relative to the study's folder.
    foreign: Vec<String>,
}

impl Contents {
    fn of(study: &Path) -> io::Result<Self> {
        let mut contents = Self { own: Vec::new(), foreign: Vec::new() };
        for entry in fs::read_dir(study)? {
            let entry = entry?;
            let (name, kind) =
                (entry.file_name().to_string_lossy().into_owned(), entry.file_type()?);
            match name.as_str() {
                TRIALS if kind.is_dir() => contents.sort_folder(study, TRIALS, is_trial)?,
                RUNNING if kind.is_dir() => contents.sort_folder(study, RUNNING, is_record)?,
                name if kind.is_file() && (FILES.contains(&name) || is_left_over(name)) => {
                    contents.own.push(entry.path());
                }
                // A folder that an interrupted removal has left.
                name if kind.is_dir() && is_removed(name) => contents.own.push(entry.path()),
                _ => contents.foreign.push(name),
            }
        }

        contents.foreign.sort();
        Ok(contents)
    }

    fn sort_folder(
        &mut self,
        study: &Path,
        folder: &str,
        is_own: fn(&str, fs::FileType) -> bool,
    ) -> io::Result<()> {
        for entry in fs::read_dir(study.join(folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_own(&name, entry.file_type()?) {
                self.own.push(entry.path());
            } else {
                self.foreign.push(format!("{folder}/{name}"));
            }
        }
        Ok(())
    }
}

/// Whether this is a trial's folder; whatever its program wrote there is part of the study.
fn is_trial(name: &str, kind: fs::FileType) -> bool {
    kind.is_dir() && name.parse::<u64>().is_ok()
}

/// Whether this is the record of a running program: `TRIAL.SPLIT.json`.
fn is_record(name: &str, kind: fs::FileType) -> bool {
    let numbers = name.strip_suffix(".json").and_then(|stem| stem.split_once('.'));
    let is_name = |(trial, split): (&str, &str)| {
        trial.parse::<u64>().is_ok() && split.parse::<usize>().is_ok()
    };
    kind.is_file() && numbers.is_some_and(is_name)
}

/// Why a folder was not removed atomically.
enum Whole {
    NotMoved,
    NotDeleted(io::Error),
}

fn remove_whole(study: &Path) -> Result<(), Whole> {
    let not_moved = |_| Whole::NotMoved;
    let aside = aside(study, folder_of(study)).map_err(not_moved)?;
    fs::rename(study, aside.path()).map_err(not_moved)?;
    // From here on nobody finds a study there, even after a power loss.
    sync_folder_of(study).map_err(Whole::NotDeleted)?;
    aside.close().map_err(Whole::NotDeleted)
}

/// Moves each path, the database first, into a hidden folder inside the study's folder, and deletes
/// that.
fn remove_entries(study: &Path, own: &[PathBuf]) -> io::Result<()> {
    let aside = aside(study, study)?;
    let (database, rest): (Vec<_>, Vec<_>) =
        own.iter().partition(|path| path.ends_with(STUDY_FILE));

    for (index, path) in database.into_iter().chain(rest).enumerate() {
        fs::rename(path, aside.path().join(index.to_string()))?;
    }
    sync_folder(study)?;
    aside.close()?;

    for folder in [TRIALS, RUNNING] {
        // Other files in it keep the folder.
        let _ = fs::remove_dir(study.join(folder));
    }

    Ok(())
}

/// A hidden folder in `place`, deleted with its contents when dropped.
fn aside(study: &Path, place: &Path) -> io::Result<TempDir> {
    let name = study.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    tempfile::Builder::new().prefix(&format!(".{name}.")).suffix(REMOVED).tempdir_in(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn study(root: &Path) -> PathBuf {
        let study = root.join("digits");
        fs::create_dir_all(study.join("trials/3/0")).unwrap();
        fs::create_dir_all(study.join("running")).unwrap();
        for name in FILES.iter().chain(&["trials/3/0/output.log", "running/3.0.json"]) {
            fs::write(study.join(name), "").unwrap();
        }
        study
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_study_goes_with_its_folder() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(remove_study(&study(root.path())).unwrap(), Remains::default());
        assert_eq!(names(root.path()), [] as [&str; 0]);
    }

    #[test]
    fn what_tune_never_wrote_stays_and_is_named() {
        let root = tempfile::tempdir().unwrap();
        let study = study(root.path());
        fs::create_dir_all(study.join("photos")).unwrap();
        for name in ["notes.txt", "photos/1.png", "trials/plan.md", "running/7.json", ".a.new"] {
            fs::write(study.join(name), "mine").unwrap();
        }
        let remains = remove_study(&study).unwrap();
        let foreign = [".a.new", "notes.txt", "photos", "running/7.json", "trials/plan.md"];
        assert_eq!(
            (remains.foreign, remains.folder_stands),
            (foreign.map(str::to_owned).into(), true)
        );
        assert_eq!(names(&study), [".a.new", "notes.txt", "photos", "running", "trials"]);
        assert_eq!(names(&study.join("trials")), ["plan.md"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_nowhere_and_a_linked_study_leaves_its_link() {
        use std::os::unix::fs::symlink;
        let (root, away) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let real = study(away.path());
        let precious = away.path().join("precious");
        fs::create_dir(&precious).unwrap();
        fs::write(precious.join("a"), "").unwrap();
        fs::remove_file(real.join("folds.csv")).unwrap();
        symlink(precious.join("a"), real.join("folds.csv")).unwrap();
        symlink(&precious, real.join("trials/4")).unwrap();
        symlink(&precious, real.join("trials/3/0/data")).unwrap();
        let link = root.path().join("digits");
        symlink(&real, &link).unwrap();
        let remains = remove_study(&link).unwrap();
        assert_eq!(remains.foreign, ["folds.csv", "trials/4"]);
        assert_eq!(
            (names(&precious), names(root.path())),
            (vec!["a".into()], vec!["digits".into()])
        );
    }
}
