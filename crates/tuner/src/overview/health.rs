//! Possible problems of a study: a range that ends too early, failures, active constraints,
//! repeated trials.

use super::board::RowView;
use super::parameter::{Extent, ParameterView};
use crate::space::{Domain, Space, Value};
use crate::trial::State;
use serde::Serialize;
use std::collections::BTreeMap;

/// A value counts as at the end of its range within this share of the range on its own scale.
const NEAR: f64 = 0.02;

/// The distance by which the best trial is moved along each axis to find active constraints.
const MOVE: f64 = 0.05;

/// Possible problems.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Health {
    /// Parameters whose value in the best trial lies at an end of the range.
    pub at_end: Vec<AtEnd>,
    /// Trials that did not succeed, by state and reason, the most frequent first.
    pub failures: Vec<Failures>,
    /// Texts of the constraints that the best trial would break if one parameter moved by a
    /// twentieth of its range.
    pub binding: Vec<String>,
    /// Number of trials that repeat an earlier configuration.
    pub n_repeated: usize,
}

/// A best value at the end of its range.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AtEnd {
    /// The parameter.
    pub name: String,
    /// The parameter's value in the best trial.
    pub value: Value,
    /// Whether the best value lies at the upper end.
    pub is_upper: bool,
}

/// Trials that ended in the same way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failures {
    /// The state of the failed trials.
    pub state: State,
    /// The reason of the failures, without a program's output.
    pub reason: String,
    /// The number of failed trials.
    pub n: usize,
    /// The first of them.
    pub first: u64,
}

/// Examines the trials of a space, in rank order.
pub(super) fn health(space: &Space, parameters: &[ParameterView], rows: &[RowView]) -> Health {
    let best = rows.first().filter(|row| row.loss.is_some() && row.in_space);
    Health {
        at_end: best.map(|best| at_end(space, parameters, best)).unwrap_or_default(),
        failures: failures(rows),
        binding: best.map(|best| binding(space, parameters, best)).unwrap_or_default(),
        n_repeated: repeated(rows),
    }
}

fn at_end(space: &Space, parameters: &[ParameterView], best: &RowView) -> Vec<AtEnd> {
    let of = |(parameter, value): (&ParameterView, &Option<Value>)| {
        let value = value.as_ref()?;
        let domain = &space.parameters()[space.position(&parameter.name)?].domain;
        let is_ordered = matches!(parameter.extent, Extent::Range { .. })
            || matches!(domain, Domain::Ordinal(values) if values.len() > 2);
        let unit = domain.unit(value)?;
        // A level's coordinate is the middle of its cell, half a cell from the end.
        let near = domain.n_levels().map_or(NEAR, |n| NEAR.max(0.5001 / n as f64));
        let is_end = is_ordered && (unit <= near || unit >= 1.0 - near);
        let is_few = domain.n_levels().is_some_and(|n| n <= 2);
        let (name, value) = (parameter.name.clone(), value.clone());
        (is_end && !is_few).then_some(AtEnd { name, value, is_upper: unit > 0.5 })
    };

    parameters.iter().zip(&best.params).filter_map(of).collect()
}

fn failures(rows: &[RowView]) -> Vec<Failures> {
    let mut counts: BTreeMap<(&str, &str), Failures> = BTreeMap::new();
    for row in rows.iter().filter(|row| !matches!(row.state, State::Ok | State::Raced)) {
        // What a program printed differs from trial to trial, and would hide that the reason is the
        // same.
        let reason = without_output(&row.reason);
        let entry = counts.entry((row.state.name(), reason)).or_insert_with(|| Failures {
            state: row.state,
            reason: reason.to_owned(),
            n: 0,
            first: row.trial,
        });
        entry.n += 1;
        entry.first = entry.first.min(row.trial);
    }

    let mut found: Vec<Failures> = counts.into_values().collect();
    found.sort_by(|a, b| b.n.cmp(&a.n).then(a.first.cmp(&b.first)));
    found
}

/// Returns a reason without the last lines of a program's stderr.
fn without_output(reason: &str) -> &str {
    reason.split_once("; stderr: ").map_or(reason, |(why, _)| why)
}

fn binding(space: &Space, parameters: &[ParameterView], best: &RowView) -> Vec<String> {
    let named: Vec<(String, Value)> = parameters
        .iter()
        .zip(&best.params)
        .filter_map(|(parameter, value)| Some((parameter.name.clone(), value.clone()?)))
        .collect();

    let Ok(config) = space.complete(&named) else { return Vec::new() };

    let coordinates = space.encode(&config).coordinates;
    // A constraint is binding if a small step along an axis would break it.
    let moved: Vec<_> = (0..coordinates.len())
        .flat_map(|axis| [(axis, -MOVE), (axis, MOVE)])
        .map(|(axis, by)| {
            let mut coordinates = coordinates.clone();
            coordinates[axis] = (coordinates[axis] + by).clamp(0.0, 1.0);
            space.decode(&coordinates)
        })
        .collect();

    space
        .constraints()
        .iter()
        .filter(|constraint| moved.iter().any(|config| !constraint.holds(config.values())))
        .map(|constraint| constraint.expression().to_owned())
        .collect()
}

fn repeated(rows: &[RowView]) -> usize {
    let shown = |row: &RowView| -> Vec<String> {
        row.params
            .iter()
            .map(|value| value.as_ref().map_or_else(String::new, |v| format!("{v:?}")))
            .collect()
    };
    let distinct: std::collections::BTreeSet<Vec<String>> = rows.iter().map(shown).collect();
    rows.len() - distinct.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_wrote_is_no_part_of_a_reason() {
        assert_eq!(without_output("exit code 1; stderr: /home/me/x.py: no"), "exit code 1");
        assert_eq!(without_output("the loss is NaN"), "the loss is NaN");
    }
}
