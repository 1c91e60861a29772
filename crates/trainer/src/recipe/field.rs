//! The description of one hyperparameter: its name, range, meaning, conditions and hint.

use std::fmt;

use super::Recipe;
use super::kind::FieldKind;
use super::setting::{Mismatch, Setting};
use crate::optim::OptimizerName;

/// One hyperparameter of the trainer.
pub struct Field {
    /// Its name in a space file.
    pub name: &'static str,
    /// Its type and range.
    pub kind: FieldKind,
    /// Its meaning in one sentence, for users who write a space file.
    pub doc: &'static str,
    /// It has an effect only if all of these hold.
    pub acts_when: &'static [FieldCondition],
    /// Where good values are usually found.
    pub hint: Hint,
    pub(crate) write: fn(&mut Recipe, &Setting, &FieldKind) -> Result<(), Mismatch>,
    pub(crate) read: fn(&Recipe) -> Setting,
}

impl Field {
    /// Returns its value in the default recipe.
    pub fn default(&self) -> Setting {
        (self.read)(&Recipe::default())
    }

    /// Returns its value in `recipe`.
    pub fn value(&self, recipe: &Recipe) -> Setting {
        (self.read)(recipe)
    }

    /// Returns where good values are usually found with an optimizer: sgd needs steps ten times as
    /// long as the others.
    pub fn hint_with(&self, optimizer: OptimizerName) -> Hint {
        match self.hint {
            Hint::Number { first_guess, low, high, scale, confidence }
                if self.name == "learning_rate" && optimizer == OptimizerName::Sgd =>
            {
                Hint::Number { first_guess: 10.0 * first_guess, low, high, scale, confidence }
            }
            hint => hint,
        }
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// A condition on a recipe for another field to have an effect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldCondition {
    /// The field has one of these names.
    Is(&'static str, &'static [&'static str]),
    /// The field is a number above this one in some layer.
    Above(&'static str, f64),
    /// The field is empty or zero.
    Unset(&'static str),
}

impl FieldCondition {
    /// Returns the field that it depends on.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Is(field, _) | Self::Above(field, _) | Self::Unset(field) => field,
        }
    }

    /// Whether a value of [`field`](Self::field) satisfies it.
    pub fn accepts(&self, value: &Setting) -> bool {
        match (self, value) {
            (Self::Is(_, names), Setting::Text(text)) => {
                text.split('-').any(|name| names.contains(&name))
            }
            (Self::Above(_, bound), Setting::Int(value)) => *value as f64 > *bound,
            (Self::Above(_, bound), Setting::Float(value)) => value > bound,
            (Self::Above(..), Setting::Text(list)) => !list.is_empty(),
            (Self::Unset(_), Setting::Text(text)) => text.is_empty(),
            (Self::Unset(_), Setting::Int(value)) => *value == 0,
            (Self::Unset(_), Setting::Float(value)) => *value == 0.0,
            _ => false,
        }
    }
}

impl fmt::Display for FieldCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(field, names) => write!(f, "{field} = \"{}\"", names.join("\" or \"")),
            Self::Above(field, bound) => write!(f, "{field} > {bound}"),
            Self::Unset(field) => write!(f, "{field} left out"),
        }
    }
}

/// How reliable the first guess of a hint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintConfidence {
    /// The best value depends on the data.
    Low,
    /// Often near the best.
    Medium,
    /// Seldom far from the best.
    High,
}

/// Where good values of a field are usually found: a first guess, and a range worth searching.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hint {
    /// A number.
    Number {
        /// The first value to try.
        first_guess: f64,
        /// The lower end of the range worth searching.
        low: f64,
        /// The upper end of the range worth searching.
        high: f64,
        /// The scale on which its values are compared.
        scale: HintScale,
        /// How reliable the first guess is.
        confidence: HintConfidence,
    },
    /// For names.
    Names {
        /// The first value to try.
        first_guess: &'static str,
        /// The values worth searching.
        values: &'static [&'static str],
    },
    /// Best left at its default.
    None,
}

/// Whether values are compared by difference or by ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintScale {
    /// By difference.
    Linear,
    /// By ratio.
    Log,
}
