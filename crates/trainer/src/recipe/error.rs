//! Errors in recipes.

use super::kind::FieldKind;
use super::setting::Setting;

/// A wrong setting, with the field it concerns.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RecipeError {
    /// No field has this name.
    #[error("the trainer has no hyperparameter \"{name}\"")]
    Unknown {
        /// The name found.
        name: String,
        /// Similar names, the most similar first.
        nearest: Vec<String>,
    },
    /// The name belongs to another program.
    #[error("the trainer has no hyperparameter \"{name}\"")]
    Foreign {
        /// The name found.
        name: String,
        /// The name it has here.
        field: &'static str,
        /// How its values differ; empty if they do not.
        note: &'static str,
    },
    /// A value of another type.
    #[error("{field}: expected {expected}, found {found}")]
    Type {
        /// The field.
        field: &'static str,
        /// What it allows.
        expected: FieldKind,
        /// The value found.
        found: Setting,
    },
    /// A number out of range.
    #[error("{field}: expected {expected}, found {found}")]
    Range {
        /// The field.
        field: &'static str,
        /// What it allows.
        expected: FieldKind,
        /// The number found.
        found: f64,
    },
    /// A name that is not one of the choices.
    #[error("{field}: expected {expected}, found \"{found}\"")]
    Choice {
        /// The field.
        field: &'static str,
        /// What it allows.
        expected: FieldKind,
        /// The name found.
        found: String,
        /// Similar choices, the most similar first.
        nearest: Vec<String>,
    },
    /// A list by layer has the wrong length.
    #[error("{field}: expected {expected} values, one for each {layer}, found {found}")]
    Length {
        /// The field.
        field: &'static str,
        /// What the values belong to: a hidden layer, or a weight matrix.
        layer: &'static str,
        /// The number of layers.
        expected: usize,
        /// The number of values.
        found: usize,
    },
    /// A mini-batch larger than the table.
    #[error("batch_size: expected at most the table's {rows} rows, found {batch_size}")]
    BatchSize {
        /// The rows of a mini-batch.
        batch_size: u32,
        /// The rows of the table.
        rows: usize,
    },
    /// A warm-up as long as the training.
    #[error("warmup_epochs: expected fewer than the {epochs} epochs, found {warmup_epochs}")]
    WarmUp {
        /// The epochs of the warm-up.
        warmup_epochs: f64,
        /// All epochs.
        epochs: u32,
    },
    /// An exponential or step schedule whose rate would grow.
    #[error("decay: expected at most 1 with schedule = \"{schedule}\", found {decay}")]
    Decay {
        /// The schedule's name.
        schedule: &'static str,
        /// The factor.
        decay: f64,
    },
}

impl RecipeError {
    /// Returns a hint what to do, or `None` if the message is enough.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { nearest, .. } | Self::Choice { nearest, .. } => {
                (!nearest.is_empty()).then(|| format!("{}?", nearest.join(", ")))
            }
            Self::Foreign { field, note, .. } => Some(format!("`{field}`{note}")),
            Self::BatchSize { .. } => Some("\"full\" takes all rows of a fold".to_owned()),
            _ => None,
        }
    }
}
