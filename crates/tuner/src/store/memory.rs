//! A store that forgets: for libraries, benchmarks and tests.

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
    fn append(&mut self, records: &[Record]) -> Result<(), StoreError> {
        self.records.extend_from_slice(records);
        Ok(())
    }

    fn replay(&mut self, curves: Curves, visit: &mut dyn FnMut(Record)) -> Result<(), StoreError> {
        for record in &self.records {
            let mut record = record.clone();
            if let (Record::Fold(fold), Curves::Skip) = (&mut record, curves) {
                fold.curve.clear();
            }
            visit(record);
        }
        Ok(())
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
