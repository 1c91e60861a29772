//! Hashes a file while it is read, so that it is never in memory as a whole.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// A reader that hashes the bytes it passes on.
pub struct Hashing<R> {
    inner: R,
    hash: Sha256,
}

impl Hashing<File> {
    /// Opens a file.
    ///
    /// # Errors
    /// If it cannot be opened, or is a folder.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(Self { inner: file, hash: Sha256::new() })
    }
}

impl<R: Read> Hashing<R> {
    /// Reads the rest, and returns the SHA-256 of everything.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn finish(mut self) -> io::Result<[u8; 32]> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(self.hash.finalize().into())
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_bytes = self.inner.read(buffer)?;
        self.hash.update(&buffer[..n_bytes]);
        Ok(n_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_of_the_whole_whatever_was_read() {
        let text: &[u8] = b"a,b\n1,2\n";
        for n_read in [0, 3, text.len()] {
            let mut hashing = Hashing { inner: text, hash: Sha256::new() };
            hashing.read_exact(&mut vec![0; n_read]).unwrap();
            assert_eq!(hashing.finish().unwrap(), <[u8; 32]>::from(Sha256::digest(text)));
        }
    }
}
