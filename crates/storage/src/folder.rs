//! Folders and whole files: what a crash must leave either old or new, never half.

use crate::fault::access;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;
use tuner::error::StoreError;

/// Name of the database in a study's folder.
pub const STUDY_FILE: &str = "study.db";

/// Lists the folders under `root` that hold a study, by name; none if there is no such folder.
///
/// # Errors
/// [`StoreError::Access`] if `root` cannot be read.
pub fn studies(root: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let read = || -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(root)? {
            let folder = entry?.path();
            if folder.join(STUDY_FILE).is_file() {
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

/// Writes a whole file so that readers, and whoever comes after a crash, find the old content or the new one.
///
/// The bytes go to a temporary file in the same folder and are made durable before it takes the name.
///
/// # Errors
/// [`StoreError::Access`] if the folder cannot be written; then the old file stands.
pub fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    replace_file_by(path, |file| file.write_all(bytes))
}

/// As [`replace_file`], for what `write` makes piece by piece; pieces should not be small.
///
/// # Errors
/// As [`replace_file`]; also whatever `write` returns.
pub fn replace_file_by(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), StoreError> {
    let replace = || {
        let mut file = temporary_beside(path)?;
        write(&mut file)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        sync_folder_of(path)
    };
    replace().map_err(|error| access(path, "write", error))
}

/// Creates a folder of files, durably: it appears whole or not at all. An empty folder in its place is replaced.
///
/// # Errors
/// [`StoreError::Access`] if something is in its place already, or it cannot be written.
pub fn create_folder(path: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), StoreError> {
    let create = || {
        fs::create_dir_all(folder_of(path))?;
        let (prefix, mut builder) = (hidden(path)?, tempfile::Builder::new());
        builder.prefix(&prefix).suffix(TEMPORARY);
        share(&mut builder, 0o777);
        let beside = builder.tempdir_in(folder_of(path))?;
        for (name, bytes) in files {
            let mut file = fs::File::create_new(beside.path().join(name))?;
            file.write_all(bytes)?;
            file.sync_all()?;
        }
        sync_folder(beside.path())?;
        match fs::remove_dir(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::rename(beside.keep(), path)?,
        }
        sync_folder_of(path)
    };
    create().map_err(|error| access(path, "create", error))
}

/// Deletes what killed processes left in `folder` on their way to a whole file. To be called by who holds the study:
/// those of a process at work would go too. What cannot be deleted is left: it is in nobody's way.
pub fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        // A database that was being made has a log and its index beside it.
        let stem = name.trim_end_matches("-wal").trim_end_matches("-shm");
        let is_left_over = stem.starts_with('.') && stem.ends_with(TEMPORARY);
        if is_left_over && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The end of the names of temporary files, which begin with a dot.
const TEMPORARY: &str = ".new";

/// Makes a hidden file with a name of its own in the folder of `path`; it goes when dropped, unless persisted.
pub(crate) fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    let (prefix, mut builder) = (hidden(path)?, tempfile::Builder::new());
    builder.prefix(&prefix).suffix(TEMPORARY);
    share(&mut builder, 0o666);
    builder.tempfile_in(folder_of(path))
}

/// The beginning of the name of what is to take the place of `path`.
fn hidden(path: &Path) -> io::Result<String> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    Ok(format!(".{}.", name.to_string_lossy()))
}

/// Gives temporary files the permissions of any that a program creates: their default shuts out the user's colleagues.
#[cfg(unix)]
fn share(builder: &mut tempfile::Builder<'_, '_>, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(mode));
}

#[cfg(not(unix))]
fn share(_: &mut tempfile::Builder<'_, '_>, _: u32) {}

/// Makes the names in the folder of `path` durable.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    sync_folder(folder_of(path))
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The folder that holds `path`; a bare name is in the current one.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_file_is_whole_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("leaderboard.csv");
        for text in ["rank,trial\n1,0\n", "", "rank\n"] {
            replace_file(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }

    #[test]
    fn a_file_that_cannot_take_the_name_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir_all(path.join("inside")).unwrap();
        let error = replace_file(&path, b"x").unwrap_err();
        assert!(matches!(error, StoreError::Access { action: "write", .. }), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(replace_file(&folder.path().join("missing/file"), b"x").is_err());
    }

    #[test]
    fn a_file_that_could_not_be_made_leaves_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("folds.csv");
        replace_file(&path, b"old").unwrap();
        let torn = replace_file_by(&path, |file| {
            file.write_all(b"ne")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(matches!(torn, Err(StoreError::Access { action: "write", .. })));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_appears_whole_in_an_empty_ones_place_and_overwrites_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/model");
        let files = [("a", b"1".to_vec()), ("b", b"2".to_vec())];
        create_folder(&path, &files).unwrap();
        assert_eq!(fs::read(path.join("b")).unwrap(), b"2");
        assert!(create_folder(&path, &files[..1]).is_err());
        assert_eq!(fs::read_dir(&path).unwrap().count(), 2);
        assert_eq!(
            fs::read_dir(folder.path().join("deep")).unwrap().count(),
            1,
            "nothing is left beside it"
        );
        let empty = folder.path().join("empty");
        fs::create_dir(&empty).unwrap();
        create_folder(&empty, &files).unwrap();
        assert_eq!(fs::read(empty.join("a")).unwrap(), b"1");
    }

    #[test]
    fn what_a_killed_process_left_is_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("leaderboard.csv");
        temporary_beside(&path).unwrap().keep().unwrap();
        fs::write(folder.path().join(".study.db.Ab12.new-wal"), "").unwrap();
        for name in ["leaderboard.csv", ".hidden", "a.new"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join(".folder.new")).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 6);
        sweep(folder.path());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
        sweep(&folder.path().join("missing"));
    }

    #[cfg(unix)]
    #[test]
    fn a_replaced_file_can_be_read_by_whom_the_umask_lets() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (plain, replaced) = (folder.path().join("plain"), folder.path().join("replaced"));
        fs::write(&plain, "").unwrap();
        replace_file(&replaced, b"").unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&replaced), mode(&plain));
    }

    #[test]
    fn studies_are_folders_with_a_database_by_name() {
        let root = tempfile::tempdir().unwrap();
        for name in ["b", "a", "none"] {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        for name in ["b", "a"] {
            fs::write(root.path().join(name).join(STUDY_FILE), "").unwrap();
        }
        fs::write(root.path().join("README.md"), "").unwrap();
        let found = studies(root.path()).unwrap();
        assert_eq!(found, [root.path().join("a"), root.path().join("b")]);
        assert!(studies(&root.path().join("missing")).unwrap().is_empty());
    }
}
