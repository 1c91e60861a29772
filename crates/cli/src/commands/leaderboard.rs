//! `tune leaderboard STUDY`

use super::{Common, Format, Towards, ranked};
use crate::output::leaderboard::Ranking;
use crate::output::table;
use crate::report::{Exit, Failure};
use crate::terminal::screen;
use experiment::folder::StudyFolder;

/// Show the ranking of a study
///
/// Read from the store, also while the study runs. `*` marks trials whose difference to the best may be chance.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// How many trials to show; the default is 10 in a table, all otherwise
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    /// Rank by a further metric that is on record, such as accuracy
    #[arg(long, value_name = "METRIC")]
    by: Option<String>,
    /// Whether less or more of it is better, where its name does not say
    #[arg(long, value_enum, requires = "by")]
    direction: Option<Towards>,
    /// The form
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Shows a ranking.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let folder = StudyFolder::find(&common.results, &args.study)?;
    let (file, study) = experiment::look(&folder, &screen::warn)?;
    let folds = file.plan.cv.folds;
    let ranking = ranked(Ranking::new(&study, folds), args.by.as_deref(), args.direction, folds)?;
    let sheet = || ranking.sheet().head(args.top.unwrap_or(usize::MAX));
    match args.format {
        Format::Table => {
            screen::ranking(table::summary(
                &folder,
                &study,
                &ranking,
                args.top.unwrap_or(table::TOP),
            ));
        }
        Format::Csv => screen::stream(|out| sheet().write_csv(out)),
        Format::Json => screen::stream(|out| sheet().write_json(out)),
    }
    Ok(Exit::Done)
}
