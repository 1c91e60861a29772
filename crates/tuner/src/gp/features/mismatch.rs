//! A category: two points are 1 apart if they have different values, with absence as one more
//! value.
//!
//! The values are the corners of a regular simplex, so the distance is Euclidean like the others.

/// Absence lies outside the coordinates 0 … 1 of values.
const ABSENT: f64 = -1.0;

pub(super) fn embed(x: f64, is_active: bool, features: &mut [f64]) {
    features[0] = if is_active { x } else { ABSENT };
}

/// Adds w to the distances of points with another value.
pub(super) fn accumulate(column: &[f64], x: f64, weight: f64, distances: &mut [f64]) {
    for (distance, value) in distances.iter_mut().zip(column) {
        *distance += if *value == x { 0.0 } else { weight };
    }
}
