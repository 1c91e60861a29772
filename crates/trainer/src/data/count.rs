//! Counts of texts and of the rows that hold them.

/// Distinct texts, and rows.
#[derive(Clone, Copy, Default)]
pub(super) struct Count {
    pub(super) texts: usize,
    pub(super) rows: u64,
}

impl Count {
    /// Counts one more text and the rows that hold it.
    pub(super) fn add(&mut self, rows: u64) {
        self.texts += 1;
        self.rows += rows;
    }
}
