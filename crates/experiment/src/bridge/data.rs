//! The data of a study: read once, split, and hashed, so that a changed file is noticed.

use super::column;
use super::columns::Columns;
use super::hashing::Hashing;
use crate::digest::hex;
use crate::facts::StudyFacts;
use crate::file::{DataSection, SpaceFile};
use crate::report::{Failure, Fault, count, quoted};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs::File;
use std::io::BufReader;
use trainer::data::{Dataset, Roles, Table, Task};
use trainer::split::{CrossValidation, Scheme, SplitError, Splits, holdout};
use trainer::stream::Streams;
use tuner::study::Study;

/// A data set with its splits.
pub struct Data {
    /// The data set with all rows.
    pub dataset: Dataset,
    /// Splits of the searched rows.
    pub splits: Splits,
    /// Rows held out before the search; empty without `test_fraction`.
    pub held_out: Vec<u32>,
    /// SHA-256 of the file.
    pub hash: String,
    /// SHA-256 of the splits.
    pub split_hash: String,
    /// How the columns were read.
    pub columns: Columns,
}

impl Data {
    /// Reads, splits and hashes the data that a study file names.
    ///
    /// # Errors
    /// Every fault of the file, the columns or the splits, shown at its place in the study file.
    pub fn load(file: &SpaceFile, section: &DataSection) -> Result<Self, Failure> {
        let path = file.document.folder.join(&section.path);
        let shown = path.display();
        let cannot_read = |error: std::io::Error| {
            let is_away = error.kind() == std::io::ErrorKind::NotFound;
            let fault =
                file.document.fault_at("data.path", format!("cannot read {shown}: {error}"));
            if is_away {
                fault.hint(
                    "an existing study can read its table from another path: `--data FILE` with \
                     `resume`, `fit`, `best --test` and `verify`",
                )
            } else {
                fault
            }
        };

        let mut bytes = Hashing::open(&path).map_err(cannot_read)?;
        let options = section.read_options();
        let in_data = |error: trainer::data::DataError| column::fault(file, &shown, &error);
        let table = Table::read(&mut bytes, &options).map_err(in_data)?;
        // The hash covers all bytes, including those that the parser did not read.
        let hash = hex(&bytes.finish().map_err(cannot_read)?);
        let cv = &file.plan.cv;
        let roles = [Some(&section.target), cv.group.as_ref(), cv.order.as_ref()];
        let roles: Vec<&str> = roles.into_iter().flatten().map(String::as_str).collect();
        let columns = Columns::of(&table, &roles);

        let roles = Roles {
            target: section.target.clone(),
            task: section.task,
            group: file.plan.cv.group.clone(),
            order: file.plan.cv.order.clone(),
            missing_target: section.missing_target,
        };

        let dataset = Dataset::new(table, &roles).map_err(in_data)?;
        let scheme = scheme(file, &dataset);
        let (rows, held_out) = match section.test_fraction {
            Some(fraction) => {
                let streams = Streams::new(file.plan.cv.seed);
                holdout(&dataset, fraction, scheme, file.plan.cv.gap, &streams).map_err(
                    |error| {
                        file.document.fault_at("data.test_fraction", &error).hints(error.hint())
                    },
                )?
            }
            None => ((0..dataset.facts().n_rows as u32).collect(), Vec::new()),
        };

        let plan = CrossValidation {
            folds: file.plan.cv.folds as u32,
            repeats: file.plan.cv.repeats as u32,
            scheme,
            seed: file.plan.cv.seed,
        };

        let splits = match listed(file, scheme)? {
            Some(listed) => {
                check_rows(file, &listed, &rows)?;
                listed
            }
            None => Splits::new(&dataset, &rows, &plan)
                .and_then(|splits| splits.purged(&dataset, file.plan.cv.gap))
                .map_err(|error| in_split(file, &error))?,
        };

        let split_hash = hash_of(&splits);
        Ok(Self { dataset, splits, held_out, hash, split_hash, columns })
    }

    /// Returns the same data with another number of repeats; the first ones are those of the study.
    ///
    /// # Errors
    /// If there are too many.
    pub(crate) fn with_repeats(self, file: &SpaceFile, repeats: u32) -> Result<Self, Failure> {
        if file.plan.cv.file.is_some() {
            let fault =
                file.document.fault_at("cv.file", "a list of folds has no further repeats to draw");
            return Err(fault.into());
        }
        let plan = CrossValidation { repeats, ..*self.splits.plan() };
        let splits = Splits::new(&self.dataset, self.splits.rows(), &plan)
            .and_then(|splits| splits.purged(&self.dataset, file.plan.cv.gap));
        let splits = splits.map_err(|error| in_split(file, &error))?;
        let split_hash = hash_of(&splits);
        Ok(Self { splits, split_hash, ..self })
    }

    /// Returns the facts about the data that a new study records.
    pub fn facts(&self) -> StudyFacts {
        let facts = self.dataset.facts();
        StudyFacts {
            rows: Some(self.splits.rows().len()),
            features: Some(facts.n_features),
            inputs: Some(facts.n_inputs),
            classes: Some(facts.n_classes),
            data: Some(self.hash.clone()),
            split: Some(self.split_hash.clone()),
            test_train_ratio: Some(self.splits.mean_test_train_ratio()),
            columns: Some(self.columns.record()),
            ..StudyFacts::default()
        }
    }

    /// Refuses data other than those of the study's beginning.
    ///
    /// # Errors
    /// If the file or its splits have changed.
    pub fn check_same(&self, study: &Study, file: &SpaceFile) -> Result<(), Failure> {
        let facts = StudyFacts::of(study);
        if facts.data.as_ref() != Some(&self.hash) {
            return Err(changed(file).into());
        }

        // The same bytes may be read differently by another version, or with other keys.
        let differing = self.columns.read_otherwise(facts.columns.as_deref());
        if !differing.is_empty() {
            let stated = file.reading().map(|reading| reading.missing).unwrap_or_default();
            let keys = self.columns.keys_of(&differing, &stated);
            return Err(read_otherwise(&differing, &keys).into());
        }

        // Even with the same table, losses on other splits could not be compared.
        if facts.split.as_ref() != Some(&self.split_hash) {
            if file.plan.cv.file.is_some() {
                return Err(other_folds(file).into());
            }
            let fault = Fault::error(
                "this version of tune splits the data differently from the study's version",
            );
            return Err(fault.hint("continue with the version that created it").into());
        }

        Ok(())
    }

    /// Describes in one line what was read, and in at most thirty more how its columns were read.
    pub fn in_lines(&self, target: &str) -> Vec<String> {
        std::iter::once(self.in_words()).chain(self.columns.short(target)).collect()
    }

    /// Describes in one sentence what was read.
    pub fn in_words(&self) -> String {
        let facts = self.dataset.facts();
        let rows = count(facts.n_rows as u64, "row");
        let features = count(facts.n_features as u64, "feature");

        let mut words = match facts.task {
            Task::Classification => {
                format!("{rows}, {features}, classification into {} classes", facts.n_classes)
            }
            Task::Regression => format!("{rows}, {features}, regression"),
        };

        let n_without_target = self.dataset.n_without_target();
        if n_without_target > 0 {
            let left_out = count(n_without_target as u64, "row");
            let _ = write!(words, "; {left_out} without a target left out (missing_target)");
        }

        if !self.held_out.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(words, "; {} held out", count(self.held_out.len() as u64, "row"));
            let n_between = facts.n_rows - self.held_out.len() - self.splits.rows().len();
            if n_between > 0 {
                let rows = count(n_between as u64, "row");
                let _ =
                    write!(words, ", {rows} of their groups or of the gap before them left out");
            }
        }

        words
    }
}

/// States which columns are read differently than in the study, and which settings keep the old
/// reading.
fn read_otherwise(differing: &[(String, String, String)], keys: &[String]) -> Fault {
    const SHOWN: usize = 10;
    let lines: Vec<String> = differing
        .iter()
        .take(SHOWN)
        .map(|(name, then, now)| format!("  {}: {then} → {now}", quoted(name)))
        .collect();

    let n_more = differing.len().saturating_sub(SHOWN);
    let more = if n_more > 0 { format!("\n  and {n_more} more") } else { String::new() };
    let columns = count(differing.len() as u64, "column");
    let fault = Fault::error(format!(
        "the table is now read differently than when the study began, in {columns}:\n{}{more}",
        lines.join("\n")
    ));

    fault
        .hint(format!(
            "to keep the old reading, add to [data] in the space file:\n    {}",
            keys.join("\n    ")
        ))
        .hint(
            "`tune run FILE` then keeps it for `resume`, `fit`, `best` and `verify`, which also take `--reading FILE`",
        )
        .hint("`tune run --fresh` starts again with the new reading")
}

/// The fault of a table other than the one at the study's beginning.
pub fn changed(file: &SpaceFile) -> Fault {
    let path = file.plan.data.as_ref().map_or("the data", |data| data.path.as_str());
    let fault = Fault::error(format!(
        "{path} is not the table that the study began with: its bytes differ"
    ));
    fault.hint("restore the old file, or start again with `--fresh` or another name")
}

/// The fault of a list of folds other than the one at the study's beginning.
pub(crate) fn other_folds(file: &SpaceFile) -> Fault {
    let path = file.plan.cv.file.as_deref().unwrap_or("the list of folds");
    let fault = Fault::error(format!("{path} has changed since the study began"));
    fault.hint("restore the old list, or start again with `--fresh` or another name")
}

/// Reads the list of folds that a file names, if it names one.
///
/// # Errors
/// If the list does not exist, or disagrees with the file.
pub fn listed(file: &SpaceFile, scheme: Scheme) -> Result<Option<Splits>, Failure> {
    let cv = &file.plan.cv;
    let Some(list) = &cv.file else { return Ok(None) };
    let path = file.document.folder.join(list);
    let in_list = |error: &dyn std::fmt::Display| {
        file.document.fault_at("cv.file", format!("{}: {error}", path.display()))
    };

    let opened = File::open(&path).map_err(|error| in_list(&error))?;
    let splits = Splits::read_list(BufReader::new(opened), scheme, cv.seed)
        .map_err(|error| in_list(&error))?;
    let CrossValidation { folds, repeats, .. } = *splits.plan();

    // Stated twice, so that a wrong list is noticed before anything trains on it.
    if (u64::from(folds), u64::from(repeats)) != (cv.folds, cv.repeats) {
        let message = format!(
            "{} has {} and {}, and [cv] says {} and {}",
            path.display(),
            count(folds.into(), "fold"),
            count(repeats.into(), "repeat"),
            cv.folds,
            cv.repeats
        );
        let fault = file.document.fault_at("cv.file", message);
        return Err(fault.hint(format!("folds = {folds}, repeats = {repeats}")).into());
    }

    Ok(Some(splits))
}

/// Refuses a list with rows other than the searched ones.
fn check_rows(file: &SpaceFile, listed: &Splits, rows: &[u32]) -> Result<(), Fault> {
    let all: BTreeSet<u32> = rows.iter().copied().collect();
    let given: BTreeSet<u32> = listed.rows().iter().copied().collect();
    // One row is enough to see what is wrong.
    let Some(row) = all.symmetric_difference(&given).next() else { return Ok(()) };

    let message = if all.contains(row) {
        format!("row {row} of the table is in no fold of the list")
    } else {
        format!(
            "the list has row {row}, which the table does not have or `test_fraction` holds out"
        )
    };

    let fault = file.document.fault_at("cv.file", message);
    Err(fault.hint("rows are counted from 0, without the header: `tune folds` writes such a list"))
}

/// Returns the list of a study's folds as CSV.
///
/// # Errors
/// If the splits are in time: a list cannot express which rows train.
pub fn list_folds(file: &SpaceFile, data: &Data) -> Result<Vec<u8>, Failure> {
    if data.splits.plan().scheme == Scheme::Forward {
        let message =
            "folds in time train on earlier rows only, which a list of folds cannot express";
        return Err(file.document.fault_at("cv.order", message).into());
    }
    let mut bytes = Vec::new();
    data.splits.write_list(&mut bytes).expect("memory can be written");
    Ok(bytes)
}

/// Shows a split error at the key that causes it.
fn in_split(file: &SpaceFile, error: &SplitError) -> Fault {
    let key = match error {
        SplitError::TooFewTimes { .. }
        | SplitError::TooFewFolds { .. }
        | SplitError::TooFewRows { .. }
        | SplitError::SmallClass { .. } => "cv.folds",
        // Without a gap, the groups of the test rows leave nothing to train on.
        SplitError::TooFewGroups { .. }
        | SplitError::NoGroups
        | SplitError::NoTraining { gap: 0, .. } => "cv.group",
        SplitError::NoOrder => "cv.order",
        SplitError::NoTraining { .. } | SplitError::GapWithoutOrder { .. } => "cv.gap",
        SplitError::StratifiedRegression => "cv.stratified",
        SplitError::Repeats { .. } | SplitError::RepeatedForward { .. } => "cv.repeats",
        SplitError::Fraction { .. } => "data.test_fraction",
        SplitError::List { .. } => "cv.file",
    };
    file.document.fault_at(key, error).hints(error.hint())
}

fn scheme(file: &SpaceFile, dataset: &Dataset) -> Scheme {
    let is_classification = dataset.facts().task == Task::Classification;
    match (&file.plan.cv.group, &file.plan.cv.order) {
        (_, Some(_)) => Scheme::Forward,
        (Some(_), None) if file.plan.cv.stratified == Some(true) => Scheme::StratifiedGrouped,
        (Some(_), None) => Scheme::Grouped,
        (None, None) if file.plan.cv.stratified.unwrap_or(is_classification) => Scheme::Stratified,
        (None, None) => Scheme::Plain,
    }
}

/// SHA-256 of what determines every fold.
pub(crate) fn hash_of(splits: &Splits) -> String {
    let mut bytes = Vec::new();
    splits.write_to(&mut bytes).expect("memory can be written");
    hex(&Sha256::digest(&bytes))
}
