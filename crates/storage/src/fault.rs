//! How a study is damaged, and why a sound one is refused: the facts behind [`StoreError`].

use std::error::Error;
use std::io;
use std::path::Path;
use tuner::error::StoreError;

/// How damage shows. Records are numbered from 1 in the order in which they were appended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Damage {
    #[error("record {found} stands where record {expected} belongs")]
    Order { expected: i64, found: i64 },
    #[error("record {seq} is not what was written: its checksum does not fit")]
    Checksum { seq: i64 },
    #[error("record {seq} cannot be read: {source}")]
    Record { seq: i64, source: serde_json::Error },
    #[error("the learning curve of record {seq} has {n_bytes} bytes, not 8 an epoch")]
    Curve { seq: i64, n_bytes: usize },
    #[error("it holds {found} records of the {written} written")]
    Count { found: i64, written: i64 },
    #[error("its end does not fit its last record, {seq}")]
    Head { seq: i64 },
    #[error("after record {seq}: {source}")]
    After { seq: i64, source: Box<dyn Error + Send + Sync> },
    #[error("{source}")]
    Database { source: Box<dyn Error + Send + Sync> },
    #[error("{first_finding}")]
    Pages { first_finding: String },
    #[error("its {name} is not as it was made")]
    Form { name: String },
    #[error("it holds a {name}, which tune never creates")]
    ForeignObject { name: String },
    #[error("there is no form {found}")]
    FormNumber { found: i64 },
    #[error("its header contradicts itself at byte {offset}")]
    Header { offset: usize },
    #[error("its header names no log, yet the log beside it holds commits")]
    LogDisowned,
}

impl Damage {
    /// Attaches the path of the damaged file.
    pub(crate) fn at(self, path: &Path) -> StoreError {
        StoreError::Damaged { path: path.display().to_string(), what: self.to_string() }
    }
}

/// Why a sound store refuses an operation.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("{error}")]
    NotWritten { error: String },
    #[error("it was deleted or moved away while it was in use")]
    Gone,
    #[error(
        "record {index} of those to append cannot be stored exactly: a number in it is not finite"
    )]
    NotFinite { index: usize },
    #[error("a log of an earlier study stands beside it: {log}")]
    LogLeftBehind { log: String },
    #[error(
        "its folder cannot be written and its log holds commits: copy the folder to a place where it can be written"
    )]
    LogNeedsWriting,
    #[error("it is {found}, not {expected}, and tune touches only what it wrote")]
    Foreign { found: &'static str, expected: &'static str },
    #[error("links lead there in a circle")]
    Links,
    #[error("it holds something else than the lock of a study, and is left as it is")]
    NoLock,
}

impl Refusal {
    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotWritten { .. } => Some(
                "is the disk full, a quota used up, a limit on file sizes too low (`ulimit -f`)? \
                 With room, the study continues",
            ),
            Self::Foreign { .. } => Some(
                "move it away; a study's folder as a whole, or the results root, may be a link",
            ),
            Self::Gone
            | Self::NotFinite { .. }
            | Self::LogLeftBehind { .. }
            | Self::LogNeedsWriting
            | Self::Links
            | Self::NoLock => None,
        }
    }
}

/// Returns what the user can do about an error of a store here; `None` if the message is enough.
pub fn hint(error: &StoreError) -> Option<&'static str> {
    match error {
        StoreError::Newer { .. } => Some("use a newer `tune`"),
        StoreError::Access { source, .. } => {
            // A refusal on the way to a file passes through the standard library's error.
            let in_io = || source.downcast_ref::<io::Error>()?.get_ref()?.downcast_ref();
            source.downcast_ref().or_else(in_io).and_then(Refusal::hint)
        }
        _ => None,
    }
}

/// Attaches the action that failed and its file.
pub(crate) fn access(
    path: &Path,
    action: &'static str,
    source: impl Into<Box<dyn Error + Send + Sync>>,
) -> StoreError {
    StoreError::Access { path: path.display().to_string(), action, source: source.into() }
}
