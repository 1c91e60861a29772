//! Calibrates the learned prior mean: an offset and a spread that turn its values into warped
//! losses, learned from few results.
//!
//! ln loss = offset + spread·(level + f·h + r), where h is the learned prior mean, the factor f is
//! about 1 and the residual r has variance ρ². The spread differs between data sets by powers of
//! ten: on data that are mostly noise, all configurations are within a hundredth of one another. So
//! its logarithm has a normal prior, and the most probable value is used, with level, f and r
//! integrated out. Let w be the warped losses above the reference (a loss that is known beforehand
//! and whose value of h is 0), and τ = 1/spread. Then it is the maximum over ln τ of n·ln τ − ½·(τw
//! − h)ᵀK⁻¹(τw − h) − (ln τ − ln τ₀)²/2s², K = ρ²·1 + U·D·Uᵀ, U = (1, h), D the variances of level
//! and f; K⁻¹ by Woodbury's identity from sums over results. Without a reference the level has a
//! flat prior.
//!
//! For this estimate losses are capped at the reference, beyond which there is nothing to gain; for
//! the surrogate, one spread above it. If most results lie above the reference, as with far more
//! features than rows, nothing is capped, since the search would see no difference between them.

use crate::prior::prior_mean::LossScale;
use crate::stats::dot;
use crate::stats::mean;
use crate::tuning::prior::{CAP_ABOVE_REFERENCE, LEARNED_SD};

/// The variance of an unknown level.
const ANY_LEVEL: f64 = 1e4;

/// The range in which the logarithm of a spread is searched, on each side of the typical one.
const LOG_RANGE: f64 = 30.0;

/// Halvings of that interval: to 1e-16 of it.
const HALVINGS: usize = 54;

/// The smallest spread.
const LEAST: f64 = 1e-9;

/// The learned prior mean at the results, in their order, relative to the reference if there is
/// one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected<'a> {
    /// Values of the learned prior mean.
    pub(crate) expectations: &'a [f64],
    /// How these values become losses.
    pub(crate) scale: LossScale,
}

/// Standard deviation and cap of warped losses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Calibration {
    /// Warped units per unit of the learned prior mean.
    pub(crate) spread: f64,
    /// The cap of warped losses.
    pub(crate) cap: f64,
}

impl Calibration {
    /// Calibrates `warped` losses, which may be capped at `cap`; `reference` is a warped loss where
    /// the learned prior mean is 0.
    pub(crate) fn new(
        warped: &[f64],
        expected: Expected<'_>,
        cap: f64,
        reference: Option<f64>,
    ) -> Self {
        // Losses worse than a constant prediction say little about good configurations.
        let cut = reference.filter(|loss| !is_mostly_above(warped, *loss));
        let top = cut.unwrap_or(cap);
        let mut above: Vec<f64> = warped.iter().map(|w| w.min(top)).collect();
        let origin = reference.or_else(|| mean(&above)).unwrap_or(0.0);
        for w in &mut above {
            *w -= origin;
        }
        let level = if reference.is_some() { expected.scale.residual } else { ANY_LEVEL };
        let spread = most_probable(&above, expected, level).max(LEAST);
        Self { spread, cap: cut.map_or(cap, |loss| loss + CAP_ABOVE_REFERENCE * spread) }
    }
}

/// Returns the most probable spread of losses `above` a reference whose value is 0 up to a level
/// with this variance.
fn most_probable(above: &[f64], expected: Expected<'_>, level: f64) -> f64 {
    let LossScale { spread, spread_sd, residual, .. } = expected.scale;
    let (n, expectations) = (above.len() as f64, expected.expectations);
    let sum = |x: &[f64]| x.iter().sum::<f64>();
    let (with_level, across) = (n + residual / level, sum(expectations));
    let with_factor = dot(expectations, expectations) + residual / (LEARNED_SD * LEARNED_SD);
    let determinant = with_level * with_factor - across * across;

    // aᵀK⁻¹b.
    let inner = |a: &[f64], b: &[f64]| {
        let ((a1, ah), (b1, bh)) = ((sum(a), dot(a, expectations)), (sum(b), dot(b, expectations)));
        let known = a1 * (with_factor * b1 - across * bh) + ah * (with_level * bh - across * b1);
        (dot(a, b) - known / determinant) / residual
    };

    let (seen, agreed) = (inner(above, above), inner(above, expectations));
    // The derivative by x = ln τ: positive on the left, negative on the right.
    let slope = |x: f64| {
        let tau = libm::exp(x);
        n - tau * tau * seen + tau * agreed - (x + libm::log(spread)) / (spread_sd * spread_sd)
    };

    let (mut low, mut high) = (-libm::log(spread) - LOG_RANGE, -libm::log(spread) + LOG_RANGE);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if slope(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }

    libm::exp(-0.5 * (low + high))
}

/// Whether more than half of the values are above a limit.
fn is_mostly_above(values: &[f64], limit: f64) -> bool {
    2 * values.iter().filter(|value| **value > limit).count() > values.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::prior::prior_mean::Noise;

    const SCALE: LossScale = LossScale {
        spread: 0.5,
        spread_sd: 1.1,
        noise: Noise { mean: -3.0, sd: 2.0 },
        residual: 0.4,
        reference: None,
    };

    fn expectations(n: u32) -> Vec<f64> {
        (0..n).map(|i| libm::sin(f64::from(i))).collect()
    }

    #[test]
    fn without_results_the_spread_is_the_typical_one_and_many_results_outweigh_it() {
        let of = |warped: &[f64], expectations: &[f64], reference| {
            Calibration::new(warped, Expected { expectations, scale: SCALE }, 9.0, reference)
        };
        let typical = of(&[], &[], None);
        assert!((typical.spread - 0.5).abs() < 1e-12 && typical.cap == 9.0);
        let expectations = expectations(200);
        let residual = |i: usize| (0.8f64).sqrt() * libm::cos(7.0 * i as f64);
        let losses = |spread: f64| -> Vec<f64> {
            expectations.iter().enumerate().map(|(i, h)| 2.0 + spread * (h + residual(i))).collect()
        };
        for spread in [0.1, 0.001] {
            assert!((of(&losses(spread), &expectations, None).spread / spread - 1.0).abs() < 0.1);
        }
    }

    #[test]
    fn the_spread_is_the_most_probable_one() {
        // The density itself, with K written out and solved by elimination, at a hundred spreads on
        // each side.
        let (above, expectations) = ([-0.9, -0.2, -0.5, 0.0], [-1.5, -0.3, -1.1, 0.4]);
        let log_density = |spread: f64| {
            let covariance = |i: usize, j: usize| {
                let own = if i == j { 0.4 } else { 0.0 };
                own + 0.4 + LEARNED_SD * LEARNED_SD * expectations[i] * expectations[j]
            };
            let apart: Vec<f64> =
                above.iter().zip(&expectations).map(|(w, h)| w / spread - h).collect();
            let t = libm::log(spread / SCALE.spread) / SCALE.spread_sd;
            -4.0 * libm::log(spread) - 0.5 * dot(&apart, &solved(covariance, &apart)) - 0.5 * t * t
        };
        let found =
            most_probable(&above, Expected { expectations: &expectations, scale: SCALE }, 0.4);
        let best = log_density(found);
        assert!((1..100).all(|i| {
            let away = 1.0 + 0.02 * f64::from(i);
            log_density(found * away) < best && log_density(found / away) < best
        }));
    }

    fn solved(covariance: impl Fn(usize, usize) -> f64, right: &[f64]) -> Vec<f64> {
        let n = right.len();
        let mut rows: Vec<Vec<f64>> =
            (0..n).map(|i| (0..n).map(|j| covariance(i, j)).chain([right[i]]).collect()).collect();
        for k in 0..n {
            let pivot: Vec<f64> = rows[k].iter().map(|x| x / rows[k][k]).collect();
            for (i, row) in rows.iter_mut().enumerate() {
                let factor = if i == k { row[k] - 1.0 } else { row[k] };
                row.iter_mut().zip(&pivot).for_each(|(x, p)| *x -= factor * p);
            }
        }
        rows.iter().map(|row| row[n]).collect()
    }

    #[test]
    fn one_result_far_below_the_reference_shows_a_wide_spread_and_one_beside_it_a_narrow_one() {
        let spread = |loss: f64| {
            let expected = Expected { expectations: &[-2.0], scale: SCALE };
            Calibration::new(&[loss], expected, 9.0, Some(0.0)).spread
        };
        assert!(spread(-3.0) > 1.0 && spread(-0.05) < 0.35);
    }

    #[test]
    fn the_reference_cuts_the_bad_results_unless_most_are_bad() {
        let of = |warped: &[f64]| {
            let expectations = vec![-0.5; warped.len()];
            Calibration::new(
                warped,
                Expected { expectations: &expectations, scale: SCALE },
                9.0,
                Some(0.0),
            )
        };
        assert_eq!(of(&[-1.0, -0.5, 5.0]), of(&[-1.0, -0.5, 0.0]));
        assert!(of(&[-1.0, -0.5, 5.0]).cap < 1.0);
        assert_eq!(of(&[-1.0, 2.0, 5.0]).cap, 9.0);
    }
}
