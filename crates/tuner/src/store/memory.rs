//! A store in memory: for libraries, benchmarks and tests.
//!
//! Records are kept in their stored form, which takes half of the memory that they take as values.

use super::{Curves, Record, Store};
use crate::error::StoreError;
use std::collections::BTreeMap;

/// Bytes of a page: memory grows by pages, so that little of it is unused.
const PAGE: usize = 16 * 1024;

/// Records in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    pages: Vec<Page>,
    n_records: u64,
    /// By number: records with numbers that are not finite, which JSON does not hold.
    others: BTreeMap<u64, Record>,
}

/// Some records in their order, a line of JSON each; an empty line stands for one of the others.
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
        let line = serde_json::to_string(record).ok();
        let line = line.filter(|line| parse(line).is_some_and(|back| back == *record));
        if line.is_none() {
            self.others.insert(self.n_records + 1, record.clone());
        }
        let line = line.unwrap_or_default();

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

fn parse(line: &str) -> Option<Record> {
    serde_json::from_str(line).ok()
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
                let kept = parse(line).or_else(|| self.others.get(&number).cloned());
                let mut record = kept.expect("a line was parsed when it was kept");
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
    fn numbers_that_are_not_finite_come_back() {
        let mut store = MemoryStore::new();
        let records = [
            Record::Total { trials: 3 },
            Record::OutOfTime { trial: 1, seconds: f64::INFINITY },
            Record::Total { trials: 4 },
        ];
        store.append(0, &records).unwrap();
        let mut found = Vec::new();
        store.replay(Curves::Load, &mut |record| found.push(record)).unwrap();
        assert_eq!(found, records);
    }

    #[test]
    fn it_keeps_the_contract_of_stores() {
        conformance::check(&mut || Box::new(MemoryStore::new()));
    }
}
