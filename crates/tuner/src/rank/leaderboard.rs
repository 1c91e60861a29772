//! The leaderboard: all trials in order of their cross-validated loss, and the uncertainty of that
//! order.

use super::SplitFacts;
use super::order::{Order, Standing};
use super::totals::metric_means;
use crate::stats::{self, corrected_se};
use crate::trial::{Direction, Prediction, Trial};
use std::borrow::Borrow;

/// The joint probability of the best set to contain the best trial. On four real data sets, 24
/// configurations each, sets of 90 % contained the true best in 99 % of studies; on four others
/// sets of 97 % did in 97.5 %, with less than half of the trials that are tied for best
/// (`crates/cli/benches/best_set.py`).
pub const HELD: f64 = 0.97;

/// A trial's row: what ranks it, and what depends on all trials. Values are in the user's units.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// From 1, the best.
    pub rank: usize,
    /// The trial's number.
    pub number: u64,
    /// Unweighted mean of the split losses; `None` unless the trial is ok on every split.
    pub loss: Option<f64>,
    /// Standard error of `loss` after Nadeau and Bengio (2003), for information: sd · √(1/J + r).
    /// Most of it is common to all trials, so it does not show whether two of them differ.
    pub se: Option<f64>,
    /// Standard deviation of the split losses, ddof 1.
    pub sd: Option<f64>,
    /// Number of splits with a loss.
    pub folds_done: usize,
    /// Whether the trial is one of the fewest with a joint probability of [`HELD`] to be the best;
    /// `None` without a loss, or with fewer than two splits.
    pub in_best_set: Option<bool>,
    /// Whether no test excludes that it is the best; `None` if `in_best_set` is.
    pub is_tied: Option<bool>,
    /// The probability that it is the best over all ways to split these data; `None` if
    /// `in_best_set` is.
    pub p_best: Option<f64>,
    /// Number of the network's parameters, the largest over the folds; `None` if the objective does
    /// not count them.
    pub n_parameters: Option<u64>,
    /// Where racing stopped the trial, if it did.
    pub raced: Option<RacedAt>,
}

/// Where racing stopped a trial, and what it predicted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RacedAt {
    /// The split in which, or after which, it was stopped.
    pub split: usize,
    /// The epoch after which it was stopped; `None` after a whole fold.
    pub epoch: Option<u32>,
    /// The trial's predicted mean loss over all splits.
    pub predicted: Prediction,
}

/// All trials in rank order.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaderboard {
    /// Successful trials first, by mean loss and then number; then trials that racing stopped, then
    /// the others, each by their progress: more splits, then the smaller fold-adjusted mean of
    /// those (including a predicted one), then the number.
    pub rows: Vec<Row>,
    /// The further metrics that any fold reported, in alphabetical order.
    pub metric_names: Vec<String>,
    /// Standard error of the difference of two trials' mean losses after fold effects are removed;
    /// `None` with fewer than two successful trials or splits.
    pub difference_se: Option<f64>,
    /// The winner's loss corrected for selection bias; `None` with fewer than three splits.
    pub corrected_loss: Option<f64>,
    direction: Direction,
}

impl Leaderboard {
    /// Ranks ended trials, given in any order and read one at a time. Costs O(m log m + m·J) for m
    /// trials over J splits.
    pub fn new<T: Borrow<Trial>>(
        trials: impl IntoIterator<Item = T>,
        facts: &SplitFacts,
        direction: Direction,
    ) -> Self {
        let order = Order::of(trials, facts, direction);
        let ties = order.ties(facts);
        let p_best = order.p_best(facts);
        let best_set = p_best.as_deref().map(|p| fewest_holding(p, HELD)).or(ties.clone());
        let corrected_loss = order.corrected_loss().map(|loss| direction.inner(loss) + 0.0);

        let row = |(position, standing): (usize, &Standing)| {
            let losses = order.losses(standing);
            let sd = standing.mean.and_then(|_| stats::sd(losses));
            Row {
                rank: position + 1,
                number: standing.number,
                // Adding 0 turns −0 into 0.
                loss: standing.mean.map(|mean| direction.inner(mean) + 0.0),
                se: sd.map(|sd| corrected_se(sd, facts.n_splits, facts.test_train_ratio)),
                sd,
                folds_done: losses.len(),
                in_best_set: best_set.as_ref().and_then(|set| set.get(position).copied()),
                is_tied: ties.as_ref().and_then(|set| set.get(position).copied()),
                p_best: p_best.as_ref().and_then(|p| p.get(position).copied()),
                n_parameters: standing.n_parameters,
                raced: order.raced(standing, facts.n_splits, direction),
            }
        };

        let rows = order.ok.iter().chain(&order.others).enumerate().map(row).collect();
        let difference_se = order.fit.residuals.map(|residuals| {
            corrected_se(2f64.sqrt() * residuals.sd, facts.n_splits, facts.test_train_ratio)
        });

        let difference_se = difference_se.filter(|se| se.is_finite());
        Self {
            rows,
            metric_names: order.metric_names.into_iter().collect(),
            difference_se,
            corrected_loss,
            direction,
        }
    }

    /// Returns the means of a trial's further metrics over its splits, in the order of
    /// `metric_names`; `None` if a fold lacks one, or unless the trial is ok.
    pub fn metric_means(&self, trial: &Trial) -> Vec<Option<f64>> {
        metric_means(trial, &self.metric_names)
    }

    /// Returns the trial with the lowest loss; `None` if none is ok.
    pub fn best(&self) -> Option<&Row> {
        self.rows.first().filter(|row| row.loss.is_some())
    }

    /// Returns the simplest trial that is as good as the best: fewest parameters, then loss, among
    /// those within one standard error of the difference to the best.
    ///
    /// The standard error is the pooled [`Leaderboard::difference_se`], not that of each pair: a
    /// pair's own is largest for a trial with one ruined fold, which would then count as equal.
    /// Trials without a count of parameters come last. With one split there is no such error, and
    /// only ties with the best count.
    pub fn one_se(&self) -> Option<&Row> {
        let smallest = self.direction.inner(self.best()?.loss?);
        let margin = self.difference_se.unwrap_or(0.0);
        let candidates = self.rows.iter().take_while(|row| {
            row.loss.is_some_and(|l| self.direction.inner(l) - smallest <= margin)
        });
        // Rows are in order of loss, and `min_by_key` keeps the first of equal ones.
        candidates.min_by_key(|row| row.n_parameters.unwrap_or(u64::MAX))
    }
}

/// Marks the fewest trials with this joint probability.
fn fewest_holding(p: &[f64], probability: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[b].total_cmp(&p[a]).then(a.cmp(&b)));

    let (mut sum, mut set) = (0.0, vec![false; p.len()]);
    for i in order {
        set[i] = true;
        sum += p[i];
        if sum >= probability {
            break;
        }
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::Config;
    use crate::trial::{FoldResult, Origin};
    use proptest::prelude::*;
    use std::sync::Arc;

    /// A trial with these losses; a loss that is not finite makes it diverged.
    fn trial(number: u64, losses: &[f64]) -> Trial {
        let end = losses.iter().position(|l| !l.is_finite()).map_or(losses.len(), |i| i + 1);
        let folds = losses[..end].iter().map(|&l| FoldResult::from_loss(l)).collect();
        Trial { number, config: Arc::new(Config::new(vec![])), origin: Origin::Random, folds }
    }

    fn trials(rows: &[&[f64]]) -> Vec<Trial> {
        rows.iter().enumerate().map(|(i, losses)| trial(i as u64, losses)).collect()
    }

    fn ranked(rows: &[&[f64]], folds: usize) -> Leaderboard {
        Leaderboard::new(trials(rows), &SplitFacts::k_fold(folds, 1), Direction::Minimize)
    }

    fn numbers(board: &Leaderboard) -> Vec<u64> {
        board.rows.iter().map(|r| r.number).collect()
    }

    fn set(board: &Leaderboard) -> Vec<Option<bool>> {
        board.rows.iter().map(|r| r.is_tied).collect()
    }

    #[test]
    fn a_small_table_by_hand() {
        // Centred rows (−1, 0, 1), (−2, 2, 0), (0, 1, −1): effects −1, 1, 0. Residuals (0, −1, 1),
        // (−1, 1, 0), (1, 0, −1): s² = 6 / 4. r = 1/2, so the error of a difference is √(2 · 1.5 ·
        // 5/6) = √2.5.
        let board = ranked(&[&[2.0, 6.0, 4.0], &[1.0, 2.0, 3.0], &[30.0, 31.0, 29.0]], 3);
        assert_eq!(numbers(&board), [1, 0, 2]);
        assert_eq!(
            board.rows.iter().map(|r| r.loss).collect::<Vec<_>>(),
            [Some(2.0), Some(4.0), Some(30.0)]
        );
        assert_eq!(board.rows[0].sd, Some(1.0));
        assert!((board.rows[0].se.unwrap() - (5.0f64 / 6.0).sqrt()).abs() < 1e-15);
        assert!((board.difference_se.unwrap() - 2.5f64.sqrt()).abs() < 1e-15);
        // Margin: t(1 − 0.05/2; 4) = 2.776 (scipy) times 1.581, which is 4.39.
        assert_eq!(set(&board), [Some(true), Some(true), Some(false)]);
        assert_eq!(board.best().unwrap().number, 1);
    }

    #[test]
    fn trials_that_are_not_ok_rank_last_by_how_far_they_came() {
        let nan = f64::NAN;
        let rows: [&[f64]; 6] = [
            &[nan, 0.0, 0.0],
            &[1.0, 2.0, 9.0],
            &[0.0, nan, 0.0],
            // One split done, an easy one: fold-adjusted this is worse than trial 2.
            &[0.5, nan, 0.0],
            &[9.0, 9.0, nan],
            &[2.0, 3.0, 10.0],
        ];
        let board = ranked(&rows, 3);
        assert_eq!(numbers(&board), [1, 5, 4, 2, 3, 0]);
        for row in &board.rows[2..] {
            assert_eq!((row.loss, row.sd, row.se, row.in_best_set), (None, None, None, None));
        }
        assert_eq!(board.rows.iter().map(|r| r.folds_done).collect::<Vec<_>>(), [3, 3, 2, 1, 1, 0]);
    }

    #[test]
    fn the_best_set_is_the_fewest_that_hold_the_probability() {
        assert_eq!(fewest_holding(&[0.5, 0.1, 0.4], 0.9), [true, false, true]);
        assert_eq!(fewest_holding(&[0.5, 0.1, 0.4], 0.97), [true; 3]);
        assert_eq!(fewest_holding(&[0.25; 4], 0.5), [true, true, false, false]);

        // The margin of the test of ties is 4.39; the third lies 28 above the second.
        let board = ranked(&[&[2.0, 6.0, 4.0], &[1.0, 2.0, 3.0], &[30.0, 31.0, 29.0]], 3);
        assert_eq!(board.rows[2].in_best_set, Some(false));
        let held: f64 = board.rows.iter().filter_map(|row| row.p_best).sum();
        assert!((held - 1.0).abs() < 1e-9 && board.rows[0].in_best_set == Some(true));
    }

    #[test]
    fn no_ok_trial_has_no_best() {
        let board = ranked(&[&[f64::INFINITY], &[f64::NAN]], 1);
        assert_eq!((board.best(), board.one_se()), (None, None));
        assert_eq!(numbers(&board), [0, 1]);
        assert_eq!(ranked(&[], 5).rows, []);
    }

    #[test]
    fn one_trial_is_the_best_and_one_split_knows_no_spread() {
        assert_eq!(set(&ranked(&[&[1.0, 2.0]], 2)), [Some(true)]);
        let board = ranked(&[&[1.0], &[2.0]], 1);
        assert_eq!(set(&board), [None, None]);
        assert_eq!((board.rows[0].sd, board.rows[0].se, board.difference_se), (None, None, None));
    }

    #[test]
    fn without_residuals_only_ties_are_as_good() {
        let board = ranked(&[&[1.0, 2.0], &[2.0, 3.0], &[1.0, 2.0]], 2);
        assert_eq!(numbers(&board), [0, 2, 1]);
        assert_eq!(set(&board), [Some(true), Some(true), Some(false)]);
        assert_eq!(set(&ranked(&[[3.0; 4].as_slice(); 5], 4)), [Some(true); 5]);
    }

    #[test]
    fn ties_of_signed_zeros_go_by_number() {
        let board = Leaderboard::new(
            trials(&[&[-0.0, -0.0], &[0.0, 0.0]]),
            &SplitFacts::k_fold(2, 1),
            Direction::Maximize,
        );
        assert_eq!(numbers(&board), [0, 1]);
        assert!(board.rows.iter().all(|r| r.loss.unwrap().is_sign_positive()));
    }

    #[test]
    fn huge_losses_break_nothing() {
        let board = ranked(
            &[&[1e308, 1.5e308], &[f64::MAX, f64::MAX], &[-f64::MAX, f64::MAX], &[1.0, 2.0]],
            2,
        );
        assert_eq!(numbers(&board), [2, 3, 0, 1]);
        assert!(board.rows.iter().all(|r| r.loss.is_some_and(f64::is_finite)));
        assert!(board.rows.iter().all(|r| r.se.is_none_or(f64::is_finite)));
    }

    #[test]
    fn maximising_mirrors_minimising() {
        let rows: [&[f64]; 3] = [&[0.8, 0.9], &[0.7, 0.95], &[0.2, 0.3]];
        let negated: Vec<Vec<f64>> = rows.iter().map(|r| r.iter().map(|l| -l).collect()).collect();
        let negated: Vec<&[f64]> = negated.iter().map(Vec::as_slice).collect();
        let facts = SplitFacts::k_fold(2, 1);
        let up = Leaderboard::new(trials(&rows), &facts, Direction::Maximize);
        let down = Leaderboard::new(trials(&negated), &facts, Direction::Minimize);
        assert_eq!(numbers(&up), [0, 1, 2]);
        assert_eq!((numbers(&up), set(&up)), (numbers(&down), set(&down)));
        assert_eq!(up.rows[0].loss, down.rows[0].loss.map(|l| -l));
        assert_eq!(up.one_se().unwrap().number, down.one_se().unwrap().number);
    }

    #[test]
    fn one_se_takes_the_fewest_parameters_among_equals() {
        let with = |number, losses: &[f64], n_parameters: Option<u64>| {
            let mut trial = trial(number, losses);
            trial.folds.iter_mut().for_each(|f| f.n_parameters = n_parameters);
            trial
        };
        // Trials 0, 1 and 2 as in the table by hand, shifted: the error of a difference is √2.5 =
        // 1.58.
        let mut trials = vec![
            with(0, &[1.0, 2.0, 3.0], Some(900)),
            with(1, &[1.0, 5.0, 3.0], Some(50)),
            with(2, &[3.0, 4.0, 2.0], Some(50)),
            with(3, &[30.0, 31.0, 29.0], Some(1)),
        ];
        let pick = |trials: &[Trial]| {
            let board = Leaderboard::new(trials, &SplitFacts::k_fold(3, 1), Direction::Minimize);
            board.one_se().map(|row| row.number)
        };
        assert_eq!(pick(&trials), Some(1));
        trials[1] = with(1, &[1.0, 5.0, 3.0], None);
        assert_eq!(pick(&trials), Some(2));
        for fold in trials.iter_mut().flat_map(|t| &mut t.folds) {
            fold.n_parameters = None;
        }
        assert_eq!(pick(&trials), Some(0));
    }

    /// Tables of quarters: sums are exact, so that equal means have equal bits whatever is added.
    fn table() -> impl Strategy<Value = Vec<Vec<f64>>> {
        (2usize..12, 2usize..6).prop_flat_map(|(m, folds)| {
            prop::collection::vec(
                prop::collection::vec((-40i32..40).prop_map(|q| f64::from(q) / 4.0), folds),
                m,
            )
        })
    }

    fn of_table(table: &[Vec<f64>]) -> Leaderboard {
        let rows: Vec<&[f64]> = table.iter().map(Vec::as_slice).collect();
        ranked(&rows, table[0].len())
    }

    proptest! {
        #[test]
        fn what_a_fold_adds_to_all_trials_changes_nothing(table in table(), added in -8i32..8) {
            let before = of_table(&table);
            let mut shifted = table.clone();
            for row in &mut shifted {
                row[0] += f64::from(added) * table[0].len() as f64;
            }
            let after = of_table(&shifted);
            prop_assert_eq!(numbers(&before), numbers(&after));
            prop_assert_eq!(set(&before), set(&after));
            // Tolerance: roundings of centred losses up to 60.
            prop_assert!((before.difference_se.unwrap() - after.difference_se.unwrap()).abs() < 1e-12);
        }

        #[test]
        fn the_order_of_trials_changes_nothing(table in table()) {
            let rows: Vec<&[f64]> = table.iter().map(Vec::as_slice).collect();
            let trials = trials(&rows);
            let facts = SplitFacts::k_fold(table[0].len(), 1);
            let before = Leaderboard::new(&trials, &facts, Direction::Minimize);
            let reversed: Vec<Trial> = trials.iter().rev().cloned().collect();
            let after = Leaderboard::new(&reversed, &facts, Direction::Minimize);
            prop_assert_eq!(before.difference_se, after.difference_se);
            prop_assert_eq!(before.rows, after.rows);
        }

        #[test]
        fn scaled_losses_scale_their_errors(table in table(), exponent in -9i32..9) {
            let before = of_table(&table);
            let scale = f64::from(exponent).exp2();
            let after = of_table(&table.iter().map(|row| row.iter().map(|l| l * scale).collect()).collect::<Vec<_>>());
            prop_assert_eq!(set(&before), set(&after));
            for (a, b) in before.rows.iter().zip(&after.rows) {
                // A power of two: exact.
                prop_assert_eq!(a.se.map(|se| se * scale), b.se);
            }
        }
    }
}
