//! Holm's correction for several tests at once.

/// Adjusts p-values so that the probability of any false alarm among all of them stays below the
/// level of each.
///
/// Holm, A simple sequentially rejective multiple test procedure (1979): the i-th smallest of n is
/// multiplied by n − i + 1, never falls below its predecessor, and is at most 1. Missing tests do
/// not count.
pub(crate) fn holm(p: &[Option<f64>]) -> Vec<Option<Adjusted>> {
    let mut order: Vec<(f64, usize)> =
        p.iter().enumerate().filter_map(|(i, p)| Some(((*p)?, i))).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut adjusted = vec![None; p.len()];
    let mut floor = 0.0f64;
    for (position, &(p, index)) in order.iter().enumerate() {
        let step = (order.len() - position) as f64;
        floor = floor.max(p * step);
        let factor = if p > 0.0 { floor / p } else { step };
        adjusted[index] = Some(Adjusted { p: floor.min(1.0), factor });
    }
    adjusted
}

/// An adjusted p-value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Adjusted {
    /// The adjusted p-value.
    pub(crate) p: f64,
    /// By how much p was multiplied, at least 1: an interval at the level divided by it excludes 0
    /// exactly if the adjusted p is below the level.
    pub(crate) factor: f64,
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
            let p = a.map_or(-1.0, |adjusted| adjusted.p);
            assert!((p - e.unwrap_or(-1.0)).abs() < 1e-15, "{adjusted:?}");
        }
        assert_eq!(holm(&[Some(0.04)]), [Some(Adjusted { p: 0.04, factor: 1.0 })]);
        let capped = holm(&[Some(0.7), Some(0.8)]);
        assert!(capped.iter().flatten().all(|adjusted| adjusted.p == 1.0), "{capped:?}");
    }
}
