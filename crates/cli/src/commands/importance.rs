//! `tune importance STUDY`

use super::{Chart, Common};
use crate::output::{importance, layout};
use crate::report::{Exit, Failure};
use crate::terminal::screen;
use ::report::pictures;
use experiment::folder::StudyFolder;
use experiment::storage;

/// Show which parameters matter, which interact, and where the best values lie
///
/// Fits a surrogate to all ended trials, whatever method proposed them; failed ones count as the
/// worst.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// Output format
    #[arg(long, value_enum, default_value_t = ImportanceFormat::Table)]
    format: ImportanceFormat,
    #[command(flatten)]
    chart: Chart,
}

/// Formats of the importance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum ImportanceFormat {
    /// Tables for people
    Table,
    /// One line per parameter
    Csv,
    /// One JSON object, with pairs and marginals
    Json,
}

/// Shows the importance.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let folder = StudyFolder::find(&common.results, &args.study)?;
    if let Some(out) = &args.chart.chart {
        let view = experiment::view::view(&folder, &screen::warn)?;
        if let Some(picture) = pictures::importance(&view, args.chart.theme.into()) {
            storage::write_named(out, |file| file.write_all(picture.as_bytes()))?;
            return Ok(Exit::Done);
        }
        // The table explains why there is no picture.
    }

    let (_, study) = experiment::look(&folder, &screen::warn)?;
    let found = study.importance()?;
    match args.format {
        ImportanceFormat::Table => screen::data(importance::in_words(&found, layout::width())),
        ImportanceFormat::Csv => screen::stream(|out| importance::sheet(&found).write_csv(out)),
        ImportanceFormat::Json => screen::data(importance::json(&found)),
    }

    Ok(Exit::Done)
}
