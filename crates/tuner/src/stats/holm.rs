//! Holm's correction for several tests at once.

/// Adjusts p-values so that the probability of any false alarm among all of them stays below the
/// level of each.
///
/// Holm, A simple sequentially rejective multiple test procedure (1979): the i-th smallest of n is
/// multiplied by n − i + 1, never falls below its predecessor, and is at most 1. Missing tests do
/// not count.
pub(crate) fn holm(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<(f64, usize)> =
        p.iter().enumerate().filter_map(|(i, p)| Some(((*p)?, i))).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut adjusted = vec![None; p.len()];
    let mut floor = 0.0f64;
    for (position, &(p, index)) in order.iter().enumerate() {
        floor = floor.max(p * (order.len() - position) as f64).min(1.0);
        adjusted[index] = Some(floor);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_table_by_hand() {
        // 0.01·4, 0.03·3 = 0.09, 0.035·2 = 0.07 raised to 0.09, 0.6·1; the missing one does not
        // count.
        let adjusted = holm(&[Some(0.03), Some(0.6), None, Some(0.01), Some(0.035)]);
        let expected = [Some(0.09), Some(0.6), None, Some(0.04), Some(0.09)];
        for (a, e) in adjusted.iter().zip(expected) {
            assert!((a.unwrap_or(-1.0) - e.unwrap_or(-1.0)).abs() < 1e-15, "{adjusted:?}");
        }
        assert_eq!(holm(&[Some(0.04)]), [Some(0.04)]);
        assert_eq!(holm(&[Some(0.7), Some(0.8)]), [Some(1.0), Some(1.0)]);
    }
}
