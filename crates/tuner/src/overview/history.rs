//! The course of a study: every trial, the best loss so far, and open trials.

use super::board::RowView;
use crate::study::Study;
use crate::trial::{Direction, Origin, State};
use serde::Serialize;

/// One trial that has ended, in the order of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The trial's number.
    pub trial: u64,
    /// The state in which the trial ended.
    pub state: State,
    /// The trial's loss.
    pub loss: Option<f64>,
    /// The best loss up to this trial.
    pub best: Option<f64>,
    /// Planned multiply-adds up to this trial, if all are known.
    pub multiply_adds: Option<u64>,
}

/// A trial that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OpenTrial {
    /// The trial's number.
    pub trial: u64,
    /// The trial's origin.
    pub origin: Origin,
    /// Number of ended folds.
    pub folds_done: usize,
}

/// The trials that have ended, by number.
pub(super) fn steps(rows: &[RowView], direction: Direction) -> Vec<Step> {
    let mut by_number: Vec<&RowView> = rows.iter().collect();
    by_number.sort_by_key(|row| row.trial);

    let mut best: Option<f64> = None;
    let mut spent = Some(0u64);
    let step = |row: &RowView| {
        let is_better = |loss: f64| best.is_none_or(|b| direction.inner(loss) < direction.inner(b));
        if let Some(loss) = row.loss.filter(|loss| is_better(*loss)) {
            best = Some(loss);
        }
        // Unknown from the first trial on whose costs are unknown.
        spent = spent.zip(row.multiply_adds).and_then(|(sum, more)| sum.checked_add(more));
        Step { trial: row.trial, state: row.state, loss: row.loss, best, multiply_adds: spent }
    };

    by_number.into_iter().map(step).collect()
}

/// The trials that were proposed and have not ended.
pub(super) fn open(study: &Study) -> Vec<OpenTrial> {
    let of = |(number, slot): (u64, &crate::study::Slot)| OpenTrial {
        trial: number,
        origin: slot.origin,
        folds_done: study.results(number).iter().flatten().count(),
    };
    study.slots().numbered().filter(|(_, slot)| !slot.is_final()).map(of).collect()
}

/// The empirical distribution of losses: each loss from the best on, with the share of all `n`
/// trials that are at least as good.
pub fn edf(
    losses: impl IntoIterator<Item = f64>,
    n: usize,
    direction: Direction,
) -> Vec<(f64, f64)> {
    let mut sorted: Vec<f64> = losses.into_iter().collect();
    sorted.sort_by(|a, b| direction.inner(*a).total_cmp(&direction.inner(*b)));
    let share = |position: usize| (position + 1) as f64 / n.max(1) as f64;
    sorted.into_iter().enumerate().map(|(position, loss)| (loss, share(position))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distribution_counts_trials_without_a_loss() {
        let of = |direction| edf([3.0, 1.0], 4, direction);
        assert_eq!(of(Direction::Minimize), [(1.0, 0.25), (3.0, 0.5)]);
        assert_eq!(of(Direction::Maximize), [(3.0, 0.25), (1.0, 0.5)]);
    }
}
