//! `tune leaderboard STUDY`

use super::{Common, TableFormat, Towards, ranked};
use crate::output::leaderboard::Ranking;
use crate::output::table;
use crate::report::{Exit, Failure};
use crate::terminal::screen;
use experiment::folder::StudyFolder;

/// Show the ranking of a study
///
/// Reads the store, also while the study runs. `*` marks the fewest trials that hold 97 % of
/// the probability to be the best.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// How many trials to show; the default is 10 in a table, all otherwise
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    /// Rank by a further recorded metric, such as accuracy
    #[arg(long, value_name = "METRIC")]
    by: Option<String>,
    /// Whether lower or higher values of the --by metric are better, if its name does not say
    #[arg(long, value_enum, requires = "by")]
    direction: Option<Towards>,
    /// Output format
    #[arg(long, value_enum, default_value_t = TableFormat::Table)]
    format: TableFormat,
}

/// Shows a ranking.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let folder = StudyFolder::find(&common.results, &args.study)?;
    let (file, study) = experiment::look(&folder, &screen::warn)?;
    let folds = file.plan.cv.folds;
    let ranking = ranked(Ranking::new(&study, folds), args.by.as_deref(), args.direction, folds)?;
    // Made only for CSV and JSON, which have all columns.
    let sheet = || ranking.sheet().head(args.top.unwrap_or(usize::MAX));

    match args.format {
        TableFormat::Table => {
            screen::ranking(table::summary(
                &folder,
                &study,
                &ranking,
                args.top.unwrap_or(table::TOP),
                table::Hints::unless(common.quiet),
            ));
        }
        TableFormat::Csv => screen::stream(|out| sheet().write_csv(out)),
        TableFormat::Json => screen::stream(|out| sheet().write_json(out)),
    }

    Ok(Exit::Done)
}
