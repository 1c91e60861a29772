//! The winner of a study: which trial it is, and whether its training can be reproduced here.

use crate::changes::{INSTRUCTION_SET, VERSION, history};
use crate::facts::StudyFacts;
use crate::output::leaderboard::Ranking;
use crate::report::{Cause, Failure, Fault, printable};
use tuner::rank::Row;
use tuner::study::Study;
use tuner::trial::Trial;

/// The rule that chooses the winner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The smallest loss.
    Best,
    /// The simplest within one standard error.
    OneSe,
}

/// Chooses the winner.
///
/// # Errors
/// If no trial has succeeded, or by the one standard error rule if trials lack their numbers of
/// parameters.
pub fn winner<'a>(ranking: &'a Ranking<'_>, rule: Rule) -> Result<(&'a Row, Trial), Failure> {
    let rows = &ranking.board.rows;
    let lacks_counts =
        rows.iter().all(|row| row.n_parameters.is_none()) && ranking.board.best().is_some();
    let row = match rule {
        Rule::Best => ranking.board.best(),
        Rule::OneSe if lacks_counts => {
            let fault = Fault::error(
                "the one standard error rule compares numbers of parameters, and no trial says its own",
            );
            let hint = "a program may print n_parameters beside its loss; without the rule the best trial is chosen";
            return Err(fault.hint(hint).into());
        }
        Rule::OneSe => ranking.board.one_se(),
    };
    let none = || Failure {
        cause: Cause::NoSuccess,
        faults: vec![Fault::error("no trial has succeeded yet")],
    };
    row.map(|row| (row, ranking.trial(row))).ok_or_else(none)
}

/// States how this program or processor differs from the study's.
pub fn differs_here(study: &Study) -> Option<String> {
    let here = StudyFacts::of_this_program();
    let differs = |name: &str, here: Option<String>| {
        let mut others = history(study, name);
        // All versions that worked on the study count, and not the last one alone.
        others.retain(|was| Some(*was) != here.as_deref());
        let was = others.iter().map(|was| printable(was)).collect::<Vec<_>>().join(", then ");
        let (name, here) = (name.replace('_', " "), here.unwrap_or_default());
        (!was.is_empty()).then(|| format!("{name} is {here} here and was {was}"))
    };

    let found: Vec<String> =
        [differs(VERSION, here.version), differs(INSTRUCTION_SET, here.instruction_set)]
            .into_iter()
            .flatten()
            .collect();

    (!found.is_empty()).then(|| found.join(", the "))
}

/// States why a training here may differ from the study's own.
pub fn differences(study: &Study) -> Option<String> {
    differs_here(study).map(|found| {
        format!("note: the {found}: a training may differ from the study's own in its last bits")
    })
}
