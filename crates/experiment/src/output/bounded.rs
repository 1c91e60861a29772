//! Reads rows of a file within stated limits.

use std::io::{self, Read};

/// Most bytes of a file of rows: ten times the leaderboard of a million trials.
const FILE_BYTES: u64 = 1 << 30;
/// Most bytes of one row, not counting what the row reader has buffered.
const ROW_BYTES: u64 = 16 << 20;

/// A reader with limits on the file and on each row.
pub struct Bounded<R> {
    reader: R,
    of_file: u64,
    of_row: u64,
}

impl<R: Read> Bounded<R> {
    /// Reads from `reader`.
    pub fn new(reader: R) -> Self {
        Self { reader, of_file: 0, of_row: 0 }
    }

    /// Begins a row: its bytes count from 0.
    pub(crate) fn begin_row(&mut self) {
        self.of_row = 0;
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.reader.read(buffer)?;
        for (used, most, what) in [
            (&mut self.of_row, ROW_BYTES, "bytes in one row"),
            (&mut self.of_file, FILE_BYTES, "bytes in the file"),
        ] {
            *used += n_read as u64;
            if *used > most {
                return Err(io::Error::other(format!("more than {most} {what}")));
            }
        }
        Ok(n_read)
    }
}
