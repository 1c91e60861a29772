//! Folders that hold studies: listing them, making them durably, and removing what a killed process
//! left in one.

use crate::fault::access;
use crate::names::{STUDY_FILE, is_left_over, is_removed};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tuner::error::StoreError;

/// Lists the folders under `root` that hold a study, sorted by name; the list is empty if `root`
/// does not exist.
///
/// # Errors
/// [`StoreError::Access`] if `root` cannot be read.
pub fn studies(root: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let read = || -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(root)? {
            let entry = entry?;
            let folder = entry.path();
            if folder.join(STUDY_FILE).is_file()
                && !is_removed(&entry.file_name().to_string_lossy())
            {
                found.push(folder);
            }
        }
        found.sort();
        Ok(found)
    };

    match read() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        result => result.map_err(|error| access(root, "list", error)),
    }
}

/// Makes a folder and its parents, each durably: a power loss does not take a study with its
/// results root.
///
/// # Errors
/// If one cannot be made, or something else stands there.
pub fn create_folders(path: &Path) -> io::Result<()> {
    let mut missing = Vec::new();
    let mut at = path;
    while !at.is_dir() {
        missing.push(at);
        match folder_of(at) {
            parent if parent == at => break,
            parent => at = parent,
        }
    }

    for folder in missing.into_iter().rev() {
        match fs::create_dir(folder) {
            // Another process made it first.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
            made => made?,
        }
        sync_folder_of(folder)?;
    }

    Ok(())
}

/// Deletes the temporary files that killed processes left in a study's folder. Only the holder of
/// the study's lock may call this, since it would delete the temporary files of a running process
/// too. A file that cannot be deleted is left; it does no harm.
pub fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && is_left_over(&entry.file_name().to_string_lossy()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Makes the names in the folder of `path` durable.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    sync_folder(folder_of(path))
}

#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Returns the folder that holds `path`; for a bare name, the current one.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        None if path.has_root() => path,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whole::temporary_beside;

    #[test]
    fn what_a_killed_process_left_is_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("leaderboard.csv");
        temporary_beside(&path).unwrap().keep().unwrap();
        fs::write(folder.path().join(".study.db.Ab12.new-wal"), "").unwrap();
        for name in ["leaderboard.csv", ".hidden", "a.new", ".mine.Ab12Cd.new", ".new"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join(".folds.csv.a.new")).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 8);
        sweep(folder.path());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 6);
        sweep(&folder.path().join("missing"));
    }

    #[test]
    fn studies_are_folders_with_a_database_by_name() {
        let root = tempfile::tempdir().unwrap();
        for name in ["b", "a", "none", ".a.Xy12.removed"] {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        for name in ["b", "a", ".a.Xy12.removed"] {
            fs::write(root.path().join(name).join(STUDY_FILE), "").unwrap();
        }
        fs::write(root.path().join("README.md"), "").unwrap();
        let found = studies(root.path()).unwrap();
        assert_eq!(found, [root.path().join("a"), root.path().join("b")]);
        assert!(studies(&root.path().join("missing")).unwrap().is_empty());
    }

    #[test]
    fn folders_are_made_with_all_that_lead_there() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a/b/c");
        for _ in 0..2 {
            create_folders(&deep).unwrap();
            assert!(deep.is_dir());
        }
        fs::write(root.path().join("file"), "").unwrap();
        assert!(create_folders(&root.path().join("file")).is_err());
        assert!(create_folders(&root.path().join("file/a")).is_err());
    }
}
