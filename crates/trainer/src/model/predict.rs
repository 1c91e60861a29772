//! A fitted network, and what it predicts for rows of a table.

use ndarray::{Array2, ArrayView1, ArrayViewMut1, Axis};

use super::assess::Assessment;
use super::description::ModelDescription;
use super::error::ModelError;
use crate::data::{Features, Target};
use crate::fit::most_probable;
use crate::network::kernels::padded;
use crate::network::{Network, Workspace};
use crate::outcomes::Outcomes;

/// Rows predicted at once.
const PASS_ROWS: usize = 256;

/// A fitted network.
pub struct Model {
    pub(super) description: ModelDescription,
    pub(super) network: Network,
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

impl Model {
    /// Returns everything about it except its weights.
    pub fn description(&self) -> &ModelDescription {
        &self.description
    }

    /// Records the SHA-256 of the table that it was trained on.
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
        let ModelDescription { classes, target, .. } = &self.description;
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
        let ModelDescription { task, classes, target, .. } = &self.description;
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

        // Hidden layers take more memory than outputs, so only one pass of rows is in them at a
        // time.
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
