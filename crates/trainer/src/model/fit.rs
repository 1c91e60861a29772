//! Trains the model that is kept.

use super::description::ModelDescription;
use super::error::FitError;
use super::predict::Model;
use crate::data::{Dataset, Target};
use crate::fit::{Observer, TrainingState};
use crate::metric::Metric;
use crate::recipe::CheckedRecipe;
use crate::score::{FoldFit, fit_fold};
use crate::split::Fold;
use crate::stream::Streams;

/// Trains on a fold's training rows, as [`evaluate`](crate::evaluate) does with the same arguments,
/// and keeps the network. For a model of all rows, make all of them training rows of a fold without
/// test rows.
///
/// # Errors
/// If the training is interrupted or diverges.
///
/// # Panics
/// If the fold does not belong to the data set, or the metric to its task.
pub fn fit_model(
    data: &Dataset,
    fold: &Fold,
    recipe: &CheckedRecipe,
    metric: Metric,
    streams: &Streams,
    observer: &dyn Observer,
) -> Result<Model, FitError> {
    let FoldFit { preparation, scaling, fitted, .. } =
        fit_fold(data, fold, recipe, metric, *streams, observer)?;
    if let TrainingState::Diverged { epoch } = fitted.state {
        return Err(FitError::Diverged { epoch });
    }

    let network = fitted.stepper.network().clone();
    let classes = match data.target() {
        Target::Classes { names, .. } => names.clone(),
        Target::Values(_) => Vec::new(),
    };

    let description = ModelDescription {
        task: data.facts().task,
        classes,
        target: scaling,
        loss: metric.loss(),
        schema: data.features().schema().clone(),
        answer: data.answer().cloned(),
        data: None,
        preparation,
        architecture: network.architecture().clone(),
        recipe: recipe
            .settings()
            .settings()
            .map(|(name, setting)| (name.to_owned(), setting))
            .collect(),
    };

    Ok(Model { description, network })
}
