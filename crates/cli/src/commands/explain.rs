//! `tune explain STUDY N`

use super::Common;
use crate::output::{explanation, table};
use crate::report::{Exit, Failure, Fault, count};
use crate::terminal::screen;
use experiment::folder::StudyFolder;
use experiment::tuner::view::Reasoning;

/// Say why a trial was proposed: what the search knew and expected, and what came
///
/// Replayed from the records, under what the trial itself was allowed to see.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// The trial's number
    #[arg(value_name = "N")]
    trial: u64,
    /// The form
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// The forms of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For a person
    Table,
    /// One object
    Json,
}

/// Explains a trial.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let folder = StudyFolder::find(&common.results, &args.study)?;
    let (file, study) = experiment::look(&folder, &screen::warn)?;
    let Some(explanation) = study.explain(args.trial) else {
        let n_trials = count(study.slots().len() as u64, "trial");
        let fault = Fault::error(format!(
            "no trial {}: the study has {n_trials}, counted from 0",
            args.trial
        ));
        return Err(fault
            .hint(format!("`tune leaderboard {}` lists them", folder.argument()))
            .into());
    };
    if !file.lost_experience().is_empty() {
        let warning = "the experience that the study was begun with is not at hand: explained as if there had been none";
        screen::warn(&Fault::warning(warning));
    }
    match args.format {
        Format::Table => {
            screen::data(explanation::in_words(&study, &explanation));
            let is_predicted = matches!(explanation.reasoning, Some(Reasoning::Forecast(_)));
            if is_predicted
                && let Some(calibration) = study
                    .calibration()
                    .filter(experiment::tuner::view::Calibration::is_overconfident)
            {
                screen::data(format!(
                    "\nthe figures above are uncertain: {}",
                    table::calibration(&calibration)
                ));
            }
        }
        Format::Json => screen::data(explanation::json(&study, &explanation)),
    }
    Ok(Exit::Done)
}
