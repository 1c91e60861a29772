//! Comparing studies: winner against winner with a test, and what else tells them apart.
//!
//! The first study is the reference. Losses are paired split by split only where both studies were evaluated on the
//! same splits of the same data; otherwise the spread over folds does not cancel, and the verdict says so. What search
//! selected is optimistic: only [`fresh`] losses of the winners make an honest test of them.

mod board;
mod curve;
mod protocol;
mod verdict;
mod winners;

pub use board::{Board, BoardTrial};
pub use curve::{Mark, best_so_far};
pub use protocol::{Mismatch, Pairing, Protocol};
pub use verdict::{Evidence, FreshWinner, Verdict, fresh};
pub use winners::{Difference, Shared, differing, shared};

use crate::Error;
use verdict::{Side, verdicts};

/// What comparing studies found.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison<'a> {
    /// The best trial of each study, in the order of the studies.
    pub winners: Vec<&'a BoardTrial>,
    /// Each further study against the first.
    pub against: Vec<Against<'a>>,
    /// The best loss so far at equal numbers of trials.
    pub curve: Vec<Mark>,
}

/// One study against the reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Against<'a> {
    /// Winner against winner, on the losses that selected them.
    pub verdict: Verdict,
    /// Hyperparameters in which the winners differ.
    pub differing: Vec<Difference<'a>>,
    /// Configurations that both studies tried.
    pub shared: Vec<Shared>,
}

/// Compares the winners of two or more studies, the first of which is the reference.
///
/// # Errors
/// [`Error::Comparison`] if there are fewer than two, if they disagree on metric or direction, or if one has no trial
/// that is ok.
pub fn compare(boards: &[Board]) -> Result<Comparison<'_>, Error> {
    let winners = boards.iter().map(Board::winner).collect::<Result<Vec<_>, _>>()?;
    let sides: Vec<Side<'_>> = boards
        .iter()
        .zip(&winners)
        .map(|(board, winner)| Side { name: &board.name, protocol: &board.protocol, losses: &winner.losses })
        .collect();
    let verdicts = verdicts(Evidence::SelectionScore, &sides)?;
    let against = verdicts.into_iter().map(|verdict| Against {
        differing: differing(winners[0], winners[verdict.board]),
        shared: shared(&boards[0], &boards[verdict.board]),
        verdict,
    });
    Ok(Comparison { against: against.collect(), curve: best_so_far(boards), winners })
}
