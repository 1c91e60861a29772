//! The settings of a network and its training: free settings, and the recipe they become once
//! checked.
//!
//! [`fields`] is the one list of hyperparameters: name, range, meaning, conditions, hint. A
//! [`Recipe`] holds a value for each; [`Recipe::set`] checks one value by itself, [`Recipe::check`]
//! checks all of them together and against the data.

mod by_name;
mod check;
mod error;
mod field;
mod fields;
mod foreign;
mod kind;
mod setting;
mod values;

pub use by_name::{field, find};
pub use check::CheckedRecipe;
pub use error::RecipeError;
pub use field::{Field, FieldCondition, Hint, HintConfidence, HintScale};
pub use fields::fields;
pub use kind::FieldKind;
pub use setting::{BatchSize, PerLayer, Setting};
pub use values::{ClassWeight, Recipe, Shape};
