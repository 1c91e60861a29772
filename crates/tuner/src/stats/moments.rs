//! Mean and standard deviation, safe for losses near the ends of the floating-point range.

/// The arithmetic mean, summed from first to last; `None` for an empty slice.
///
/// Finite values have a finite mean: if the plain sum overflows, the values are divided first, and
/// rounding beyond the largest number is clamped. Values that are not finite have no mean.
pub fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() || !values.iter().all(|v| v.is_finite()) {
        return None;
    }
    let n = values.len() as f64;
    let sum: f64 = values.iter().sum();
    let divided_first = || values.iter().map(|v| v / n).sum::<f64>().clamp(f64::MIN, f64::MAX);
    Some(if sum.is_finite() { sum / n } else { divided_first() })
}

/// The sample standard deviation (ddof 1); `None` for fewer than two values, or on overflow.
pub fn sd(values: &[f64]) -> Option<f64> {
    let centre = mean(values)?;
    if values.len() < 2 {
        return None;
    }
    let root = root_sum_of_squares(values.iter().map(|v| v - centre));
    let sd = root / ((values.len() - 1) as f64).sqrt();
    sd.is_finite().then_some(sd)
}

/// The Euclidean norm, computed relative to the largest value: the naive squares overflow above
/// 1e154 and vanish below 1e-162.
pub(crate) fn root_sum_of_squares(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = values.clone().fold(0.0, |m: f64, v| m.max(v.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * values.map(|v| (v / largest) * (v / largest)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_table_by_hand() {
        assert_eq!(mean(&[1.0, 2.0, 6.0]), Some(3.0));
        // Deviations −2, −1, 3: 14 / 2. Tolerance: a few roundings.
        assert!((sd(&[1.0, 2.0, 6.0]).unwrap() - 7f64.sqrt()).abs() < 1e-15);
        assert_eq!(sd(&[0.25; 5]), Some(0.0));
    }

    #[test]
    fn undetermined_moments_are_none() {
        assert_eq!((mean(&[]), sd(&[]), sd(&[3.0])), (None, None, None));
        assert_eq!(mean(&[f64::INFINITY, 1.0]), None);
    }

    #[test]
    fn losses_at_the_ends_of_the_range_keep_their_moments() {
        for n in 1..200 {
            // Tolerance: a rounding for each value.
            let mean = mean(&vec![f64::MIN; n]).unwrap();
            assert!((mean / f64::MIN - 1.0).abs() <= n as f64 * f64::EPSILON, "{n}: {mean}");
        }
        assert_eq!(mean(&[f64::MAX, f64::MAX, f64::MIN]), Some(f64::MAX / 3.0));
        let huge = sd(&[1e300, 3e300]).unwrap();
        assert!((huge / (2f64.sqrt() * 1e300) - 1.0).abs() < 1e-15, "{huge}");
        let tiny = sd(&[1e-300, 3e-300]).unwrap();
        assert!((tiny / (2f64.sqrt() * 1e-300) - 1.0).abs() < 1e-15, "{tiny}");
    }
}
