//! A network fitted on all rows, with everything that prediction needs: preparation, classes, scale
//! of the target.
//!
//! A model is written as three streams: a JSON description, safetensors with its weights, and ONNX,
//! which other programs run on raw columns. The first two read back as the same model.

mod assess;
mod error;
mod onnx;
mod store;
mod wire;

pub use assess::{Assessment, Measure, Owners};
pub use error::{FitError, ModelError};

use std::collections::BTreeMap;

use ndarray::{Array2, ArrayView1, ArrayViewMut1, Axis};
use serde::{Deserialize, Serialize};

use crate::data::{Dataset, Feature, FeatureKind, Features, NumberForm, Schema, Target, Task};
use crate::fit::{Observer, State, most_probable};
use crate::loss::Loss;
use crate::metric::Metric;
use crate::network::kernels::padded;
use crate::network::{Architecture, Network, Workspace};
use crate::outcomes::Outcomes;
use crate::prepare::{Preparation, TargetScaling};
use crate::recipe::{CheckedRecipe, Setting};
use crate::score::{FoldFit, fit_fold};
use crate::split::Fold;
use crate::stream::Streams;

/// Rows predicted at once.
const PASS_ROWS: usize = 256;

/// A fitted network.
pub struct Model {
    description: Description,
    network: Network,
}

/// Everything about a model but its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// Classification or regression.
    pub task: Task,
    /// The classes, in the order of the probabilities; empty for regression.
    pub classes: Vec<String>,
    /// The scale that converts a regression's outputs back to the target's units.
    pub target: TargetScaling,
    /// The training loss.
    pub loss: Loss,
    /// The columns it predicts from.
    pub schema: Schema,
    /// The target's column and how it was read; absent in models of version 0.3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Feature>,
    /// SHA-256 of the table it was trained on, where whoever fitted it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// How raw columns become inputs.
    pub preparation: Preparation,
    /// The network.
    pub architecture: Architecture,
    /// The settings it was trained with, by their names.
    pub recipe: BTreeMap<String, Setting>,
}

impl Description {
    /// Returns how to read the target from another table: as in training. If the model does not
    /// say, it is a column without a name, of plain numbers or of the classes.
    pub fn reading_of_target(&self) -> Feature {
        self.answer.clone().unwrap_or_else(|| Feature {
            name: String::new(),
            kind: match self.task {
                Task::Classification => {
                    FeatureKind::Category { labels: self.classes.clone(), literal: false }
                }
                Task::Regression => FeatureKind::Number { shift: 0.0, form: NumberForm::default() },
            },
            missing: Vec::new(),
        })
    }
}

/// The predictions for some rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Predictions {
    /// For a classification.
    Classes {
        /// The most probable class of each row, the first of equal ones.
        codes: Vec<u32>,
        /// rows × classes.
        probabilities: Array2<f32>,
    },
    /// For a regression, in the target's units.
    Values(Vec<f64>),
}

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
    if let State::Diverged { epoch } = fitted.state {
        return Err(FitError::Diverged { epoch });
    }

    let network = fitted.stepper.network().clone();
    let classes = match data.target() {
        Target::Classes { names, .. } => names.clone(),
        Target::Values(_) => Vec::new(),
    };

    let description = Description {
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

impl Model {
    /// Returns everything about it except its weights.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Notes the SHA-256 of the table that it was trained on.
    #[must_use]
    pub fn trained_on(mut self, sha256: &str) -> Self {
        self.description.data = Some(sha256.to_owned());
        self
    }

    /// Predicts every row of `features`.
    ///
    /// # Errors
    /// If the features have other columns than those it was trained on; see
    /// [`Features::read`].
    pub fn predict(&self, features: &Features) -> Result<Predictions, ModelError> {
        let Description { classes, target, .. } = &self.description;
        let rows: Vec<u32> = (0..features.n_rows() as u32).collect();
        let outputs = self.outputs(features, &rows)?;

        if classes.is_empty() {
            return Ok(Predictions::Values(
                outputs.column(0).iter().map(|&output| target.invert(output)).collect(),
            ));
        }

        let codes =
            outputs.outer_iter().map(|row| most_probable(&row, classes.len()) as u32).collect();

        let mut probabilities = Array2::zeros((rows.len(), classes.len()));
        for (outputs, probabilities) in outputs.outer_iter().zip(probabilities.outer_iter_mut()) {
            write_probabilities(&outputs, probabilities);
        }

        Ok(Predictions::Classes { codes, probabilities })
    }

    /// Predicts `rows` of `features` and pairs the predictions with `truth`, the targets of these
    /// rows.
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    ///
    /// # Panics
    /// If there is not one target per row, or they belong to another task.
    pub fn assess(
        &self,
        features: &Features,
        rows: &[u32],
        truth: &Target,
    ) -> Result<Assessment, ModelError> {
        let Description { task, classes, target, .. } = &self.description;
        assert_eq!((truth.n_rows(), truth.task()), (rows.len(), *task), "one target a row");
        let outputs = self.outputs(features, rows)?;
        let mut outcomes = Outcomes::new(*task, classes.len());

        match truth {
            Target::Classes { codes, .. } => {
                for (&class, outputs) in codes.iter().zip(outputs.outer_iter()) {
                    outcomes.add_class(class, most_probable(&outputs, classes.len()), &outputs);
                }
            }
            Target::Values(values) => {
                for (&value, outputs) in values.iter().zip(outputs.outer_iter()) {
                    outcomes.add_value(value, target.invert(outputs[0]));
                }
            }
        }

        Ok(Assessment::new(outcomes, *task, target.sd))
    }

    /// The network's outputs for some rows, padded.
    fn outputs(&self, features: &Features, rows: &[u32]) -> Result<Array2<f32>, ModelError> {
        let preparation = &self.description.preparation;
        if !preparation.fits(features.schema()) {
            return Err(ModelError::OtherFeatures);
        }

        let mut workspace = Workspace::new(&self.network, PASS_ROWS.min(rows.len()));
        let n_outputs = self.network.architecture().n_outputs;

        let mut outputs = Array2::zeros((rows.len(), padded(n_outputs)));
        for (rows, mut outputs) in
            rows.chunks(PASS_ROWS).zip(outputs.axis_chunks_iter_mut(Axis(0), PASS_ROWS))
        {
            preparation.gather(features, rows, workspace.input_mut(rows.len()));
            self.network.forward(&mut workspace, None, rows.len());
            outputs.assign(&workspace.outputs(rows.len()).0);
        }

        Ok(outputs)
    }
}

/// Writes the softmax of a row's outputs, or the sigmoid of one output after its complement.
fn write_probabilities(outputs: &ArrayView1<f32>, mut probabilities: ArrayViewMut1<f32>) {
    if probabilities.len() == 2 {
        let second = 1.0 / (1.0 + libm::expf(-outputs[0]));
        // 1 − second would round small probabilities away.
        let first = 1.0 / (1.0 + libm::expf(outputs[0]));
        probabilities.assign(&ndarray::arr1(&[first, second]));
        return;
    }

    let outputs = outputs.slice(ndarray::s![..probabilities.len()]);
    let highest = outputs.fold(f32::NEG_INFINITY, |highest, &output| highest.max(output));
    probabilities.assign(&outputs.mapv(|output| libm::expf(output - highest)));
    let sum = probabilities.sum();
    probabilities.mapv_inplace(|power| power / sum);
}
