//! Errors of fitting and of stored models.

use crate::fit::Interrupted;

/// Why a training gave no model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// The caller asked for an end.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// The loss was not finite, or above 10⁶ times the first.
    #[error("the training diverged in epoch {epoch}")]
    Diverged {
        /// The epoch, from 1.
        epoch: u32,
    },
}

/// What is wrong with a stored model, or with the data to predict from.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A stream could not be read or written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The description is not valid JSON for a model.
    #[error("the model's description: {0}")]
    Description(#[from] serde_json::Error),
    /// The description contradicts itself.
    #[error("the model's description: its {part} does not fit the rest")]
    Contradiction {
        /// The part at fault.
        part: &'static str,
    },
    /// The weights are not safetensors.
    #[error("the model's weights: {0}")]
    Weights(#[from] safetensors::SafeTensorError),
    /// A tensor is missing, or of another shape or type.
    #[error("the model's weights: expected {name} as float32 of shape {expected:?}, found {found}")]
    Tensor {
        /// The tensor's name.
        name: String,
        /// The shape it should have.
        expected: Vec<usize>,
        /// What was found.
        found: String,
    },
    /// The features are not those the model was trained on.
    #[error("the features are not the columns that the model was trained on")]
    OtherFeatures,
}
