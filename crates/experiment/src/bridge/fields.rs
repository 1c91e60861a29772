//! The trainer's hyperparameters explained to the user.

use crate::report::{Failure, Fault};
use trainer::recipe::{Field, Hint, RecipeError, Setting, fields, find};

/// Explains the hyperparameters with these names, or all.
///
/// # Errors
/// If the trainer does not know one of the names.
pub fn sheet(names: &[String]) -> Result<String, Failure> {
    let asked: Vec<&Field> = if names.is_empty() {
        fields().iter().collect()
    } else {
        names
            .iter()
            .map(|name| find(name))
            .collect::<Result<_, _>>()
            .map_err(|error| unknown(&error))?
    };
    Ok(asked.into_iter().map(entry).collect::<Vec<_>>().join("\n\n"))
}

fn entry(field: &Field) -> String {
    let mut text = format!(
        "{}\n  {}\n  {}; default {}",
        field.name,
        field.doc,
        field.kind,
        shown(&field.default())
    );

    if let Some(range) = worth_searching(&field.hint) {
        text.push_str(&format!("; worth searching: {range}"));
    }

    if !field.acts_when.is_empty() {
        let conditions: Vec<String> = field.acts_when.iter().map(ToString::to_string).collect();
        text.push_str(&format!("\n  has an effect if {}", conditions.join(" and ")));
    }

    text
}

fn unknown(error: &RecipeError) -> Failure {
    Fault::error(error).hints(error.hint()).into()
}

fn worth_searching(hint: &Hint) -> Option<String> {
    match hint {
        Hint::Number { low, high, .. } => Some(format!("{low} to {high}")),
        Hint::Names { values, .. } => Some(values.join(", ")),
        Hint::None => None,
    }
}

fn shown(setting: &Setting) -> String {
    match setting {
        Setting::Text(text) if text.is_empty() => "none".to_owned(),
        setting => setting.to_string(),
    }
}
