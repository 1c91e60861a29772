//! A number that is always present: distances are differences.

pub(super) fn embed(x: f64, features: &mut [f64]) {
    features[0] = x;
}

pub(super) fn pull_back(gradient: &[f64]) -> f64 {
    gradient[0]
}

/// Adds w·(x − xᵢ)² to each distance.
pub(super) fn accumulate(column: &[f64], x: f64, weight: f64, distances: &mut [f64]) {
    for (distance, value) in distances.iter_mut().zip(column) {
        let difference = value - x;
        *distance += weight * (difference * difference);
    }
}
