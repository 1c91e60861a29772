//! Studies, grids and mini-batches of a size that cannot be meant.

use crate::bridge::data::Data;
use crate::file::fields::edges;
use crate::file::{StudyFile, grid_at_most};
use crate::report::{Fault, count};
use tuner::study::Method;

/// Grids of more points than this are seldom walked to their end.
const LARGE: u128 = 1_000_000;

pub(super) fn warnings(file: &StudyFile, data: Option<&Data>) -> Vec<Fault> {
    let mut warnings: Vec<Fault> = [startup(file), grid(file)].into_iter().flatten().collect();
    warnings.extend(data.and_then(|data| batch_size(file, data)));
    warnings
}

fn startup(file: &StudyFile) -> Option<Fault> {
    let search = &file.search;
    if !matches!(search.method, Method::Bayes | Method::Tpe) {
        let message = format!("`startup` cannot act: {} has no model that it comes before", search.method.name());
        return search.startup.map(|_| file.warning_at(&["search", "startup"], message));
    }
    let trials = search.trials?;
    (file.startup() >= trials).then(|| {
        let startup = count(file.startup(), "trial");
        let message = format!("the model never proposes: {startup} come before it, and there are {trials} in all");
        file.warning_at(&["search", "trials"], message)
    })
}

fn grid(file: &StudyFile) -> Option<Fault> {
    if file.search.method != Method::Grid || file.search.trials.is_some() {
        return None;
    }
    let n_points = grid_at_most(&file.space)?;
    (n_points > LARGE).then(|| {
        let warning = file.warning_at(&["search", "method"], format!("the grid has up to {n_points} points"));
        warning.hint("`trials` in [search] walks a spread part of it; fewer `points` make it smaller")
    })
}

fn batch_size(file: &StudyFile, data: &Data) -> Option<Fault> {
    let parameter = &file.space.parameters()[file.space.position("batch_size")?];
    let rows = (0..data.splits.len()).map(|split| data.splits.fold(split).train.len()).min()?;
    let edge = edges(parameter).into_iter().find(|e| e.value.as_number().is_some_and(|v| v > rows as f64))?;
    let message = format!("a fold trains on {rows} rows: batch_size {} acts as \"full\"", edge.value);
    Some(file.warning_at_value(&edge.path("batch_size"), message))
}
