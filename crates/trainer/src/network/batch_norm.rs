//! Batch normalisation (Ioffe and Szegedy 2015): each unit's sums are normalised to mean 0 and
//! variance 1 over the batch, then multiplied by a gain γ and shifted by an offset β.
//!
//! Training uses the moments of the batch (variance with divisor m). Prediction uses running
//! moments, which each step moves by a tenth (variance with divisor m − 1), as in PyTorch. A batch
//! of one row, which can remain at the end of an epoch, has no variance and does not change them.
#![expect(
    clippy::inline_always,
    reason = "kernels are compiled for the instruction set of their caller"
)]

use super::kernels::{InstructionSet, Kernel, LANES, Simd};

/// Added to a variance before its square root divides.
const EPSILON: f32 = 1e-5;
/// The weight of a new batch in the running moments.
const NEW_SHARE: f32 = 0.1;

/// Running moments of one layer's sums, one number per padded column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Running {
    pub mean: Vec<f32>,
    pub variance: Vec<f32>,
}

impl Running {
    pub(crate) fn new(columns: usize) -> Self {
        Self { mean: vec![0.0; columns], variance: vec![1.0; columns] }
    }

    /// Copies another layer's moments of the same number of columns, without allocation.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.mean.copy_from_slice(&other.mean);
        self.variance.copy_from_slice(&other.variance);
    }

    fn add(&mut self, moments: &Moments, rows: usize) {
        if rows < 2 {
            return;
        }
        let unbiased = rows as f32 / (rows as f32 - 1.0);
        for (running, &mean) in self.mean.iter_mut().zip(&moments.mean) {
            *running += NEW_SHARE * (mean - *running);
        }
        for (running, &variance) in self.variance.iter_mut().zip(&moments.variance) {
            *running += NEW_SHARE * (unbiased * variance - *running);
        }
    }
}

/// Moments of one batch, and the sums of its backward pass.
pub(crate) struct Moments {
    mean: Vec<f32>,
    variance: Vec<f32>,
    /// 1/√(variance + ε).
    scale: Vec<f32>,
}

impl Moments {
    pub(crate) fn new(columns: usize) -> Self {
        Self { mean: vec![0.0; columns], variance: vec![0.0; columns], scale: vec![0.0; columns] }
    }
}

/// Normalises a batch's sums (panel by panel) by their own moments; keeps x̂ in `normalised` and
/// updates the running moments.
pub(crate) fn normalise(
    set: InstructionSet,
    batch: &mut [f32],
    (gain, offset): (&[f32], &[f32]),
    normalised: &mut [f32],
    moments: &mut Moments,
    running: &mut Running,
) {
    let rows = batch.len() / gain.len();
    set.run(Forward { batch, gain, offset, normalised, moments });
    running.add(moments, rows);
}

/// Normalises sums (panel by panel) by the running moments.
pub(crate) fn normalise_by_running(
    data: &mut [f32],
    (gain, offset): (&[f32], &[f32]),
    running: &Running,
) {
    let panel = data.len() / gain.len() * LANES;
    for (first, data) in (0..gain.len()).step_by(LANES).zip(data.chunks_exact_mut(panel)) {
        for row in data.chunks_exact_mut(LANES) {
            for (j, z) in (first..).zip(row) {
                let scale = 1.0 / (running.variance[j] + EPSILON).sqrt();
                *z = (*z - running.mean[j]) * scale * gain[j] + offset[j];
            }
        }
    }
}

/// Converts the gradient with respect to the normalised sums into that with respect to the sums;
/// adds the gradients of gain and offset to `gradients`.
pub(crate) fn gradient(
    set: InstructionSet,
    delta: &mut [f32],
    gain: &[f32],
    normalised: &[f32],
    moments: &Moments,
    gradients: (&mut [f32], &mut [f32]),
) {
    set.run(Backward { delta, gain, normalised, scale: &moments.scale, gradients });
}

struct Forward<'a> {
    batch: &'a mut [f32],
    gain: &'a [f32],
    offset: &'a [f32],
    normalised: &'a mut [f32],
    moments: &'a mut Moments,
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let Self { batch, gain, offset, normalised, moments } = self;
        let share = gain.len() as f32 / batch.len() as f32;
        let panel = batch.len() / gain.len() * LANES;

        let panels = batch.chunks_exact_mut(panel).zip(normalised.chunks_exact_mut(panel));
        for (first, (data, hats)) in (0..gain.len()).step_by(LANES).zip(panels) {
            let place = first..first + LANES;
            let (mean, variance) =
                (&mut moments.mean[place.clone()], &mut moments.variance[place.clone()]);
            mean.fill(0.0);
            variance.fill(0.0);
            for row in data.chunks_exact(LANES) {
                accumulate(mean, row, |_, z| z);
            }
            for mean in mean.iter_mut() {
                *mean *= share;
            }
            for row in data.chunks_exact(LANES) {
                for ((variance, &z), &mean) in variance.iter_mut().zip(row).zip(&*mean) {
                    *variance += (z - mean) * (z - mean);
                }
            }
            // Two passes: squares about the known mean lose no digits.
            let scale = &mut moments.scale[place.clone()];
            for (scale, variance) in scale.iter_mut().zip(variance) {
                *variance *= share;
                *scale = 1.0 / (*variance + EPSILON).sqrt();
            }
            let (gain, offset) = (&gain[place.clone()], &offset[place]);
            for (row, hats) in data.chunks_exact_mut(LANES).zip(hats.chunks_exact_mut(LANES)) {
                for j in 0..LANES {
                    hats[j] = (row[j] - mean[j]) * scale[j];
                    row[j] = hats[j] * gain[j] + offset[j];
                }
            }
        }
    }
}

struct Backward<'a> {
    delta: &'a mut [f32],
    gain: &'a [f32],
    normalised: &'a [f32],
    scale: &'a [f32],
    gradients: (&'a mut [f32], &'a mut [f32]),
}

impl Kernel for Backward<'_> {
    type Output = ();

    /// With δ the gradient by γx̂ + β: ∂β = Σδ, ∂γ = Σδx̂, and ∂z = γ (δ − ∂β/m − x̂ ∂γ/m) /
    /// √(variance + ε).
    #[inline(always)]
    fn run<S: Simd>(self) {
        let Self { delta, gain, normalised, scale, gradients: (by_gain, by_offset) } = self;
        // 1 over the number of rows.
        let share = gain.len() as f32 / delta.len() as f32;
        let panel = delta.len() / gain.len() * LANES;

        let panels = delta.chunks_exact_mut(panel).zip(normalised.chunks_exact(panel));
        for (first, (data, hats)) in (0..gain.len()).step_by(LANES).zip(panels) {
            let place = first..first + LANES;
            let (by_gain, by_offset) = (&mut by_gain[place.clone()], &mut by_offset[place.clone()]);
            by_gain.fill(0.0);
            by_offset.fill(0.0);
            for (delta, hats) in data.chunks_exact(LANES).zip(hats.chunks_exact(LANES)) {
                accumulate(by_offset, delta, |_, delta| delta);
                accumulate(by_gain, delta, |j, delta| delta * hats[j]);
            }
            let (gain, scale) = (&gain[place.clone()], &scale[place]);
            for (delta, hats) in data.chunks_exact_mut(LANES).zip(hats.chunks_exact(LANES)) {
                for j in 0..LANES {
                    let centred = delta[j] - share * by_offset[j] - hats[j] * share * by_gain[j];
                    delta[j] = gain[j] * scale[j] * centred;
                }
            }
        }
    }
}

#[inline(always)]
fn accumulate(sums: &mut [f32], row: &[f32], term: impl Fn(usize, f32) -> f32) {
    for (j, (sum, &value)) in sums.iter_mut().zip(row).enumerate() {
        *sum += term(j, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of one unit; the rest of its panel is zero.
    fn panel(sums: &[f32]) -> Vec<f32> {
        sums.iter().flat_map(|&z| [z].into_iter().chain([0.0; LANES - 1])).collect()
    }

    fn normalised(sums: &[f32], gain: f32, offset: f32) -> (Vec<f32>, Vec<f32>, Running) {
        let mut data = panel(sums);
        let (mut moments, mut running) = (Moments::new(LANES), Running::new(LANES));
        let mut hats = vec![0.0; data.len()];
        normalise(
            InstructionSet::detect(),
            &mut data,
            (&[gain; LANES], &[offset; LANES]),
            &mut hats,
            &mut moments,
            &mut running,
        );
        let first = |panel: Vec<f32>| panel.into_iter().step_by(LANES).collect();
        (first(data), first(hats), running)
    }

    #[test]
    fn sums_become_standard_and_running_moments_follow() {
        // torch.nn.BatchNorm1d(1) on [[1.], [2.], [6.]]: mean 3, variance 14/3 (unbiased 7),
        // running 0.3 and 1.6.
        let (data, hats, running) = normalised(&[1.0, 2.0, 6.0], 2.0, 1.0);
        let sd = (14.0_f32 / 3.0 + 1e-5).sqrt();
        for (hat, z) in hats.iter().zip([1.0, 2.0, 6.0]) {
            assert!((hat - (z - 3.0) / sd).abs() < 1e-6);
        }
        assert!((data[2] - (2.0 * hats[2] + 1.0)).abs() < 1e-6);
        assert!((running.mean[0] - 0.3).abs() < 1e-6 && (running.variance[0] - 1.6).abs() < 1e-6);
    }

    #[test]
    fn a_batch_of_one_row_stays_finite_and_moves_nothing() {
        let (data, _, running) = normalised(&[5.0], 2.0, 1.0);
        assert_eq!((data[0], running.mean[0], running.variance[0]), (1.0, 0.0, 1.0));
    }
}
