//! The winner of a study: which trial it is, and whether its training can be repeated here to the bit.

use crate::output::leaderboard::Ranking;
use crate::report::{Cause, Failure, Fault};
use crate::session::{self, own_facts};
use tuner::rank::Row;
use tuner::study::Study;
use tuner::trial::Trial;

/// By what a winner is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The smallest loss.
    Best,
    /// The simplest within one standard error.
    OneSe,
}

/// Picks the winner.
///
/// # Errors
/// If no trial has succeeded.
pub fn winner<'a>(ranking: &'a Ranking<'_>, rule: Rule) -> Result<(&'a Row, Trial), Failure> {
    let row = match rule {
        Rule::Best => ranking.board.best(),
        Rule::OneSe => ranking.board.one_se(),
    };
    let none = || Failure {
        cause: Cause::NoSuccess,
        faults: vec![Fault::error("no trial has succeeded yet")],
    };
    row.map(|row| (row, ranking.trial(row))).ok_or_else(none)
}

/// Says where this program or this processor is not that of the study.
pub fn differs_here(study: &Study) -> Option<String> {
    let differs = |(name, here): (String, String)| {
        let was = session::fact(study, &name).filter(|was| *was != here)?;
        Some(format!("{} is {here} here and was {was}", name.replace('_', " ")))
    };
    let found: Vec<String> = own_facts().into_iter().filter_map(differs).collect();
    (!found.is_empty()).then(|| found.join(", the "))
}

/// Says where a training here may not be the study's own.
pub fn differences(study: &Study) -> Option<String> {
    differs_here(study).map(|found| {
        format!("note: the {found}: a training may differ from the study's own in its last bits")
    })
}
