//! Folds on which the study's metric has no value: every trial would fail there.

use crate::bridge::data::Data;
use crate::file::SpaceFile;
use crate::report::{Fault, count};
use crate::subject::metric;
use trainer::{NamedChoice, undefined};

pub(super) fn warning(file: &SpaceFile, data: &Data) -> Option<Fault> {
    let metric = metric(file, data).ok()?;
    let reason =
        |split: usize| undefined(metric, &data.dataset.target().at(&data.splits.fold(split).test));
    // Before any training: such a metric fails in every trial alike.
    let found: Vec<(usize, &str)> =
        (0..data.splits.len()).filter_map(|split| Some((split, reason(split)?))).collect();
    let (first, reason) = found.first()?;
    let folds = count(data.splits.len() as u64, "fold");
    let message = format!(
        "{} is not defined in {} of {folds}, first in fold {first}: {reason}; every trial fails there",
        metric.name(),
        found.len()
    );
    let warning = file.document.warning_at_value(&["study", "metric"], message);
    Some(warning.hint("fewer folds, stratified ones, or a metric that is a mean over rows, such as cross_entropy or mse"))
}
