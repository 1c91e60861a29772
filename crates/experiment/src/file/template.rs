//! The space file that `init` writes: the trainer's hints for a data set, with explanatory
//! comments.

use super::tree::{key, literal};
use std::collections::BTreeMap;
use std::fmt::Write;
use trainer::data::{ColumnKind, Dataset, Described, Identifier, Remark, Task};
use trainer::recipe::{Hint, field};
use trainer::split::{CrossValidation, Scheme, Splits};
use trainer::{NamedChoice, metrics};

/// What the file names.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// The table, relative to the file's folder.
    pub data: &'a str,
    /// The column to predict.
    pub target: &'a str,
    /// Columns left out, besides identifiers.
    pub drop: &'a [String],
    /// Positions of columns left out.
    pub drop_positions: &'a [u64],
    /// The separator, if it is stated.
    pub separator: Option<char>,
    /// Texts that count as missing.
    pub missing: &'a [String],
    /// Kinds of columns that the user gave.
    pub kinds: &'a BTreeMap<String, ColumnKind>,
    /// Whether the user gave the task.
    pub is_task_given: bool,
    /// Whether the first line names the columns, if this must be stated.
    pub header: Option<bool>,
    /// Whether rows without a target are left out.
    pub drops_rows: bool,
}

/// Writes a file for a data set.
pub fn write(dataset: &Dataset, columns: &[Described], names: &Names<'_>) -> String {
    let (folds, is_stratified) = folds(dataset);
    let mut text = head(dataset, columns, names);
    let _ = writeln!(text, "[cv]\nfolds = {folds}");

    if dataset.facts().task == Task::Classification && !is_stratified {
        text.push_str(
            "stratified = false             # a class has too few rows to be in every fold\n",
        );
    }

    text.push_str(
        "seed = 0                       # folds and training; studies that share it are compared fold by fold\n\n",
    );

    text.push_str(
        "[search]\n\
         method = \"bayes\"               # \"grid\" | \"random\" | \"sobol\" | \"bayes\" | \"tpe\"\n\
         trials = 50                    # in total, also when the study goes on; change it at any time\n\
         knowledge = true               # warm start by a prior mean learned on other data sets; or false\n\n",
    );

    text.push_str(&space(dataset, folds));
    text
}

fn head(dataset: &Dataset, columns: &[Described], names: &Names<'_>) -> String {
    let facts = dataset.facts();
    let (task, found) = match facts.task {
        Task::Classification => ("classification", format!("{} classes", facts.n_classes)),
        Task::Regression => ("regression", "a quantity".to_owned()),
    };

    let all: Vec<&str> = metrics(facts.task).iter().map(|metric| metric.name()).collect();
    let (data, target) = (literal(names.data), literal(names.target));
    let why = if names.is_task_given { "" } else { "inferred: " };

    let mut text = format!(
        "# What to search, over what, and how. A scalar in [space] is fixed, a table is searched.\n\
         # `tune check` looks this file over, `tune plan` shows what it would do, `tune run` does it.\n\n\
         [study]\n\
         seed = 0                       # of the proposals\n\
         metric = \"{}\"{:pad$}# {}\n\n\
         [data]\n\
         path = {data}\n\
         target = {target}\n\
         task = \"{task}\"{:width$}# {why}{found}\n",
        all[0],
        "",
        all.join(" | "),
        "",
        pad = 19_usize.saturating_sub(all[0].len()) + 1,
        width = 21_usize.saturating_sub(task.len()) + 1,
    );

    text.push_str(&reading(columns, names));
    text.push('\n');
    text
}

/// The keys for reading the table that must be stated, and the columns left out.
fn reading(columns: &[Described], names: &Names<'_>) -> String {
    let mut text = String::new();
    let listed =
        |texts: &[String]| texts.iter().map(|text| literal(text)).collect::<Vec<_>>().join(", ");

    if let Some(header) = names.header {
        let _ = writeln!(text, "header = {header}");
    }

    if let Some(separator) = names.separator {
        let _ = writeln!(text, "separator = {}", literal(&separator.to_string()));
    }

    if !names.kinds.is_empty() {
        let pair = |(name, kind): (&String, &ColumnKind)| format!("{} = \"{kind}\"", key(name));
        let pairs: Vec<String> = names.kinds.iter().map(pair).collect();
        let _ = writeln!(text, "kinds = {{ {} }}", pairs.join(", "));
    }

    if !names.missing.is_empty() {
        let _ = writeln!(text, "missing = [{}]", listed(names.missing));
    }

    if names.drops_rows {
        text.push_str("missing_target = \"drop\"\n");
    }
    // Identifiers are dropped by name, so that the user sees and can undo it.
    let left_out = left_out(columns, names.target);
    let mut dropped: Vec<String> = names.drop.iter().map(|name| literal(name)).collect();
    dropped.extend(names.drop_positions.iter().map(ToString::to_string));
    dropped.extend(left_out.iter().map(|(name, _)| literal(name)));

    if !dropped.is_empty() {
        let is_constant = |&&(_, why): &&(String, &str)| [NO_VALUE, ONE_VALUE].contains(&why);
        let n_constant = left_out.iter().filter(is_constant).count();
        let why = match (left_out.len(), n_constant) {
            (0, _) => "",
            (n, n_constant) if n == n_constant => "    # the same in every row",
            (_, 0) => "    # nearly every row has a value of its own",
            _ => "    # nearly every row has a value of its own, or all have the same",
        };
        let _ = writeln!(text, "drop = [{}]{why}", dropped.join(", "));
    }

    text
}

const NO_VALUE: &str = "no row has a value";
const ONE_VALUE: &str = "every row has the same value";
const DIGITS_OF_ITS_OWN: &str = "nearly every row has a text of its own that begins with a digit; \
    write quantities as numbers and dates as 2024-05-31 to use them";

/// Whether the only remark is that texts begin with digits, as those of identifiers do.
fn begins_with_digits(column: &Described) -> bool {
    matches!(&column.reading.remarks[..], [Remark::BeginWithDigits { .. }])
}

/// Columns from which nothing can be learned, since they identify or number the rows or are
/// constant, each with the reason.
pub fn left_out(columns: &[Described], target: &str) -> Vec<(String, &'static str)> {
    let why = |column: &Described| match column.identifier {
        _ if column.is_constant && column.n_missing > 0 => Some(NO_VALUE),
        _ if column.is_constant => Some(ONE_VALUE),
        Some(Identifier::Texts) if begins_with_digits(column) => Some(DIGITS_OF_ITS_OWN),
        Some(Identifier::Texts) => Some("nearly every row has a text of its own"),
        Some(Identifier::Counts) => Some("it numbers the rows"),
        Some(Identifier::Named) => {
            Some("every row has a number of its own, and it is called an identifier")
        }
        Some(Identifier::Distinct | Identifier::Repeated(_)) | None => None,
    };
    let features: Vec<&Described> = columns.iter().filter(|c| c.name != target).collect();
    let found: Vec<(String, &'static str)> = features
        .iter()
        // A column that mostly holds numbers is kept, since its owner may want it read as numbers.
        .filter(|column| column.reading.remarks.is_empty() || begins_with_digits(column))
        .filter_map(|column| Some((column.name.clone(), why(column)?)))
        .collect();
    // At least one feature must remain: if need be, texts that begin with a digit.
    let n_features = features.len();
    let kept = |found: &Vec<(String, &'static str)>| found.len() < n_features;
    Some(found.clone())
        .filter(kept)
        .or_else(|| {
            let certain = found.into_iter().filter(|(_, why)| *why != DIGITS_OF_ITS_OWN);
            Some(certain.collect()).filter(kept)
        })
        .unwrap_or_default()
}

/// The most folds up to five that the data allow, stratified if possible.
fn folds(dataset: &Dataset) -> (u32, bool) {
    let rows: Vec<u32> = (0..dataset.facts().n_rows as u32).collect();
    let is_possible = |folds, scheme| {
        Splits::new(dataset, &rows, &CrossValidation { folds, repeats: 1, scheme, seed: 0 }).is_ok()
    };
    let stratified = (2..=5).rev().find(|&folds| is_possible(folds, Scheme::Stratified));
    let plain = || (2..=5).rev().find(|&folds| is_possible(folds, Scheme::Plain)).unwrap_or(2);
    stratified.map_or_else(|| (plain(), false), |folds| (folds, true))
}

fn space(dataset: &Dataset, folds: u32) -> String {
    let train_rows = dataset.facts().n_rows as u64 * u64::from(folds - 1) / u64::from(folds);
    let mut text = "[space]\n".to_owned();
    let mut add = |name: &str, value: String| {
        let doc = field(name).map_or("", |field| field.doc);
        let _ = writeln!(text, "# {doc}\n{name} = {value}");
    };
    for name in ["learning_rate", "lambda", "dropout"] {
        add(name, range(name, "float"));
    }
    add("batch_size", powers("batch_size", train_rows));
    add("depth", range("depth", "int"));
    add("width", powers("width", u64::MAX));
    add("activation", choices("activation"));
    add("optimizer", "\"adam\"".to_owned());
    add("epochs", "40".to_owned());
    // Off by default, so that older files keep their results; here because it pays on most tables
    // (crates/cli/benches/README.md).
    add("averaging", "0.99".to_owned());
    text
}

fn range(name: &str, kind: &str) -> String {
    let Some((low, high, is_log)) = bounds(name) else {
        return "0".to_owned();
    };
    let number = |v: f64| {
        if kind == "int" { format!("{v:.0}") } else { format!("{v:?}") }
    };
    let log = if is_log { ", log = true" } else { "" };
    format!("{{ type = \"{kind}\", low = {}, high = {}{log} }}", number(low), number(high))
}

/// The powers of two within the hint's range, up to `most`.
fn powers(name: &str, most: u64) -> String {
    let (low, high, _) = bounds(name).unwrap_or((1.0, 1.0, true));
    let mut values: Vec<String> = (0..32)
        .map(|exponent| 1u64 << exponent)
        .filter(|&value| value as f64 >= low && value as f64 <= high && value <= most)
        .map(|value| value.to_string())
        .collect();
    if values.is_empty() {
        values.push(most.clamp(1, low as u64).to_string());
    }
    format!("{{ type = \"ordinal\", values = [{}] }}", values.join(", "))
}

fn choices(name: &str) -> String {
    let values = match field(name).map(|field| field.hint) {
        Some(Hint::Names { values, .. }) => values,
        _ => &[],
    };
    let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
    format!("{{ type = \"categorical\", values = [{}] }}", values.join(", "))
}

/// Low, high and whether values compare by ratio, according to the trainer's hint for a field.
fn bounds(name: &str) -> Option<(f64, f64, bool)> {
    match field(name)?.hint {
        Hint::Number { low, high, scale, .. } => {
            Some((low, high, scale == trainer::recipe::HintScale::Log))
        }
        Hint::Names { .. } | Hint::None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::SpaceFile;
    use std::path::PathBuf;
    use trainer::data::{ReadOptions, Roles, Table, describe};

    fn written(csv: &str, target: &str) -> String {
        let table = Table::read(csv.as_bytes(), &ReadOptions::default()).unwrap();
        let columns = describe(&table);
        let dataset =
            Dataset::new(table, &Roles { target: target.into(), ..Roles::default() }).unwrap();
        let names = Names {
            data: "a \"b\".csv",
            target,
            drop: &[],
            drop_positions: &[],
            separator: None,
            missing: &[],
            kinds: &BTreeMap::new(),
            is_task_given: false,
            header: None,
            drops_rows: false,
        };
        write(&dataset, &columns, &names)
    }

    #[test]
    fn what_is_written_can_be_read() {
        let rows: String = (0..40).map(|i| format!("{},n{i},{}\n", i * i, i % 2)).collect();
        let text = written(&format!("x,name,\"y\"\n{rows}"), "y");
        let file = SpaceFile::parse("space.toml", text, PathBuf::new()).unwrap();
        let data = file.plan.data.unwrap();
        assert_eq!((data.path.as_str(), data.task), ("a \"b\".csv", Some(Task::Classification)));
        assert_eq!(data.drop, ["name"]);
        assert_eq!(file.plan.cv.folds, 5);
    }

    #[test]
    fn few_rows_have_few_folds() {
        let text = written("x,y\n1,a\n2,a\n3,b\n4,b\n5,b\n", "y");
        assert!(text.contains("folds = 2") && text.contains("values = [2]"), "{text}");
        let regression = written("x,y\n1,1.5\n2,2.5\n3,3.5\n4,1.25\n", "y");
        assert!(
            regression.contains("metric = \"mse\"") && regression.contains("folds = 4"),
            "{regression}"
        );
    }
}
