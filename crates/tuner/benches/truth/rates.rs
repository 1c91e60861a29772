//! How often the statistics are wrong, counted over simulated studies.

use crate::regression::equally_good;
use crate::world::{Gaps, Noise, Shape, stream, study, winners};
use tuner::rank::Leaderboard;
use tuner::rank::compare::{FreshWinner, Protocol, fresh};
use tuner::stats::upper_quantile;
use tuner::trial::Direction;

/// What was counted over studies of one kind.
pub(crate) struct Coverage {
    /// Share of studies whose best set lacks the true best.
    pub(crate) missed: f64,
    /// Mean share of trials in the set.
    pub(crate) size: f64,
    /// As `missed`, by a rule that gives all trials the variance of the better half.
    pub(crate) missed_by_one_variance: f64,
}

/// Counts over `n_studies` how often the best set lacks the true best.
pub(crate) fn coverage(
    scenario: u64,
    n_studies: usize,
    shape: Shape,
    gaps: Gaps,
    noise: Noise,
) -> Coverage {
    let mut rng = stream(scenario);
    let (mut missed, mut size, mut missed_by_one) = (0, 0, 0);
    for _ in 0..n_studies {
        let trials = study(&mut rng, shape, gaps, noise);
        let board = Leaderboard::new(&trials, &shape.facts(), Direction::Minimize);
        size += board.rows.iter().filter(|row| row.is_tied == Some(true)).count();
        let best = board.rows.iter().find(|row| row.number == 0).expect("trial 0 is ranked");
        missed += usize::from(best.is_tied != Some(true));
        let distance = best
            .loss
            .zip(board.best().and_then(|row| row.loss))
            .map_or(f64::NAN, |(own, first)| own - first);
        missed_by_one += usize::from(distance > one_variance_margin(&board, shape));
    }
    let n = n_studies as f64;
    Coverage {
        missed: missed as f64 / n,
        size: size as f64 / (n * shape.n_trials as f64),
        missed_by_one_variance: missed_by_one as f64 / n,
    }
}

fn one_variance_margin(board: &Leaderboard, shape: Shape) -> f64 {
    let n_fitted = shape.n_trials.div_ceil(2).max(5).min(shape.n_trials);
    let dof = (n_fitted - 1) * (shape.facts().n_splits - 1);
    upper_quantile(0.05 / (shape.n_trials - 1) as f64, dof as f64)
        * board.difference_se.unwrap_or(0.0)
}

/// Counts how often fresh losses of two equally good winners are called different, at 5 %.
pub(crate) fn false_alarms(
    scenario: u64,
    n_comparisons: usize,
    search: Shape,
    n_tried: [usize; 2],
    repeats: usize,
) -> f64 {
    let mut rng = stream(scenario);
    let alarms = (0..n_comparisons)
        .filter(|_| is_alarm(winners(&mut rng, search, n_tried, repeats), search.folds));
    alarms.count() as f64 / n_comparisons as f64
}

/// Counts how often two fits that are equally good by construction are called different, at 5 %.
pub(crate) fn false_alarms_of_fits(
    scenario: u64,
    n_comparisons: usize,
    n_rows: usize,
    folds: usize,
    repeats: usize,
) -> f64 {
    let mut rng = stream(scenario);
    let alarms = (0..n_comparisons)
        .filter(|_| is_alarm(equally_good(&mut rng, n_rows, folds, repeats), folds));
    alarms.count() as f64 / n_comparisons as f64
}

fn is_alarm(losses: [Vec<f64>; 2], folds: usize) -> bool {
    let protocol = Protocol {
        metric: "mse".to_owned(),
        direction: Direction::Minimize,
        data: Some(String::new()),
        splits: Some(String::new()),
        test_train_ratio: 1.0 / (folds - 1) as f64,
    };
    let winner = |losses| FreshWinner { name: String::new(), protocol: protocol.clone(), losses };
    let verdicts = fresh(&losses.map(winner)).expect("two winners with finite losses compare");
    verdicts[0].test.is_some_and(|test| test.p < 0.05)
}
