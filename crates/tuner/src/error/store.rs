//! Why a store cannot be read or written.

/// Why a store cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The content of the file is not what was written.
    #[error("{path} is damaged: {what}")]
    Damaged {
        /// The file.
        path: String,
        /// Where the damage is and how it shows.
        what: String,
    },
    /// Written by a later version of the program.
    #[error("{path} has form {found}, this program knows forms up to {known}")]
    Newer {
        /// The file.
        path: String,
        /// The form found.
        found: i64,
        /// The newest form known.
        known: i64,
    },
    /// The file is not a study.
    #[error("{path} is not a study: {what}")]
    NotAStudy {
        /// The file.
        path: String,
        /// The reason.
        what: String,
    },
    /// An error of the operating system or the database.
    #[error("{path}: cannot {action}: {source}")]
    Access {
        /// The file or folder.
        path: String,
        /// The action that failed: read, write, lock, create.
        action: &'static str,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Another process appended since the records were read.
    #[error("another process has appended since it was read ({known} records then, {found} now)")]
    Stale {
        /// The number of records known.
        known: u64,
        /// The number of records present.
        found: u64,
    },
    /// Another process holds the study.
    #[error("{path} is in use by {holder}")]
    Held {
        /// The study's folder.
        path: String,
        /// The holder, as far as known.
        holder: String,
    },
}
