//! Mini-batches: prepared inputs and targets of some rows of a data set.

use ndarray::{ArrayRef1, ArrayRef2};

use crate::data::{Dataset, Features, Target, Task};
use crate::loss::{Criterion, Loss, Targets};
use crate::network::Workspace;
use crate::prepare::{Preparation, TargetScaling};
use crate::recipe::{ClassWeight, Recipe};
use crate::tally::Tally;

/// A data set as seen by one training: stored once, prepared row by row on demand.
pub(crate) struct PreparedData<'a> {
    pub features: &'a Features,
    pub preparation: &'a Preparation,
    target: &'a Target,
    pub scaling: TargetScaling,
}

/// Buffers for the targets and losses of a batch's rows.
pub(crate) struct Batch {
    classes: Vec<u32>,
    values: Vec<f32>,
    pub losses: Vec<f32>,
}

impl Batch {
    pub(crate) fn new(rows: usize) -> Self {
        Self {
            classes: Vec::with_capacity(rows),
            values: Vec::with_capacity(rows),
            losses: vec![0.0; rows],
        }
    }
}

impl<'a> PreparedData<'a> {
    pub(crate) fn new(
        data: &'a Dataset,
        preparation: &'a Preparation,
        scaling: TargetScaling,
    ) -> Self {
        Self { features: data.features(), preparation, target: data.target(), scaling }
    }

    /// Returns the loss to minimise on `train`; balanced class weights are n / (K nₖ) over its
    /// rows.
    pub(crate) fn criterion(&self, loss: Loss, recipe: &Recipe, train: &[u32]) -> Criterion {
        let Target::Classes { codes, names } = self.target else {
            return Criterion { loss, class_weights: Vec::new(), label_smoothing: 0.0 };
        };
        let mut class_weights = vec![1.0; names.len()];

        if recipe.class_weight == ClassWeight::Balanced {
            let mut counts = vec![0_u32; names.len()];
            for &row in train {
                counts[codes[row as usize] as usize] += 1;
            }
            // A rare class may be absent from a fold.
            let n_present = counts.iter().filter(|&&count| count > 0).count() as f64;
            for (weight, &count) in class_weights.iter_mut().zip(&counts) {
                *weight = (train.len() as f64 / (n_present * f64::from(count.max(1)))) as f32;
            }
        }

        Criterion { loss, class_weights, label_smoothing: recipe.label_smoothing as f32 }
    }

    /// Writes the prepared `rows` into the workspace.
    pub(crate) fn load(&self, rows: &[u32], workspace: &mut Workspace) {
        self.preparation.gather(self.features, rows, workspace.input_mut(rows.len()));
    }

    /// Returns the targets of `rows`.
    pub(crate) fn targets<'b>(
        &self,
        rows: &[u32],
        batch: &'b mut Batch,
    ) -> (Targets<'b>, &'b mut [f32]) {
        let Batch { classes, values, losses } = batch;
        let losses = &mut losses[..rows.len()];
        match self.target {
            Target::Values(all) => {
                values.clear();
                values.extend(rows.iter().map(|&row| self.scaling.apply(all[row as usize])));
                (Targets::Values(values), losses)
            }
            Target::Classes { codes, .. } => {
                classes.clear();
                classes.extend(rows.iter().map(|&row| codes[row as usize]));
                (Targets::Classes(classes), losses)
            }
        }
    }

    /// Adds rows to a tally by their losses and outputs.
    pub(crate) fn tally(
        &self,
        rows: &[u32],
        losses: &[f32],
        outputs: &ArrayRef2<f32>,
        tally: &mut Tally,
    ) {
        match self.target {
            Target::Classes { codes, names } => {
                let predicted = outputs.outer_iter().map(|row| most_probable(&row, names.len()));
                let truth = rows.iter().map(|&row| codes[row as usize] as usize);
                tally.add_classes(
                    losses,
                    predicted.zip(truth).map(|(predicted, truth)| predicted == truth),
                );
                // Rows are kept only for metrics that are not means over rows, such as ROC AUC.
                if let Some(kept) = &mut tally.kept {
                    for (&row, outputs) in rows.iter().zip(outputs.outer_iter()) {
                        let predicted = most_probable(&outputs, names.len());
                        kept.add_class(codes[row as usize], predicted, &outputs);
                    }
                }
            }
            Target::Values(values) => {
                for (&row, output) in rows.iter().zip(outputs.outer_iter()) {
                    let predicted = self.scaling.invert(output[0]);
                    tally.add_error(predicted - values[row as usize], self.scaling.sd);
                    if let Some(kept) = &mut tally.kept {
                        kept.add_value(values[row as usize], predicted);
                    }
                }
            }
        }
    }

    /// Returns the number of classes; 0 for regression.
    pub(crate) fn n_classes(&self) -> usize {
        self.target.class_names().len()
    }

    /// Returns the task.
    pub(crate) fn task(&self) -> Task {
        self.target.task()
    }
}

/// Returns the scale of a target on its training rows; for classes, mean 0 and standard deviation
/// 1.
pub(crate) fn target_scaling(target: &Target, train: &[u32]) -> TargetScaling {
    match target {
        Target::Classes { .. } => TargetScaling { mean: 0.0, sd: 1.0 },
        Target::Values(values) => TargetScaling::fit(values, train),
    }
}

/// Returns the number of outputs for a number of classes (0 for regression).
pub(crate) fn n_outputs(n_classes: usize) -> usize {
    if n_classes <= 2 { 1 } else { n_classes }
}

/// Returns the class of the highest output, the first of equal ones; with one output, class 1 above
/// zero.
pub(crate) fn most_probable(outputs: &ArrayRef1<f32>, n_classes: usize) -> usize {
    if n_classes == 2 {
        return usize::from(outputs[0] > 0.0);
    }
    (1..n_classes).fold(0, |best, class| if outputs[class] > outputs[best] { class } else { best })
}
