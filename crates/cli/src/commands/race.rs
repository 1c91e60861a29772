//! `tune race STUDY`

use super::Common;
use crate::report::{Exit, Failure, count};
use crate::terminal::screen;
use experiment::file::RaceSection;
use experiment::folder::StudyFolder;

/// Show what racing would have saved and lost in a finished study
///
/// Judges its complete trials in order by their recorded learning curves, as `[race]` would have
/// done. It cannot know which trials would have been proposed instead.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// The risks to try
    #[arg(long, value_name = "RISK", value_delimiter = ',', default_values_t = [0.02, 0.05, 0.1])]
    risk: Vec<f64>,
}

/// Judges a study in hindsight.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    if let Some(risk) = args.risk.iter().find(|risk| !(**risk > 0.0 && **risk < 1.0)) {
        let message = format!("--risk {risk}: expected numbers above 0 and below 1");
        return Err(Failure::input(message));
    }

    let folder = StudyFolder::find(&common.results, &args.study)?;
    let (file, mut study) = experiment::look(&folder, &screen::warn)?;
    let section = file.plan.race.clone().unwrap_or_default();

    let mut lines = Vec::new();
    for &risk in &args.risk {
        // The file's own settings with another risk, so that rows differ in one thing.
        let race = file.plan.racing(RaceSection { risk, ..section.clone() });
        let found = study.hindsight(&race)?;
        if lines.is_empty() {
            let trials = count(found.n_trials as u64, "complete trial");
            lines.push(format!("{trials}, {} of them a new best", found.n_bests));
            lines.push(format!(
                "{:>6}  {:>14}  {:>17}  {:>8}  best without and with racing",
                "risk", "trials stopped", "new bests stopped", "epochs"
            ));
        }
        let shown = |loss: Option<f64>| loss.map_or_else(String::new, crate::output::table::loss);
        lines.push(format!(
            "{risk:>6}  {:>14}  {:>17}  {:>6.0} %  {}  {}",
            found.n_stopped,
            found.n_bests_stopped,
            100.0 * found.share,
            shown(found.best),
            shown(found.best_raced)
        ));
    }

    screen::data(lines.join("\n"));
    Ok(Exit::Done)
}
