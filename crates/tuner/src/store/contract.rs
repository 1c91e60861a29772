//! What a study requires of a store.

use super::record::Record;
use crate::error::StoreError;

/// A study's records.
pub trait Store: Send {
    /// Appends records after record `expected_head`, all or none of them, in one durable commit,
    /// and returns the new head.
    ///
    /// # Errors
    /// [`StoreError::Stale`] if the store holds other records than that, [`StoreError`] if they
    /// cannot be written; then none of them is stored.
    fn append(&mut self, expected_head: u64, records: &[Record]) -> Result<u64, StoreError>;

    /// Passes the records after record `seq` to `visit` in the order of appending, and returns the
    /// head; learning curves are omitted unless requested.
    ///
    /// # Errors
    /// [`StoreError`] if the records cannot be read, or are not what was written.
    fn replay_after(
        &mut self,
        seq: u64,
        curves: Curves,
        visit: &mut dyn FnMut(Record),
    ) -> Result<u64, StoreError>;

    /// Passes every record to `visit`, as [`replay_after`](Self::replay_after) does.
    ///
    /// # Errors
    /// As [`replay_after`](Self::replay_after).
    fn replay(&mut self, curves: Curves, visit: &mut dyn FnMut(Record)) -> Result<u64, StoreError> {
        self.replay_after(0, curves, visit)
    }
}

/// Whether a replay includes learning curves, which are most of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curves {
    /// Folds come with empty curves.
    Skip,
    /// Folds come with their curves.
    Load,
}
