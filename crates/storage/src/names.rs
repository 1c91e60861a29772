//! The names of what a study's folder holds.

/// Name of the database in a study's folder.
pub const STUDY_FILE: &str = "study.db";
/// Name of the lock file in a study's folder.
pub const LOCK_FILE: &str = "study.lock";

/// The folder in a study's that holds a folder for each trial that a program evaluates.
pub const TRIALS: &str = "trials";
/// The folder in a study's that holds a record for each program that runs.
pub const RUNNING: &str = "running";

/// The files that `tune` writes into a study's folder.
pub const FILES: [&str; 12] = [
    STUDY_FILE,
    "study.db-wal",
    "study.db-shm",
    "study.db-journal",
    LOCK_FILE,
    "space.toml",
    "leaderboard.csv",
    "leaderboard.meta.json",
    "folds.csv",
    "timings.csv",
    "report.html",
    "compare.html",
];

/// The end of the names of temporary files, which begin with a dot.
pub(crate) const TEMPORARY: &str = ".new";
/// The end of the names of folders that are being deleted, which begin with a dot.
pub(crate) const REMOVED: &str = ".removed";

/// Whether a name is that of a folder which is being deleted.
pub(crate) fn is_removed(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(REMOVED)
}

/// Whether a name is that of a file of ours on its way: `.leaderboard.csv.Ab12Cd.new`.
pub(crate) fn is_left_over(name: &str) -> bool {
    // A database that was being made has a log and its index beside it.
    let stem = name.trim_end_matches("-wal").trim_end_matches("-shm").trim_end_matches("-journal");
    let Some(stem) = stem.strip_prefix('.').and_then(|stem| stem.strip_suffix(TEMPORARY)) else {
        return false;
    };
    stem.rsplit_once('.').is_some_and(|(file, _)| FILES.contains(&file))
}
