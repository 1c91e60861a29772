//! Rank intervals: how many trials are better, and how many are worse, given the observation noise.
//!
//! The comparisons are those of the best set, in both directions (Al Mohamad, Goeman and van Zwet
//! 2022 give the same for all pairs at once): a trial's lowest rank is 1 exactly if it may be the
//! best.

use super::SplitFacts;
use super::order::Order;
use super::ties::margin_between;
use crate::trial::{Direction, Trial};
use std::borrow::Borrow;

/// Returns the rank interval of each of the first `most` successful trials, in rank order; empty if
/// residuals are unknown. Costs O(most · m) besides a ranking.
pub(crate) fn rank_intervals<T: Borrow<Trial>>(
    trials: impl IntoIterator<Item = T>,
    facts: &SplitFacts,
    direction: Direction,
    most: usize,
) -> Vec<(usize, usize)> {
    let order = Order::of(trials, facts, direction);
    let Some(residuals) = order.fit.residuals.as_ref().filter(|_| facts.n_splits > 1) else {
        return Vec::new();
    };

    let means: Vec<f64> = order.ok.iter().filter_map(|standing| standing.mean).collect();
    // The margin of the test of ties, so that a trial may be first exactly if it is tied for best.
    let margin = margin_between(means.len(), residuals, facts);
    let differ = |i: usize, l: usize| {
        let (better, worse) = if i < l { (i, l) } else { (l, i) };
        means[worse] - means[better] > margin(better, worse)
    };

    (0..means.len().min(most))
        .map(|i| {
            let n_better = (0..i).filter(|l| differ(i, *l)).count();
            let n_worse = (i + 1..means.len()).filter(|l| differ(i, *l)).count();
            (1 + n_better, means.len() - n_worse)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank::Leaderboard;
    use crate::space::Config;
    use crate::trial::{FoldResult, Origin};
    use std::sync::Arc;

    fn trials(rows: &[[f64; 3]]) -> Vec<Trial> {
        let trial = |(number, losses): (usize, &[f64; 3])| Trial {
            number: number as u64,
            config: Arc::new(Config::new(vec![])),
            origin: Origin::Random,
            folds: losses.iter().map(|loss| FoldResult::from_loss(*loss)).collect(),
        };
        rows.iter().enumerate().map(trial).collect()
    }

    #[test]
    fn a_trial_may_be_first_exactly_if_it_is_tied_for_best() {
        let facts = SplitFacts::k_fold(3, 1);
        let rows = [[2.0, 6.0, 4.0], [1.0, 2.0, 3.0], [30.0, 31.0, 29.0], [31.0, 30.0, 30.0]];
        let trials = trials(&rows);
        let board = Leaderboard::new(&trials, &facts, Direction::Minimize);
        let found = rank_intervals(&trials, &facts, Direction::Minimize, 10);

        let may_be_first: Vec<bool> = found.iter().map(|(low, _)| *low == 1).collect();
        let is_tied: Vec<bool> = board.rows.iter().map(|row| row.is_tied == Some(true)).collect();
        assert_eq!(may_be_first, is_tied);
        assert_eq!(found, [(1, 2), (1, 2), (3, 4), (3, 4)]);
        assert_eq!(rank_intervals(&trials, &facts, Direction::Minimize, 1), [(1, 2)]);
    }

    #[test]
    fn one_split_knows_no_ranks() {
        let facts = SplitFacts::k_fold(1, 1);
        assert_eq!(rank_intervals(Vec::<Trial>::new(), &facts, Direction::Minimize, 10), []);
    }
}
