//! A study in the plain form for comparison, which both a leaderboard file and a store can fill.

use super::Protocol;
use crate::error::{ComparisonFault, Error};
use crate::stats;
use crate::trial::State;

/// One study. Values are as told.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// The study's name.
    pub name: String,
    /// How the study was evaluated.
    pub protocol: Protocol,
    /// The study's finished trials, in any order.
    pub trials: Vec<BoardTrial>,
}

/// One trial of a board.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardTrial {
    /// The trial's number, from 0.
    pub number: u64,
    /// The state in which the trial ended.
    pub state: State,
    /// The losses of its ok splits, in order of the splits.
    pub losses: Vec<f64>,
    /// Its active hyperparameters by name, as texts that are equal exactly if the values are.
    pub params: Vec<(String, String)>,
}

impl BoardTrial {
    /// Returns the mean of the split losses; `None` unless the trial is ok.
    pub fn loss(&self) -> Option<f64> {
        if self.state == State::Ok { stats::mean(&self.losses) } else { None }
    }
}

impl Board {
    /// Returns the successful trial with the best loss, the lowest number among equal ones.
    ///
    /// # Errors
    /// [`ComparisonFault::NothingSucceeded`].
    pub(super) fn winner(&self) -> Result<&BoardTrial, Error> {
        let inner =
            |trial: &BoardTrial| trial.loss().map(|l| self.protocol.direction.inner(l) + 0.0);
        let with_loss = self.trials.iter().filter_map(|t| Some((inner(t)?, t)));
        let winner =
            with_loss.min_by(|(a, s), (b, t)| a.total_cmp(b).then(s.number.cmp(&t.number)));
        let nothing =
            || Error::Comparison(ComparisonFault::NothingSucceeded { study: self.name.clone() });
        winner.map(|(_, trial)| trial).ok_or_else(nothing)
    }
}
