//! The best loss so far, at equal numbers of trials.

use super::Board;

/// The best losses of all studies after a number of trials.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Number of trials, successful or not.
    pub n_trials: usize,
    /// For each study, the best loss among its first trials by number, in the user's units; `None`
    /// if none succeeded.
    pub best: Vec<Option<f64>>,
}

/// Compares studies after 1, 2, 5, 10, 20, 50, … trials, and at the length of the shortest.
pub fn best_so_far(boards: &[Board]) -> Vec<Mark> {
    let shortest = boards.iter().map(|b| b.trials.len()).min().unwrap_or(0);
    let decades = (0..).map(|e| 10usize.saturating_pow(e));
    let marks =
        decades.flat_map(|d| [1, 2, 5].map(|m| d.saturating_mul(m))).take_while(|&n| n < shortest);
    let marks: Vec<usize> = marks.chain((shortest > 0).then_some(shortest)).collect();
    let curves: Vec<Vec<Option<f64>>> = boards.iter().map(curve).collect();
    marks
        .iter()
        .map(|&n| Mark { n_trials: n, best: curves.iter().map(|c| c[n - 1]).collect() })
        .collect()
}

fn curve(board: &Board) -> Vec<Option<f64>> {
    let mut trials: Vec<_> = board.trials.iter().collect();
    trials.sort_by_key(|t| t.number);
    let inner = |loss: f64| board.protocol.direction.inner(loss);
    let mut best = None;

    trials
        .iter()
        .map(|trial| {
            best = match (best, trial.loss()) {
                (Some(best), Some(loss)) if inner(loss) < inner(best) => Some(loss),
                (None, loss) => loss,
                (best, _) => best,
            };
            best
        })
        .collect()
}
