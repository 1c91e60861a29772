//! `tune list`

use super::Common;
use crate::folder::StudyFolder;
use crate::output::leaderboard::Ranking;
use crate::output::table;
use crate::report::{Exit, Failure, Look, render};
use crate::screen;
use crate::session;

/// List the studies of the results folder
#[derive(clap::Args, Debug)]
pub struct Args {}

/// Lists studies.
pub fn run(_: &Args, common: &Common) -> Result<Exit, Failure> {
    let mut rows = Vec::new();
    for path in storage::studies(&common.results)? {
        let folder = StudyFolder::at(path);
        match session::look(&folder) {
            Ok((file, study)) => {
                let ranking = Ranking::new(&study, file.cv.folds);
                let total = study.total_with_manual().map_or_else(|| "?".to_owned(), |t| t.to_string());
                let best = ranking.best().and_then(|(row, _)| row.loss).map(table::loss).unwrap_or_default();
                let metric = session::fact(&study, "metric").unwrap_or("loss").to_owned();
                let trials = format!("{}/{total}", study.trials_ended());
                rows.push(vec![folder.name(), study.spec().method.name().to_owned(), trials, best, metric]);
            }
            // One study that cannot be read does not hide the others.
            Err(failure) => {
                screen::talk(format!("{}: {}", folder.name(), render(&failure.faults, Look::Plain).trim_end()));
            }
        }
    }
    if rows.is_empty() {
        common.talk(format!("no studies in {}", common.results.display()));
    } else {
        screen::data(table::plain(&["study", "method", "trials", "best", "metric"], &rows));
    }
    Ok(Exit::Done)
}
