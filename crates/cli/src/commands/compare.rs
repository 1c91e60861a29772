//! `tune compare A B [C …]`

use super::{Common, TextFormat};
use crate::output::{boards, comparison};
use crate::report::{Exit, Failure, Fault};
use crate::run::{Workers, interrupt};
use crate::terminal::screen;
use experiment::evaluate;
use experiment::folder::StudyFolder;
use experiment::tuner::rank::compare::{FreshWinner, Verdict, compare, fresh};

/// Compare leaderboards by a statistical test
///
/// The first is the reference. Losses are paired fold by fold if the studies share data and splits;
/// studies of your own programs must share the command, the files that it names, and `[cv]`. The
/// winners' losses also selected them, so they are optimistic: `--fresh R` retrains those
/// of the built-in trainer on R new repeats and tests them.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Studies, leaderboard.csv files with the meta files beside them, or folders of such
    #[arg(value_name = "STUDY|CSV", num_args = 2.., required = true)]
    boards: Vec<String>,
    /// Exit with 1 if another study's loss exceeds the reference's by more than this
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    fail_if_worse: Option<f64>,
    /// Retrain the winners on this many new repeats, and test those
    #[arg(long, value_name = "R", value_parser = clap::value_parser!(u32).range(1..=1000))]
    fresh: Option<u32>,
    /// Output format
    #[arg(long, value_enum, default_value_t = TextFormat::Table)]
    format: TextFormat,
    #[command(flatten)]
    workers: Workers,
}

/// Compares the studies.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let read =
        args.boards.iter().map(|argument| boards::read(&common.results, argument, &screen::warn));
    let mut boards = read.collect::<Result<Vec<_>, _>>()?;
    // Two studies may have one name: the arguments then tell them apart.
    boards::tell_apart(&mut boards, &args.boards);
    boards::assume_metric(&mut boards);
    let found = compare(&boards)?;

    let fresh = match args.fresh {
        Some(repeats) => fresh_verdicts(
            args,
            repeats,
            &found.winners.iter().map(|w| w.number).collect::<Vec<_>>(),
            common,
        )?,
        None => Vec::new(),
    };

    match args.format {
        TextFormat::Table => screen::data(comparison::text(&boards, &found, &fresh)),
        TextFormat::Json => screen::data(comparison::json(&boards, &found, &fresh)),
    }

    let is_worse =
        |verdict: &Verdict| args.fail_if_worse.is_some_and(|x| verdict.is_worse_by_more_than(x));
    // Fresh repeats decide where there are any: the selection scores are optimistic.
    let judged: Vec<&Verdict> = if fresh.is_empty() {
        found.against.iter().map(|a| &a.verdict).collect()
    } else {
        fresh.iter().collect()
    };

    if judged.into_iter().any(is_worse) {
        let by = args.fail_if_worse.unwrap_or_default();
        common.talk(format!(
            "worse by more than {by}, as --fail-if-worse asks: exit code {}",
            Exit::No as u8
        ));
        return Ok(Exit::No);
    }

    Ok(Exit::Done)
}

/// Retrains each study's winner on new repeats of its own cross-validation, and tests them.
fn fresh_verdicts(
    args: &Args,
    repeats: u32,
    winners: &[u64],
    common: &Common,
) -> Result<Vec<Verdict>, Failure> {
    // Retraining may take hours, and must end cleanly.
    interrupt::listen()?;
    let mut retrained: Vec<FreshWinner> = Vec::new();
    for (argument, winner) in args.boards.iter().zip(winners) {
        if std::path::Path::new(argument).extension().is_some_and(|e| e == "csv") {
            let fault =
                Fault::error("`--fresh` retrains the winners, which needs studies, not their CSVs");
            return Err(fault.hint("name the studies' folders instead").into());
        }
        let folder = StudyFolder::find(&common.results, argument)?;
        common.talk(format!(
            "retraining trial {winner} of {} on {repeats} new repeats",
            folder.name()
        ));
        retrained.push(evaluate::retrain(
            &folder,
            *winner,
            repeats,
            args.workers.asked(),
            &interrupt::is_asked,
            &screen::warn,
        )?);
    }

    Ok(fresh(&retrained)?)
}
