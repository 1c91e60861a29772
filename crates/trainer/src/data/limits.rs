//! Limits on how much of a file is read.

use std::fmt;

/// Limits of reading, so that no file can exhaust the memory.
///
/// A table within the default limits needs at most about 6 GiB while it is read, an ordinary one
/// about twelve bytes per cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole file after decompression (4 GiB).
    pub file_bytes: u64,
    /// Bytes of one record, within the reader's buffer of 64 KiB (16 MiB).
    pub record_bytes: u64,
    /// Columns (100,000).
    pub columns: u64,
    /// Rows times columns (2²⁸).
    pub cells: u64,
    /// Memory of the distinct texts of all columns, each with 64 bytes on top (1 GiB).
    pub label_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 4 << 30,
            record_bytes: 16 << 20,
            columns: 100_000,
            cells: 1 << 28,
            label_bytes: 1 << 30,
        }
    }
}

/// A quantity that [`Limits`] bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounded {
    /// Bytes of the whole file, decompressed.
    FileBytes,
    /// Bytes of one record, quoted line breaks included.
    RecordBytes,
    /// Columns of the header.
    Columns,
    /// Rows times columns.
    Cells,
    /// Memory for the distinct texts of all columns.
    LabelBytes,
}

impl fmt::Display for Bounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Bounded::FileBytes => "bytes in the file, decompressed",
            Bounded::RecordBytes => "bytes in one row",
            Bounded::Columns => "columns",
            Bounded::Cells => "cells",
            Bounded::LabelBytes => "bytes of different texts",
        })
    }
}
