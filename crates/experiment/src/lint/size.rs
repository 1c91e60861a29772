//! Sizes of studies, grids and mini-batches that are probably mistakes.

use crate::bridge::data::Data;
use crate::file::fields::{Edge, edges};
use crate::file::{SpaceFile, grid_at_most};
use crate::report::{Fault, count};

/// Grids with more points are rarely completed.
const LARGE: u128 = 1_000_000;

pub(super) fn warnings(file: &SpaceFile, data: Option<&Data>) -> Vec<Fault> {
    let mut warnings: Vec<Fault> = [startup(file), grid(file)].into_iter().flatten().collect();
    warnings.extend(data.into_iter().flat_map(|data| batch_sizes(file, data)));
    warnings
}

fn startup(file: &SpaceFile) -> Option<Fault> {
    let search = &file.plan.search;
    if search.method.model().is_none() {
        let message = format!("`startup` has no effect: {} has no surrogate", search.method.name());
        return search.startup.map(|_| file.document.warning_at(&["search", "startup"], message));
    }

    let trials = search.trials?;
    (file.plan.startup() >= trials).then(|| {
        let startup = count(file.plan.startup(), "trial");
        let message = format!(
            "the surrogate never proposes: the initial design has {startup}, of {trials} in all"
        );
        file.document.warning_at(&["search", "trials"], message)
    })
}

fn grid(file: &SpaceFile) -> Option<Fault> {
    if !file.plan.search.method.is_exhaustive() || file.plan.search.trials.is_some() {
        return None;
    }
    let n_points = grid_at_most(&file.plan.space)?;
    (n_points > LARGE).then(|| {
        let warning = file
            .document
            .warning_at(&["search", "method"], format!("the grid has up to {n_points} points"));
        warning.hint(
            "`trials` in [search] visits a spread-out part of it; fewer `points` make it smaller",
        )
    })
}

fn batch_sizes(file: &SpaceFile, data: &Data) -> Vec<Fault> {
    let Some(position) = file.plan.space.position("batch_size") else {
        return Vec::new();
    };
    let rows: Vec<u64> =
        (0..data.splits.len()).map(|split| data.splits.fold(split).train.len() as u64).collect();
    let Some(&fewest) = rows.iter().min() else {
        return Vec::new();
    };

    let mut sizes: Vec<(u64, Edge)> = edges(&file.plan.space.parameters()[position])
        .into_iter()
        .filter_map(|edge| Some((edge.value.as_number().filter(|size| *size >= 1.0)? as u64, edge)))
        .collect();

    sizes.sort_by_key(|(size, _)| *size);
    let warning =
        |edge: &Edge, message| file.document.warning_at_value(&edge.path("batch_size"), message);
    let too_large = sizes.iter().find(|(size, _)| *size > fewest).map(|(size, edge)| {
        warning(edge, format!("a fold trains on {fewest} rows: batch_size {size} acts as \"full\""))
    });

    // Early stopping holds out some of these rows.
    let is_whole = file.plan.space.position("patience").is_none();
    let alike = sizes.windows(2).filter(|_| is_whole).find_map(|pair| {
        let [(smaller, _), (larger, edge)] = pair else {
            return None;
        };
        let n_batches = |size: u64| rows.iter().map(move |rows| rows.div_ceil(size));
        (*larger <= fewest && n_batches(*smaller).eq(n_batches(*larger))).then(|| {
            let steps = count(fewest.div_ceil(*larger), "step");
            let message = format!(
                "batch_size {smaller} trains like {larger}: {steps} an epoch on {fewest} rows"
            );
            warning(edge, message).hint("batches of an epoch differ by one row at most")
        })
    });

    too_large.into_iter().chain(alike).collect()
}
