//! A store in memory: for libraries, benchmarks and tests.

use super::{Curves, Record, Store};
use crate::error::StoreError;

/// Records in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    records: Vec<Record>,
}

impl MemoryStore {
    /// Creates an empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Store for MemoryStore {
    fn append(&mut self, expected_head: u64, records: &[Record]) -> Result<u64, StoreError> {
        let found = self.records.len() as u64;
        if expected_head != found {
            return Err(StoreError::Stale { known: expected_head, found });
        }
        self.records.extend_from_slice(records);
        Ok(self.records.len() as u64)
    }

    fn replay_after(
        &mut self,
        seq: u64,
        curves: Curves,
        visit: &mut dyn FnMut(Record),
    ) -> Result<u64, StoreError> {
        let found = self.records.len() as u64;
        let behind = usize::try_from(seq).ok().and_then(|seq| self.records.get(seq..));
        for record in behind.ok_or(StoreError::Stale { known: seq, found })? {
            let mut record = record.clone();
            if let (Record::Fold(fold), Curves::Skip) = (&mut record, curves) {
                fold.curve.clear();
            }
            visit(record);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::conformance;
    use super::*;

    #[test]
    fn it_keeps_the_contract_of_stores() {
        conformance::check(&mut || Box::new(MemoryStore::new()));
    }
}
