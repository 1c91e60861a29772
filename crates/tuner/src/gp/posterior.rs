//! The posterior: mean and variance of the latent function, and their gradients.
//!
//! With L·Lᵀ = K over the known points and k the covariances with x: μ = m + kᵀα, σ² = k(x, x) −
//! |L⁻¹k|² (Rasmussen and Williams 2006, algorithm 2.1). Pending points enter K with their own
//! predicted means as values (the kriging believer of Ginsbourger et al. 2010): they do not change
//! the mean and reduce the variance around them, so that α only needs the known points (Desautels
//! et al. 2014).

use crate::gp::algebra::Cholesky;
use crate::gp::dataset::Dataset;
use crate::gp::features::{Embedding, FeatureMatrix};
use crate::gp::hyperparameters::Theta;
use crate::gp::likelihood::JITTER;
use crate::gp::matern;
use crate::prior::MeanFunction;
use crate::prior::Slopes;
use crate::space::Point;
use crate::stats::dot;

/// The smallest variance predicted.
const SMALLEST_VARIANCE: f64 = 1e-12;

/// A Gaussian process conditioned on results and pending points.
pub(crate) struct Posterior<'a> {
    embedding: &'a Embedding,
    mean_function: &'a MeanFunction,
    weights: Vec<f64>,
    signal: f64,
    /// Known points, then pending ones.
    features: FeatureMatrix,
    /// Values of the basis functions, one column of points per function.
    basis: Vec<f64>,
    factor: Cholesky,
    /// K⁻¹z over the known points.
    alpha: Vec<f64>,
    /// For each basis function Σ variance·h(xᵢ)·αᵢ.
    basis_alpha: Vec<f64>,
}

/// Predicted mean and standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Prediction {
    /// Mean.
    pub(crate) mean: f64,
    /// Standard deviation of the latent function, without noise.
    pub(crate) sd: f64,
}

/// A point and the prediction there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    /// The point.
    pub(crate) point: Point,
    /// The prediction.
    pub(crate) prediction: Prediction,
}

/// Memory for predictions with gradients.
pub(crate) struct Scratch {
    x: Vec<f64>,
    h: Vec<f64>,
    k: Vec<f64>,
    slopes: Vec<f64>,
    by_mean: Vec<f64>,
    by_variance: Vec<f64>,
    basis_weights: Vec<f64>,
    by_basis: Option<Slopes>,
}

impl<'a> Posterior<'a> {
    /// Conditions on `data`, and on `pending` points without values. If a matrix cannot be
    /// factored, its diagonal is increased tenfold until it can.
    pub(crate) fn new(
        embedding: &'a Embedding,
        mean_function: &'a MeanFunction,
        theta: &Theta,
        data: &Dataset,
        pending: &[Point],
    ) -> Self {
        let points: Vec<&Point> = data.points.iter().chain(pending).collect();
        let (features, basis) =
            (FeatureMatrix::new(embedding, points.iter().copied()), mean_function.rows(&points));
        let (weights, signal) = (theta.weights(), theta.signal());
        let n = features.len();
        let mut x = vec![0.0; embedding.n_features()];
        let mut matrix = vec![0.0; n * n];

        for (j, point) in points.iter().enumerate() {
            embedding.embed(point, &mut x);
            // The factorisation reads the lower triangle alone.
            let column = &mut matrix[j * n + j..(j + 1) * n];
            features.distances(embedding, &weights, &x, j, column);
            matern::values(column);
            // Coefficients with a normal prior make the mean function a part of the covariance
            // (Rasmussen and Williams 2006, section 2.7): nothing of it is fitted.
            let h = &basis[j * mean_function.len()..(j + 1) * mean_function.len()];
            for (k, other) in column
                .iter_mut()
                .zip(basis[j * mean_function.len()..].chunks_exact(mean_function.len()))
            {
                *k = signal * *k + mean_function.covariance(h, other);
            }
            column[0] += theta.noise() + data.noise.get(j).copied().unwrap_or(0.0);
        }

        let factor = factor_with_jitter(&matrix, n);
        let mut alpha = data.residuals.clone();
        factor.solve_lower(&mut alpha, 1);
        factor.solve_upper(&mut alpha);
        // From rows by point to columns by function, so that a product with `alpha` is one pass.
        let column = |k: usize| basis.iter().skip(k).step_by(mean_function.len()).copied();
        let basis: Vec<f64> = (0..mean_function.len()).flat_map(column).collect();
        let at_known = |k: usize| &basis[k * n..k * n + alpha.len()];
        let basis_alpha = (0..mean_function.len())
            .map(|k| mean_function.variance(k) * dot(at_known(k), &alpha))
            .collect();

        Self {
            embedding,
            mean_function,
            weights,
            signal,
            features,
            basis,
            factor,
            alpha,
            basis_alpha,
        }
    }

    /// Predicts at many points.
    pub(crate) fn predict(&self, points: Vec<Point>) -> Vec<Place> {
        /// Points per block, which limits the memory.
        const BLOCK: usize = 256;
        let n = self.features.len();
        let mut covariances = vec![0.0; n * BLOCK.min(points.len())];
        let mut x = vec![0.0; self.embedding.n_features()];
        let mut predictions = Vec::with_capacity(points.len());

        for block in points.chunks(BLOCK) {
            let covariances = &mut covariances[..n * block.len()];
            let rows = self.mean_function.rows(&block.iter().collect::<Vec<_>>());
            for (index, (point, h)) in
                block.iter().zip(rows.chunks_exact(self.mean_function.len())).enumerate()
            {
                let column = &mut covariances[index * n..(index + 1) * n];
                self.covariances(point, h, &mut x, column);
                let mean = MeanFunction::mean(h) + dot(&column[..self.alpha.len()], &self.alpha);
                predictions.push(Prediction {
                    mean,
                    sd: self.signal + self.mean_function.covariance(h, h),
                });
            }
            self.factor.solve_lower(covariances, block.len());
            let start = predictions.len() - block.len();
            for (index, prediction) in predictions[start..].iter_mut().enumerate() {
                let column = &covariances[index * n..(index + 1) * n];
                prediction.sd = (prediction.sd - dot(column, column)).max(SMALLEST_VARIANCE).sqrt();
            }
        }

        points
            .into_iter()
            .zip(predictions)
            .map(|(point, prediction)| Place { point, prediction })
            .collect()
    }

    /// Writes the covariances between a point, whose basis functions have the values `h`, and the
    /// points conditioned on, known ones first; also writes the point's features.
    pub(crate) fn covariances(&self, point: &Point, h: &[f64], x: &mut [f64], column: &mut [f64]) {
        self.embedding.embed(point, x);
        self.features.distances(self.embedding, &self.weights, x, 0, column);
        matern::values(column);
        self.complete(h, column);
    }

    /// Replaces one value per known point by K⁻¹ times them.
    pub(crate) fn solve(&self, values: &mut [f64]) {
        self.factor.solve_lower(values, 1);
        self.factor.solve_upper(values);
    }

    /// Whether the mean includes a learned prior mean.
    pub(crate) fn has_learned_mean(&self) -> bool {
        self.mean_function.learned().is_some()
    }

    /// Prepares predictions with gradients.
    pub(crate) fn scratch(&self) -> Scratch {
        let zeros = |n: usize| vec![0.0; n];
        let (n_points, n_features) = (self.features.len(), self.embedding.n_features());
        Scratch {
            x: zeros(n_features),
            h: zeros(self.mean_function.len()),
            k: zeros(n_points),
            slopes: zeros(n_points),
            by_mean: zeros(n_features),
            by_variance: zeros(n_features),
            basis_weights: zeros(self.mean_function.len()),
            by_basis: self.mean_function.slopes(),
        }
    }

    /// K⁻¹ times the known residuals.
    pub(crate) fn alpha(&self) -> &[f64] {
        &self.alpha
    }

    /// Returns posterior mean and standard deviation of the coefficient of basis function `k`,
    /// given the known points.
    pub(crate) fn coefficient(&self, k: usize) -> (f64, f64) {
        let mut column = self.column(k).to_vec();
        self.factor.solve_lower(&mut column, 1);
        let variance = self.mean_function.variance(k);
        let left = variance - variance * variance * dot(&column, &column);
        (MeanFunction::coefficient(k) + self.basis_alpha[k], left.max(SMALLEST_VARIANCE).sqrt())
    }

    /// Predicts at one point and writes the gradients of mean and standard deviation with respect
    /// to the coordinates.
    pub(crate) fn differentiate(
        &self,
        point: &Point,
        scratch: &mut Scratch,
        mean_gradient: &mut [f64],
        sd_gradient: &mut [f64],
    ) -> Prediction {
        let s = scratch;
        self.embedding.embed(point, &mut s.x);
        self.mean_function.differentiate(point, &mut s.h, &mut s.by_basis);
        self.features.distances(self.embedding, &self.weights, &s.x, 0, &mut s.k);
        matern::values_and_slopes(&mut s.k, &mut s.slopes);
        self.complete(&s.h, &mut s.k);
        let mean = MeanFunction::mean(&s.h) + dot(&s.k[..self.alpha.len()], &self.alpha);
        self.factor.solve_lower(&mut s.k, 1);
        let prior = self.signal + self.mean_function.covariance(&s.h, &s.h);
        let sd = (prior - dot(&s.k, &s.k)).max(SMALLEST_VARIANCE).sqrt();

        // From here k holds v = L⁻¹k, then K⁻¹k; dσ² = dk(x, x) − 2·(K⁻¹k)ᵀdk.
        self.factor.solve_upper(&mut s.k);
        self.by_features(&s.x, &s.k, &s.slopes, &mut s.by_mean, &mut s.by_variance);
        self.embedding.pull_back(point, &s.by_mean, mean_gradient);
        self.embedding.pull_back(point, &s.by_variance, sd_gradient);

        for k in 0..self.mean_function.len() {
            s.basis_weights[k] = if k == 0 { 0.0 } else { 1.0 + self.basis_alpha[k] };
        }
        self.mean_function.add_slopes(point, s.by_basis.as_ref(), &s.basis_weights, mean_gradient);

        for k in 0..self.mean_function.len() {
            let solved = dot(self.column(k), &s.k);
            s.basis_weights[k] = 2.0 * self.mean_function.variance(k) * (s.h[k] - solved);
        }

        self.mean_function.add_slopes(point, s.by_basis.as_ref(), &s.basis_weights, sd_gradient);
        for gradient in sd_gradient {
            *gradient /= 2.0 * sd;
        }

        Prediction { mean, sd }
    }

    /// Converts kernel values into covariances: times the signal variance, plus the covariance of
    /// the mean.
    fn complete(&self, h: &[f64], column: &mut [f64]) {
        // The first basis function is 1 everywhere.
        let constant = self.mean_function.variance(0);
        for k in column.iter_mut() {
            *k = self.signal * *k + constant;
        }

        for (function, h) in h.iter().enumerate().skip(1) {
            let weight = self.mean_function.variance(function) * h;
            column
                .iter_mut()
                .zip(self.column(function))
                .for_each(|(k, other)| *k += weight * other);
        }
    }

    /// The values of a basis function at the points conditioned on.
    fn column(&self, function: usize) -> &[f64] {
        let n = self.features.len();
        &self.basis[function * n..(function + 1) * n]
    }

    /// Writes the gradients of kᵀα and of −2·(K⁻¹k)ᵀk with respect to the features, without the
    /// mean's part: dM/dφ = −S·w·(φ − φᵢ).
    fn by_features(
        &self,
        x: &[f64],
        solved: &[f64],
        slopes: &[f64],
        by_mean: &mut [f64],
        by_variance: &mut [f64],
    ) {
        let n_known = self.alpha.len();
        for feature in 0..x.len() {
            let column = self.features.column(feature);
            let (mut mean, mut variance) = (0.0, 0.0);
            for i in 0..column.len() {
                let pull = slopes[i] * (x[feature] - column[i]);
                variance += pull * solved[i];
                mean += if i < n_known { pull * self.alpha[i] } else { 0.0 };
            }
            let scale = self.signal * self.weights[self.embedding.axis_of()[feature]];
            by_mean[feature] = -scale * mean;
            by_variance[feature] = 2.0 * scale * variance;
        }
    }
}

fn factor_with_jitter(matrix: &[f64], n: usize) -> Cholesky {
    let jitters = (0..19).map(|step| JITTER * libm::pow(10.0, f64::from(step)));
    // A prior mean with huge terms has covariances beyond any jitter; then the largest sum of a row
    // dominates them all.
    let row_sums = (0..n).map(|i| {
        let entry = |j: usize| matrix[i.min(j) * n + i.max(j)].abs();
        (0..n).map(entry).sum::<f64>()
    });

    let dominant = row_sums.fold(1.0, f64::max);
    let raised = jitters.chain([2.0 * dominant]).map(|jitter| {
        let mut raised = matrix.to_vec();
        (0..n).for_each(|i| raised[i * n + i] += jitter);
        raised
    });

    raised
        .into_iter()
        .find_map(|matrix| Cholesky::new(matrix, n))
        .expect("a dominant diagonal is positive definite")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gp::likelihood::tests::{six, square};
    use crate::space::axes::Axes;
    use crate::space::tests::mixed_space;
    use crate::space::{Confidence, Prior, Space, Value};

    fn at(coordinates: &[f64]) -> Point {
        Point { coordinates: coordinates.to_vec(), active: vec![true; coordinates.len()] }
    }

    fn theta(n_axes: usize) -> Theta {
        let lengths = (0..n_axes).map(|i| -1.0 + 0.3 * i as f64);
        Theta::from_values(lengths.chain([0.4, -5.0]).collect())
    }

    #[test]
    fn predictions_are_those_of_scikit_learn() {
        // As in the likelihood's test: predict([[0.3, 0.7], [0.6, 0.1]], return_std=True).
        let space = square();
        let axes = Axes::new(&space);
        let (embedding, mean_function) = (Embedding::new(&axes), MeanFunction::constant(2));
        let theta = Theta::from_values([0.3, 0.8, 1.7, 1e-3].map(libm::log).to_vec());
        let data = six(&embedding, &mean_function);
        let posterior = Posterior::new(&embedding, &mean_function, &theta, &data, &[]);
        let expected = [
            (0.093_798_281_737_023_76, 0.593_670_919_645_685_1),
            (-0.396_086_254_888_247_9, 0.736_270_389_715_969_6),
        ];
        for (prediction, (mean, sd)) in posterior
            .predict(vec![at(&[0.3, 0.7]), at(&[0.6, 0.1])])
            .iter()
            .map(|p| p.prediction)
            .zip(expected)
        {
            assert!(
                (prediction.mean - mean).abs() < 1e-13 && (prediction.sd - sd).abs() < 1e-13,
                "{prediction:?}"
            );
        }
    }

    #[test]
    fn pending_points_keep_the_mean_and_reduce_the_variance() {
        let space = square();
        let axes = Axes::new(&space);
        let (embedding, mean_function) = (Embedding::new(&axes), MeanFunction::new(&space, None));
        let data = six(&embedding, &mean_function);
        let probes = [at(&[0.3, 0.7]), at(&[0.32, 0.7]), at(&[0.9, 0.9])];
        let alone = Posterior::new(&embedding, &mean_function, &theta(2), &data, &[])
            .predict(probes.to_vec());
        let with = Posterior::new(&embedding, &mean_function, &theta(2), &data, &probes[..1])
            .predict(probes.to_vec());
        for (a, b) in alone.iter().zip(&with).map(|(a, b)| (a.prediction, b.prediction)) {
            assert!((a.mean - b.mean).abs() < 1e-12 && b.sd < a.sd + 1e-12);
        }
        assert!(with[0].prediction.sd < 0.2 * alone[0].prediction.sd);
    }

    /// The mixed space with user priors for a number and a category.
    fn believed() -> Space {
        let mut parameters = mixed_space().parameters().to_vec();
        parameters[1].prior =
            Some(Prior { value: Value::Float(0.01), confidence: Confidence::High });
        parameters[2].prior =
            Some(Prior { value: Value::Text("adam".into()), confidence: Confidence::Low });
        Space::new(parameters, &[]).unwrap()
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let space = believed();
        let axes = Axes::new(&space);
        let (embedding, mean_function) = (Embedding::new(&axes), MeanFunction::new(&space, None));
        let place = |i: u32| {
            (0..7u32).map(|j| f64::from((i * 37 + j * 61) % 97) / 97.0).collect::<Vec<f64>>()
        };
        let points: Vec<Point> = (0..15).filter_map(|i| axes.snapped(place(i))).collect();
        let targets: Vec<f64> =
            points.iter().map(|p| libm::sin(5.0 * p.coordinates.iter().sum::<f64>())).collect();
        let data = Dataset::new(&embedding, &mean_function, points, targets, vec![0.0; 15]);
        let pending = [at(&place(20))];
        let posterior = Posterior::new(&embedding, &mean_function, &theta(7), &data, &pending);
        let mut scratch = posterior.scratch();
        let (mut by_mean, mut by_sd) = ([0.0; 7], [0.0; 7]);
        let x = at(&[0.31, 0.42, 0.5, 0.21, 0.63, 0.74, 0.15]);
        let prediction = posterior.differentiate(&x, &mut scratch, &mut by_mean, &mut by_sd);
        let batch = posterior.predict(vec![x.clone()])[0].prediction;
        assert!(
            (prediction.mean - batch.mean).abs() < 1e-12
                && (prediction.sd - batch.sd).abs() < 1e-12
        );
        for axis in (0..7).filter(|&axis| !axes.axes()[axis].is_categorical) {
            let moved = |h: f64| {
                let mut moved = x.clone();
                moved.coordinates[axis] += h;
                posterior.predict(vec![moved])[0].prediction
            };
            let (up, down) = (moved(1e-5), moved(-1e-5));
            // Tolerance: rounding 1e-14 over 2e-5, and the third derivative times 1e-10.
            assert!((by_mean[axis] - (up.mean - down.mean) / 2e-5).abs() < 1e-7);
            assert!((by_sd[axis] - (up.sd - down.sd) / 2e-5).abs() < 1e-7);
        }
    }
}
