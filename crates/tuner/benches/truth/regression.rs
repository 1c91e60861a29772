//! Real cross-validation with a known truth: two least-squares fits that are equally good by
//! construction.
//!
//! The target is the sum of all features and noise. One fit sees the first half of the features,
//! the other the second half; features are alike, so over all data sets their expected losses are
//! equal, though on any one they are not.

use crate::world::normal;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// Features of each fit, after the constant.
const N_FEATURES: usize = 3;
const N_COEFFICIENTS: usize = N_FEATURES + 1;

/// X'X and X'y of some rows.
#[derive(Clone, Copy, Default)]
struct Moments {
    xx: [[f64; N_COEFFICIENTS]; N_COEFFICIENTS],
    xy: [f64; N_COEFFICIENTS],
}

type Row = ([f64; N_COEFFICIENTS], f64);

/// Draws a data set and returns the mean squared errors of both fits, split by split.
pub(crate) fn equally_good(
    rng: &mut ChaCha8Rng,
    n_rows: usize,
    folds: usize,
    repeats: usize,
) -> [Vec<f64>; 2] {
    let mut rows: [Vec<Row>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..n_rows {
        let features = [(); 2 * N_FEATURES].map(|()| normal(rng));
        let target = features.iter().sum::<f64>() + normal(rng);
        for (half, rows) in rows.iter_mut().enumerate() {
            let mut x = [1.0; N_COEFFICIENTS];
            x[1..].copy_from_slice(&features[half * N_FEATURES..][..N_FEATURES]);
            rows.push((x, target));
        }
    }
    let mut losses = [Vec::new(), Vec::new()];
    for _ in 0..repeats {
        let order = permutation(rng, n_rows);
        for fold in 0..folds {
            for (rows, losses) in rows.iter().zip(&mut losses) {
                losses.push(split_loss(rows, &order, folds, fold));
            }
        }
    }
    losses
}

fn split_loss(rows: &[Row], order: &[usize], folds: usize, fold: usize) -> f64 {
    let mut moments = Moments::default();
    for (_, &row) in order.iter().enumerate().filter(|(position, _)| position % folds != fold) {
        moments.add(&rows[row]);
    }
    let coefficients = moments.solve();
    let errors = order.iter().skip(fold).step_by(folds).map(|&row| {
        let (x, y) = &rows[row];
        let fitted: f64 = x.iter().zip(&coefficients).map(|(x, c)| x * c).sum();
        (y - fitted) * (y - fitted)
    });
    let n_test = order.len().saturating_sub(fold).div_ceil(folds);
    errors.sum::<f64>() / n_test as f64
}

impl Moments {
    fn add(&mut self, (x, y): &Row) {
        for (i, xi) in x.iter().enumerate() {
            self.xy[i] += xi * y;
            for (j, xj) in x.iter().enumerate() {
                self.xx[i][j] += xi * xj;
            }
        }
    }

    /// Solves the normal equations by elimination without pivoting: X'X is positive definite.
    fn solve(mut self) -> [f64; N_COEFFICIENTS] {
        for i in 0..N_COEFFICIENTS {
            for j in i + 1..N_COEFFICIENTS {
                let factor = self.xx[j][i] / self.xx[i][i];
                for k in i..N_COEFFICIENTS {
                    self.xx[j][k] -= factor * self.xx[i][k];
                }
                self.xy[j] -= factor * self.xy[i];
            }
        }
        let mut solution = [0.0; N_COEFFICIENTS];
        for i in (0..N_COEFFICIENTS).rev() {
            let known: f64 = (i + 1..N_COEFFICIENTS).map(|k| self.xx[i][k] * solution[k]).sum();
            solution[i] = (self.xy[i] - known) / self.xx[i][i];
        }
        solution
    }
}

fn permutation(rng: &mut ChaCha8Rng, n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i, rng.random_range(0..=i));
    }
    order
}
