//! `tune tell STUDY|FILE N --loss X`

use super::{Common, Disk, ask};
use crate::report::{Exit, Failure, Fault};
use crate::terminal::screen;
use experiment::storage::LockPurpose;
use experiment::tuner::error::{Error, TellFault};
use experiment::tuner::study::Told;
use experiment::tuner::trial::{FoldResult, State};

/// Report the result of a trial that was handed out
///
/// The result is durable when the command ends. Repeating the same result changes nothing; a
/// different one is refused.
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
    /// The loss is that after this epoch, from 1, and the split continues; `{"go_on": false}`
    /// advises to stop it
    #[arg(long, value_name = "E", requires = "loss", value_parser = clap::value_parser!(u32).range(1..))]
    epoch: Option<u32>,
}

/// The outcome of a trial or fold: exactly one of these.
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

/// Records a result.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    // A study that does not exist has no trial to tell, so that none is created on a network disk.
    let mut held = ask::hold(&args.study, Disk::default(), common, LockPurpose::Tell)?;
    if let (Some(epoch), Some(loss)) = (args.epoch, args.outcome.loss) {
        let now = held.study.seconds();
        let told = held.study.tell_epoch(args.trial, args.fold, (epoch, loss), now);
        let go_on = told.map_err(hinted)?;
        screen::data(serde_json::json!({ "go_on": go_on }).to_string());
        return Ok(Exit::Done);
    }

    let result = match (&args.outcome.loss, &args.outcome.failed) {
        (Some(loss), _) => FoldResult::from_loss(*loss),
        (None, Some(why)) => FoldResult::not_ok(State::Failed, why.clone()),
        (None, None) => {
            // --abandon: the trial is handed out again by the next ask.
            held.study.abandon(args.trial)?;
            common.talk(format!("trial {} put back", args.trial));
            return Ok(Exit::Done);
        }
    };

    let told =
        held.study.tell(args.trial, args.fold, &result, held.study.seconds()).map_err(hinted)?;
    match told {
        Told::Recorded => {}
        Told::Unchanged => common.talk(format!("trial {} already has this result", args.trial)),
        Told::Ended => common
            .talk(format!("trial {} has already ended; this fold changes nothing", args.trial)),
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
