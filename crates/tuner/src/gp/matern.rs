//! The Matérn kernel of smoothness 5/2 (Rasmussen and Williams 2006, equation 4.17) as a function
//! of the squared scaled distance q = Σ (Δ/l)²: M(q) = (1 + a + a²/3)·exp(−a) with a = √(5q).
//!
//! Its slope is written S(q) = −2·dM/dq = (5/3)·(1 + a)·exp(−a): finite at 0, where d√q is not.

use crate::gp::exponential::exp_negative;

/// Replaces squared distances by kernel values.
pub(crate) fn values(distances: &mut [f64]) {
    for q in distances {
        let a = (5.0 * *q).sqrt();
        *q = (1.0 + a + a * a * (1.0 / 3.0)) * exp_negative(-a);
    }
}

/// Replaces squared distances by kernel values, and writes the slopes S.
pub(crate) fn values_and_slopes(distances: &mut [f64], slopes: &mut [f64]) {
    for (q, slope) in distances.iter_mut().zip(slopes) {
        let a = (5.0 * *q).sqrt();
        let decay = exp_negative(-a);
        *slope = (5.0 / 3.0) * (1.0 + a) * decay;
        *q = (1.0 + a + a * a * (1.0 / 3.0)) * decay;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_scikit_learn() {
        // sklearn.gaussian_process.kernels.Matern(length_scale=1, nu=2.5) at distances 0, 0.5, 1, 3
        let mut q = [0.0, 0.25, 1.0, 9.0];
        values(&mut q);
        let expected =
            [1.0, 0.828_649_142_418_125_5, 0.523_994_108_831_820_3, 0.027_723_421_914_625_807];
        for (a, b) in q.iter().zip(expected) {
            assert!((a - b).abs() < 1e-14, "{a} {b}");
        }
    }

    #[test]
    fn the_slope_is_minus_twice_the_derivative() {
        for q in [1e-3, 0.1, 1.0, 7.0] {
            let h = 1e-6 * q;
            let (mut around, mut slope) = ([q - h, q + h], [0.0]);
            values(&mut around);
            values_and_slopes(&mut [q], &mut slope);
            // Tolerance: rounding 1e-16 over 2h, h at least 1e-9.
            assert!((slope[0] + (around[1] - around[0]) / h).abs() < 1e-6);
        }
    }
}
