//! The boundary trend: how much worse, or better, losses are towards the ends of ranges.
//!
//! Predictive uncertainty grows with the distance from all results, so in several dimensions the
//! acquisition function proposes one corner after the other. Whether corners are good is not known
//! beforehand: for a function with its optimum inside they are the worst points, while the best
//! settings of a training often lie at ends of ranges. So one coefficient, shared by all axes, is
//! learned from the results: the first corner that is tried informs about all others.
//!
//! Along an axis the trend is 4(x − ½)² − ⅓, whose mean over the range is 0; d axes together are
//! divided by √d. Axes without order, conditional ones, and those with a user prior are left out.

use crate::space::axes::Axes;
use crate::space::{Point, Space};
use crate::tuning::prior::BOUNDARY_MEAN;

/// The trend as a basis function: its coefficient has prior mean 1.
#[derive(Clone, Debug)]
pub(crate) struct BoundaryTrend {
    axes: Vec<usize>,
    scale: f64,
}

impl BoundaryTrend {
    /// The trend of a space; `None` if no axis takes part.
    pub(crate) fn new(space: &Space, axes: &Axes<'_>) -> Option<Self> {
        let has_user_prior = |axis: usize| space.parameters()[space.axes()[axis]].prior.is_some();
        // A conditional axis is at ½ while inactive, and a user prior already says where to look.
        let takes_part = |&axis: &usize| {
            let kind = &axes.axes()[axis];
            !kind.is_categorical && !kind.is_conditional && !has_user_prior(axis)
        };

        let axes: Vec<usize> = (0..axes.len()).filter(takes_part).collect();
        let scale = BOUNDARY_MEAN / (axes.len() as f64).sqrt();
        (!axes.is_empty()).then_some(Self { axes, scale })
    }

    /// Returns its value at a point.
    pub(crate) fn value(&self, point: &Point) -> f64 {
        let along = |&axis: &usize| {
            let offset = point.coordinates[axis] - 0.5;
            4.0 * offset * offset - 1.0 / 3.0
        };
        self.scale * self.axes.iter().map(along).sum::<f64>()
    }

    /// Adds `weight` times its derivatives by the coordinates to `gradient`.
    pub(crate) fn add_slopes(&self, point: &Point, weight: f64, gradient: &mut [f64]) {
        for &axis in &self.axes {
            gradient[axis] += weight * self.scale * 8.0 * (point.coordinates[axis] - 0.5);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::tests::mixed_space;
    use crate::space::{Confidence, Domain, Parameter, Prior, Scale, Value};

    fn square(prior: Option<Prior>) -> Space {
        let range = || Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        let with_prior = Parameter { prior, ..Parameter::new("b", range()) };
        Space::new(vec![Parameter::new("a", range()), with_prior], &[]).unwrap()
    }

    fn at(coordinates: &[f64]) -> Point {
        Point { coordinates: coordinates.to_vec(), active: vec![true; coordinates.len()] }
    }

    #[test]
    fn its_mean_over_the_space_is_zero_and_corners_are_alike() {
        let space = square(None);
        let trend = BoundaryTrend::new(&space, &Axes::new(&space)).unwrap();
        let n = 200;
        let middles = || (0..n).map(|i| (f64::from(i) + 0.5) / f64::from(n));
        let sum: f64 = middles()
            .flat_map(|a| middles().map(move |b| [a, b]))
            .map(|x| trend.value(&at(&x)))
            .sum();
        // Tolerance: the midpoint rule's error, 8/24n² along each axis.
        assert!((sum / f64::from(n * n)).abs() < 1e-5);

        let corner = BOUNDARY_MEAN * 2.0_f64.sqrt() * 2.0 / 3.0;
        for x in [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]] {
            assert!((trend.value(&at(&x)) - corner).abs() < 1e-12);
        }
    }

    #[test]
    fn an_axis_with_a_user_prior_takes_no_part() {
        let prior = Prior { value: Value::Float(0.9), confidence: Confidence::Low };
        let space = square(Some(prior));
        let trend = BoundaryTrend::new(&space, &Axes::new(&space)).unwrap();
        assert_eq!(trend.value(&at(&[0.3, 0.0])), trend.value(&at(&[0.3, 0.5])));
        assert!(trend.value(&at(&[0.0, 0.5])) > trend.value(&at(&[0.3, 0.5])));
    }

    #[test]
    fn slopes_are_the_derivatives() {
        let space = mixed_space();
        let axes = Axes::new(&space);
        let trend = BoundaryTrend::new(&space, &axes).unwrap();
        let point = at(&[0.31, 0.42, 0.5, 0.21, 0.63, 0.74, 0.15]);
        let mut gradient = [0.0; 7];
        trend.add_slopes(&point, 2.0, &mut gradient);
        for (axis, slope) in gradient.into_iter().enumerate() {
            let moved = |h: f64| {
                let mut moved = point.clone();
                moved.coordinates[axis] += h;
                2.0 * trend.value(&moved)
            };
            let expected = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            assert!((slope - expected).abs() < 1e-7, "{axis}");
        }
    }
}
