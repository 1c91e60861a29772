//! `tune tell STUDY|FILE N --loss X`

use super::{Common, ask};
use crate::report::{Exit, Failure, Fault};
use experiment::storage::Purpose;
use experiment::tuner::error::{Error, TellFault};
use experiment::tuner::study::Told;
use experiment::tuner::trial::{FoldResult, State};

/// Report what became of a trial that was handed out
///
/// The result is durable when the command ends. The same result told twice changes nothing, another one is refused.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder, or its space file
    #[arg(value_name = "STUDY|FILE")]
    study: String,
    /// The trial's number
    #[arg(value_name = "N")]
    trial: u64,
    #[command(flatten)]
    outcome: Outcome,
    /// The split it belongs to, from 0; needed if the study has more than one
    #[arg(long, value_name = "SPLIT")]
    fold: Option<usize>,
}

/// Exactly one of these.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
struct Outcome {
    /// The loss (or, with direction = "maximize", the value); `nan` for a trial that diverged
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    loss: Option<f64>,
    /// The trial failed, for this reason
    #[arg(long, value_name = "WHY")]
    failed: Option<String>,
    /// Put the trial back: the next ask hands it out again
    #[arg(long)]
    abandon: bool,
}

/// Takes in a result.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let mut held = ask::hold(&args.study, common, Purpose::Tell)?;
    let result = match (&args.outcome.loss, &args.outcome.failed) {
        (Some(loss), _) => FoldResult::from_loss(*loss),
        (None, Some(why)) => FoldResult::not_ok(State::Failed, why.clone()),
        (None, None) => {
            held.study.abandon(args.trial)?;
            common.talk(format!("trial {} is put back", args.trial));
            return Ok(Exit::Done);
        }
    };
    let told =
        held.study.tell(args.trial, args.fold, &result, held.study.seconds()).map_err(hinted)?;
    match told {
        Told::Recorded => {}
        Told::Unchanged => common.talk(format!("trial {} was told this before", args.trial)),
        Told::Ended => common.talk(format!(
            "trial {} has ended without this fold, which changes nothing",
            args.trial
        )),
    }
    Ok(Exit::Done)
}

/// Names the flag that is missing.
fn hinted(error: Error) -> Failure {
    let Error::Tell(TellFault::FoldNeeded { n_splits }) = error else {
        return error.into();
    };
    Fault::error(&error).hint(format!("--fold 0 to {}", n_splits - 1)).into()
}
