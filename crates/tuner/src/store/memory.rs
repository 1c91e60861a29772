//! A store in memory: for libraries, benchmarks and tests.
//!
//! Records are kept in their stored form, which takes half of the memory that they take as values.

use super::{Curves, Record, Store};
use crate::error::StoreError;

/// Bytes of a page: memory grows by pages, so that little of it is unused.
const PAGE: usize = 16 * 1024;

const IS_JSON: &str = "a record is finite numbers and texts, which JSON holds";

/// Records in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    pages: Vec<Page>,
    n_records: u64,
}

/// Some records in their order, a line of JSON each.
#[derive(Clone, Debug)]
struct Page {
    /// The number of records on earlier pages.
    n_before: u64,
    lines: String,
}

impl MemoryStore {
    /// Creates an empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn keep(&mut self, record: &Record) {
        let line = serde_json::to_string(record).expect(IS_JSON);
        let room = line.len() + 1;
        let is_full = |page: &Page| page.lines.len() + room > page.lines.capacity();
        if self.pages.last().is_none_or(is_full) {
            let lines = String::with_capacity(room.max(PAGE));
            self.pages.push(Page { n_before: self.n_records, lines });
        }
        if let Some(page) = self.pages.last_mut() {
            page.lines.push_str(&line);
            page.lines.push('\n');
        }
        self.n_records += 1;
    }
}

impl Store for MemoryStore {
    fn append(&mut self, expected_head: u64, records: &[Record]) -> Result<u64, StoreError> {
        let found = self.n_records;
        if expected_head != found {
            return Err(StoreError::Stale { known: expected_head, found });
        }
        for record in records {
            self.keep(record);
        }
        Ok(self.n_records)
    }

    fn replay_after(
        &mut self,
        seq: u64,
        curves: Curves,
        visit: &mut dyn FnMut(Record),
    ) -> Result<u64, StoreError> {
        let found = self.n_records;
        if seq > found {
            return Err(StoreError::Stale { known: seq, found });
        }

        let first = self.pages.partition_point(|page| page.n_before <= seq).saturating_sub(1);
        for page in self.pages.iter().skip(first) {
            for (number, line) in (page.n_before + 1..).zip(page.lines.lines()) {
                if number <= seq {
                    continue;
                }
                let mut record: Record = serde_json::from_str(line).expect(IS_JSON);
                if let (Record::Fold(fold), Curves::Skip) = (&mut record, curves) {
                    fold.curve.clear();
                }
                visit(record);
            }
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
