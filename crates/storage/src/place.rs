//! Where a folder lies: on a local disk or on a network file system.
//!
//! SQLite's write-ahead log needs memory that all its readers share, which a network file system
//! does not provide (<https://www.sqlite.org/wal.html>). There the database keeps a rollback
//! journal and may be used from one host at a time.

use std::path::{Path, PathBuf};

/// How a database makes its commits atomic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Journal {
    /// A write-ahead log: readers work beside the writer.
    Log,
    /// A rollback journal, emptied after each commit.
    Truncate,
}

impl Journal {
    /// Chooses the journal that suits the place of the database at `path`.
    pub(crate) fn suiting(path: &Path) -> Self {
        if network_disk(path).is_some() { Self::Truncate } else { Self::Log }
    }
}

/// Kinds of file systems that several hosts share.
const SHARED: [&str; 18] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "lustre",
    "gpfs",
    "mmfs",
    "beegfs",
    "beegfs_nodev",
    "ceph",
    "glusterfs",
    "afs",
    "ocfs2",
    "gfs2",
    "pvfs2",
    "orangefs",
    "9p",
];
/// File systems in user space that are nevertheless local.
const LOCAL_FUSE: [&str; 5] =
    ["fuse.fuse-overlayfs", "fuse.overlayfs", "fuse.ntfs-3g", "fuse.exfat", "fuse.portal"];

/// Returns the kind of the network file system on which `path` lies or will lie; `None` if it is a
/// local disk or unknown.
pub fn network_disk(path: &Path) -> Option<String> {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let absolute = std::path::absolute(path).ok()?;
    let there = absolute.ancestors().find_map(|path| path.canonicalize().ok())?;
    let kind = kind_at(&mounts, &there)?;
    is_shared(kind).then(|| kind.to_owned())
}

/// Whether a kind of file system is one that several hosts may share. A file system in user space
/// may be, unless it is known to be local; one that does not say what it is (`fuse`) as well.
fn is_shared(kind: &str) -> bool {
    let is_fuse = kind == "fuse" || kind.starts_with("fuse.");
    (is_fuse && !LOCAL_FUSE.contains(&kind)) || SHARED.contains(&kind)
}

/// Returns the kind of the file system mounted at the folder nearest to `path`, according to the
/// text of proc(5)'s `mountinfo`.
fn kind_at<'a>(mounts: &'a str, path: &Path) -> Option<&'a str> {
    let mut nearest: Option<(PathBuf, &str)> = None;
    for line in mounts.lines() {
        let (place, kind) = line.split_once(" - ")?;
        let place = unescaped(place.split(' ').nth(4)?);
        let is_nearer = nearest.as_ref().is_none_or(|(known, _)| place.starts_with(known));
        // Of two mounts at one place the later one is visible.
        if path.starts_with(&place) && is_nearer {
            nearest = Some((place, kind.split(' ').next()?));
        }
    }
    nearest.map(|(_, kind)| kind)
}

/// Decodes a path in which blanks and similar characters are written as `\040`.
fn unescaped(place: &str) -> PathBuf {
    let mut plain = String::with_capacity(place.len());
    let mut rest = place;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let code = after.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        let (character, n_read) = code.map_or(('\\', 0), |code| (char::from(code), 3));
        plain.push(character);
        rest = &after[n_read..];
    }
    plain.push_str(rest);
    PathBuf::from(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /home rw - nfs4 server:/home rw
31 30 0:41 / /home/me/local\\040disk rw - xfs /dev/sdb rw
32 22 0:42 / /mnt/s3 rw - fuse.s3fs s3fs rw
33 22 0:43 / /over rw - lustre a rw
34 22 0:44 / /over rw - tmpfs b rw
";

    #[test]
    fn a_path_lies_on_what_is_mounted_nearest() {
        for (path, kind) in [
            ("/tmp/x", "ext4"),
            ("/home/me/results", "nfs4"),
            ("/homes", "ext4"),
            ("/home/me/local disk/results", "xfs"),
            ("/mnt/s3/a", "fuse.s3fs"),
            ("/over/a", "tmpfs"),
        ] {
            assert_eq!(kind_at(MOUNTS, Path::new(path)), Some(kind), "{path}");
        }
        assert_eq!(kind_at("", Path::new("/")), None);
        assert_eq!(unescaped("a\\"), Path::new("a\\"));
    }

    #[test]
    fn file_systems_that_hosts_share_are_known_by_their_kind() {
        for kind in ["nfs4", "cifs", "lustre", "9p", "fuse", "fuse.sshfs", "fuse.s3fs"] {
            assert!(is_shared(kind), "{kind}");
        }
        for kind in ["ext4", "btrfs", "overlay", "tmpfs", "fuseblk", "fuse.ntfs-3g", "fusectl"] {
            assert!(!is_shared(kind), "{kind}");
        }
    }

    #[test]
    fn a_folder_of_this_machine_is_on_no_network() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(network_disk(&folder.path().join("not/there/yet")), None);
    }
}
