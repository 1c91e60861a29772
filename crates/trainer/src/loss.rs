//! Training losses and their gradient with respect to the outputs.
//!
//! Classification: cross-entropy of a softmax, or for two classes of one sigmoid output (the same
//! function with half the parameters). Regression: squared, absolute or Huber error of one linear
//! output, on the target standardised in the fold. A batch's loss is the mean over its rows; label
//! smoothing and class weights affect the gradient only.
#![expect(
    clippy::inline_always,
    reason = "kernels are compiled for the instruction set of their caller"
)]

use ndarray::ArrayRef2;
use serde::{Deserialize, Serialize};

use crate::network::kernels::{InstructionSet, Kernel, LANES, Simd, Vector, exp, ln, sigmoid};

/// What training minimises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// −ln p of the row's class.
    CrossEntropy,
    /// e², the square of prediction minus target.
    Mse,
    /// |e|.
    Mae,
    /// e²/2 up to |e| = 1, |e| − 1/2 beyond (Huber 1964; δ = 1 standard deviation of the target).
    Huber,
}

/// The targets, one number per row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Targets<'a> {
    Classes(&'a [u32]),
    /// Standardised in the fold.
    Values(&'a [f32]),
}

/// A loss with label smoothing and class weights.
#[derive(Clone, Debug)]
pub(crate) struct Criterion {
    pub loss: Loss,
    /// The weight of each class; empty for regression.
    pub class_weights: Vec<f32>,
    pub label_smoothing: f32,
}

impl Criterion {
    /// Writes the loss of each row to `losses`.
    ///
    /// outputs: rows × outputs, padded.
    pub(crate) fn losses(
        &self,
        set: InstructionSet,
        outputs: &ArrayRef2<f32>,
        targets: Targets,
        losses: &mut [f32],
    ) {
        set.run(Evaluate { criterion: self, outputs, targets, losses, gradient: None });
    }

    /// Writes the loss of each row to `losses`, and to `gradient` the gradient of (share × their
    /// smoothed and weighted sum) with respect to the outputs; the padding becomes zero.
    pub(crate) fn gradient(
        &self,
        set: InstructionSet,
        outputs: &ArrayRef2<f32>,
        targets: Targets,
        share: f32,
        losses: &mut [f32],
        gradient: &mut ArrayRef2<f32>,
    ) {
        set.run(Evaluate {
            criterion: self,
            outputs,
            targets,
            losses,
            gradient: Some((share, gradient)),
        });
    }
}

struct Evaluate<'a> {
    criterion: &'a Criterion,
    outputs: &'a ArrayRef2<f32>,
    targets: Targets<'a>,
    losses: &'a mut [f32],
    gradient: Option<(f32, &'a mut ArrayRef2<f32>)>,
}

impl Kernel for Evaluate<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let Self { criterion, outputs, targets, losses, mut gradient } = self;
        let n_classes = criterion.class_weights.len();
        let smoothing = criterion.label_smoothing;

        for (row, z) in outputs.outer_iter().enumerate() {
            let z = z.to_slice().expect("rows are contiguous");
            // Without a gradient to write, the same code computes the loss alone, to the same bits.
            let mut no_room = [];
            let (share, room) = match &mut gradient {
                Some((share, gradient)) => {
                    (*share, gradient.row_mut(row).into_slice().expect("rows are contiguous"))
                }
                None => (0.0, &mut no_room[..]),
            };
            losses[row] = match targets {
                Targets::Classes(classes) if n_classes > 2 => {
                    let class = classes[row] as usize;
                    softmax::<S::Vector>(
                        z,
                        class,
                        n_classes,
                        smoothing,
                        share * criterion.class_weights[class],
                        room,
                    )
                }
                Targets::Classes(classes) => {
                    let class = classes[row] as usize;
                    logistic::<S::Vector>(
                        z[0],
                        class,
                        smoothing,
                        share * criterion.class_weights[class],
                        room,
                    )
                }
                Targets::Values(values) => error(criterion.loss, z[0] - values[row], share, room),
            };
        }
    }
}

/// Cross-entropy of softmax(z): ln Σe^(z − max) + max − z of the class, and its gradient p − t, if
/// `room` is given.
#[inline(always)]
fn softmax<V: Vector>(
    z: &[f32],
    class: usize,
    n: usize,
    smoothing: f32,
    weight: f32,
    room: &mut [f32],
) -> f32 {
    let blocks = || {
        z.chunks_exact(LANES).zip((0..n).step_by(LANES)).map(|(z, start)| (V::load(z), n - start))
    };
    let lowest = V::splat(f32::NEG_INFINITY);
    let highest =
        blocks().fold(lowest, |highest, (z, left)| z.first(left, lowest).at_least(highest));
    // Subtracting the highest output keeps every exponential at most 1.
    let highest = highest.fold(V::at_least);
    let powers = || blocks().map(|(z, left)| (exp(z - highest).first(left, V::splat(0.0)), left));

    // The exponentials are kept in the gradient buffer until their sum is known.
    let mut sum = V::splat(0.0);
    for (block, (power, _)) in powers().enumerate() {
        sum = sum + power;
        if !room.is_empty() {
            power.store(&mut room[block * LANES..]);
        }
    }

    let sum = sum.fold(|a, b| a + b);
    if !room.is_empty() {
        let (factor, even) = (V::splat(weight) / sum, V::splat(weight * smoothing / n as f32));
        for (room, start) in room.chunks_exact_mut(LANES).zip((0..n).step_by(LANES)) {
            let uniform = even.first(n - start, V::splat(0.0));
            (V::load(room) * factor - uniform).store(room);
        }
        room[class] -= weight * (1.0 - smoothing);
    }

    (ln(sum) + highest - V::splat(z[class])).lane()
}

/// Cross-entropy of one sigmoid output for two classes: ln(1 + e^−|z|), plus |z| on the wrong side;
/// gradient p − t.
#[inline(always)]
fn logistic<V: Vector>(z: f32, class: usize, smoothing: f32, weight: f32, room: &mut [f32]) -> f32 {
    let towards = if class == 1 { z } else { -z };
    let wrong = if towards > 0.0 { 0.0 } else { -towards };
    let z = V::splat(z);
    if let Some((first, padding)) = room.split_first_mut() {
        let truth = class as f32 * (1.0 - smoothing) + 0.5 * smoothing;
        *first = weight * (sigmoid(z).lane() - truth);
        padding.fill(0.0);
    }
    ln(V::splat(1.0) + exp(V::splat(0.0) - z.abs())).lane() + wrong
}

#[inline(always)]
fn error(loss: Loss, error: f32, share: f32, room: &mut [f32]) -> f32 {
    let size = error.abs();
    let sign = if error == 0.0 { 0.0 } else { error.signum() };
    let (value, slope) = match loss {
        Loss::Mse | Loss::CrossEntropy => (error * error, 2.0 * error),
        Loss::Mae => (size, sign),
        Loss::Huber if size <= 1.0 => (0.5 * error * error, error),
        Loss::Huber => (size - 0.5, sign),
    };

    if let Some((first, padding)) = room.split_first_mut() {
        *first = share * slope;
        padding.fill(0.0);
    }

    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn criterion(loss: Loss, n_classes: usize, label_smoothing: f32) -> Criterion {
        Criterion { loss, class_weights: vec![1.0; n_classes], label_smoothing }
    }

    /// The mean loss in f64 from the formula, with smoothing and weights, for finite differences.
    fn exact(criterion: &Criterion, z: &[f64], target: f64) -> f64 {
        let smoothing = f64::from(criterion.label_smoothing);
        match criterion.class_weights.len() {
            0 => match criterion.loss {
                Loss::Mse => (z[0] - target).powi(2),
                Loss::Mae => (z[0] - target).abs(),
                _ if (z[0] - target).abs() <= 1.0 => 0.5 * (z[0] - target).powi(2),
                _ => (z[0] - target).abs() - 0.5,
            },
            n => {
                let z = if n == 2 { vec![0.0, z[0]] } else { z[..n].to_vec() };
                let log_sum = z.iter().map(|z| z.exp()).sum::<f64>().ln();
                let class = target as usize;
                let even: f64 = z.iter().map(|z| log_sum - z).sum::<f64>() / n as f64;
                f64::from(criterion.class_weights[class])
                    * ((1.0 - smoothing) * (log_sum - z[class]) + smoothing * even)
            }
        }
    }

    #[test]
    fn gradients_match_finite_differences() {
        let mut cases = vec![];
        for n_classes in [2, 3, 10, 16, 20] {
            for smoothing in [0.0, 0.1] {
                cases.push(Criterion {
                    class_weights: (0..n_classes).map(|k| 0.5 + k as f32).collect(),
                    ..criterion(Loss::CrossEntropy, n_classes, smoothing)
                });
            }
        }
        cases.extend([Loss::Mse, Loss::Mae, Loss::Huber].map(|loss| criterion(loss, 0, 0.0)));
        for set in InstructionSet::available() {
            for criterion in &cases {
                let n_classes = criterion.class_weights.len();
                let columns = if n_classes > 2 { n_classes } else { 1 };
                let z = Array2::from_shape_fn(
                    (7, crate::network::kernels::padded(columns)),
                    |(i, j)| {
                        if j < columns { ((i * 5 + j * 3) % 7) as f32 * 0.7 - 2.0 } else { 0.0 }
                    },
                );
                let classes: Vec<u32> =
                    (0..7).map(|i| if n_classes > 0 { i % n_classes as u32 } else { 0 }).collect();
                let values: Vec<f32> = (0..7).map(|i| i as f32 * 0.4 - 1.0).collect();
                let targets = if n_classes > 0 {
                    Targets::Classes(&classes)
                } else {
                    Targets::Values(&values)
                };
                let (mut losses, mut gradient) =
                    (vec![0.0; 7], Array2::from_elem(z.dim(), f32::NAN));
                criterion.gradient(set, &z, targets, 0.25, &mut losses, &mut gradient);
                for i in 0..7 {
                    let target =
                        if n_classes > 0 { f64::from(classes[i]) } else { f64::from(values[i]) };
                    let row: Vec<f64> = z.row(i).iter().map(|&z| f64::from(z)).collect();
                    for j in 0..z.ncols() {
                        let at = |shift: f64| {
                            let mut row = row.clone();
                            row[j] += shift;
                            exact(criterion, &row, target)
                        };
                        let expected =
                            if j < columns { 0.25 * (at(1e-5) - at(-1e-5)) / 2e-5 } else { 0.0 };
                        // f32 results of order one.
                        assert!(
                            (f64::from(gradient[[i, j]]) - expected).abs() < 2e-6,
                            "{set:?} {criterion:?} {i} {j}"
                        );
                    }
                    let plain = exact(
                        &Criterion {
                            label_smoothing: 0.0,
                            class_weights: vec![1.0; n_classes],
                            ..criterion.clone()
                        },
                        &row,
                        target,
                    );
                    assert!(
                        (f64::from(losses[i]) - plain).abs() < 2e-6,
                        "{set:?} {criterion:?} {i}: {} for {plain}",
                        losses[i]
                    );
                }
            }
        }
    }

    #[test]
    fn a_loss_stays_finite_for_far_outputs_and_is_nan_for_nan() {
        for set in InstructionSet::available() {
            let mut losses = [0.0; 2];
            let mut z = Array2::zeros((2, 16));
            z[[0, 0]] = 500.0;
            z[[1, 2]] = f32::NAN;
            criterion(Loss::CrossEntropy, 3, 0.0).losses(
                set,
                &z,
                Targets::Classes(&[1, 0]),
                &mut losses,
            );
            assert_eq!(losses[0], 500.0);
            assert!(losses[1].is_nan());
        }
    }
}
