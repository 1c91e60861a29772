//! `[data]` and `[cv]`: the table, and how its rows are split.

use super::keys::{CV, DATA};
use super::reader::{Bounds, Notes, Reader};
use super::tree::literal;
use super::tree::{Item, Node};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use trainer::data::{ColumnKind, DateOrder, Decimal, MissingTarget, ReadOptions, Task};

/// `[data]`.
#[derive(Clone, Debug)]
pub struct DataSection {
    /// The table, relative to the file's folder.
    pub path: String,
    /// The column to predict.
    pub target: String,
    /// The task; inferred if `None`.
    pub task: Option<Task>,
    /// Columns left out.
    pub drop: Vec<String>,
    /// How the columns are read.
    pub reading: ReadingKeys,
    /// Positions of columns left out, from 1.
    pub drop_positions: Vec<u64>,
    /// How rows without a target are treated.
    pub missing_target: MissingTarget,
    /// The share of rows held out before the search.
    pub test_fraction: Option<f64>,
    /// What studies of own programs know their data by.
    pub id: Option<String>,
}

/// Whether `[data]` names no table, only what a program's data are called.
pub(super) fn is_named_alone(node: &Node) -> bool {
    matches!(&node.item, Item::Table(entries) if matches!(entries.as_slice(), [only] if only.key == "id"))
}

/// Reads what a program's data are called.
pub(super) fn id(node: &Node, notes: &mut Notes) -> Option<String> {
    Reader::open(&DATA, &["data"], node, notes).text("id")
}

/// The keys of `[data]` that say how to read a table. They are not part of a study's identity,
/// since the reading of each column is recorded and compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadingKeys {
    /// Kinds that override the inferred ones.
    pub kinds: BTreeMap<String, ColumnKind>,
    /// Texts that count as missing.
    pub missing: Vec<String>,
    /// The decimal mark; detected if `None`.
    pub decimal: Option<Decimal>,
    /// The separator; detected if `None`.
    pub separator: Option<char>,
    /// The order of dates with the year last; detected if `None`.
    pub dates: Option<DateOrder>,
    /// Whether the first line names the columns; if `None`, a first line that looks like data is an
    /// error.
    pub header: Option<bool>,
}

impl DataSection {
    /// Returns the options for reading the table.
    pub(crate) fn read_options(&self) -> ReadOptions {
        ReadOptions {
            kinds: self.reading.kinds.clone(),
            drop: self.drop.clone(),
            drop_positions: self.drop_positions.clone(),
            missing: self.reading.missing.clone(),
            decimal: self.reading.decimal,
            separator: self.reading.separator.map(|separator| separator as u8),
            dates: self.reading.dates,
            header: self.reading.header,
            ..ReadOptions::default()
        }
    }
}

/// `[cv]`.
#[derive(Clone, Debug)]
pub struct CvSection {
    /// Folds of each repeat; default 5 with data, else 1.
    pub folds: u64,
    /// Number of repeats of the whole partition; default 1.
    pub repeats: u64,
    /// Whether folds keep the class shares; if `None`, whenever possible.
    pub stratified: Option<bool>,
    /// The column whose equal values stay in one fold.
    pub group: Option<String>,
    /// The column that orders the rows in time.
    pub order: Option<String>,
    /// A list of the folds, relative to the file's folder; if `None`, they are drawn.
    pub file: Option<String>,
    /// Rows left out in time between training and test; default 0.
    pub gap: u32,
    /// Seed of folds, initial weights, shuffles and dropout; default 0.
    pub seed: u64,
}

/// With more splits, a row of the leaderboard would be longer than programs can read.
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
    let (drop, drop_positions) = drop(&mut reader);
    let missing = missing(&mut reader);
    let decimal = decimal(&mut reader);
    let separator = reader.choice("separator", &SEPARATORS);
    let orders = [("day first", DateOrder::DayFirst), ("month first", DateOrder::MonthFirst)];
    let dates = reader.choice("dates", &orders);
    let header = reader.flag("header");
    let targets = [("refuse", MissingTarget::Refuse), ("drop", MissingTarget::Drop)];
    let missing_target = reader.choice("missing_target", &targets).unwrap_or_default();
    let test_fraction = reader.number("test_fraction", Bounds::Share);
    let id = reader.text("id");
    let kinds = reader.node("kinds").map(|node| kinds(node, reader.notes())).unwrap_or_default();
    Some(DataSection {
        path: path?,
        target: target?,
        task,
        drop,
        reading: ReadingKeys { kinds, missing, decimal, separator, dates, header },
        drop_positions,
        missing_target,
        test_fraction,
        id,
    })
}

/// The separators of columns, as they are written in a file.
pub const SEPARATORS: [(&str, char); 10] = [
    (",", ','),
    (";", ';'),
    ("\t", '\t'),
    ("tab", '\t'),
    ("|", '|'),
    (":", ':'),
    ("^", '^'),
    ("~", '~'),
    ("\u{1}", '\u{1}'),
    (" ", ' '),
];

/// Reads names and positions of columns; `""` is a column without a name.
fn drop(reader: &mut Reader<'_, '_>) -> (Vec<String>, Vec<u64>) {
    const EXPECTED: &str = "a list of names, or of positions from 1";
    let (mut names, mut positions) = (Vec::new(), Vec::new());
    let Some(node) = reader.node("drop") else { return (names, positions) };

    let Item::List(items) = &node.item else {
        let fault = reader.notes().mismatch("drop", node, EXPECTED);
        if let Item::Text(text) = &node.item {
            fault.hints.push(format!("drop = [{}]", literal(text)));
        }
        return (names, positions);
    };

    for item in items {
        match &item.item {
            Item::Text(name) => names.push(name.clone()),
            Item::Int(position) if *position > 0 => positions.push(*position as u64),
            _ => {
                reader.notes().mismatch("drop", item, EXPECTED);
            }
        }
    }

    (names, positions)
}

/// Reads texts that count as missing; a number is accepted too.
fn missing(reader: &mut Reader<'_, '_>) -> Vec<String> {
    const EXPECTED: &str = "a list of texts such as [\"na\", \".\"]";
    let Some(node) = reader.node("missing") else { return Vec::new() };
    let Item::List(items) = &node.item else {
        let fault = reader.notes().mismatch("missing", node, EXPECTED);
        if let Item::Text(text) = &node.item {
            fault.hints.push(format!("missing = [{}]", literal(text)));
        }
        return Vec::new();
    };

    let mut texts = Vec::new();
    for item in items {
        match &item.item {
            Item::Text(text) => texts.push(text.clone()),
            // A number such as -999 is written without quotation marks, and compared as a text.
            Item::Int(number) => texts.push(number.to_string()),
            Item::Float(number) if number.is_finite() => texts.push(number.to_string()),
            _ => {
                reader.notes().mismatch("missing", item, EXPECTED);
            }
        }
    }

    texts
}

/// Reads the decimal mark, from `decimal` or as implied by `thousands`.
fn decimal(reader: &mut Reader<'_, '_>) -> Option<Decimal> {
    let decimal = reader.choice("decimal", &[(".", Decimal::Point), (",", Decimal::Comma)]);
    let groups = [
        (",", Some(Decimal::Point)),
        (".", Some(Decimal::Comma)),
        ("'", None),
        (" ", None),
        ("_", None),
    ];

    let thousands = reader.choice("thousands", &groups).flatten();
    if let (Some(decimal), Some(other)) = (decimal, thousands)
        && decimal != other
    {
        reader.fault("decimal and thousands are the same mark".to_owned());
    }

    // A mark for thousands says which mark is decimal.
    decimal.or(thousands)
}

fn kinds(node: &Node, notes: &mut Notes) -> BTreeMap<String, ColumnKind> {
    let Item::Table(entries) = &node.item else {
        notes.mismatch("kinds", node, "a table such as { zip = \"category\" }");
        return BTreeMap::new();
    };
    let mut kinds = BTreeMap::new();
    for entry in entries {
        notes.spans.insert(&["data", "kinds"], entry);
        let kind = match &entry.node.item {
            Item::Text(text) if text == "number" => ColumnKind::Number,
            Item::Text(text) if text == "category" => ColumnKind::Category,
            Item::Text(text) if text == "date" => ColumnKind::Date,
            Item::Text(text) if text == "text" => ColumnKind::Text,
            _ => {
                let expected = "\"number\", \"category\", \"date\" or \"text\"";
                notes.mismatch(&entry.key, &entry.node, expected);
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
        gap: 0,
        seed: 0,
    };
    let Some(node) = node else { return section };
    if let Item::Int(folds) = node.item {
        notes.mismatch("cv", node, "a table of keys").hints.push(format!("[cv]  folds = {folds}"));
        return section;
    }
    // Without a table each fold is whatever the program makes of its number, so one is enough.
    let mut reader = Reader::open(&CV, &["cv"], node, notes);
    let fewest = if has_data { 2 } else { 1 };
    let mut count = |key, fewest| reader.count(key, fewest..=MOST_SPLITS);
    section.folds = count("folds", fewest).unwrap_or(section.folds);
    section.repeats = count("repeats", 1).unwrap_or(section.repeats);
    section.stratified = reader.flag("stratified");
    section.group = reader.text("group");
    section.order = reader.text("order");
    section.file = reader.text("file");
    section.gap = reader.count("gap", 0..=u64::from(u32::MAX)).unwrap_or(0) as u32;
    section.seed = reader.count("seed", 0..=i64::MAX as u64).unwrap_or(0);
    if section.folds * section.repeats > MOST_SPLITS {
        let product = section.folds * section.repeats;
        reader.fault(format!(
            "folds times repeats is {product}; at most {MOST_SPLITS} splits are possible"
        ));
    }
    section
}
