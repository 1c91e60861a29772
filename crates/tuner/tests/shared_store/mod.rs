//! A store for tests of studies that are interrupted.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tuner::error::StoreError;
use tuner::store::{Curves, MemoryStore, Record, Store};

/// A store that outlives the study and fails after a number of commits, like a power cut.
#[derive(Clone)]
pub struct SharedStore {
    records: Arc<Mutex<MemoryStore>>,
    commits: Arc<AtomicUsize>,
    breaks_after: usize,
}

impl SharedStore {
    /// Creates a store that does not fail.
    pub fn new() -> Self {
        Self { records: Arc::default(), commits: Arc::default(), breaks_after: usize::MAX }
    }

    /// Returns a store with the same records that fails after `commits` more commits.
    pub fn breaking_after(&self, commits: usize) -> Box<dyn Store> {
        Box::new(Self { breaks_after: self.n_commits() + commits, ..self.clone() })
    }

    /// Returns the number of commits so far.
    pub fn n_commits(&self) -> usize {
        self.commits.load(Ordering::Relaxed)
    }
}

impl Store for SharedStore {
    fn append(&mut self, expected_head: u64, records: &[Record]) -> Result<u64, StoreError> {
        if self.n_commits() >= self.breaks_after {
            let what = "the power is gone".to_owned();
            return Err(StoreError::Damaged { path: String::new(), what });
        }
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.records.lock().unwrap().append(expected_head, records)
    }

    fn replay_after(
        &mut self,
        seq: u64,
        curves: Curves,
        visit: &mut dyn FnMut(Record),
    ) -> Result<u64, StoreError> {
        self.records.lock().unwrap().replay_after(seq, curves, visit)
    }
}
