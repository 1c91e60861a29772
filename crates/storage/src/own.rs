//! Which files in a study's folder are `tune`'s own, and the rule that nothing else there is
//! touched.
//!
//! A study's folder may come from someone else, in an archive or on a shared disk. Nothing in it is
//! opened, truncated, replaced or deleted through a link, and only regular files and plain folders
//! count as ours. The study's folder itself and the path to it may be links, since the user named
//! them.

use crate::fault::{Refusal, access};
use crate::names::{FILES, RUNNING, TRIALS};
use std::fs::{self, File, FileType, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use tuner::error::StoreError;

/// Refuses a study's folder in which one of our files or folders is something else.
///
/// # Errors
/// [`StoreError::Access`] with its path and what it is.
pub fn refuse_foreign(study: &Path) -> Result<(), StoreError> {
    for name in FILES {
        let path = study.join(name);
        check(&path, FileKind::File).map_err(|error| access(&path, "use", error))?;
    }
    for name in [TRIALS, RUNNING] {
        let path = study.join(name);
        check(&path, FileKind::Folder).map_err(|error| access(&path, "use", error))?;
    }
    Ok(())
}

/// Opens one of our files, never through a link, and only a regular file: a FIFO could block for
/// ever.
///
/// # Errors
/// If it cannot be opened, or is something else.
pub fn open_own(path: &Path, options: &OpenOptions) -> io::Result<File> {
    check(path, FileKind::File)?;
    let file = without_following(options).open(path)?;
    match file.metadata()?.file_type() {
        kind if kind.is_file() => Ok(file),
        kind => Err(foreign(kind, FileKind::File)),
    }
}

/// Makes the nested folders `parts` in a study's folder, empties the last one and returns its path.
///
/// # Errors
/// If one of them is a link or not a folder, or cannot be made or emptied.
pub fn empty_own_folder(study: &Path, parts: &[&str]) -> io::Result<PathBuf> {
    let mut path = study.to_owned();
    for (index, part) in parts.iter().enumerate() {
        path.push(part);
        check(&path, FileKind::Folder)?;
        let is_last = index + 1 == parts.len();
        if is_last && path.exists() {
            fs::remove_dir_all(&path)?;
        }
        fs::create_dir_all(&path)?;
    }
    Ok(path)
}

/// Whether a plain folder stands at `path`; `false` if nothing does.
///
/// # Errors
/// If something else stands there.
pub fn is_own_folder(path: &Path) -> io::Result<bool> {
    check(path, FileKind::Folder)
}

/// What is expected at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    File,
    Folder,
}

/// Checks what stands at a path without following a link; returns whether there is anything.
pub(crate) fn check(path: &Path, expected: FileKind) -> io::Result<bool> {
    let kind = match fs::symlink_metadata(path) {
        Ok(found) => found.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let is_expected = match expected {
        FileKind::File => kind.is_file(),
        FileKind::Folder => kind.is_dir(),
    };
    if is_expected { Ok(true) } else { Err(foreign(kind, expected)) }
}

/// The error about a file or folder that is not ours.
fn foreign(found: FileType, expected: FileKind) -> io::Error {
    let found = match found {
        kind if kind.is_symlink() => "a symbolic link",
        kind if kind.is_dir() => "a folder",
        kind if kind.is_file() => "a file",
        _ => "a device, FIFO or socket",
    };
    let expected = match expected {
        FileKind::File => "a regular file",
        FileKind::Folder => "a plain folder",
    };
    io::Error::other(Refusal::Foreign { found, expected })
}

#[cfg(unix)]
fn without_following(options: &OpenOptions) -> OpenOptions {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = options.clone();
    // Without these flags, a FIFO that takes the file's place after the check would block.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    options.custom_flags(flags);
    options
}

#[cfg(not(unix))]
fn without_following(options: &OpenOptions) -> OpenOptions {
    options.clone()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    #[test]
    fn only_regular_files_are_opened_and_never_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "precious").unwrap();
        symlink(&target, &link).unwrap();
        let socket = folder.path().join("socket");
        let _listener = UnixListener::bind(&socket).unwrap();
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);

        for path in [&link, &socket, &folder.path().to_owned()] {
            let error = open_own(path, &options).unwrap_err();
            assert!(error.to_string().contains("not a regular file"), "{error}");
        }

        symlink(folder.path().join("missing"), folder.path().join("dangling")).unwrap();
        assert!(open_own(&folder.path().join("dangling"), &options).is_err());
        assert!(!folder.path().join("missing").exists());
        assert_eq!(fs::read(&target).unwrap(), b"precious");
        open_own(&target, OpenOptions::new().read(true)).unwrap();

        open_own(&folder.path().join("new"), &options).unwrap();
    }

    #[test]
    fn a_folder_is_emptied_only_where_no_link_leads() {
        let (folder, away) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let precious = away.path().join("0").join("1");
        fs::create_dir_all(&precious).unwrap();
        fs::write(precious.join("a"), "").unwrap();
        let study = folder.path();

        // As the last part of the path, in the middle, and as the first.
        for (at, to) in [
            ("trials/0/1", precious.as_path()),
            ("trials/0", &away.path().join("0")),
            ("trials", away.path()),
        ] {
            let _ = fs::remove_dir_all(study.join("trials"));
            fs::create_dir_all(study.join(at).parent().unwrap()).unwrap();
            symlink(to, study.join(at)).unwrap();
            assert!(empty_own_folder(study, &["trials", "0", "1"]).is_err(), "{at}");
            assert!(precious.join("a").exists(), "{at}");
            fs::remove_file(study.join(at)).unwrap();
        }

        let own = empty_own_folder(study, &["trials", "0", "1"]).unwrap();
        fs::write(own.join("b"), "").unwrap();
        fs::write(study.join("trials/0/note"), "").unwrap();
        empty_own_folder(study, &["trials", "0", "1"]).unwrap();
        assert_eq!(fs::read_dir(&own).unwrap().count(), 0);

        assert!(study.join("trials/0/note").exists(), "only the last part is emptied");
    }

    #[test]
    fn a_study_with_a_link_among_its_files_is_refused_by_name() {
        for name in FILES.iter().chain(&[TRIALS, RUNNING]) {
            let folder = tempfile::tempdir().unwrap();
            refuse_foreign(folder.path()).unwrap();
            symlink("/", folder.path().join(name)).unwrap();
            let error = refuse_foreign(folder.path()).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("a symbolic link"), "{error}");
        }
    }
}
