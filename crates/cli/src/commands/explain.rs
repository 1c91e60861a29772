//! `tune explain STUDY N`

use super::{Common, TextFormat};
use crate::output::{explanation, layout, table};
use crate::report::{Exit, Failure, Fault, count};
use crate::terminal::screen;
use experiment::folder::StudyFolder;
use experiment::tuner::view::Reasoning;

/// Explain why a trial was proposed: what the search knew, what it predicted, and the result
///
/// Replayed from the records, from what the search knew when it proposed the trial.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// The trial's number
    #[arg(value_name = "N")]
    trial: u64,
    /// Output format
    #[arg(long, value_enum, default_value_t = TextFormat::Table)]
    format: TextFormat,
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
        let warning = "the experience file of the study is missing: explained without it";
        screen::warn(&Fault::warning(warning));
    }

    match args.format {
        TextFormat::Table => {
            screen::data(explanation::in_words(&study, &explanation, layout::width()));
            let is_predicted = matches!(explanation.reasoning, Some(Reasoning::Forecast(_)));
            // Where the surrogate is overconfident on this study, its figures are less certain than
            // they look.
            if is_predicted
                && let Some(calibration) = study
                    .calibration()
                    .filter(experiment::tuner::view::Calibration::is_overconfident)
            {
                let uncertain = table::calibration(&calibration);
                screen::data(format!(
                    "\nthe surrogate is overconfident in this study: doubt the intervals above\n{uncertain}"
                ));
            }
        }
        TextFormat::Json => screen::data(explanation::json(&study, &explanation)),
    }

    Ok(Exit::Done)
}
