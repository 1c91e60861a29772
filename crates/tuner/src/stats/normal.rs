//! The standard normal distribution: draws and probabilities.

use rand::{Rng, RngExt};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// Draws a number (Box and Muller 1958); takes two uniform ones.
pub(crate) fn normal(rng: &mut impl Rng) -> f64 {
    let (a, b): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * libm::log(1.0 - a)).sqrt() * libm::cos(2.0 * PI * b)
}

/// Returns the probability of a number between `from` and `to`. Both are mirrored into the lower tail where they lie
/// in the upper one, so that the difference of two numbers near 1 is never taken.
pub(crate) fn cdf_between(from: f64, to: f64) -> f64 {
    let cdf = |z: f64| 0.5 * libm::erfc(-z * FRAC_1_SQRT_2);
    if from > 0.0 { cdf(-from) - cdf(-to) } else { cdf(to) - cdf(from) }
}

/// The number that a normal one exceeds with probability `tail`, above 0 and at most 0.5: bisected to the last bit.
pub(crate) fn normal_upper_quantile(tail: f64) -> f64 {
    // The tail beyond 38 is 0 in double precision.
    let (mut low, mut high) = (0.0, 38.0);
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return high;
        }
        if cdf_between(f64::NEG_INFINITY, -middle) > tail {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_scipy() {
        // scipy.stats.norm.isf.
        for (tail, expected) in [
            (0.158_655_253_931_457_05, 1.0),
            (0.025, 1.959_963_984_540_054),
            (1e-12, 7.034_483_825_301_131),
        ] {
            assert!((normal_upper_quantile(tail) / expected - 1.0).abs() < 1e-12, "{tail}");
        }
        assert!(normal_upper_quantile(0.5) < 1e-15);
    }

    #[test]
    fn probabilities_are_those_of_scipy() {
        // scipy.stats.norm.cdf(1) - norm.cdf(-1); norm.sf(10) - norm.sf(11).
        assert!((cdf_between(-1.0, 1.0) - 0.682_689_492_137_085_9).abs() < 1e-15);
        let tail = 7.619_853_024_160_526e-24 - 1.910_659_574_498_667e-28;
        assert!((cdf_between(10.0, 11.0) / tail - 1.0).abs() < 1e-13);
        assert_eq!(cdf_between(10.0, 11.0), cdf_between(-11.0, -10.0));
    }
}
