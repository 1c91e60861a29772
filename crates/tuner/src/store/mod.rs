//! What is kept: an append-only list of records, from which everything else about a study follows.
//!
//! A store knows neither what a record means nor what is better. It promises three things: what was appended is
//! durable when [`Store::append`] returns, it is replayed in the order in which it was appended, and what is replayed
//! is what was appended, or an error that names the damage.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod memory;
mod record;

pub use memory::MemoryStore;
pub use record::{CurvePoint, Fold, Proposal, Record, StudyText};

use crate::error::StoreError;

/// A study's records.
pub trait Store {
    /// Appends records, all or none of them, in one durable commit.
    ///
    /// # Errors
    /// [`StoreError`] if they cannot be written; then none of them is there.
    fn append(&mut self, records: &[Record]) -> Result<(), StoreError>;

    /// Hands every record to `visit` in the order of appending; learning curves are left out unless asked for.
    ///
    /// # Errors
    /// [`StoreError`] if the records cannot be read, or are not what was written.
    fn replay(&mut self, curves: Curves, visit: &mut dyn FnMut(Record)) -> Result<(), StoreError>;
}

/// Whether a replay carries learning curves, which are most of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curves {
    /// Folds come with empty curves.
    Skip,
    /// Folds come with their curves.
    Load,
}
