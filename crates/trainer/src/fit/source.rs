//! Mini-batches: prepared inputs and targets of some rows of a data set.

use crate::data::{Dataset, Features, Target};
use crate::loss::{Criterion, Loss, Targets};
use crate::metric::Tally;
use crate::network::{Network, Workspace};
use crate::prepare::{Preparation, TargetScaling};
use crate::recipe::{ClassWeight, Recipe};

/// A data set as one training sees it: held once, prepared row by row when asked for.
pub(crate) struct Source<'a> {
    pub features: &'a Features,
    pub preparation: &'a Preparation,
    target: &'a Target,
    /// Of a regression.
    pub scaling: Option<TargetScaling>,
}

/// Room for the targets and losses of a batch's rows.
pub(crate) struct Batch {
    classes: Vec<u32>,
    values: Vec<f32>,
    pub losses: Vec<f32>,
}

impl Batch {
    pub(crate) fn new(rows: usize) -> Self {
        Self { classes: Vec::with_capacity(rows), values: Vec::with_capacity(rows), losses: vec![0.0; rows] }
    }
}

impl<'a> Source<'a> {
    pub(crate) fn new(data: &'a Dataset, preparation: &'a Preparation, train: &[u32]) -> Self {
        let scaling = match data.target() {
            Target::Classes { .. } => None,
            Target::Values(values) => Some(TargetScaling::fit(values, train)),
        };
        Self { features: data.features(), preparation, target: data.target(), scaling }
    }

    /// Returns the loss to minimise on `train`: class weights are n / (K nₖ) over its rows where they are balanced.
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
            let n_present = counts.iter().filter(|&&count| count > 0).count() as f64;
            for (weight, &count) in class_weights.iter_mut().zip(&counts) {
                *weight = (train.len() as f64 / (n_present * f64::from(count.max(1)))) as f32;
            }
        }
        Criterion { loss, class_weights, label_smoothing: recipe.label_smoothing as f32 }
    }

    /// Puts prepared `rows` into the workspace.
    pub(crate) fn load(&self, rows: &[u32], workspace: &mut Workspace) {
        self.preparation.gather(self.features, rows, workspace.input_mut(rows.len()));
    }

    /// Returns the targets of `rows`.
    pub(crate) fn targets<'b>(&self, rows: &[u32], batch: &'b mut Batch) -> (Targets<'b>, &'b mut [f32]) {
        let Batch { classes, values, losses } = batch;
        let losses = &mut losses[..rows.len()];
        match (self.target, self.scaling) {
            (Target::Values(all), Some(scaling)) => {
                values.clear();
                values.extend(rows.iter().map(|&row| scaling.apply(all[row as usize])));
                (Targets::Values(values), losses)
            }
            (Target::Classes { codes, .. }, _) => {
                classes.clear();
                classes.extend(rows.iter().map(|&row| codes[row as usize]));
                (Targets::Classes(classes), losses)
            }
            (Target::Values(_), None) => unreachable!("a regression has its scaling from `new` on"),
        }
    }

    /// Adds the metrics of `rows` under a network, at most `most` rows at a time.
    pub(crate) fn measure(
        &self,
        network: &Network,
        criterion: &Criterion,
        rows: &[u32],
        most: usize,
        workspace: &mut Workspace,
        batch: &mut Batch,
    ) -> Tally {
        let mut tally = Tally::new(self.target.task());
        for rows in rows.chunks(most) {
            self.load(rows, workspace);
            network.forward(workspace, rows.len());
            let (outputs, _) = workspace.outputs(rows.len());
            match self.target {
                Target::Classes { codes, names } => {
                    let (targets, losses) = self.targets(rows, batch);
                    criterion.losses(network.set(), outputs, targets, losses);
                    let predicted = outputs
                        .outer_iter()
                        .map(|row| most_probable(row.to_slice().expect("rows are contiguous"), names.len()));
                    let truth = rows.iter().map(|&row| codes[row as usize] as usize);
                    tally.add_classes(losses, predicted.zip(truth).map(|(a, b)| a == b));
                }
                Target::Values(values) => {
                    let scaling = self.scaling.expect("a regression has its scaling from `new` on");
                    for (&row, output) in rows.iter().zip(outputs.outer_iter()) {
                        tally.add_error(scaling.invert(output[0]) - values[row as usize], scaling.sd);
                    }
                }
            }
        }
        tally
    }

    /// Returns the mean loss of `rows` on the standardised target, at most `most` rows at a time.
    pub(crate) fn mean_loss(
        &self,
        network: &Network,
        criterion: &Criterion,
        rows: &[u32],
        most: usize,
        workspace: &mut Workspace,
        batch: &mut Batch,
    ) -> f64 {
        let mut sum = 0.0;
        for rows in rows.chunks(most) {
            self.load(rows, workspace);
            network.forward(workspace, rows.len());
            let (outputs, _) = workspace.outputs(rows.len());
            let (targets, losses) = self.targets(rows, batch);
            criterion.losses(network.set(), outputs, targets, losses);
            sum += losses.iter().map(|&loss| f64::from(loss)).sum::<f64>();
        }
        sum / rows.len() as f64
    }
}

/// Returns how many outputs predict so many classes (0: a value).
pub(crate) fn n_outputs(n_classes: usize) -> usize {
    if n_classes <= 2 { 1 } else { n_classes }
}

/// Returns the class of the highest output, of equal ones the first; with one output, class 1 above zero.
pub(crate) fn most_probable(outputs: &[f32], n_classes: usize) -> usize {
    if n_classes == 2 {
        return usize::from(outputs[0] > 0.0);
    }
    let mut best = 0;
    for class in 1..n_classes {
        if outputs[class] > outputs[best] {
            best = class;
        }
    }
    best
}
