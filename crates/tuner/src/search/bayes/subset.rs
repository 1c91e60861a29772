//! Which results a model uses that cannot use them all: its cost grows with their cube.
//!
//! Half are the best ones, which lie where the next trial will; the other half are spread evenly over the rest in the
//! order of results, so that the model keeps its view of the whole. Up to the limit the model is exact.

/// Results that θ is fitted to at most.
pub(super) const FITTED: usize = 300;

/// Results that predictions are made from at most.
pub(super) const KNOWN: usize = 1000;

/// Pending trials that predictions take account of at most: the latest.
pub(super) const PENDING: usize = 200;

/// Returns the positions of at most `limit` targets, ascending.
pub(super) fn choose(targets: &[f64], limit: usize) -> Vec<usize> {
    let n = targets.len();
    if n <= limit {
        return (0..n).collect();
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| targets[a].total_cmp(&targets[b]));
    let (best, rest) = order.split_at_mut(limit / 2);
    rest.sort_unstable();
    let n_rest = limit - best.len();
    let spread = (0..n_rest).map(|i| rest[i * rest.len() / n_rest]);
    let mut chosen: Vec<usize> = best.iter().copied().chain(spread).collect();
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_half_and_an_even_spread_of_the_rest_are_chosen() {
        let targets: Vec<f64> = (0..1000).map(|i| f64::from((i * 377) % 1000)).collect();
        let chosen = choose(&targets, 100);
        assert_eq!(chosen.len(), 100);
        assert!(chosen.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(chosen.iter().filter(|&&i| targets[i] < 50.0).count(), 50);
        assert!((0..10).all(|tenth| chosen.iter().filter(|&&i| i / 100 == tenth).count() >= 5));
        assert_eq!(choose(&targets[..7], 100), [0, 1, 2, 3, 4, 5, 6]);
    }
}
