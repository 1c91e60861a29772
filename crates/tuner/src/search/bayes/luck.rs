//! Luck: what is chance in a result, and goes with the value of one parameter.
//!
//! Where a parameter decides which random numbers a trial draws, trials of one value draw alike, and are lucky together:
//! what folds tell of noise is then no noise, but a part of the function that changes with every value of that parameter
//! and is smooth along the others. Between two results of one value it is ν·M(Σ(Δ/ℓ)²), with M the Matérn kernel and ν
//! the smallest variance known from folds, which is the pooled one; between others 0. What a result's own folds vary
//! beyond ν stays noise. Categories differ by one length scale.
//!
//! So a lucky value is kept while the others are tuned, and an unlucky one, at the end of a range say, is left.

use super::features::{Cloud, Embedding};
use super::matern;

/// The length scale ℓ along numbers. Of networks of one width, on seven data sets, losses less what is smooth in the width
/// correlate by 0.9 at 1.4 times the learning rate and by 0.7 at twice, by 0.9 at a dropout of 0.05 more: shorter lengths
/// would say so, but searches with 0.3 did worse than with 0.6, and with 1.2 no better.
const LENGTH: f64 = 0.6;

/// The luck of results.
#[derive(Clone, Debug)]
pub(super) struct Luck {
    /// The feature of the parameter that decides.
    feature: usize,
    /// 1/ℓ² by axis.
    weights: Vec<f64>,
    /// Its variance ν.
    pub(super) variance: f64,
}

/// A point that shares another's luck.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Alike {
    /// Its position.
    pub(super) position: usize,
    /// The covariance.
    pub(super) covariance: f64,
    /// The covariance's slope: see [`matern`].
    slope: f64,
}

impl Luck {
    /// The luck that goes with the values of an axis; `noise` is the results' known variance, 0 of those without a loss.
    pub(super) fn new(embedding: &Embedding, axis: usize, noise: &[f64]) -> Option<Self> {
        let feature = embedding.axis_of().iter().position(|other| *other == axis)?;
        let weight = |axis| if embedding.is_category(axis) { 1.0 } else { 1.0 / (LENGTH * LENGTH) };
        let variance = noise.iter().copied().filter(|variance| *variance > 0.0).reduce(f64::min).unwrap_or(0.0);
        Some(Self { feature, weights: (0..embedding.n_axes()).map(weight).collect(), variance })
    }

    /// The axis whose values decide.
    pub(super) fn axis(&self, embedding: &Embedding) -> usize {
        embedding.axis_of()[self.feature]
    }

    /// Returns those of the `cloud`'s points from position `from` on that share the luck of a point with the features `x`.
    pub(super) fn alike<'a>(
        &'a self,
        embedding: &'a Embedding,
        cloud: &'a Cloud,
        x: &'a [f64],
        from: usize,
    ) -> impl Iterator<Item = Alike> + 'a {
        let column = cloud.column(self.feature);
        let same = (from..cloud.len()).filter(move |&i| column[i] == x[self.feature]);
        same.map(move |position| {
            let (value, slope) = matern::value_and_slope(cloud.distance(embedding, &self.weights, x, position));
            Alike { position, covariance: self.variance * value, slope: self.variance * slope }
        })
    }

    /// Adds the derivatives of `weight` times the covariance with a point at position `other.position` to those by the
    /// features `x`.
    pub(super) fn add_slopes(
        &self,
        embedding: &Embedding,
        cloud: &Cloud,
        x: &[f64],
        (other, weight): (&Alike, f64),
        by_features: &mut [f64],
    ) {
        for (feature, by) in by_features.iter_mut().enumerate() {
            let difference = x[feature] - cloud.column(feature)[other.position];
            *by -= weight * other.slope * self.weights[embedding.axis_of()[feature]] * difference;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::axes::Axes;
    use super::super::dataset::Dataset;
    use super::super::hyperparameters::Theta;
    use super::super::likelihood::Likelihood;
    use super::super::likelihood::tests::square;
    use super::super::posterior::Posterior;
    use super::super::trend::Trend;
    use super::*;
    use crate::space::Point;

    const VARIANCE: f64 = 0.7;

    fn at(x: f64, y: f64) -> Point {
        Point { coordinates: vec![x, y], active: vec![true; 2] }
    }

    /// Results along one value of the second axis; with luck, of known noise and nothing else.
    fn results(embedding: &Embedding, trend: &Trend, has_luck: bool) -> Dataset {
        let points = [0.1, 0.35, 0.9, 0.5].map(|x| at(x, 0.25)).to_vec();
        let noise = vec![if has_luck { VARIANCE } else { 0.0 }; 4];
        let data = Dataset::new(embedding, trend, points, vec![0.4, -0.3, 1.1, 0.2], noise);
        data.with_luck(embedding, has_luck.then_some(1))
    }

    /// Length scales as those of luck.
    fn theta(signal: f64) -> Theta {
        Theta::from_values([LENGTH, LENGTH, signal, 1e-4].map(libm::log).to_vec())
    }

    #[test]
    fn results_of_one_value_have_luck_as_a_part_of_the_signal() {
        let space = square();
        let axes = Axes::new(&space);
        let (embedding, trend) = (Embedding::new(&axes), Trend::new(&space));
        let [with, without] = [true, false].map(|has_luck| results(&embedding, &trend, has_luck));
        let density = |data: &Dataset, signal: f64| {
            Likelihood::new(&embedding, &trend, data).evaluate(theta(signal).values(), &mut [0.0; 4])
        };
        assert!((density(&with, 0.5) - density(&without, 0.5 + VARIANCE)).abs() < 1e-12);
        let predict = |data: &Dataset, signal: f64, point: Point| {
            Posterior::new(&embedding, &trend, &theta(signal), data, &[at(0.8, 0.25)]).predict(vec![point])[0]
                .prediction
        };
        let (a, b) = (predict(&with, 0.5, at(0.6, 0.25)), predict(&without, 0.5 + VARIANCE, at(0.6, 0.25)));
        assert!((a.mean - b.mean).abs() < 1e-12 && (a.sd - b.sd).abs() < 1e-12);
        // Another value has luck of its own: nothing is known of it, so that it may be better.
        let (same, other) = (predict(&with, 0.5, at(0.5, 0.25)), predict(&with, 0.5, at(0.5, 0.2501)));
        assert!(same.sd < 0.1 && other.sd > 0.8 && other.sd < (0.5 + VARIANCE).sqrt());
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        let space = square();
        let axes = Axes::new(&space);
        let (embedding, trend) = (Embedding::new(&axes), Trend::new(&space));
        let data = results(&embedding, &trend, true);
        let posterior = Posterior::new(&embedding, &trend, &theta(0.5), &data, &[at(0.8, 0.25)]);
        let (mut by_mean, mut by_sd) = ([0.0; 2], [0.0; 2]);
        let prediction = posterior.differentiate(&at(0.6, 0.25), &mut posterior.scratch(), &mut by_mean, &mut by_sd);
        let there = |x: f64| posterior.predict(vec![at(x, 0.25)])[0].prediction;
        let (below, here, above) = (there(0.6 - 1e-5), there(0.6), there(0.6 + 1e-5));
        assert!((prediction.mean - here.mean).abs() < 1e-12 && (prediction.sd - here.sd).abs() < 1e-12);
        assert!((by_mean[0] - (above.mean - below.mean) / 2e-5).abs() < 1e-7);
        assert!((by_sd[0] - (above.sd - below.sd) / 2e-5).abs() < 1e-7);
        assert_eq!([0.25, 0.3].map(|y| posterior.shared_axis(&at(0.7, y))), [Some(1), None]);
    }

    #[test]
    fn the_variance_is_that_of_the_steadiest_result_and_none_has_less() {
        let space = square();
        let axes = Axes::new(&space);
        let (embedding, trend) = (Embedding::new(&axes), Trend::new(&space));
        let of = |noise: Vec<f64>| {
            let points = (0..noise.len()).map(|i| at(0.1 * i as f64, 0.5)).collect();
            let targets = vec![0.0; noise.len()];
            Dataset::new(&embedding, &trend, points, targets, noise).with_luck(&embedding, Some(1))
        };
        let data = of(vec![0.3, 0.0, 0.2]);
        assert_eq!((data.luck.as_ref().unwrap().variance, data.chance()), (0.2, 0.0));
        assert_eq!(data.noise, [0.3, 0.2, 0.2]);
        assert_eq!(of(vec![0.0]).luck.unwrap().variance, 0.0);
        assert_eq!(of(vec![]).noise, [0.0; 0]);
    }
}
