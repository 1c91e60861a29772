//! The boundary penalty: a decaying cost of points far from the middle of a space that has a
//! learned prior mean.
//!
//! Predictive uncertainty grows with the distance from all results, so in many dimensions the bound
//! alone would try one corner after the other. Just as an acquisition can be weighted by a user
//! prior, with less weight after every trial (Hvarfner et al. 2022), a point x costs Σ(2x −
//! 1)²/√(d·n) standard deviations of the warped losses, over d axes after n trials, pending ones
//! included: √(d/n) in a corner. If a user prior expects the best value elsewhere, that value
//! replaces the middle. Axes without order, and inactive ones, cost nothing.
//!
//! Without a learned prior mean there is no penalty: it helps on functions and costs on trainings,
//! whose best values often lie at the ends of ranges. There the boundary trend of the prior mean
//! learns which it is (`prior/trend.rs`).

use crate::prior::MeanFunction;
use crate::space::Point;
use crate::space::axes::Axes;

/// The boundary penalty of one proposal.
#[derive(Clone, Debug)]
pub(super) struct BoundaryPenalty {
    /// 1/√(d·n); 0 without a learned prior mean, and before the first trial, which is the minimum
    /// of the learned mean.
    weight: f64,
    /// The middle of each axis; `None` for one without order.
    middles: Vec<Option<f64>>,
}

impl BoundaryPenalty {
    /// The penalty after `n_trials`.
    pub(super) fn new(axes: &Axes<'_>, mean_function: &MeanFunction, n_trials: usize) -> Self {
        let ordered = axes.axes().iter().map(|axis| (!axis.is_categorical).then_some(0.5));
        let mut middles: Vec<Option<f64>> = ordered.collect();
        for (axis, best) in mean_function.expected_best() {
            middles[axis] = middles[axis].map(|_| best);
        }
        let costs = mean_function.learned().is_some() && n_trials > 0;
        let weight = if costs { 1.0 / ((axes.len() * n_trials) as f64).sqrt() } else { 0.0 };
        Self { weight, middles }
    }

    /// Returns the penalty at a point.
    pub(super) fn cost(&self, point: &Point) -> f64 {
        let differences = (0..self.middles.len())
            .filter(|&axis| point.active[axis])
            .map(|axis| self.offset(axis, point));
        self.weight * differences.map(|difference| 4.0 * difference * difference).sum::<f64>()
    }

    /// Returns the derivative of the penalty with respect to the coordinate of an active axis.
    pub(super) fn slope(&self, axis: usize, point: &Point) -> f64 {
        self.weight * 8.0 * self.offset(axis, point)
    }

    fn offset(&self, axis: usize, point: &Point) -> f64 {
        self.middles[axis].map_or(0.0, |middle| point.coordinates[axis] - middle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prior::{LossScale, Noise, PriorMean};
    use crate::space::{Confidence, Domain, Parameter, Prior, Scale, Space, Value};

    fn prior_mean() -> PriorMean {
        let scale = LossScale {
            spread: 0.5,
            spread_sd: 1.0,
            noise: Noise { mean: -3.0, sd: 2.0 },
            residual: 0.4,
            reference: None,
        };
        PriorMean { variables: Vec::new(), terms: Vec::new(), scale, length: 0.0 }
    }

    fn space() -> Space {
        let range = || Domain::Float { low: 0.0, high: 2.0, scale: Scale::Linear, step: None };
        let prior = Prior { value: Value::Float(0.5), confidence: Confidence::Low };
        let list = Domain::Categorical(vec![Value::Int(1), Value::Int(2), Value::Int(3)]);
        let parameters = vec![
            Parameter::new("plain", range()),
            Parameter { prior: Some(prior), ..Parameter::new("believed", range()) },
            Parameter::new("list", list),
            Parameter::new("other", range()),
        ];
        Space::new(parameters, &[]).unwrap()
    }

    fn at(coordinates: [f64; 4]) -> Point {
        Point { coordinates: coordinates.to_vec(), active: vec![true; 4] }
    }

    fn boundary(prior_mean: Option<&PriorMean>, n_trials: usize) -> BoundaryPenalty {
        let space = space();
        let mean_function = MeanFunction::new(&space, prior_mean);
        BoundaryPenalty::new(&Axes::new(&space), &mean_function, n_trials)
    }

    #[test]
    fn the_middle_and_user_priors_are_free_and_a_corner_costs_the_root_of_axes_over_trials() {
        let boundary = boundary(Some(&prior_mean()), 9);
        assert_eq!(boundary.cost(&at([0.5, 0.25, 1.0, 0.5])), 0.0);
        assert!((boundary.cost(&at([1.0, 0.25, 0.0, 0.0])) - 2.0 / 6.0).abs() < 1e-12);
        let mut inactive = at([1.0, 0.25, 0.0, 0.5]);
        inactive.active[0] = false;
        assert_eq!(boundary.cost(&inactive), 0.0);
    }

    #[test]
    fn there_is_no_penalty_before_the_first_trial_or_without_a_learned_mean() {
        assert_eq!(boundary(Some(&prior_mean()), 0).cost(&at([0.0; 4])), 0.0);
        assert_eq!(boundary(None, 9).cost(&at([0.0; 4])), 0.0);
    }

    #[test]
    fn slopes_are_the_derivatives_of_the_penalty() {
        let boundary = boundary(Some(&prior_mean()), 3);
        let h = 1e-6;
        for axis in [0, 1, 3] {
            let moved = |by: f64| {
                let mut point = at([0.2, 0.9, 0.0, 0.7]);
                point.coordinates[axis] += by;
                boundary.cost(&point)
            };
            let expected = (moved(h) - moved(-h)) / (2.0 * h);
            assert!((boundary.slope(axis, &at([0.2, 0.9, 0.0, 0.7])) - expected).abs() < 1e-7);
        }
    }
}
