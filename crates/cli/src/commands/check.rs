//! `tune check FILE`

use super::Common;
use crate::output::layout::{Hang, message};
use crate::report::{Exit, Failure, count};
use crate::terminal::screen;
use experiment::bridge::columns::Detail;
use experiment::file::Evaluator;
use experiment::subject::ASKED;
use experiment::{external, lint, preview};
use std::path::PathBuf;

/// Find errors and oddities in a space file and its data
///
/// Reads both without training anything. Errors are shown at their line and end with exit code 2.
/// Warnings point out probable mistakes: a hyperparameter without effect, a wide range without `log
/// = true`, a grid of millions of points.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The space file
    file: PathBuf,
}

/// Checks a file.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let (file, data) = preview::read(&args.file)?;
    external::missing(&file).map_or(Ok(()), Err)?;
    // One proposal, since an unsatisfiable space is found only by drawing from it.
    preview::first_trials(&file, 1)?;

    if let (Some(data), Some(section)) = (&data, &file.plan.data) {
        let lines = data.columns.lines(&section.target, Detail::All);
        let text = format!("{}: {}\n  {}", section.path, data.in_words(), lines.join("\n  "));
        common.talk(message(&text, Hang(4)));
    }

    let warnings = lint::warnings(&file, data.as_deref());
    if !warnings.is_empty() && !common.quiet {
        screen::tell(&warnings);
    }

    if file.plan.evaluator() == Evaluator::Asker {
        common.talk(format!("{}: {ASKED}", file.plan.name));
    }

    screen::data(format!(
        "{}: no errors, {}",
        args.file.display(),
        count(warnings.len() as u64, "warning")
    ));

    Ok(Exit::Done)
}
