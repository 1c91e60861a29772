//! The position of each key of a file, so that later faults can be shown at their line.

use super::tree::Entry;
use crate::report::{Fault, Source, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Positions of keys and values by their path.
#[derive(Clone, Debug, Default)]
pub(super) struct Spans {
    by_path: BTreeMap<Vec<String>, Spot>,
}

/// The positions of a key and its value.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub(super) key: Span,
    pub(super) value: Span,
}

impl Spans {
    /// Records an entry of the table at `path`.
    pub(super) fn insert(&mut self, path: &[&str], entry: &Entry) {
        self.insert_as(path, &entry.key, entry);
    }

    /// Records an entry under another name.
    pub(super) fn insert_as(&mut self, path: &[&str], name: &str, entry: &Entry) {
        let spot = Spot { key: entry.key_span.clone(), value: entry.node.span.clone() };
        self.insert_at(path, name, spot);
    }

    /// Records an item without a key of its own, such as one of a list.
    pub(super) fn insert_at(&mut self, path: &[&str], last: &str, spot: Spot) {
        let path = path.iter().chain([&last]).map(|&part| part.to_owned()).collect();
        self.by_path.insert(path, spot);
    }

    /// Returns the position of `path`, or of the nearest table around it.
    pub(super) fn find(&self, path: &[&str]) -> Option<&Spot> {
        (1..=path.len()).rev().find_map(|n| {
            let path: Vec<String> = path[..n].iter().map(|&part| part.to_owned()).collect();
            self.by_path.get(&path)
        })
    }

    /// Shows a fault at what `part` selects of the spot at `path`, or at the whole source if there
    /// is none.
    pub(super) fn place(
        &self,
        fault: Fault,
        source: &Arc<Source>,
        path: &[&str],
        part: impl Fn(&Spot) -> &Span,
    ) -> Fault {
        match self.find(path) {
            Some(spot) => fault.at(source, part(spot).clone()),
            None => fault.within(source),
        }
    }

    /// Whether the file contains exactly `path`.
    pub(super) fn holds(&self, path: &[&str]) -> bool {
        let path: Vec<String> = path.iter().map(|&part| part.to_owned()).collect();
        self.by_path.contains_key(&path)
    }
}
