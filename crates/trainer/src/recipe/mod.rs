//! The settings of a network and its training: free settings, and the recipe they become once
//! checked.
//!
//! [`fields`] is the one list of hyperparameters: name, range, meaning, conditions, hint. A
//! [`Recipe`] holds a value for each; [`Recipe::set`] checks one value by itself, [`Recipe::check`]
//! checks all of them together and against the data.

mod check;
mod error;
mod field;
mod fields;
mod foreign;
mod kind;
mod setting;

pub use check::CheckedRecipe;
pub use error::RecipeError;
pub use field::{Condition, Confidence, Field, Hint, Scale};
pub use fields::fields;
pub use kind::Kind;
pub use setting::{BatchSize, PerLayer, Setting};

use crate::choice::Choice;
use crate::nearest::nearest;
use crate::network::activation::Activation;
use crate::network::init::Init;
use crate::optim::OptimizerName;
use crate::prepare::Scaling;
use crate::schedule::Decay;
use setting::Mismatch;

/// The settings of one training; each field is documented in [`fields`].
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the list of fields documents each")]
pub struct Recipe {
    pub learning_rate: f64,
    pub schedule: Decay,
    pub decay: f64,
    pub decay_epochs: f64,
    pub warmup_epochs: f64,
    pub optimizer: OptimizerName,
    pub momentum: f64,
    pub nesterov: bool,
    pub beta1: f64,
    pub beta2: f64,
    pub rho: f64,
    pub epsilon: f64,
    pub batch_size: BatchSize,
    pub epochs: u32,
    pub patience: u32,
    pub dropout: f64,
    pub input_dropout: f64,
    pub lambda: PerLayer<f64>,
    pub lambda_l1: PerLayer<f64>,
    pub depth: u32,
    pub width: u32,
    pub shape: Shape,
    pub layers: Vec<u32>,
    pub activation: PerLayer<Activation>,
    pub init: Init,
    pub scaling: Scaling,
    pub batch_norm: bool,
    pub clip_norm: f64,
    pub label_smoothing: f64,
    pub class_weight: ClassWeight,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            learning_rate: 0.003,
            schedule: Decay::Constant,
            decay: 0.5,
            decay_epochs: 10.0,
            warmup_epochs: 0.0,
            optimizer: OptimizerName::Adam,
            momentum: 0.9,
            nesterov: false,
            beta1: 0.9,
            beta2: 0.999,
            rho: 0.99,
            epsilon: 1e-8,
            batch_size: BatchSize::Rows(32),
            epochs: 40,
            patience: 0,
            dropout: 0.0,
            input_dropout: 0.0,
            lambda: PerLayer::All(1e-4),
            lambda_l1: PerLayer::All(0.0),
            depth: 2,
            width: 64,
            shape: Shape::Constant,
            layers: Vec::new(),
            activation: PerLayer::All(Activation::Relu),
            init: Init::Auto,
            scaling: Scaling::Standard,
            batch_norm: false,
            clip_norm: 0.0,
            label_smoothing: 0.0,
            class_weight: ClassWeight::None,
        }
    }
}

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

    /// Returns the widths of the hidden layers from the input on.
    pub fn hidden_widths(&self) -> Vec<u32> {
        if !self.layers.is_empty() {
            return self.layers.clone();
        }
        let width = |layer: u32| match self.shape {
            Shape::Constant => self.width,
            Shape::Funnel => self.width.checked_shr(layer).unwrap_or(0).max(self.width.min(2)),
        };
        (0..self.depth).map(width).collect()
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

/// How the widths of the hidden layers follow from `width` and `depth`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// All alike.
    Constant,
    /// Each half as wide as the one before, at least 2.
    Funnel,
}

impl Choice for Shape {
    const NAMES: &'static [(&'static str, Self)] =
        &[("constant", Self::Constant), ("funnel", Self::Funnel)];
}

/// The weight of a class's rows in the training loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassWeight {
    /// 1.
    None,
    /// n / (K nₖ) for n training rows, nₖ of them of this class, and K classes that occur: each
    /// class counts alike.
    Balanced,
}

impl Choice for ClassWeight {
    const NAMES: &'static [(&'static str, Self)] =
        &[("none", Self::None), ("balanced", Self::Balanced)];
}

impl Choice for Scaling {
    const NAMES: &'static [(&'static str, Self)] =
        &[("standard", Self::Standard), ("minmax", Self::MinMax), ("none", Self::None)];
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(fields().len(), 30, "as many fields as the recipe has");
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
    fn a_funnel_halves() {
        let recipe = Recipe { depth: 7, shape: Shape::Funnel, ..Recipe::default() };
        assert_eq!(recipe.hidden_widths(), [64, 32, 16, 8, 4, 2, 2]);
    }

    #[test]
    fn errors_say_what_was_wanted() {
        for (name, setting, message) in [
            (
                "learning_rate",
                Setting::Float(0.0),
                "learning_rate: expected a number above 0, at most 1000, found 0",
            ),
            (
                "learning_rate",
                f64::NAN.into(),
                "learning_rate: expected a number above 0, at most 1000, found NaN",
            ),
            (
                "depth",
                Setting::Int(-1),
                "depth: expected a whole number at least 0, at most 32, found -1",
            ),
            ("depth", 2.0.into(), "depth: expected a whole number at least 0, at most 32, found 2"),
            (
                "dropout",
                "0.5".into(),
                "dropout: expected a number at least 0, below 1, found \"0.5\"",
            ),
            (
                "layers",
                "64-x".into(),
                "layers: expected whole numbers joined by \"-\", each at least 1, at most 16384, found \"64-x\"",
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
            field(name).unwrap().idle_in(recipe).map(ToString::to_string)
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
