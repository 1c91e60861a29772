//! A cell that a column cannot take.

use super::error::Reason;

/// Why, and in which row, from 0.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Text among numbers or dates.
    Text { row: usize, value: Vec<u8>, reason: Reason, n_rows: u64 },
    /// A number beyond what can be computed with.
    OutOfRange { row: usize, value: Vec<u8> },
    /// Bytes that are no text.
    Utf8 { row: usize },
}
