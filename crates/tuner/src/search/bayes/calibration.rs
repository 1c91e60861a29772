//! How the heights that experience expects become warped losses: an offset and a spread, learned from few results.
//!
//! ln loss = offset + spread·(h + r), where h is expected and r, of variance ρ², is not. With n results and perhaps a
//! reference whose loss is known before any, and whose height is 0, the spread is estimated by
//! s² = (ν·s₀² + Σ(w − w̄)²) / (ν + Σ(h − h̄)² + (n − 1)·ρ²): what is seen over what is expected, drawn to the typical
//! s₀ as if ν results had shown it. For this estimate losses are cut at the reference, beyond which there is nothing to
//! gain; for the model, one spread above it. Where most results lie above the reference, as with far more features than
//! rows, it cuts nothing: the search would see no difference between them.

use crate::space::LossScale;
use crate::stats::mean;

/// Spreads above the reference at which losses are cut.
const ABOVE_REFERENCE: f64 = 1.0;

/// What is expected of results, in their order: heights above the reference, if there is one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    /// Heights.
    pub(super) heights: &'a [f64],
    /// How heights become losses.
    pub(super) scale: LossScale,
}

/// Standard deviation and cap of warped losses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Calibration {
    /// Warped units a unit of height.
    pub(super) spread: f64,
    /// Where warped losses are cut.
    pub(super) cap: f64,
}

impl Calibration {
    /// Calibrates `warped` losses that may be cut at `cap`; `reference` is a warped loss of height 0.
    pub(super) fn new(warped: &[f64], expected: Expected<'_>, cap: f64, reference: Option<f64>) -> Self {
        let cut = reference.filter(|loss| !is_mostly_above(warped, *loss));
        let top = cut.unwrap_or(cap);
        let pairs = warped.iter().map(|w| w.min(top)).zip(expected.heights.iter().copied());
        let (seen, heights): (Vec<f64>, Vec<f64>) = pairs.chain(reference.map(|loss| (loss, 0.0))).unzip();
        let LossScale { spread, counts, residual, .. } = expected.scale;
        let open = (seen.len().max(1) - 1) as f64 * residual;
        let ratio = (counts * spread * spread + squares(&seen)) / (counts + squares(&heights) + open);
        let spread = ratio.sqrt().max(1e-9);
        Self { spread, cap: cut.map_or(cap, |loss| loss + ABOVE_REFERENCE * spread) }
    }
}

/// Tells whether more than half of the values are above a limit.
fn is_mostly_above(values: &[f64], limit: f64) -> bool {
    2 * values.iter().filter(|value| **value > limit).count() > values.len()
}

/// Σ(x − x̄)².
fn squares(values: &[f64]) -> f64 {
    let mean = mean(values).unwrap_or(0.0);
    values.iter().map(|v| (v - mean) * (v - mean)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::space::Noise;

    const SCALE: LossScale =
        LossScale { spread: 0.5, counts: 1.0, noise: Noise { mean: -3.0, sd: 2.0 }, residual: 0.4, reference: None };

    #[test]
    fn without_results_the_spread_is_the_typical_one_and_many_results_outweigh_it() {
        let of = |warped: &[f64], heights: &[f64], reference| {
            Calibration::new(warped, Expected { heights, scale: SCALE }, 9.0, reference)
        };
        assert_eq!(of(&[], &[], None), Calibration { spread: 0.5, cap: 9.0 });
        let heights: Vec<f64> = (0..200).map(|i| libm::sin(f64::from(i))).collect();
        let residual = |i: usize| (0.8f64).sqrt() * libm::cos(7.0 * i as f64);
        let warped: Vec<f64> = heights.iter().enumerate().map(|(i, h)| 2.0 + 0.1 * (h + residual(i))).collect();
        assert!((of(&warped, &heights, None).spread - 0.1).abs() < 0.01);
    }

    #[test]
    fn one_result_far_below_the_reference_shows_a_wide_spread_and_one_beside_it_a_narrow_one() {
        let spread = |loss: f64| {
            let expected = Expected { heights: &[-2.0], scale: SCALE };
            Calibration::new(&[loss], expected, 9.0, Some(0.0)).spread
        };
        assert!(spread(-3.0) > 1.0 && spread(-0.05) < 0.35);
    }

    #[test]
    fn the_reference_cuts_the_bad_results_unless_most_are_bad() {
        let of = |warped: &[f64]| {
            let heights = vec![-0.5; warped.len()];
            Calibration::new(warped, Expected { heights: &heights, scale: SCALE }, 9.0, Some(0.0))
        };
        assert_eq!(of(&[-1.0, -0.5, 5.0]), of(&[-1.0, -0.5, 0.0]));
        assert!(of(&[-1.0, -0.5, 5.0]).cap < 1.0);
        assert_eq!(of(&[-1.0, 2.0, 5.0]).cap, 9.0);
    }
}
