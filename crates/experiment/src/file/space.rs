//! Builds a checked space from parameters, and shows the engine's errors at the lines that caused
//! them.

use super::fields;
use super::lists::Given;
use super::reader::Notes;
use super::relations::Evaluator;
use super::spans::Spans;
use super::study::SearchSection;
use crate::report::{Fault, Source, Span};
use std::sync::Arc;
use tuner::Error;
use tuner::error::MethodFault;
use tuner::space::{Config, Constraint, Lattice, MAX_COUNTED, Parameter, Space};

/// Checks parameters and constraints; records all faults, and returns no space if there are any.
pub(super) fn space(
    parameters: Vec<Option<Parameter>>,
    constraints: &[(String, String)],
    evaluator: Evaluator,
    notes: &mut Notes,
) -> Option<Space> {
    let n_written = parameters.len();
    let sound: Vec<Parameter> =
        parameters.into_iter().flatten().filter(|p| is_sound(p, notes)).collect();

    if evaluator == Evaluator::Trainer {
        fields::check(&sound, notes);
    }

    // A condition or constraint on a faulty parameter would only repeat that fault.
    if sound.len() < n_written {
        return None;
    }

    if sound.iter().all(|parameter| !parameter.is_searched()) {
        let fault = notes.error_at(&["space"], MethodFault::NothingToVary);
        notes.push(
            fault.hint("a range such as { type = \"float\", low = 0.0, high = 0.5 } is searched"),
        );
    }

    for (index, (expression, reason)) in constraints.iter().enumerate() {
        if let Err((offset, fault)) = Constraint::parse(expression, reason, &sound) {
            let fault =
                locate(&Error::Constraint { index, offset, fault }, &notes.source, &notes.spans);
            notes.push(fault);
        }
    }

    match Space::new(sound, constraints) {
        Ok(space) => Some(space),
        // Constraints have been reported one by one.
        Err(Error::Constraint { .. }) => None,
        Err(error) => {
            let fault = locate(&error, &notes.source, &notes.spans);
            notes.push(fault);
            None
        }
    }
}

/// Checks a parameter without its conditions, so that every faulty one is reported.
fn is_sound(parameter: &Parameter, notes: &mut Notes) -> bool {
    let alone = Parameter { when: Vec::new(), ..parameter.clone() };
    let checked = Space::new(vec![alone], &[]);
    if let Err(error) = &checked {
        let fault = locate(error, &notes.source, &notes.spans);
        notes.push(fault);
    }
    checked.is_ok()
}

/// Returns an upper bound on the number of grid levels of each searched parameter; `None` if one
/// has no levels.
pub(crate) fn grid_sizes(space: &Space) -> Option<Vec<u128>> {
    let levels = |parameter: &Parameter| match (parameter.points, parameter.domain.n_levels()) {
        (Some(points), Some(levels)) => Some(points.min(levels).into()),
        (points, levels) => points.or(levels).map(u128::from),
    };
    space.parameters().iter().filter(|parameter| parameter.is_searched()).map(levels).collect()
}

/// Multiplies the numbers of levels; at most 2^128 − 1.
pub fn n_points(sizes: &[u128]) -> u128 {
    sizes.iter().fold(1, |product: u128, n| product.saturating_mul(*n))
}

/// Returns an upper bound on the number of points of a lattice with these numbers of levels, before
/// constraints; conditions with several parents are not fully taken into account.
pub fn at_most(
    space: &Space,
    sizes: &[u128],
    lattice: impl Fn(&Space) -> Result<Lattice, String>,
) -> u128 {
    /// The most levels in all that are listed to apply conditions.
    const MOST_LISTED: u128 = 1_000_000;
    let product = n_points(sizes);
    let is_flat = space.parameters().iter().all(|parameter| parameter.when.is_empty());
    if is_flat || sizes.iter().fold(0, |sum: u128, n| sum.saturating_add(*n)) > MOST_LISTED {
        return product;
    }
    lattice(space).map_or(product, |lattice| lattice.n_raw())
}

/// Returns the bound of [`at_most`] for a grid; `None` if a parameter has no levels.
pub(crate) fn grid_at_most(space: &Space) -> Option<u128> {
    Some(at_most(space, &grid_sizes(space)?, Lattice::grid))
}

/// Reports a grid without `trials` that is too large to enumerate.
pub(super) fn check_grid_size(space: &Space, search: &SearchSection, notes: &mut Notes) {
    if !search.method.is_exhaustive() || search.trials.is_some() {
        return;
    }
    if grid_at_most(space).is_some_and(|n| n > MAX_COUNTED.into()) {
        let fault = locate(&Error::Method(MethodFault::NoTrials), &notes.source, &notes.spans);
        notes.push(
            fault.hint(
                "`trials` visits a spread-out part of the grid; fewer `points` make it smaller",
            ),
        );
    }
}

/// Completes enqueued trials; reports and omits those outside the space.
pub(super) fn complete(space: &Space, enqueue: &[Given], notes: &mut Notes) -> Vec<Config> {
    let mut configs = Vec::with_capacity(enqueue.len());
    for (index, given) in enqueue.iter().enumerate() {
        match space.complete(given) {
            Ok(config) => configs.push(config),
            Err(error) => {
                let name = if let Error::Configuration { name, .. } = &error { name } else { "" };
                let fault = notes.error_at(&["enqueue", &index.to_string(), name], &error);
                notes.push(fault);
            }
        }
    }

    configs
}

/// Shows an error of the engine at the key it names.
pub(super) fn locate(error: &Error, source: &Arc<Source>, spans: &Spans) -> Fault {
    let fault = Fault::error(error);
    let span = match error {
        Error::Parameter { name, key, .. } => {
            spans.find(&["space", name, key]).map(|spot| spot.value.clone())
        }
        Error::Constraint { index, offset, .. } => spans
            .find(&["constraints", &index.to_string(), "expr"])
            .map(|spot| inside(source, &spot.value, *offset)),
        Error::Method(MethodFault::NoLevels(name)) => {
            spans.find(&["space", name]).map(|spot| spot.key.clone())
        }
        Error::Method(MethodFault::Unsatisfiable(_)) => {
            spans.find(&["constraints"]).map(|spot| spot.key.clone())
        }
        Error::Method(_) => spans.find(&["search", "method"]).map(|spot| spot.value.clone()),
        _ => None,
    };
    // A fault without a place of its own is shown with the file's name.
    match span {
        Some(span) => fault.at(source, span),
        None => fault.within(source),
    }
}

/// Returns the position `offset` bytes into a quoted text, or the whole text if escapes make it
/// uncertain.
pub(super) fn inside(source: &Source, literal: &Span, offset: usize) -> Span {
    let written = &source.text[literal.clone()];
    let is_plain =
        written.len() >= 2 && !written.starts_with("\"\"\"") && !written.starts_with("'''");
    let has_escapes = written.starts_with('"') && written.contains('\\');
    let start = literal.start + 1 + offset;
    if !is_plain || has_escapes || start >= literal.end || !source.text.is_char_boundary(start) {
        return literal.clone();
    }
    let length = source.text[start..].chars().next().map_or(0, char::len_utf8);
    start..start + length
}
