//! The prior mean of the Gaussian process: a constant, the learned prior mean, for each user prior
//! a Gaussian bump around the value expected to be best, and without a learned mean the trend
//! towards the ends of ranges. Coefficients are not fitted but integrated out (Rasmussen and
//! Williams 2006, section 2.7): the constant has prior N(0, 1), the learned mean N(1, ¼), a bump
//! N(1, 1), so that data against a user prior shrink its bump and then reverse it, the trend
//! N(1, 4). With a learned mean and a reference, the constant is the reference's own target, known
//! up to the variance that the learned mean does not explain.

use crate::prior::polynomial::{Polynomial, Slopes};
use crate::prior::prior_mean::{Curve, LossScale, PriorMean, Variable};
use crate::prior::trend::BoundaryTrend;
use crate::prior::user::UserPrior;
use crate::space::axes::Axes;
use crate::space::{Point, Space};
use crate::tuning::prior::{
    BOUNDARY_MEAN, BOUNDARY_SD, CONSTANT_SD, LEARNED_SD, LEAST_SHARE, USER_SD,
};

/// The basis functions of a space: the constant, the learned mean if there is one, the bumps of
/// user priors, and without a learned mean the boundary trend.
#[derive(Clone, Debug)]
pub(crate) struct MeanFunction {
    expectation: Option<Polynomial>,
    /// How the learned prior mean becomes losses, if there is one.
    scale: Option<LossScale>,
    user_priors: Vec<UserPrior>,
    trend: Option<BoundaryTrend>,
    /// Prior variances of the coefficients.
    variances: Vec<f64>,
    /// ln of the factor by which length scales exceed those without a learned mean, by axis.
    longer: Vec<f64>,
}

impl MeanFunction {
    /// Builds the basis functions of a space from its learned prior mean and user priors.
    pub(crate) fn new(space: &Space, prior_mean: Option<&PriorMean>) -> Self {
        let user_prior = |(axis, &position): (usize, &usize)| {
            UserPrior::new(&space.parameters()[position], axis)
        };
        let user_priors: Vec<UserPrior> =
            space.axes().iter().enumerate().filter_map(user_prior).collect();

        let axes = Axes::new(space);
        let expectation = prior_mean.map(|prior_mean| Polynomial::new(&axes, prior_mean));
        let scale = prior_mean.map(|prior_mean| prior_mean.scale);
        // With a reference the constant is known but for what the learned mean does not explain.
        let level = scale
            .filter(|scale| scale.reference.is_some())
            .map_or(CONSTANT_SD * CONSTANT_SD, |scale| scale.residual);

        // A learned mean knows what the ends of ranges are worth.
        let trend = if expectation.is_none() { BoundaryTrend::new(space, &axes) } else { None };
        let trend_sd = BOUNDARY_SD / BOUNDARY_MEAN;
        let variances = std::iter::once(level)
            .chain(expectation.iter().map(|_| LEARNED_SD * LEARNED_SD))
            .chain(user_priors.iter().map(|_| USER_SD * USER_SD))
            .chain(trend.iter().map(|_| trend_sd * trend_sd))
            .collect();

        let longer = prior_mean
            .map_or_else(|| vec![0.0; axes.len()], |prior_mean| longer(space, &axes, prior_mean));
        Self { expectation, scale, user_priors, trend, variances, longer }
    }

    /// Only a constant, over a space of `n_axes` axes.
    #[cfg(test)]
    pub(crate) fn constant(n_axes: usize) -> Self {
        Self {
            expectation: None,
            scale: None,
            user_priors: Vec::new(),
            trend: None,
            variances: vec![CONSTANT_SD * CONSTANT_SD],
            longer: vec![0.0; n_axes],
        }
    }

    /// How what is expected becomes losses; `None` without a learned prior mean.
    pub(crate) fn scale(&self) -> Option<LossScale> {
        self.scale
    }

    /// The number of basis functions.
    pub(crate) fn len(&self) -> usize {
        self.variances.len()
    }

    /// The position of the learned mean among the basis functions.
    pub(crate) fn learned(&self) -> Option<usize> {
        self.expectation.is_some().then_some(1)
    }

    /// ln of the factor by which length scales exceed those without a learned mean, by axis.
    pub(crate) fn longer(&self) -> &[f64] {
        &self.longer
    }

    /// The axes with a user prior, and the coordinates of their expected best values.
    pub(crate) fn expected_best(&self) -> impl Iterator<Item = (usize, f64)> {
        self.user_priors.iter().map(|user_prior| (user_prior.axis, user_prior.centre))
    }

    /// Returns the learned mean alone at points, in its own units; `None` without one.
    pub(crate) fn expectations(&self, points: &[&Point]) -> Option<Vec<f64>> {
        self.expectation.as_ref().map(|expectation| expectation.values(points))
    }

    /// Returns the values of the basis functions at points, one row per point.
    pub(crate) fn rows(&self, points: &[&Point]) -> Vec<f64> {
        let mut rows = vec![1.0; points.len() * self.len()];
        let n_expected = usize::from(self.expectation.is_some());
        // Column 0 stays 1: the constant.
        for (index, expectation) in self.expectations(points).into_iter().flatten().enumerate() {
            rows[index * self.len() + 1] = bounded(expectation);
        }

        for (row, point) in rows.chunks_exact_mut(self.len()).zip(points) {
            let bumps = self.user_priors.iter().map(|user_prior| user_prior.value(point));
            let trend = self.trend.iter().map(|trend| trend.value(point));
            row[1 + n_expected..]
                .iter_mut()
                .zip(bumps.chain(trend))
                .for_each(|(h, value)| *h = value);
        }

        rows
    }

    /// Prepares evaluations with slopes.
    pub(crate) fn slopes(&self) -> Option<Slopes> {
        self.expectation.as_ref().map(Polynomial::slopes)
    }

    /// Writes the values of the basis functions at a point, and keeps their slopes there.
    pub(crate) fn differentiate(
        &self,
        point: &Point,
        values: &mut [f64],
        slopes: &mut Option<Slopes>,
    ) {
        values[0] = 1.0;
        let expected = self
            .expectation
            .iter()
            .zip(slopes)
            .map(|(expectation, slopes)| bounded(expectation.differentiate(point, slopes)));
        let bumps = self.user_priors.iter().map(|user_prior| user_prior.value(point));
        let trend = self.trend.iter().map(|trend| trend.value(point));
        values[1..]
            .iter_mut()
            .zip(expected.chain(bumps).chain(trend))
            .for_each(|(value, h)| *value = h);
    }

    /// Adds the derivatives of Σ weightₖ·hₖ with respect to the coordinates to `gradient`; `slopes`
    /// are those at the point.
    pub(crate) fn add_slopes(
        &self,
        point: &Point,
        slopes: Option<&Slopes>,
        weights: &[f64],
        gradient: &mut [f64],
    ) {
        let (expected, others) = weights[1..].split_at(usize::from(self.expectation.is_some()));
        let (bumps, trend) = others.split_at(self.user_priors.len());
        for ((expectation, slopes), weight) in self.expectation.iter().zip(slopes).zip(expected) {
            expectation.add_slopes(slopes, *weight, gradient);
        }
        for (weight, user_prior) in bumps.iter().zip(&self.user_priors) {
            gradient[user_prior.axis] += weight * user_prior.slope(point);
        }
        for (weight, function) in trend.iter().zip(&self.trend) {
            function.add_slopes(point, *weight, gradient);
        }
    }

    /// Returns the prior mean of the coefficient of basis function `k`.
    pub(crate) fn coefficient(k: usize) -> f64 {
        if k == 0 { 0.0 } else { 1.0 }
    }

    /// Returns the prior mean at a point where the basis functions have the values `h`.
    pub(crate) fn mean(h: &[f64]) -> f64 {
        h[1..].iter().sum()
    }

    /// Returns the prior covariance between two points with these values of the basis functions.
    pub(crate) fn covariance(&self, a: &[f64], b: &[f64]) -> f64 {
        self.variances.iter().zip(a).zip(b).map(|((variance, a), b)| variance * a * b).sum()
    }

    /// Returns the prior variance of the coefficient of basis function `k`.
    pub(crate) fn variance(&self, k: usize) -> f64 {
        self.variances[k]
    }
}

/// Clamps a value of a learned mean so that squares and sums stay finite for any coefficients.
fn bounded(value: f64) -> f64 {
    const LARGEST: f64 = 1e100;
    if value.is_nan() { 0.0 } else { value.clamp(-LARGEST, LARGEST) }
}

/// The length scales of the learned mean are shares of its ramps: an axis over a part of a ramp has
/// longer ones, and an axis beyond it shorter ones.
fn longer(space: &Space, axes: &Axes<'_>, prior_mean: &PriorMean) -> Vec<f64> {
    let share = |axis: usize| {
        let name = &space.parameters()[space.axes()[axis]].name;
        let of_axis = || prior_mean.variables.iter().filter(|variable| variable.parameter == *name);
        let is_ramp = |variable: &&Variable| matches!(variable.curve, Curve::Ramp { .. });
        let (low, high) = (axes.value(axis, 0.0), axes.value(axis, 1.0));
        let largest = |is_meant: &dyn Fn(&&Variable) -> bool| {
            of_axis()
                .filter(is_meant)
                .filter_map(|variable| variable.curve.share(&low, &high))
                .reduce(f64::max)
        };
        // Choices have no distance along a ramp.
        if axes.axes()[axis].is_categorical {
            None
        } else {
            largest(&is_ramp).or_else(|| largest(&|_| true))
        }
    };

    (0..axes.len())
        .map(|axis| prior_mean.length - libm::log(share(axis).map_or(1.0, |s| s.max(LEAST_SHARE))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prior::polynomial::tests::prior_mean;
    use crate::space::tests::mixed_space;

    #[test]
    fn length_scales_stretch_over_a_part_of_a_ramp() {
        let space = mixed_space();
        let mean_function = MeanFunction::new(&space, Some(&prior_mean()));
        let of =
            |name: &str| mean_function.longer()[Axes::new(&space).axis_named(name).unwrap()] - 0.2;
        // Four of five decades; 16 to 128 of 4 to 256.
        for (name, share) in [("learning_rate", 0.8), ("batch_size", 0.5)] {
            assert!((of(name) + libm::log(share)).abs() < 1e-12, "{name}");
        }
        // Nothing was learned about units; a choice is not a part of a ramp.
        assert_eq!((of("units"), of("optimizer")), (0.0, 0.0));
        assert!(
            MeanFunction::new(&mixed_space(), None).longer().iter().all(|longer| *longer == 0.0)
        );
    }
}
