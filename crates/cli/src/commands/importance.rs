//! `tune importance STUDY`

use super::{Chart, Common};
use crate::output::importance;
use crate::report::{Exit, Failure};
use crate::terminal::screen;
use ::report::pictures;
use experiment::folder::StudyFolder;
use experiment::storage;

/// Show which parameters matter, which act on one another, and where the best values lie
///
/// A model is fitted to all trials that are ok, whatever method proposed them.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// The form
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    chart: Chart,
}

/// The forms of the importance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For a person
    Table,
    /// A line a parameter
    Csv,
    /// One object, with pairs and marginals
    Json,
}

/// Shows what matters.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let folder = StudyFolder::find(&common.results, &args.study)?;
    if let Some(out) = &args.chart.chart {
        let view = experiment::view::view(&folder, &screen::warn)?;
        if let Some(picture) = pictures::importance(&view, args.chart.theme.into()) {
            storage::write_named(out, |file| file.write_all(picture.as_bytes()))?;
            return Ok(Exit::Done);
        }
        // The table says why there is no picture.
    }
    let (_, study) = experiment::look(&folder, &screen::warn)?;
    let found = study.importance()?;
    match args.format {
        Format::Table => screen::data(importance::in_words(&found)),
        Format::Csv => screen::stream(|out| importance::sheet(&found).write_csv(out)),
        Format::Json => screen::data(importance::json(&found)),
    }
    Ok(Exit::Done)
}
