//! Checks each parameter by itself against the built-in trainer: its name, and its possible values.

use super::reader::Notes;
use trainer::recipe::{Field, FieldKind, Recipe, Setting, field};
use tuner::space::{Domain, Parameter, Value};

/// A value at the edge of a domain, and where the file writes it.
pub struct Edge {
    /// The value.
    pub value: Value,
    /// The path of the value in the file, below the parameter.
    path: Vec<String>,
}

impl Edge {
    /// Returns its path in the file.
    pub fn path<'a>(&'a self, parameter: &'a str) -> Vec<&'a str> {
        ["space", parameter].into_iter().chain(self.path.iter().map(String::as_str)).collect()
    }
}

/// Returns the values that bound a parameter: both bounds, or each value of a list.
pub fn edges(parameter: &Parameter) -> Vec<Edge> {
    let edge = |value: Value, path: &[&str]| Edge {
        value,
        path: path.iter().map(|&part| part.to_owned()).collect(),
    };

    match &parameter.domain {
        Domain::Float { low, high, .. } => {
            vec![edge(Value::Float(*low), &["low"]), edge(Value::Float(*high), &["high"])]
        }
        Domain::Int { low, high, .. } => {
            vec![edge(Value::Int(*low), &["low"]), edge(Value::Int(*high), &["high"])]
        }
        Domain::Ordinal(values) | Domain::Categorical(values) => {
            let at = |(index, value): (usize, &Value)| {
                edge(value.clone(), &["values", &index.to_string()])
            };
            values.iter().enumerate().map(at).collect()
        }
        Domain::Fixed(value) => vec![edge(value.clone(), &[])],
    }
}

/// Converts a value into the trainer's form.
pub fn setting(value: &Value) -> Setting {
    match value {
        Value::Bool(value) => Setting::Bool(*value),
        Value::Int(value) => Setting::Int(*value),
        Value::Float(value) => Setting::Float(*value),
        Value::Text(text) => Setting::Text(text.clone()),
    }
}

/// Records every name and value that the trainer does not accept.
pub(super) fn check(parameters: &[Parameter], notes: &mut Notes) {
    for parameter in parameters {
        match field(&parameter.name) {
            Some(field) => check_values(parameter, field, notes),
            None => unknown(parameter, notes),
        }
    }
}

fn unknown(parameter: &Parameter, notes: &mut Notes) {
    if let Err(error) = Recipe::default().set(&parameter.name, Setting::Bool(true)) {
        let fault = notes.error_at_key(&["space", &parameter.name], &error).hints(error.hint());
        notes.push(fault);
    }
}

fn check_values(parameter: &Parameter, field: &Field, notes: &mut Notes) {
    let name = parameter.name.as_str();
    let takes_whole =
        matches!(field.kind, FieldKind::Int(..) | FieldKind::IntOr(..) | FieldKind::IntByLayer(..));
    // Reported once, at the type: each of its values would be a fault.
    if takes_whole && matches!(parameter.domain, Domain::Float { .. }) {
        let fault =
            notes.error_at(&["space", name, "type"], format!("{name}: expected {}", field.kind));
        notes.push(fault.hint("type = \"int\" searches integers"));
        return;
    }

    for edge in edges(parameter) {
        let Err(error) = Recipe::default().set(name, setting(&edge.value)) else {
            continue;
        };
        let fault = notes.error_at(&edge.path(name), &error).hints(error.hint());
        let is_number =
            matches!(&edge.value, Value::Text(text) if text.trim().parse::<f64>().is_ok());
        notes.push(if is_number {
            fault.hint("write numbers without quotation marks")
        } else {
            fault
        });
    }
}
