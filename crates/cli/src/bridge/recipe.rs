//! From configurations to the trainer's recipes, and what of a space the trainer cannot accept.

use crate::file::StudyFile;
use crate::file::fields::{edges, setting};
use crate::report::{Fault, quoted};
use std::collections::BTreeSet;
use trainer::data::Facts;
use trainer::recipe::{Recipe, RecipeError};
use tuner::space::{Config, Space, Value};

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

/// Finds what the trainer does not accept of the values together and with the data: each edge of a domain is tried beside
/// the defaults of all others. What it does not accept of a value alone, reading the file has found.
pub fn faults(file: &StudyFile, facts: &Facts) -> Vec<Fault> {
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
        for edge in edges(parameter) {
            let Some(error) = refusal(&[(parameter.name.clone(), edge.value.clone())]) else { continue };
            if said.insert(error.to_string()) {
                let fault = file.error_at(&edge.path(&parameter.name), &error);
                faults.push(if field_of(&error) == parameter.name {
                    fault
                } else {
                    let value = quoted(&format!("{} = {}", parameter.name, edge.value));
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
