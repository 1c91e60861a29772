//! From configurations to the trainer's recipes, and what of a space the trainer cannot accept.

use crate::file::StudyFile;
use crate::report::{Fault, quoted};
use std::collections::BTreeSet;
use trainer::data::Facts;
use trainer::recipe::{Kind, Recipe, RecipeError, Setting, field};
use tuner::space::{Config, Domain, Parameter, Space, Value};

/// Turns a configuration into a recipe; what the space does not name keeps the trainer's default.
///
/// # Errors
/// The first name or value that the trainer does not accept.
pub fn recipe(space: &Space, config: &Config) -> Result<Recipe, RecipeError> {
    let mut recipe = Recipe::default();
    for (name, value) in space.named(config) {
        recipe.set(name, setting(value))?;
    }
    Ok(recipe)
}

/// A value as the trainer reads it.
pub fn setting(value: &Value) -> Setting {
    match value {
        Value::Bool(value) => Setting::Bool(*value),
        Value::Int(value) => Setting::Int(*value),
        Value::Float(value) => Setting::Float(*value),
        Value::Text(text) => Setting::Text(text.clone()),
    }
}

/// Finds everything in a space that the trainer does not accept: names, values and bounds, and what does not suit the data.
pub fn faults(file: &StudyFile, facts: &Facts) -> Vec<Fault> {
    let alone: Vec<Fault> = file.space.parameters().iter().flat_map(|p| alone(file, p)).collect();
    if alone.is_empty() { together(file, facts) } else { alone }
}

/// A value at the edge of a domain, and where the file writes it.
pub struct Probe {
    /// The value.
    pub value: Value,
    /// The last parts of its path in the file, below the parameter.
    pub path: Vec<String>,
}

/// Returns the values of a parameter that all others lie between: bounds, or each value of a list.
pub fn probes(parameter: &Parameter) -> Vec<Probe> {
    let probe = |value: Value, path: &[&str]| Probe { value, path: path.iter().map(|&p| p.to_owned()).collect() };
    match &parameter.domain {
        Domain::Float { low, high, .. } => {
            vec![probe(Value::Float(*low), &["low"]), probe(Value::Float(*high), &["high"])]
        }
        Domain::Int { low, high, .. } => vec![probe(Value::Int(*low), &["low"]), probe(Value::Int(*high), &["high"])],
        Domain::Ordinal(values) | Domain::Categorical(values) => {
            let at = |(index, value): (usize, &Value)| probe(value.clone(), &["values", &index.to_string()]);
            values.iter().enumerate().map(at).collect()
        }
        Domain::Fixed(value) => vec![probe(value.clone(), &[])],
    }
}

/// What the trainer says of a parameter by itself.
fn alone(file: &StudyFile, parameter: &Parameter) -> Vec<Fault> {
    let name = parameter.name.as_str();
    let Some(field) = field(name) else {
        let error = Recipe::default().set(name, Setting::Bool(true)).err();
        return error.map(|error| file.error_at_key(&["space", name], error)).into_iter().collect();
    };
    let takes_whole = matches!(field.kind, Kind::Int(..) | Kind::IntOr(..) | Kind::IntByLayer(..));
    if takes_whole && matches!(parameter.domain, Domain::Float { .. }) {
        let message = format!("{name}: expected {}", field.kind);
        let hint = "type = \"int\" searches whole numbers";
        return vec![file.error_at(&["space", name, "type"], message).hint(hint)];
    }
    let refused = |probe: Probe| {
        let error = Recipe::default().set(name, setting(&probe.value)).err()?;
        let fault = file.error_at(&path(name, &probe), &error);
        let is_number = matches!(&probe.value, Value::Text(text) if text.trim().parse::<f64>().is_ok());
        Some(if is_number { fault.hint("numbers stand without quotation marks") } else { fault })
    };
    probes(parameter).into_iter().filter_map(refused).collect()
}

fn path<'a>(name: &'a str, probe: &'a Probe) -> Vec<&'a str> {
    ["space", name].into_iter().chain(probe.path.iter().map(String::as_str)).collect()
}

/// What the trainer says of the values together: each edge of a domain beside the defaults of all others.
fn together(file: &StudyFile, facts: &Facts) -> Vec<Fault> {
    let space = &file.space;
    let refusal = |given: &[(String, Value)]| {
        // What breaks a constraint or names an absent parameter is never tried.
        let config = space.complete(given).ok()?;
        recipe(space, &config).and_then(|recipe| recipe.check(facts)).err()
    };
    if let Some(error) = refusal(&[]) {
        return vec![file.error_at(&["space", field_of(&error)], &error)];
    }
    let mut faults = Vec::new();
    let mut said = BTreeSet::new();
    for parameter in space.parameters().iter().filter(|parameter| parameter.is_searched()) {
        for probe in probes(parameter) {
            let Some(error) = refusal(&[(parameter.name.clone(), probe.value.clone())]) else { continue };
            if said.insert(error.to_string()) {
                let fault = file.error_at(&path(&parameter.name, &probe), &error);
                faults.push(if field_of(&error) == parameter.name {
                    fault
                } else {
                    let value = quoted(&format!("{} = {}", parameter.name, probe.value));
                    fault.hint(format!("so it is with {value}; [[constraints]] can rule such trials out"))
                });
            }
        }
    }
    faults
}

/// The field that an error is about.
fn field_of(error: &RecipeError) -> &str {
    match error {
        RecipeError::Unknown { name, .. } | RecipeError::Foreign { name, .. } => name,
        RecipeError::Type { field, .. }
        | RecipeError::Range { field, .. }
        | RecipeError::Choice { field, .. }
        | RecipeError::Length { field, .. } => field,
        RecipeError::BatchSize { .. } => "batch_size",
        RecipeError::WarmUp { .. } => "warmup_epochs",
        RecipeError::Decay { .. } => "decay",
    }
}
