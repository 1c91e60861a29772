//! A network fitted on all rows, with everything that prediction needs: preparation, classes, scale
//! of the target.
//!
//! A model is written as three streams: a JSON description, safetensors with its weights, and ONNX,
//! which other programs run on raw columns. The first two read back as the same model.

mod assess;
mod description;
mod error;
mod fit;
mod onnx;
mod predict;
mod store;
mod wire;

pub use assess::{Assessment, Measure, Owners};
pub use description::ModelDescription;
pub use error::{FitError, ModelError};
pub use fit::fit_model;
pub use predict::{Model, Predictions};
