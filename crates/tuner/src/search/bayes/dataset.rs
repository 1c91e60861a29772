//! What the model is fitted to: places, targets and noise of the first results.

use super::features::{Cloud, Embedding};
use super::trend::Trend;
use crate::space::Point;
use crate::stats::mean;

/// Results as the model sees them.
#[derive(Clone, Debug)]
pub(super) struct Dataset {
    /// Places.
    pub(super) points: Vec<Point>,
    /// The places' features.
    pub(super) cloud: Cloud,
    /// Values of the trend's basis functions, one row a point.
    pub(super) basis: Vec<f64>,
    /// Targets.
    pub(super) targets: Vec<f64>,
    /// Targets less the trend's prior mean.
    pub(super) residuals: Vec<f64>,
    /// Known variance of each target's noise.
    pub(super) noise: Vec<f64>,
}

impl Dataset {
    /// Embeds points with their targets and known noise.
    pub(super) fn new(
        embedding: &Embedding,
        trend: &Trend,
        points: Vec<Point>,
        targets: Vec<f64>,
        noise: Vec<f64>,
    ) -> Self {
        let cloud = Cloud::new(embedding, points.iter());
        let basis = trend.rows(&points.iter().collect::<Vec<_>>());
        let means = basis.chunks_exact(trend.len()).map(Trend::mean);
        let residuals = targets.iter().zip(means).map(|(z, mean)| z - mean).collect();
        Self { points, cloud, basis, targets, residuals, noise }
    }

    /// Returns the places of the lowest targets, at most `n` of them, the lowest first.
    pub(super) fn best(&self, n: usize) -> Vec<&Point> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|&a, &b| self.targets[a].total_cmp(&self.targets[b]));
        order.into_iter().take(n).map(|index| &self.points[index]).collect()
    }

    /// The mean of the known variances of noise; 0 without results.
    pub(super) fn mean_noise(&self) -> f64 {
        mean(&self.noise).unwrap_or(0.0)
    }

    /// The number of results.
    pub(super) fn len(&self) -> usize {
        self.points.len()
    }
}
