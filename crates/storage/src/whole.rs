//! Atomic replacement of whole files and folders: a crash leaves the old or the new one, never
//! half.

use crate::fault::{Refusal, access};
use crate::folder::{create_folders, folder_of, sync_folder, sync_folder_of};
use crate::names::TEMPORARY;
use crate::own::{FileKind, check};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempDir};
use tuner::error::StoreError;

/// Replaces one of our files atomically: readers, and any process after a crash, find the old
/// content or the new one.
///
/// The bytes go to a temporary file in the same folder, which is made durable before it takes the
/// name. Only a regular file is replaced; [`write_named`] writes to paths that the user named.
///
/// # Errors
/// [`StoreError::Access`] if the folder cannot be written, or something else stands there; then the
/// old file remains.
pub fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    replace_file_by(path, |file| file.write_all(bytes))
}

/// As [`replace_file`], for content that `write` produces in pieces, which should not be small.
///
/// # Errors
/// As [`replace_file`], and those of `write`.
pub fn replace_file_by(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), StoreError> {
    let replace = || {
        check(path, FileKind::File)?;
        replace_regular(path, temporary_beside(path)?, write)
    };
    replace().map_err(|error| access(path, "write", error))
}

/// Writes to a path that the user named. A link is followed. A device, a FIFO or a terminal is
/// written to directly. A regular file is replaced atomically, unless the file is writable and its
/// folder is not.
///
/// # Errors
/// [`StoreError::Access`] if it cannot be written, and those of `write`.
pub fn write_named(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), StoreError> {
    let deliver = || {
        let found = fs::metadata(path);
        if is_descriptor(path) || found.as_ref().is_ok_and(|found| !found.is_file()) {
            return write_into(OpenOptions::new().append(true).open(path)?, write);
        }
        // The file behind a link is replaced, not the link.
        let target = followed(path)?;
        let file = match temporary_beside(&target) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && found.is_ok() => {
                return write_into(
                    File::options().write(true).truncate(true).open(&target)?,
                    write,
                );
            }
            file => file?,
        };
        // The file keeps the permissions that it had.
        if let Ok(found) = found {
            file.as_file().set_permissions(found.permissions())?;
        }
        replace_regular(&target, file, write)
    };

    deliver().map_err(|error| access(path, "write", error))
}

/// Whether a path names an open file of this process rather than a file.
fn is_descriptor(path: &Path) -> bool {
    ["/dev/fd", "/dev/stdout", "/dev/stderr", "/proc/self/fd"].iter().any(|p| path.starts_with(p))
}

fn write_into(file: File, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    out.flush()
}

fn replace_regular(
    path: &Path,
    mut file: NamedTempFile,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    write(&mut file)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_folder_of(path)
}

/// Follows links to the final path, whether or not anything exists there.
fn followed(path: &Path) -> io::Result<PathBuf> {
    // The limit of Linux.
    const MOST_LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = folder_of(&path).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other(Refusal::Links))
}

/// A folder of files that appears whole or not at all. Preparing it finds every obstacle before the
/// long work whose result it will hold.
#[derive(Debug)]
pub struct NewFolder {
    /// The path as the user named it.
    named: PathBuf,
    /// The path after following links.
    path: PathBuf,
    /// The folder that will be renamed; `None` if an empty folder exists already, which may be a
    /// mount point in a parent that is not writable.
    beside: Option<TempDir>,
}

impl NewFolder {
    /// Prepares a folder at `path`, where nothing or an empty folder stands; a link is followed.
    ///
    /// # Errors
    /// [`StoreError::Access`] if something is there already, or it cannot be written.
    pub fn prepare(path: &Path) -> Result<Self, StoreError> {
        let prepare = || {
            let target = followed(path)?;
            let beside = match fs::read_dir(&target) {
                Ok(mut entries) => {
                    if entries.next().is_some() {
                        return Err(io::ErrorKind::DirectoryNotEmpty.into());
                    }
                    // Dropped at once: it only shows that files can be created there.
                    temporary_beside(&target.join("model"))?;
                    None
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    create_folders(folder_of(&target))?;
                    let (prefix, mut builder) = (hidden(&target)?, tempfile::Builder::new());
                    builder.prefix(&prefix).suffix(TEMPORARY);
                    share(&mut builder, 0o777);
                    Some(builder.tempdir_in(folder_of(&target))?)
                }
                Err(error) => return Err(error),
            };
            Ok(Self { named: path.to_owned(), path: target, beside })
        };

        prepare().map_err(|error| access(path, "create", error))
    }

    /// Writes the files; the one that makes the folder complete comes last.
    ///
    /// # Errors
    /// [`StoreError::Access`] if they cannot be written, or something else now has the name; then
    /// nothing is left behind.
    pub fn fill(self, files: &[(&str, Vec<u8>)]) -> Result<(), StoreError> {
        let named = self.named.clone();
        let filled = match self.beside {
            Some(beside) => fill_beside(beside, &self.path, files),
            None => fill_inside(&self.path, files),
        };
        filled.map_err(|error| access(&named, "create", error))
    }
}

fn fill_beside(beside: TempDir, path: &Path, files: &[(&str, Vec<u8>)]) -> io::Result<()> {
    for (name, bytes) in files {
        let mut file = File::create_new(beside.path().join(name))?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    sync_folder(beside.path())?;
    // Fails on a folder that is not empty.
    fs::rename(beside.path(), path)?;
    // What has this name now is no longer the temporary folder.
    let _ = beside.keep();
    sync_folder_of(path)
}

fn fill_inside(folder: &Path, files: &[(&str, Vec<u8>)]) -> io::Result<()> {
    let mut written = Vec::new();
    let mut write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        let mut file = temporary_beside(&path)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist_noclobber(&path).map_err(|error| error.error)?;
        written.push(path);
        Ok(())
    };

    let all = files.iter().try_for_each(|(name, bytes)| write(name, bytes));
    if all.is_err() {
        for path in written {
            // A file that cannot be deleted does not make the folder a complete model.
            let _ = fs::remove_file(path);
        }
    }

    all.and_then(|()| sync_folder(folder))
}

/// Creates a hidden file with a unique name in the folder of `path`; it is deleted on drop unless
/// persisted.
pub(crate) fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    // The error of a folder that is missing would name the temporary file.
    fs::metadata(folder_of(path))?;
    let (prefix, mut builder) = (hidden(path)?, tempfile::Builder::new());
    builder.prefix(&prefix).suffix(TEMPORARY);
    share(&mut builder, 0o666);
    builder.tempfile_in(folder_of(path))
}

/// The prefix of the hidden name of a file that will replace `path`.
fn hidden(path: &Path) -> io::Result<String> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    Ok(format!(".{}.", name.to_string_lossy()))
}

/// Gives a temporary file the usual permissions of a new file; by default it is private to the
/// user.
#[cfg(unix)]
fn share(builder: &mut tempfile::Builder<'_, '_>, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(mode));
}

#[cfg(not(unix))]
fn share(_: &mut tempfile::Builder<'_, '_>, _: u32) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn n_entries(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_replaced_file_is_whole_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("leaderboard.csv");
        for text in ["rank,trial\n1,0\n", "", "rank\n"] {
            replace_file(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(n_entries(folder.path()), 1);
        }
    }

    #[test]
    fn a_file_that_cannot_take_the_name_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir_all(path.join("inside")).unwrap();
        let error = replace_file(&path, b"x").unwrap_err();
        assert!(matches!(error, StoreError::Access { action: "write", .. }), "{error}");
        assert_eq!(n_entries(folder.path()), 1);
        assert!(replace_file(&folder.path().join("missing/file"), b"x").is_err());
    }

    #[test]
    fn a_file_that_could_not_be_made_leaves_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("folds.csv");
        replace_file(&path, b"old").unwrap();
        for write in [replace_file_by, write_named] as [fn(&Path, fn(&mut dyn Write) -> _) -> _; 2]
        {
            let torn = write(&path, |file| {
                file.write_all(b"ne")?;
                Err(io::ErrorKind::StorageFull.into())
            });
            assert!(matches!(torn, Err(StoreError::Access { action: "write", .. })));
            assert_eq!(fs::read(&path).unwrap(), b"old");
            assert_eq!(n_entries(folder.path()), 1);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_of_ours_is_refused_and_one_that_the_user_named_is_followed() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("7.csv"), folder.path().join("latest.csv"));
        fs::write(&target, "old").unwrap();
        symlink("7.csv", &link).unwrap();
        assert!(replace_file(&link, b"new").is_err());
        assert_eq!(fs::read(&target).unwrap(), b"old");
        write_named(&link, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"new");
        // A dangling link too: the file appears where it points.
        fs::remove_file(&target).unwrap();
        write_named(&link, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        symlink("b", folder.path().join("a")).unwrap();
        symlink("a", folder.path().join("b")).unwrap();
        assert!(write_named(&folder.path().join("a"), |_| Ok(())).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_the_user_named_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("private.csv");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        write_named(&path, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    fn create_folder(path: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), StoreError> {
        NewFolder::prepare(path)?.fill(files)
    }

    #[test]
    fn a_folder_appears_whole_in_an_empty_ones_place_and_overwrites_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/model");
        let files = [("a", b"1".to_vec()), ("b", b"2".to_vec())];
        create_folder(&path, &files).unwrap();
        assert_eq!(fs::read(path.join("b")).unwrap(), b"2");
        assert!(NewFolder::prepare(&path).is_err());
        assert_eq!(n_entries(&path), 2);
        assert_eq!(n_entries(&folder.path().join("deep")), 1, "nothing is left beside it");
        let empty = folder.path().join("empty");
        fs::create_dir(&empty).unwrap();
        create_folder(&empty, &files).unwrap();
        assert_eq!((fs::read(empty.join("a")).unwrap(), n_entries(&empty)), (b"1".to_vec(), 2));
    }

    #[test]
    fn a_folder_that_is_prepared_and_not_filled_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("empty")).unwrap();
        for name in ["new", "empty"] {
            drop(NewFolder::prepare(&folder.path().join(name)).unwrap());
        }
        assert_eq!((n_entries(folder.path()), n_entries(&folder.path().join("empty"))), (1, 0));
    }

    #[test]
    fn what_has_come_meanwhile_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let (new, empty) = (folder.path().join("new"), folder.path().join("empty"));
        fs::create_dir(&empty).unwrap();
        let prepared = [&new, &empty].map(|path| NewFolder::prepare(path).unwrap());
        fs::create_dir(&new).unwrap();
        for path in [&new, &empty] {
            fs::write(path.join("b"), "old").unwrap();
        }
        for prepared in prepared {
            assert!(prepared.fill(&[("a", vec![1]), ("b", vec![2])]).is_err());
        }
        for path in [&new, &empty] {
            assert_eq!((n_entries(path), fs::read(path.join("b")).unwrap()), (1, b"old".to_vec()));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_is_made_where_a_link_leads() {
        let folder = tempfile::tempdir().unwrap();
        for (name, is_there) in [("old", true), ("new", false)] {
            let (target, link) =
                (folder.path().join(name), folder.path().join(format!("{name}.link")));
            if is_there {
                fs::create_dir(&target).unwrap();
            }
            std::os::unix::fs::symlink(name, &link).unwrap();
            create_folder(&link, &[("a", vec![1])]).unwrap();
            assert!(target.join("a").is_file() && link.join("a").is_file(), "{name}");
        }
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
}
