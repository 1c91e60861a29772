//! Hyperparameters by their names: looked up, set, read back.

use super::error::RecipeError;
use super::field::Field;
use super::fields::fields;
use super::foreign;
use super::setting::{Mismatch, Setting};
use super::values::Recipe;
use crate::nearest::nearest;

impl Recipe {
    /// Sets one field by its name.
    ///
    /// # Errors
    /// An unknown or foreign name, a value of another type, out of range or not among the choices.
    pub fn set(&mut self, name: &str, setting: Setting) -> Result<(), RecipeError> {
        let field = find(name)?;
        (field.write)(self, &setting, &field.kind).map_err(|mismatch| {
            let (field, expected) = (field.name, field.kind);
            match mismatch {
                Mismatch::Type => RecipeError::Type { field, expected, found: setting },
                Mismatch::Range(found) => RecipeError::Range { field, expected, found },
                Mismatch::Choice(found) => {
                    let nearest = nearest(&found, expected.choices());
                    RecipeError::Choice { field, expected, found, nearest }
                }
            }
        })
    }

    /// Returns every field's value, in the order of [`fields`].
    pub fn settings(&self) -> impl Iterator<Item = (&'static str, Setting)> + '_ {
        fields().iter().map(|field| (field.name, field.value(self)))
    }
}

/// Returns the field of this name.
pub fn field(name: &str) -> Option<&'static Field> {
    fields().iter().find(|field| field.name == name)
}

/// Returns the field of this name, or an error with suggestions.
///
/// # Errors
/// [`RecipeError::Unknown`], or [`RecipeError::Foreign`] for another program's name.
pub fn find(name: &str) -> Result<&'static Field, RecipeError> {
    field(name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> RecipeError {
    match foreign::translate(name) {
        Some((field, note)) => RecipeError::Foreign { name: name.to_owned(), field, note },
        None => RecipeError::Unknown {
            name: name.to_owned(),
            nearest: nearest(name, fields().iter().map(|field| field.name)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::activation::Activation;
    use crate::optim::OptimizerName;
    use crate::recipe::{BatchSize, Hint, PerLayer};

    fn set(name: &str, setting: impl Into<Setting>) -> Result<Recipe, RecipeError> {
        let mut recipe = Recipe::default();
        recipe.set(name, setting.into()).map(|()| recipe)
    }

    #[test]
    fn every_field_reads_back_what_it_writes() {
        let mut copy = Recipe { layers: vec![9], width: 3, epochs: 1, ..Recipe::default() };
        for field in fields() {
            copy.set(field.name, field.default()).expect(field.name);
        }
        assert_eq!(copy, Recipe::default());
        assert_eq!(fields().len(), 32, "as many fields as the recipe has");
    }

    #[test]
    fn every_hint_is_allowed_by_its_field() {
        for field in fields() {
            match field.hint {
                Hint::Number { first_guess, low, high, .. } => {
                    assert!(low <= first_guess && first_guess <= high, "{}", field.name);
                    assert!(field.kind.holds(low) && field.kind.holds(high), "{}", field.name);
                }
                Hint::Names { first_guess, values } => {
                    assert!(values.contains(&first_guess), "{}", field.name);
                    for value in values {
                        set(field.name, *value).expect(field.name);
                    }
                }
                Hint::None => {}
            }
        }
    }

    #[test]
    fn every_condition_names_a_field() {
        for field in fields() {
            for condition in field.acts_when {
                assert!(super::field(condition.field()).is_some(), "{}", field.name);
            }
        }
    }

    #[test]
    fn lists_by_layer_are_read() {
        assert_eq!(set("layers", "64-32").unwrap().hidden_widths(), [64, 32]);
        let lambdas = set("lambda", "1e-4-0.01-0").unwrap().lambda;
        assert_eq!(lambdas, PerLayer::Each(vec![1e-4, 0.01, 0.0]));
        let activations = set("activation", "relu-tanh").unwrap().activation;
        assert_eq!(activations, PerLayer::Each(vec![Activation::Relu, Activation::Tanh]));
        assert_eq!(set("batch_size", "full").unwrap().batch_size, BatchSize::Full);
    }

    #[test]
    fn errors_say_what_was_wanted() {
        for (name, setting, message) in [
            (
                "learning_rate",
                Setting::Float(0.0),
                "learning_rate: expected a number above 0 and at most 1000, found 0",
            ),
            (
                "learning_rate",
                f64::NAN.into(),
                "learning_rate: expected a number above 0 and at most 1000, found NaN",
            ),
            ("depth", Setting::Int(-1), "depth: expected an integer from 0 to 32, found -1"),
            ("depth", 2.0.into(), "depth: expected an integer from 0 to 32, found 2"),
            (
                "dropout",
                "0.5".into(),
                "dropout: expected a number of at least 0 and below 1, found \"0.5\"",
            ),
            (
                "layers",
                "64-x".into(),
                "layers: expected integers joined by \"-\", each from 1 to 16384, found \"64-x\"",
            ),
        ] {
            assert_eq!(set(name, setting).unwrap_err().to_string(), message);
        }
        let error = set("activation", "rellu").unwrap_err();
        assert!(error.to_string().starts_with("activation: expected one of linear, sigmoid"));
        assert_eq!(error.hint().as_deref(), Some("relu?"));
        let error = set("learning_rat", 1.0).unwrap_err();
        assert_eq!(error.to_string(), "the trainer has no hyperparameter \"learning_rat\"");
        assert_eq!(error.hint().as_deref(), Some("learning_rate?"));
    }

    #[test]
    fn foreign_names_are_translated() {
        let hint = |name, value: f64| set(name, value).unwrap_err().hint().unwrap();
        let keep = hint("keep_prob", 0.8);
        assert!(keep.contains("dropout") && keep.contains("probability to drop"), "{keep}");
        assert!(hint("lr", 0.1).contains("learning_rate"));
    }

    #[test]
    fn a_field_that_cannot_act_says_why() {
        let idle = |name: &str, recipe: &Recipe| {
            let mut conditions = field(name).unwrap().acts_when.iter();
            let value = |name: &str| field(name).unwrap().value(recipe);
            let unmet = conditions.find(|condition| !condition.accepts(&value(condition.field())));
            unmet.map(ToString::to_string)
        };
        let recipe = Recipe::default();
        assert_eq!(idle("momentum", &recipe).as_deref(), Some("optimizer = \"sgd\""));
        assert_eq!(
            idle("nesterov", &Recipe { optimizer: OptimizerName::Sgd, ..recipe.clone() }),
            None
        );
        assert_eq!(
            idle("depth", &Recipe { layers: vec![8], ..recipe }).as_deref(),
            Some("layers left out")
        );
    }
}
