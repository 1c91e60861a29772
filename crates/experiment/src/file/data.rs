//! `[data]` and `[cv]`: the table, and how its rows are split.

use super::keys::{CV, DATA};
use super::reader::{Bounds, Notes, Reader};
use super::tree::{Item, Node};
use std::collections::BTreeMap;
use trainer::data::{Kind, Task};

/// `[data]`.
#[derive(Clone, Debug)]
pub struct DataSection {
    /// The table, relative to the file's folder.
    pub path: String,
    /// The column to predict.
    pub target: String,
    /// What is predicted; none: inferred.
    pub task: Option<Task>,
    /// Columns left out.
    pub drop: Vec<String>,
    /// Kinds that override the inferred ones.
    pub kinds: BTreeMap<String, Kind>,
    /// The share of rows cut off before the search.
    pub test_fraction: Option<f64>,
}

/// `[cv]`.
#[derive(Clone, Debug)]
pub struct CvSection {
    /// Folds of each repeat; default 5 with data, else 1.
    pub folds: u64,
    /// Repeats of the whole partition; default 1.
    pub repeats: u64,
    /// Whether folds keep the shares of the classes; none: if they can.
    pub stratified: Option<bool>,
    /// The column whose equal values stay in one fold.
    pub group: Option<String>,
    /// The column that orders the rows in time.
    pub order: Option<String>,
    /// A list of the folds, relative to the file's folder; none: they are drawn.
    pub file: Option<String>,
    /// Seed of folds, initial weights, shuffles and dropout; default 0.
    pub seed: u64,
}

/// More splits than this would make a row of the leaderboard longer than any program reads.
const MOST_SPLITS: u64 = 10_000;

pub(super) fn data(node: &Node, notes: &mut Notes) -> Option<DataSection> {
    let mut reader = Reader::open(&DATA, &["data"], node, notes);
    let path = reader.text("path");
    let target = reader.text("target");
    for (key, example) in [("path", "data.csv"), ("target", "y")] {
        if reader.lacks(key) {
            reader
                .fault(format!("[data] has no `{key}`"))
                .hints
                .push(format!("{key} = \"{example}\""));
        }
    }
    let tasks = [("classification", Task::Classification), ("regression", Task::Regression)];
    let task = reader.choice("task", &tasks);
    let drop = reader.texts("drop").unwrap_or_default();
    let test_fraction = reader.number("test_fraction", Bounds::Share);
    let kinds = reader.node("kinds").map(|node| kinds(node, reader.notes())).unwrap_or_default();
    Some(DataSection { path: path?, target: target?, task, drop, kinds, test_fraction })
}

fn kinds(node: &Node, notes: &mut Notes) -> BTreeMap<String, Kind> {
    let Item::Table(entries) = &node.item else {
        notes.mismatch("kinds", node, "a table such as { zip = \"category\" }");
        return BTreeMap::new();
    };
    let mut kinds = BTreeMap::new();
    for entry in entries {
        notes.spans.insert(&["data", "kinds"], entry);
        let kind = match &entry.node.item {
            Item::Text(text) if text == "number" => Kind::Number,
            Item::Text(text) if text == "category" => Kind::Category,
            _ => {
                notes.mismatch(&entry.key, &entry.node, "\"number\" or \"category\"");
                continue;
            }
        };
        kinds.insert(entry.key.clone(), kind);
    }
    kinds
}

pub(super) fn cv(node: Option<&Node>, has_data: bool, notes: &mut Notes) -> CvSection {
    let folds = if has_data { 5 } else { 1 };
    let mut section = CvSection {
        folds,
        repeats: 1,
        stratified: None,
        group: None,
        order: None,
        file: None,
        seed: 0,
    };
    let Some(node) = node else { return section };
    if let Item::Int(folds) = node.item {
        notes.mismatch("cv", node, "a table of keys").hints.push(format!("[cv]  folds = {folds}"));
        return section;
    }
    let mut reader = Reader::open(&CV, &["cv"], node, notes);
    let fewest = if has_data { 2 } else { 1 };
    let mut count = |key, fewest| reader.count(key, fewest..=MOST_SPLITS);
    section.folds = count("folds", fewest).unwrap_or(section.folds);
    section.repeats = count("repeats", 1).unwrap_or(section.repeats);
    section.stratified = reader.flag("stratified");
    section.group = reader.text("group");
    section.order = reader.text("order");
    section.file = reader.text("file");
    section.seed = reader.count("seed", 0..=i64::MAX as u64).unwrap_or(0);
    if section.folds * section.repeats > MOST_SPLITS {
        let product = section.folds * section.repeats;
        reader.fault(format!(
            "folds times repeats is {product}; at most {MOST_SPLITS} splits are possible"
        ));
    }
    section
}
