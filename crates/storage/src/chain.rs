//! The chain of checksums: each record's checksum covers the one before it, so every change,
//! removal, insertion or reordering is noticed.
//!
//! SQLite keeps no checksums of its own. A checksum is the first half of a SHA-256 (FIPS 180-4).
//! Its 128 bits are far more than accidental damage needs; it does not protect against a forger,
//! who could recompute the whole chain.

use sha2::{Digest, Sha256};

/// The checksum of a record and of all records before it.
pub(crate) type Checksum = [u8; 16];

/// The end of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// Number of the last record, counted from 1; 0 if there is none.
    pub(crate) seq: i64,
    /// The checksum of the last record.
    pub(crate) checksum: Checksum,
}

impl Head {
    /// The end of the empty chain.
    pub(crate) const START: Self = Self { seq: 0, checksum: [0; 16] };

    /// The number of records.
    pub(crate) fn count(&self) -> u64 {
        u64::try_from(self.seq).unwrap_or(0)
    }

    /// Returns the end after one more record: SHA-256 over the last checksum, the number, and the
    /// lengths and bytes of body and curve, little-endian. A record without a curve contributes no
    /// curve length either.
    pub(crate) fn next(&self, body: &[u8], curve: Option<&[u8]>) -> Self {
        let seq = self.seq + 1;
        let mut hash = Sha256::new();
        hash.update(self.checksum);
        hash.update(seq.to_le_bytes());
        for part in [Some(body), curve].into_iter().flatten() {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let mut checksum = [0; 16];
        checksum.copy_from_slice(&hash.finalize()[..16]);
        Self { seq, checksum }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_covers_everything_before_it() {
        let after = |bodies: &[&str]| {
            bodies.iter().fold(Head::START, |head, body| head.next(body.as_bytes(), None))
        };
        let end = after(&["a", "b", "c"]);
        assert_eq!(end.seq, 3);
        assert_eq!(end, after(&["a", "b", "c"]));
        for other in [
            &["a", "c", "b"][..],
            &["a", "b"],
            &["a", "b", "d"],
            &["x", "b", "c"],
            &["ab", "", "c"],
        ] {
            assert_ne!(end.checksum, after(other).checksum);
        }
    }

    #[test]
    fn body_and_curve_do_not_run_into_each_other() {
        let sums = [
            Head::START.next(b"ab", None),
            Head::START.next(b"a", Some(b"b")),
            Head::START.next(b"ab", Some(b"")),
            Head::START.next(b"", Some(b"ab")),
        ];
        for (i, a) in sums.iter().enumerate() {
            assert!(sums[i + 1..].iter().all(|b| a != b));
        }
    }

    #[test]
    fn the_chain_is_what_sha256_says() {
        // printf '\0%.0s' {1..16}; printf '\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0{}'; through coreutils'
        // sha256sum.
        let checksum = u128::from_be_bytes(Head::START.next(b"{}", None).checksum);
        assert_eq!(checksum, 0x6101_ed8f_dec5_08d8_1346_765e_308a_c3d4);
    }
}
