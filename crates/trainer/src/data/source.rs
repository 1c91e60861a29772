//! The bytes of a data file: decompressed, limited, with one kind of line end.

use std::io::{self, Cursor, Read};

use flate2::read::MultiGzDecoder;

use super::error::DataError;
use super::foreign;
use super::limits::{Bounded, Limits};
use super::quotes::Quotes;
use super::sniff::SAMPLE;

/// A reader that stops at stated limits, ends every line, including the last, by `\n`, and removes
/// blanks between a separator and a quote.
///
/// A uniform line end makes line numbers exact: each line costs one `\n`.
pub(super) struct BoundedReader<'a> {
    bytes: Box<dyn Read + 'a>,
    file: Budget,
    record: Budget,
    last_raw: u8,
    last_visible: u8,
    /// All bytes were read, including a final line end.
    is_complete: bool,
    /// The reader was told of the end.
    has_told: bool,
    /// Bytes ready to be handed out, from `next` on.
    ready: Vec<u8>,
    next: usize,
    quotes: Quotes,
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

/// Bytes read at a time.
const CHUNK: usize = 1 << 16;

impl<'a> BoundedReader<'a> {
    /// Examines the first bytes: unpacks gzip, skips a byte-order mark, and refuses anything but
    /// plain text.
    pub(super) fn open(reader: impl Read + 'a, limits: &Limits) -> Result<Self, DataError> {
        let (start, reader) = peek(reader)?;
        // By the first bytes and not by the name, which a download or a pipe may lack.
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
            is_complete: false,
            has_told: false,
            ready: Vec::new(),
            next: 0,
            quotes: Quotes::default(),
        })
    }

    /// Returns the first part of the file before anything is read, and whether it is the whole
    /// file.
    pub(super) fn sample(&mut self) -> io::Result<(&[u8], bool)> {
        while self.ready.len() < SAMPLE && !self.is_complete {
            self.fill()?;
        }
        Ok((&self.ready, self.is_complete))
    }

    /// Begins a record: its bytes count from 0. What the CSV reader has buffered counts for the
    /// previous record.
    pub(super) fn begin_record(&mut self) {
        self.record.used = 0;
    }

    /// Whether all bytes were handed out and the last one, line ends aside, is not a quote.
    pub(super) fn ended_without_quote(&self) -> bool {
        self.has_told && self.last_visible != b'"'
    }

    /// Reads a chunk after the bytes that are ready.
    fn fill(&mut self) -> io::Result<()> {
        let start = self.ready.len();
        self.ready.resize(start + CHUNK, 0);
        let n_raw = loop {
            match self.bytes.read(&mut self.ready[start..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };

        // After an error, the part of the buffer that was not filled must not be taken for data.
        let n_raw = n_raw.inspect_err(|_| self.ready.truncate(start))?;
        let Some(&last) = self.ready[start..start + n_raw].last() else {
            self.ready.truncate(start);
            self.complete();
            return Ok(());
        };

        // Before anything is done with them: a packed file of a few bytes may unpack to terabytes.
        self.file.spend(n_raw)?;
        self.record.spend(n_raw)?;
        let n = one_line_end(&mut self.ready[start..start + n_raw], self.last_raw);
        self.ready.truncate(start + n);
        self.last_raw = last;

        if let Some(&visible) = self.ready[start..].iter().rev().find(|&&byte| byte != b'\n') {
            self.last_visible = visible;
        }
        self.quotes.tidy(&mut self.ready, start);
        Ok(())
    }

    fn complete(&mut self) {
        self.quotes.release(&mut self.ready);
        if self.last_raw != b'\n' && self.last_raw != b'\r' {
            self.ready.push(b'\n');
        }
        self.is_complete = true;
    }
}

impl Read for BoundedReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }

        if self.next == self.ready.len() && self.next > 0 {
            self.ready.clear();
            self.next = 0;
        }

        while self.next == self.ready.len() && !self.is_complete {
            self.fill()?;
        }
        let ready = &self.ready[self.next..];
        let n = ready.len().min(buffer.len());
        buffer[..n].copy_from_slice(&ready[..n]);
        self.next += n;
        self.has_told |= n == 0;

        Ok(n)
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

fn plain<'a>(start: &[u8], reader: impl Read + 'a) -> Result<Box<dyn Read + 'a>, DataError> {
    if let Some(found) = foreign::of_bytes(start) {
        return Err(DataError::Format { found });
    }

    let text = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start);
    if let Some(found) = foreign::of_text(text) {
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

/// Reads the first bytes and puts them back; an error after some of them occurs again when they are
/// read.
fn peek<R: Read>(mut reader: R) -> Result<(Vec<u8>, PutBack<R>), DataError> {
    const LENGTH: u64 = 4096;
    let mut start = Vec::new();
    match reader.by_ref().take(LENGTH).read_to_end(&mut start) {
        Err(source) if start.is_empty() => Err(DataError::Read { line: 0, source }),
        _ => Ok((start.clone(), Cursor::new(start).chain(reader))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Foreign;

    fn through(bytes: &[u8]) -> String {
        let mut text = String::new();
        BoundedReader::open(bytes, &Limits::default()).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// Hands out one byte per call, the worst case for state across reads.
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
            BoundedReader::open(Drip(raw.as_bytes()), &Limits::default())
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
            let error = BoundedReader::open(bytes, &Limits::default()).err();
            assert!(matches!(error, Some(DataError::Format { found: f }) if f == found), "{found}");
        }
    }
}
