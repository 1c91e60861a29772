//! Why a store cannot be read or written.

/// Why a store cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What was read is not what was written.
    #[error("{path} is damaged: {what}")]
    Damaged {
        /// The file.
        path: String,
        /// Where and how it shows.
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
    /// Not a study at all.
    #[error("{path} is not a study: {what}")]
    NotAStudy {
        /// The file.
        path: String,
        /// Why not.
        what: String,
    },
    /// The operating system or the database said no.
    #[error("{path}: cannot {action}: {source}")]
    Access {
        /// The file or folder.
        path: String,
        /// What was tried: read, write, lock, create.
        action: &'static str,
        /// What came back.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Somebody else appended since the records were read.
    #[error("another process has appended since it was read ({known} records then, {found} now)")]
    Stale {
        /// Records that were known.
        known: u64,
        /// Records that there are.
        found: u64,
    },
    /// Somebody else holds the study.
    #[error("{path} is in use by {holder}")]
    Held {
        /// The study's folder.
        path: String,
        /// Who holds it, as far as is known.
        holder: String,
    },
}
