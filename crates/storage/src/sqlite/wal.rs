//! Checks the write-ahead log before SQLite reads it.
//!
//! SQLite reads a log up to its last sound commit and takes the rest for a torn write. That is
//! right after a crash; after damage it silently drops durable commits. The two cases differ: after
//! a torn write nothing is sound except, at most, the rest of that very commit, whose blocks may
//! have reached the disk in any order. Each frame's checksum continues the one stored in the frame
//! before. So a frame behind a damaged one can be shown to be sound, as can whether it ends a
//! commit. A log cut exactly at a commit, or damaged in its last frame, cannot be told from one
//! that a crash left.
//!
//! The format is that of <https://www.sqlite.org/fileformat.html#the_write_ahead_log>, sections 4.1
//! and 4.2.

use super::header::{log_path, open_to_read, page_size};
use crate::fault::access;
use std::io::{self, BufReader, Read};
use std::path::Path;
use tuner::error::StoreError;

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;

/// The first word of a log without its last bit, which encodes the byte order of the checksums.
const MAGIC: u32 = 0x377f_0682;

/// What a log holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WalReport {
    /// Sound frames before the first damaged one: what SQLite reads.
    pub n_frames: u64,
    /// Commits that end among them.
    pub n_commits: u64,
    /// Sound commits behind a damaged frame: SQLite drops them and everything before them back to
    /// that frame.
    pub n_lost_commits: u64,
    /// Whether the damage is one commit at the very end: a power loss during its write can leave its last
    /// blocks without its first, and then it was never durable.
    pub may_be_torn: bool,
}

impl WalReport {
    /// Whether durable commits are lost.
    pub fn is_damaged(&self) -> bool {
        self.n_lost_commits > 0
    }
}

/// Checks the log of the database at `path`, a frame at a time. A missing log counts as an empty
/// one.
///
/// # Errors
/// [`StoreError::Access`] if there is a log that cannot be read.
pub fn wal_check(path: &Path) -> Result<WalReport, StoreError> {
    let report = look(path)?;
    // While another process writes, old and new parts of the log may be read together; real damage
    // persists.
    if report.is_damaged() { look(path) } else { Ok(report) }
}

fn look(path: &Path) -> Result<WalReport, StoreError> {
    let log = log_path(path);
    match open_to_read(&log) {
        Ok(file) => read_log(&mut BufReader::new(file), page_size(path))
            .map_err(|error| access(&log, "read", error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(WalReport::default()),
        Err(error) => Err(access(&log, "open", error)),
    }
}

fn read_log(log: &mut dyn Read, page_size: Option<usize>) -> io::Result<WalReport> {
    let mut report = WalReport::default();
    let mut header = [0; HEADER_BYTES];
    if !fill(log, &mut header)? {
        return Ok(report);
    }

    let header = Header::read(&header);
    let Some(page_size) = header.page_size.or(page_size) else {
        return Ok(report);
    };

    let (mut is_readable, mut before, mut salts) = (header.is_sound, header.sum, header.salts);
    let mut frame = vec![0; FRAME_HEADER_BYTES + page_size];
    while fill(log, &mut frame)? {
        let frame = Frame::read(&frame, header.order, before);
        // Without a sound header, the first frame tells to which generation of the log the frames
        // belong.
        let generation = *salts.get_or_insert(frame.salts);
        let is_sound = frame.is_sound && frame.salts == generation;
        is_readable &= is_sound;
        match (is_readable, is_sound && frame.ends_commit) {
            (true, ends_commit) => {
                report.n_frames += 1;
                report.n_commits += u64::from(ends_commit);
            }
            (false, ends_commit) => {
                // Frames after a commit were begun after that commit was durable.
                report.may_be_torn =
                    ends_commit && report.n_lost_commits == 0 || report.may_be_torn && !is_sound;
                report.n_lost_commits += u64::from(ends_commit);
            }
        }
        before = frame.sum;
    }

    Ok(report)
}

/// The log's first bytes.
struct Header {
    is_sound: bool,
    order: ByteOrder,
    /// Returns `None` if the header is not sound.
    page_size: Option<usize>,
    salts: Option<[u32; 2]>,
    sum: Sum,
}

impl Header {
    fn read(bytes: &[u8; HEADER_BYTES]) -> Self {
        let magic = word(bytes, 0);
        let is_ours = magic & !1 == MAGIC;
        // The lowest bit of the magic number says in which byte order the checksums were computed.
        let order = match (is_ours, magic & 1) {
            (true, 0) => ByteOrder::Little,
            (true, _) => ByteOrder::Big,
            (false, _) if cfg!(target_endian = "big") => ByteOrder::Big,
            (false, _) => ByteOrder::Little,
        };

        let sum = [word(bytes, 24), word(bytes, 28)];
        let is_sound = is_ours && checksum(&bytes[..24], order, [0; 2]) == sum;
        let page_size =
            is_sound.then(|| word(bytes, 8) as usize).filter(|size| (512..=65_536).contains(size));
        let salts = is_sound.then(|| [word(bytes, 16), word(bytes, 20)]);

        Self { is_sound, order, page_size, salts, sum }
    }
}

/// One page as of one commit.
struct Frame {
    /// The frame's checksum, computed from the one stored in the frame before.
    is_sound: bool,
    ends_commit: bool,
    salts: [u32; 2],
    /// The checksum as it stands in the file.
    sum: Sum,
}

impl Frame {
    fn read(bytes: &[u8], order: ByteOrder, before: Sum) -> Self {
        let sum = [word(bytes, 16), word(bytes, 20)];
        let computed =
            checksum(&bytes[FRAME_HEADER_BYTES..], order, checksum(&bytes[..8], order, before));
        Self {
            is_sound: computed == sum && word(bytes, 0) != 0,
            ends_commit: word(bytes, 4) != 0,
            salts: [word(bytes, 8), word(bytes, 12)],
            sum,
        }
    }
}

/// A running checksum.
type Sum = [u32; 2];

/// How the checksum reads bytes as words. Header fields are always big-endian.
#[derive(Clone, Copy)]
enum ByteOrder {
    Little,
    Big,
}

/// The log's checksum, section 4.2 of the format: two sums that feed each other, over pairs of
/// words.
fn checksum(bytes: &[u8], order: ByteOrder, [mut s0, mut s1]: Sum) -> Sum {
    let word = |bytes: [u8; 4]| match order {
        ByteOrder::Little => u32::from_le_bytes(bytes),
        ByteOrder::Big => u32::from_be_bytes(bytes),
    };
    for &[a, b, c, d, e, f, g, h] in bytes.as_chunks::<8>().0 {
        s0 = s0.wrapping_add(word([a, b, c, d])).wrapping_add(s1);
        s1 = s1.wrapping_add(word([e, f, g, h])).wrapping_add(s0);
    }
    [s0, s1]
}

/// Reads the big-endian word at an offset inside the header.
fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Fills the buffer; returns `false` if the file ends before.
fn fill(log: &mut dyn Read, buffer: &mut [u8]) -> io::Result<bool> {
    match log.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
