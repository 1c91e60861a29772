//! Converts configurations into the trainer's recipes, and finds what the trainer does not accept.

use crate::file::SpaceFile;
use crate::file::fields::{edges, setting};
use crate::report::{Fault, quoted};
use std::collections::BTreeSet;
use trainer::data::Facts;
use trainer::recipe::{Recipe, RecipeError};
use tuner::space::{Config, Space, Value};

/// Converts a configuration into a recipe; parameters that the space does not name keep the
/// trainer's default.
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

/// Finds combinations of values, or of values and data, that the trainer does not accept: each edge
/// of a domain is tried with the defaults of all others. Values that are wrong by themselves were
/// found when the file was read.
pub fn faults(file: &SpaceFile, facts: &Facts) -> Vec<Fault> {
    let space = &file.plan.space;
    let refusal = |given: &[(String, Value)]| {
        // Values that break a constraint or belong to an inactive parameter are never tried.
        let config = space.complete(given).ok()?;
        recipe(space, &config).and_then(|recipe| recipe.check(facts)).err()
    };

    if let Some(error) = refusal(&[]) {
        let fault = file.document.error_at(&["space", field_of(&error)], &error);
        return vec![fault.hints(error.hint())];
    }

    let mut faults = Vec::new();
    let mut said = BTreeSet::new();
    for parameter in space.parameters().iter().filter(|parameter| parameter.is_searched()) {
        for edge in edges(parameter) {
            let Some(error) = refusal(&[(parameter.name.clone(), edge.value.clone())]) else {
                continue;
            };
            if said.insert(error.to_string()) {
                let fault = file.document.error_at(&edge.path(&parameter.name), &error);
                let fault = fault.hints(error.hint());
                faults.push(if field_of(&error) == parameter.name {
                    fault
                } else {
                    let value = quoted(&format!("{} = {}", parameter.name, edge.value));
                    fault.hint(format!(
                        "this happens with {value}; [[constraints]] can exclude such trials"
                    ))
                });
            }
        }
    }

    faults
}

/// Returns the field that an error is about.
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use trainer::data::Task;
    use trainer::recipe::BatchSize;

    const FACTS: Facts =
        Facts { n_rows: 100, n_features: 4, n_inputs: 4, n_classes: 3, task: Task::Classification };

    fn file(space: &str) -> SpaceFile {
        let text = format!(
            "[data]\npath = \"a.csv\"\ntarget = \"y\"\n[search]\ntrials = 3\n[space]\n{space}\n"
        );
        SpaceFile::parse("space.toml", text, PathBuf::new()).unwrap()
    }

    fn messages(space: &str) -> Vec<String> {
        faults(&file(space), &FACTS).into_iter().map(|fault| fault.message).collect()
    }

    #[test]
    fn a_configuration_becomes_a_recipe_and_the_rest_stays_the_trainers() {
        let file = file(
            "depth = { type = \"int\", low = 1, high = 3 }\nbatch_size = \"full\"\nlearning_rate = 1",
        );
        let config = file.plan.space.complete(&[("depth".into(), Value::Int(3))]).unwrap();
        let recipe = recipe(&file.plan.space, &config).unwrap();
        assert_eq!(
            (recipe.depth, recipe.batch_size, recipe.learning_rate),
            (3, BatchSize::Full, 1.0)
        );
        assert_eq!(recipe.epochs, Recipe::default().epochs);
    }

    #[test]
    fn what_does_not_suit_the_data_is_found_at_the_edges() {
        let found = messages("batch_size = { type = \"ordinal\", values = [16, 101, 200] }");
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("at most the table's 100 rows, found 101"), "{found:?}");
    }

    #[test]
    fn what_does_not_suit_another_value_is_found_unless_a_constraint_rules_it_out() {
        let space = "warmup_epochs = 12\nepochs = { type = \"int\", low = 10, high = 40 }";
        let found = messages(space);
        assert!(
            found.len() == 1 && found[0].contains("fewer than the 10 epochs, found 12"),
            "{found:?}"
        );
        let ruled_out = format!("{space}\n[[constraints]]\nexpr = \"warmup_epochs < epochs\"");
        assert_eq!(messages(&ruled_out), Vec::<String>::new());
    }
}
