//! `tune list`

use super::{Common, TableFormat};
use crate::output::leaderboard::Ranking;
use crate::output::sheet::{Cell, Sheet, count, number, text};
use crate::output::table;
use crate::report::{Exit, Failure, Look, render};
use crate::terminal::screen;
use experiment::storage::StudyLock;
use experiment::{StudyFacts, StudyFolder};

/// List the studies of the results folder
///
/// A study is done when all its trials have ended, running while a process works on it, and
/// otherwise open: the command that started it continues it.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Output format
    #[arg(long, value_enum, default_value_t = TableFormat::Table)]
    format: TableFormat,
}

const HEADER: [&str; 7] = ["study", "method", "state", "ended", "total", "best", "metric"];

/// Lists the studies in the results folder.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for path in experiment::storage::studies(&common.results)? {
        let folder = StudyFolder::at(path);
        match row(&folder) {
            Ok(row) => rows.push(row),
            // One study that cannot be read does not hide the others.
            Err(failure) => {
                screen::talk(format!(
                    "{}: {}",
                    folder.name(),
                    render(&failure.faults, Look::Plain).trim_end()
                ));
            }
        }
    }

    if rows.is_empty() {
        common.talk(format!("no studies in {}", common.results.display()));
    }
    let sheet =
        |rows: Vec<Vec<Cell>>| Sheet::new(HEADER.map(str::to_owned).to_vec(), rows.into_iter());

    match args.format {
        TableFormat::Table if rows.is_empty() => {}
        TableFormat::Table => screen::data(table::of_cells(&HEADER, rows)),
        TableFormat::Csv => screen::stream(|out| sheet(rows).write_csv(out)),
        TableFormat::Json => screen::stream(|out| sheet(rows).write_json(out)),
    }

    Ok(Exit::Done)
}

fn row(folder: &StudyFolder) -> Result<Vec<Cell>, Failure> {
    let (file, study) = experiment::look(folder, &screen::warn)?;
    let (ended, total) = (study.trials_ended() as u64, study.total_with_manual());
    // A study that is held is running, whatever its records say.
    let state = match StudyLock::holder(folder.path()) {
        Some(_) => "running",
        None if total.is_some_and(|total| ended >= total) => "done",
        None => "open",
    };

    let ranking = Ranking::new(&study, file.plan.cv.folds);
    let best = ranking.best().and_then(|(row, _)| row.loss);
    let facts = StudyFacts::of(&study);
    let method = study.spec().method.name();
    let [name, method, state, metric] =
        [&folder.name(), method, state, &facts.loss_name()].map(text);
    Ok(vec![
        name,
        method,
        state,
        count(ended),
        total.and_then(count),
        best.and_then(number),
        metric,
    ])
}
