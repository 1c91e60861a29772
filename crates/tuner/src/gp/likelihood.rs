//! The marginal likelihood of a Gaussian process and its gradient (Rasmussen and Williams 2006,
//! equations 5.8 and 5.9).
//!
//! −ln p(z | θ) = ½ zᵀK⁻¹z + Σ ln Lᵢᵢ + n/2·ln 2π with K = s·M + covariance of the mean +
//! diag(noise), by ln θ: −d ln p/d ln θ = ½ tr((K⁻¹ − ααᵀ)·dK/d ln θ) with α = K⁻¹z. Distances are
//! computed once; memory n²·(d + 6)/2.

use crate::gp::algebra::{Workspace, half_log_determinant, solve};
use crate::gp::dataset::Dataset;
use crate::gp::features::Embedding;
use crate::gp::matern;
use crate::prior::MeanFunction;
use crate::stats::dot;

/// Added to every diagonal, so that repeated points stay solvable.
pub(crate) const JITTER: f64 = 1e-6;

/// The likelihood of one data set as a function of θ.
pub(crate) struct Likelihood<'a> {
    data: &'a Dataset,
    n_axes: usize,
    /// Squared unscaled distances of pairs i > j: one block per axis, each with the pairs of j = 0
    /// first.
    distances: Vec<f64>,
    /// Covariances of the prior mean: pairs, then the diagonal.
    mean_function: Vec<f64>,
    kernel: Vec<f64>,
    slopes: Vec<f64>,
    matrix: Vec<f64>,
    alpha: Vec<f64>,
    work: Workspace,
}

impl<'a> Likelihood<'a> {
    /// Computes everything that does not depend on θ.
    pub(crate) fn new(
        embedding: &Embedding,
        mean_function: &MeanFunction,
        data: &'a Dataset,
    ) -> Self {
        let n = data.len();
        let n_pairs = n * n.saturating_sub(1) / 2;

        // By axis: θ only changes the weights of their sum.
        let mut distances = vec![0.0; n_pairs * embedding.n_axes()];
        for axis in 0..embedding.n_axes() {
            let block = &mut distances[axis * n_pairs..(axis + 1) * n_pairs];
            data.features.pair_distances(embedding, axis, block);
        }

        let row = |i: usize| &data.basis[i * mean_function.len()..(i + 1) * mean_function.len()];
        let pairs =
            (0..n).flat_map(|j| (j + 1..n).map(move |i| (i, j))).chain((0..n).map(|i| (i, i)));

        Self {
            data,
            n_axes: embedding.n_axes(),
            distances,
            mean_function: pairs.map(|(i, j)| mean_function.covariance(row(i), row(j))).collect(),
            kernel: vec![0.0; n_pairs],
            slopes: vec![0.0; n_pairs],
            matrix: vec![0.0; n * n],
            alpha: vec![0.0; n],
            work: Workspace::new(n),
        }
    }

    /// Returns −ln p(z | θ) and writes its gradient, both with respect to the logarithms in
    /// `theta`; infinite if K is not positive definite to working precision.
    pub(crate) fn evaluate(&mut self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let n = self.data.len();
        let (signal, noise) = (libm::exp(theta[self.n_axes]), libm::exp(theta[self.n_axes + 1]));
        let weights: Vec<f64> = theta[..self.n_axes].iter().map(|l| libm::exp(-2.0 * l)).collect();
        self.fill(&weights, signal, noise);

        if !self.work.factor(&mut self.matrix) {
            return f64::INFINITY;
        }

        self.alpha.copy_from_slice(&self.data.residuals);
        solve(&self.matrix, &mut self.alpha);
        let fit = 0.5 * dot(&self.alpha, &self.data.residuals);
        let value = fit
            + half_log_determinant(&self.matrix, n)
            + 0.5 * n as f64 * libm::log(2.0 * std::f64::consts::PI);

        self.differentiate(&weights, signal, noise, gradient);
        value
    }

    /// Writes the kernel values, their slopes and the lower triangle of K.
    fn fill(&mut self, weights: &[f64], signal: f64, noise: f64) {
        let n = self.data.len();
        let n_pairs = self.kernel.len();
        self.kernel.fill(0.0);

        // First the squared distances, which the kernel then replaces in place.
        for (axis, weight) in weights.iter().enumerate() {
            let block = &self.distances[axis * n_pairs..(axis + 1) * n_pairs];
            self.kernel.iter_mut().zip(block).for_each(|(q, d)| *q += weight * d);
        }

        matern::values_and_slopes(&mut self.kernel, &mut self.slopes);
        let mut start = 0;
        for j in 0..n {
            let len = n - 1 - j;
            self.matrix[j * n + j] =
                signal + self.mean_function[n_pairs + j] + self.data.noise[j] + noise + JITTER;
            let column = &mut self.matrix[j * n + j + 1..(j + 1) * n];
            let pairs =
                self.kernel[start..start + len].iter().zip(&self.mean_function[start..start + len]);
            column.iter_mut().zip(pairs).for_each(|(k, (m, t))| *k = signal * m + t);
            start += len;
        }
    }

    /// Writes the gradient from the factor in `matrix` and α.
    fn differentiate(&mut self, weights: &[f64], signal: f64, noise: f64, gradient: &mut [f64]) {
        let n = self.data.len();
        let n_pairs = self.kernel.len();
        let inverse = self.work.inverse(&self.matrix);

        // K⁻¹ − ααᵀ of each pair is needed twice: once times the kernel's value, once times its
        // slope.
        let (mut by_signal, mut by_noise, mut start) = (0.0, 0.0, 0);

        for j in 0..n {
            let len = n - 1 - j;
            let alpha_j = self.alpha[j];
            let diagonal = inverse[j * n + j] - alpha_j * alpha_j;
            by_signal += 0.5 * diagonal;
            by_noise += 0.5 * diagonal;
            let column = &inverse[j * n + j + 1..(j + 1) * n];
            let slopes = &mut self.slopes[start..start + len];
            let kernel = &mut self.kernel[start..start + len];
            for (((slope, value), g), alpha) in
                slopes.iter_mut().zip(kernel).zip(column).zip(&self.alpha[j + 1..])
            {
                let pull = g - alpha_j * alpha;
                *slope *= pull;
                *value *= pull;
            }
            start += len;
        }

        let ones = &self.kernel;
        by_signal += ones.iter().sum::<f64>();
        for (axis, weight) in weights.iter().enumerate() {
            let block = &self.distances[axis * n_pairs..(axis + 1) * n_pairs];
            gradient[axis] = signal * weight * dot(&self.slopes, block);
        }

        gradient[self.n_axes] = signal * by_signal;
        gradient[self.n_axes + 1] = noise * by_noise;
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::space::axes::Axes;
    use crate::space::tests::mixed_space;
    use crate::space::{Domain, Parameter, Point, Scale, Space};

    /// Two ranges, no user prior.
    pub(crate) fn square() -> Space {
        let range = || Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        Space::new(vec![Parameter::new("a", range()), Parameter::new("b", range())], &[]).unwrap()
    }

    /// Six points, targets and noise, whose likelihood scikit-learn computed too.
    pub(crate) fn six(embedding: &Embedding, mean_function: &MeanFunction) -> Dataset {
        let places = [[0.1, 0.9], [0.4, 0.3], [0.8, 0.6], [0.5, 0.5], [0.95, 0.05], [0.2, 0.2]];
        let points =
            places.map(|p| Point { coordinates: p.to_vec(), active: vec![true; 2] }).to_vec();
        let noise = vec![0.01, 0.0, 0.02, 0.0, 0.05, 0.0];
        Dataset::new(embedding, mean_function, points, vec![1.2, -0.4, 0.3, -0.9, 0.7, 0.1], noise)
    }

    #[test]
    fn it_is_the_likelihood_of_scikit_learn() {
        // GaussianProcessRegressor(C(1.7) * Matern([0.3, 0.8], nu=2.5) + C(1), alpha=noise + 1e-3 +
        // 1e-6, optimizer=None).fit(X, y).log_marginal_likelihood_value_, scikit-learn 1.9
        let space = square();
        let axes = Axes::new(&space);
        let (embedding, mean_function) = (Embedding::new(&axes), MeanFunction::constant(2));
        let data = six(&embedding, &mean_function);
        let theta = [0.3, 0.8, 1.7, 1e-3].map(libm::log);
        let value =
            Likelihood::new(&embedding, &mean_function, &data).evaluate(&theta, &mut [0.0; 4]);
        assert!((value - 7.281_214_227_353_42).abs() < 1e-12, "{value}");
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let space = mixed_space();
        let axes = Axes::new(&space);
        let (embedding, mean_function) = (Embedding::new(&axes), MeanFunction::new(&space, None));
        let points: Vec<Point> = (0..12u32)
            .filter_map(|i| {
                axes.snapped((0..7u32).map(|j| f64::from((i * 37 + j * 61) % 97) / 97.0).collect())
            })
            .collect();
        let targets: Vec<f64> =
            points.iter().map(|p| libm::sin(5.0 * p.coordinates.iter().sum::<f64>())).collect();
        let noise = vec![0.01; points.len()];
        let data = Dataset::new(&embedding, &mean_function, points, targets, noise);
        let mut likelihood = Likelihood::new(&embedding, &mean_function, &data);
        let theta = [-0.5, 0.2, 0.9, -0.1, 0.3, -0.8, 0.0, 0.4, -4.0];
        let mut gradient = [0.0; 9];
        likelihood.evaluate(&theta, &mut gradient);
        for i in 0..theta.len() {
            let mut at = |h: f64| {
                let mut moved = theta;
                moved[i] += h;
                likelihood.evaluate(&moved, &mut [0.0; 9])
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            // Tolerance: the value near 20 loses 20 · 2^-52 / 2e-5 = 2e-10, curvature times h² as
            // much.
            assert!((gradient[i] - difference).abs() < 1e-7, "{i}: {} {difference}", gradient[i]);
        }
    }
}
