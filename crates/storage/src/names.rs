//! The names of the files and folders in a study's folder.

/// Name of the database.
pub const STUDY_FILE: &str = "study.db";
/// Name of the lock file.
pub const LOCK_FILE: &str = "study.lock";

/// Name of the folder that holds one folder for each trial that a program evaluates.
pub const TRIALS: &str = "trials";
/// Name of the folder that holds a record for each running program.
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

/// Suffix of the names of temporary files, which begin with a dot.
pub(crate) const TEMPORARY: &str = ".new";
/// Suffix of the names of folders that are being deleted, which begin with a dot.
pub(crate) const REMOVED: &str = ".removed";

/// Whether a name is that of a folder that is being deleted.
pub(crate) fn is_removed(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(REMOVED)
}

/// Whether a name is that of one of our temporary files, such as `.leaderboard.csv.Ab12Cd.new`.
pub(crate) fn is_left_over(name: &str) -> bool {
    // A database under construction has a log and its index beside it.
    let stem = name.trim_end_matches("-wal").trim_end_matches("-shm").trim_end_matches("-journal");
    let Some(stem) = stem.strip_prefix('.').and_then(|stem| stem.strip_suffix(TEMPORARY)) else {
        return false;
    };
    stem.rsplit_once('.').is_some_and(|(file, _)| FILES.contains(&file))
}
