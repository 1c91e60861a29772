//! The features between which the kernel measures distances: each axis becomes one or two features,
//! which share its length scale.
//!
//! The squared distance of two points along an axis is the sum over its features, so the kernel, a
//! function of the sum over all axes, is positive definite for all kinds of axes. A new kind is one
//! file and one line of [`Kind`].

mod arc;
mod line;
mod mismatch;

use crate::space::Point;
use crate::space::axes::Axes;

/// How an axis enters the distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A number.
    Line,
    /// A number that may be absent.
    Arc,
    /// A category.
    Mismatch,
}

impl Kind {
    fn n_features(self) -> usize {
        match self {
            Self::Line | Self::Mismatch => 1,
            Self::Arc => 2,
        }
    }

    fn embed(self, x: f64, is_active: bool, features: &mut [f64]) {
        match self {
            Self::Line => line::embed(x, features),
            Self::Arc => arc::embed(x, is_active, features),
            Self::Mismatch => mismatch::embed(x, is_active, features),
        }
    }

    /// Returns the derivative by the coordinate of a function, given its derivatives by the
    /// features.
    fn pull_back(self, x: f64, is_active: bool, gradient: &[f64]) -> f64 {
        match self {
            Self::Line => line::pull_back(gradient),
            Self::Arc => arc::pull_back(x, is_active, gradient),
            Self::Mismatch => 0.0,
        }
    }
}

/// The features of a space.
#[derive(Clone, Debug)]
pub(crate) struct Embedding {
    kinds: Vec<Kind>,
    /// Axis of each feature.
    axis_of: Vec<usize>,
}

impl Embedding {
    /// Chooses a kind for each axis.
    pub(crate) fn new(axes: &Axes<'_>) -> Self {
        let kinds: Vec<Kind> = axes
            .axes()
            .iter()
            .map(|axis| match (axis.is_categorical, axis.is_conditional) {
                (true, _) => Kind::Mismatch,
                (false, true) => Kind::Arc,
                (false, false) => Kind::Line,
            })
            .collect();

        let axis_of = kinds
            .iter()
            .enumerate()
            .flat_map(|(axis, kind)| vec![axis; kind.n_features()])
            .collect();

        Self { kinds, axis_of }
    }

    /// The number of axes.
    pub(crate) fn n_axes(&self) -> usize {
        self.kinds.len()
    }

    /// The number of features.
    pub(crate) fn n_features(&self) -> usize {
        self.axis_of.len()
    }

    /// The axis of each feature.
    pub(crate) fn axis_of(&self) -> &[usize] {
        &self.axis_of
    }

    /// Writes the features of a point.
    pub(crate) fn embed(&self, point: &Point, features: &mut [f64]) {
        let mut rest = features;
        for ((kind, x), is_active) in self.kinds.iter().zip(&point.coordinates).zip(&point.active) {
            let (own, others) = rest.split_at_mut(kind.n_features());
            kind.embed(*x, *is_active, own);
            rest = others;
        }
    }

    /// Writes the gradient by the coordinates from the gradient by the features.
    pub(crate) fn pull_back(&self, point: &Point, by_feature: &[f64], by_coordinate: &mut [f64]) {
        let mut rest = by_feature;
        for (axis, kind) in self.kinds.iter().enumerate() {
            let (own, others) = rest.split_at(kind.n_features());
            by_coordinate[axis] = kind.pull_back(point.coordinates[axis], point.active[axis], own);
            rest = others;
        }
    }

    fn is_mismatch(&self, feature: usize) -> bool {
        self.kinds[self.axis_of[feature]] == Kind::Mismatch
    }
}

/// Points as the kernel sees them: one column per feature.
#[derive(Clone, Debug)]
pub(crate) struct FeatureMatrix {
    n_points: usize,
    columns: Vec<f64>,
}

impl FeatureMatrix {
    /// Embeds points.
    pub(crate) fn new<'p>(
        embedding: &Embedding,
        points: impl ExactSizeIterator<Item = &'p Point>,
    ) -> Self {
        let n_points = points.len();
        let mut columns = vec![0.0; n_points * embedding.n_features()];
        let mut row = vec![0.0; embedding.n_features()];
        for (index, point) in points.enumerate() {
            embedding.embed(point, &mut row);
            for (feature, value) in row.iter().enumerate() {
                columns[feature * n_points + index] = *value;
            }
        }
        Self { n_points, columns }
    }

    /// The number of points.
    pub(crate) fn len(&self) -> usize {
        self.n_points
    }

    /// The values of one feature.
    pub(crate) fn column(&self, feature: usize) -> &[f64] {
        &self.columns[feature * self.n_points..(feature + 1) * self.n_points]
    }

    /// Writes the squared distances from a point, given by its features, to as many points from
    /// number `from` on as fit `distances`. `weights` has 1/l² of each axis.
    pub(crate) fn distances(
        &self,
        embedding: &Embedding,
        weights: &[f64],
        x: &[f64],
        from: usize,
        distances: &mut [f64],
    ) {
        distances.fill(0.0);
        for (feature, x) in x.iter().enumerate() {
            let weight = weights[embedding.axis_of[feature]];
            let column = &self.column(feature)[from..from + distances.len()];
            if embedding.is_mismatch(feature) {
                mismatch::accumulate(column, *x, weight, distances);
            } else {
                line::accumulate(column, *x, weight, distances);
            }
        }
    }

    /// Writes the unscaled squared distances along one axis of all pairs i > j, those of j = 0
    /// first.
    pub(crate) fn pair_distances(&self, embedding: &Embedding, axis: usize, distances: &mut [f64]) {
        distances.fill(0.0);
        for feature in (0..embedding.n_features()).filter(|&f| embedding.axis_of[f] == axis) {
            let column = self.column(feature);
            let mut rest = &mut *distances;
            for (j, x) in column.iter().enumerate() {
                let (own, others) = rest.split_at_mut(self.n_points - 1 - j);
                if embedding.is_mismatch(feature) {
                    mismatch::accumulate(&column[j + 1..], *x, 1.0, own);
                } else {
                    line::accumulate(&column[j + 1..], *x, 1.0, own);
                }
                rest = others;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::tests::mixed_space;

    #[test]
    fn pull_back_is_the_derivative_of_the_embedding() {
        let space = mixed_space();
        let embedding = Embedding::new(&Axes::new(&space));
        let n = embedding.n_axes();
        let point = |shift: f64, axis: usize| {
            let mut coordinates: Vec<f64> = (0..n).map(|i| 0.1 + 0.1 * i as f64).collect();
            coordinates[axis] += shift;
            Point { coordinates, active: vec![true; n] }
        };
        // f = Σ c·φ with arbitrary c.
        let c: Vec<f64> = (0..embedding.n_features()).map(|i| 1.0 - 0.3 * i as f64).collect();
        let value = |p: &Point| {
            let mut features = vec![0.0; c.len()];
            embedding.embed(p, &mut features);
            features.iter().zip(&c).map(|(a, b)| a * b).sum::<f64>()
        };
        let mut gradient = vec![0.0; n];
        embedding.pull_back(&point(0.0, 0), &c, &mut gradient);
        for axis in (0..n).filter(|&a| embedding.kinds[a] != Kind::Mismatch) {
            let difference = (value(&point(1e-6, axis)) - value(&point(-1e-6, axis))) / 2e-6;
            assert!((gradient[axis] - difference).abs() < 1e-8);
        }
    }

    #[test]
    fn an_inactive_axis_is_equally_far_from_all_active_values() {
        let space = mixed_space();
        let axes = Axes::new(&space);
        let embedding = Embedding::new(&axes);
        let at = |momentum: Option<f64>| {
            let mut coordinates = vec![0.5; 7];
            coordinates[0] = momentum.unwrap_or(0.5);
            let mut active = vec![true; 7];
            active[0] = momentum.is_some();
            Point { coordinates, active }
        };
        let points = [at(None), at(Some(0.0)), at(Some(0.3)), at(Some(1.0)), at(None)];
        let features = FeatureMatrix::new(&embedding, points.iter());
        let mut pairs = vec![0.0; 10];
        features.pair_distances(&embedding, 0, &mut pairs);
        assert!((pairs[0] - pairs[1]).abs() < 1e-12 && (pairs[1] - pairs[2]).abs() < 1e-12);
        assert_eq!(pairs[3], 0.0);
        let mut x = vec![0.0; embedding.n_features()];
        embedding.embed(&points[0], &mut x);
        let mut distances = vec![0.0; 5];
        features.distances(&embedding, &[1.0; 7], &x, 0, &mut distances);
        assert_eq!(distances[1..], pairs[..4]);
    }
}
