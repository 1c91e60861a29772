//! The bytes of a data file: decompressed, bounded, with one kind of line end.

use std::io::{self, Cursor, Read};

use flate2::read::MultiGzDecoder;

use super::error::{DataError, Foreign};
use super::limits::{Bounded, Limits};

/// A reader that stops at stated limits and ends every line by `\n` alone, the last one too.
///
/// One line end makes line numbers exact: whatever the file uses, each line costs one `\n`.
pub(super) struct Source<'a> {
    bytes: Box<dyn Read + 'a>,
    file: Budget,
    record: Budget,
    last_raw: u8,
    last_visible: u8,
    ended: bool,
}

/// The fact inside the `io::Error` of a limit.
#[derive(Debug, thiserror::Error)]
#[error("limit passed")]
pub(super) struct Exceeded {
    pub(super) quantity: Bounded,
    pub(super) at_most: u64,
}

struct Budget {
    quantity: Bounded,
    at_most: u64,
    used: u64,
}

impl<'a> Source<'a> {
    /// Looks at the first bytes: unpacks gzip, skips a byte-order mark, and refuses what is not plain text.
    pub(super) fn open(reader: impl Read + 'a, limits: &Limits) -> Result<Self, DataError> {
        let (start, reader) = peek(reader)?;
        let bytes: Box<dyn Read + 'a> = if start.starts_with(GZIP) {
            let (start, unpacked) = peek(MultiGzDecoder::new(reader))?;
            plain(&start, unpacked)?
        } else {
            plain(&start, reader)?
        };
        Ok(Self {
            bytes,
            file: Budget { quantity: Bounded::FileBytes, at_most: limits.file_bytes, used: 0 },
            record: Budget {
                quantity: Bounded::RecordBytes,
                at_most: limits.record_bytes,
                used: 0,
            },
            last_raw: b'\n',
            last_visible: b'\n',
            ended: false,
        })
    }

    /// Begins a record: its bytes count from 0. What the CSV reader has buffered counts for the record before.
    pub(super) fn begin_record(&mut self) {
        self.record.used = 0;
    }

    /// Whether all bytes were read and the last that is not a line end is something else than a quote.
    pub(super) fn ended_without_quote(&self) -> bool {
        self.ended && self.last_visible != b'"'
    }

    fn end(&mut self, buffer: &mut [u8]) -> usize {
        let lacks_line_end = !self.ended && self.last_raw != b'\n' && self.last_raw != b'\r';
        self.ended = true;
        if lacks_line_end {
            buffer[0] = b'\n';
        }
        usize::from(lacks_line_end)
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let n_raw = match self.bytes.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            let Some(&last) = buffer[..n_raw].last() else {
                return Ok(self.end(buffer));
            };
            self.file.spend(n_raw)?;
            self.record.spend(n_raw)?;
            let n = one_line_end(&mut buffer[..n_raw], self.last_raw);
            self.last_raw = last;
            if let Some(&visible) = buffer[..n].iter().rev().find(|&&byte| byte != b'\n') {
                self.last_visible = visible;
            }
            if n > 0 {
                return Ok(n);
            }
        }
    }
}

impl Budget {
    fn spend(&mut self, n_bytes: usize) -> io::Result<()> {
        self.used += n_bytes as u64;
        if self.used > self.at_most {
            let Budget { quantity, at_most, .. } = *self;
            return Err(io::Error::other(Exceeded { quantity, at_most }));
        }
        Ok(())
    }
}

/// Turns `\r\n` and `\r` into `\n` in place; returns how many bytes remain.
fn one_line_end(bytes: &mut [u8], before: u8) -> usize {
    if before != b'\r' && !bytes.contains(&b'\r') {
        return bytes.len();
    }
    let mut previous = before;
    let mut kept = 0;
    for position in 0..bytes.len() {
        let byte = bytes[position];
        if !(byte == b'\n' && previous == b'\r') {
            bytes[kept] = if byte == b'\r' { b'\n' } else { byte };
            kept += 1;
        }
        previous = byte;
    }
    kept
}

const GZIP: &[u8] = &[0x1f, 0x8b];
const BYTE_ORDER_MARK: &[u8] = &[0xef, 0xbb, 0xbf];
const FOREIGN: [(&[u8], Foreign); 5] = [
    (GZIP, Foreign::Gzip),
    (&[0xff, 0xfe], Foreign::Utf16),
    (&[0xfe, 0xff], Foreign::Utf16),
    (b"PK\x03\x04", Foreign::Zip),
    (b"PAR1", Foreign::Parquet),
];

fn plain<'a>(start: &[u8], reader: impl Read + 'a) -> Result<Box<dyn Read + 'a>, DataError> {
    if let Some(&(_, found)) = FOREIGN.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Err(DataError::Format { found });
    }
    let mut reader = reader;
    if start.starts_with(BYTE_ORDER_MARK) {
        let mut mark = [0; BYTE_ORDER_MARK.len()];
        reader.read_exact(&mut mark).map_err(|source| DataError::Read { line: 0, source })?;
    }
    Ok(Box::new(reader))
}

type PutBack<R> = io::Chain<Cursor<Vec<u8>>, R>;

/// Reads up to four bytes and puts them back.
fn peek<R: Read>(mut reader: R) -> Result<(Vec<u8>, PutBack<R>), DataError> {
    let mut start = Vec::with_capacity(4);
    reader
        .by_ref()
        .take(4)
        .read_to_end(&mut start)
        .map_err(|source| DataError::Read { line: 0, source })?;
    Ok((start.clone(), Cursor::new(start).chain(reader)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(bytes: &[u8]) -> String {
        let mut text = String::new();
        Source::open(bytes, &Limits::default()).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// Hands out one byte a call, the worst case for state that crosses reads.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = self.0.len().min(buffer.len()).min(1);
            buffer[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    #[test]
    fn every_line_ends_by_one_newline() {
        for raw in ["a\r\nb\r\n\r\nc", "a\nb\n\nc\n", "a\rb\r\rc\r", "\u{feff}a\nb\r\n\nc"] {
            assert_eq!(through(raw.as_bytes()), "a\nb\n\nc\n", "{raw:?}");
            let mut text = String::new();
            Source::open(Drip(raw.as_bytes()), &Limits::default())
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            assert_eq!(text, "a\nb\n\nc\n", "{raw:?} byte by byte");
        }
    }

    #[test]
    fn foreign_formats_are_named() {
        for (bytes, found) in [
            (&b"PK\x03\x04..."[..], Foreign::Zip),
            (b"\xff\xfea\0", Foreign::Utf16),
            (b"PAR1", Foreign::Parquet),
        ] {
            let error = Source::open(bytes, &Limits::default()).err();
            assert!(matches!(error, Some(DataError::Format { found: f }) if f == found), "{found}");
        }
    }
}
