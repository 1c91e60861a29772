//! The training data of the surrogate: points, targets and noise.

use crate::gp::features::{Embedding, FeatureMatrix};
use crate::prior::MeanFunction;
use crate::space::Point;
use crate::stats::mean;

/// Results in the surrogate's form.
#[derive(Clone, Debug)]
pub(crate) struct Dataset {
    /// Points.
    pub(crate) points: Vec<Point>,
    /// The points' features.
    pub(crate) features: FeatureMatrix,
    /// Values of the mean's basis functions, one row per point.
    pub(crate) basis: Vec<f64>,
    /// Targets.
    pub(crate) targets: Vec<f64>,
    /// Targets minus the prior mean.
    pub(crate) residuals: Vec<f64>,
    /// Known variance of each target's observation noise.
    pub(crate) noise: Vec<f64>,
}

impl Dataset {
    /// Embeds points with their targets and known noise.
    pub(crate) fn new(
        embedding: &Embedding,
        mean_function: &MeanFunction,
        points: Vec<Point>,
        targets: Vec<f64>,
        noise: Vec<f64>,
    ) -> Self {
        let features = FeatureMatrix::new(embedding, points.iter());
        let basis = mean_function.rows(&points.iter().collect::<Vec<_>>());
        let means = basis.chunks_exact(mean_function.len()).map(MeanFunction::mean);
        let residuals = targets.iter().zip(means).map(|(z, mean)| z - mean).collect();
        Self { points, features, basis, targets, residuals, noise }
    }

    /// Returns the rows of the lowest targets, at most `n` of them, the lowest first.
    pub(crate) fn lowest(&self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|&a, &b| self.targets[a].total_cmp(&self.targets[b]));
        order.truncate(n);
        order
    }

    /// The mean of the known noise variances; 0 without results.
    pub(crate) fn mean_noise(&self) -> f64 {
        mean(&self.noise).unwrap_or(0.0)
    }

    /// The number of results.
    pub(crate) fn len(&self) -> usize {
        self.points.len()
    }
}
