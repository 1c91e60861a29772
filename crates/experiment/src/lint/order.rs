//! Ordinal parameters whose numbers are not in ascending or descending order: what lies between two
//! of them is not what it seems.

use crate::file::{SpaceFile, key};
use crate::report::Fault;
use tuner::space::{Domain, Parameter, Value};

pub(super) fn warnings(file: &SpaceFile) -> Vec<Fault> {
    file.plan.space.parameters().iter().filter_map(|parameter| warning(file, parameter)).collect()
}

fn warning(file: &SpaceFile, parameter: &Parameter) -> Option<Fault> {
    let Domain::Ordinal(values) = &parameter.domain else { return None };
    let numbers: Vec<f64> = values.iter().filter_map(Value::as_number).collect();
    let is_descending = numbers.iter().rev().is_sorted();
    // Texts have an order that only the user knows.
    if numbers.len() < values.len() || numbers.is_sorted() || is_descending {
        return None;
    }
    let name = &parameter.name;
    let mut sorted = values.clone();
    sorted.sort_by(|a, b| {
        a.as_number().partial_cmp(&b.as_number()).unwrap_or(std::cmp::Ordering::Equal)
    });
    let listed: Vec<String> = sorted.iter().map(Value::to_string).collect();
    let message = format!("the values of `{name}` are not in the order of the numbers");
    let warning = file.document.warning_at_value(&["space", name, "values"], message);
    Some(warning.hint(format!(
        "{} = {{ type = \"ordinal\", values = [{}] }}, or \"categorical\" for values without an order",
        key(name),
        listed.join(", ")
    )))
}
