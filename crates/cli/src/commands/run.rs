//! `tune run FILE`

use super::serve::Page;
use super::{Common, Disk};
use crate::output::layout::{Hang, message};
use crate::report::{Exit, Failure, Fault, quoted};
use crate::run::{Workers, run_to_the_end};
use crate::terminal::screen;
use experiment::Experiment;
use experiment::file::SpaceFile;
use experiment::folder::StudyFolder;
use experiment::lint::folds;
use experiment::storage::LockPurpose;
use experiment::subject::Subject;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Start the study of a space file, or continue it
///
/// Evaluates trials in parallel, with the built-in trainer or your own program and the search
/// method of the file, and ends with the leaderboard. You can interrupt it at any time, by Ctrl-C
/// or kill: the same command continues it, and the outcome is the same to the byte as that of an
/// uninterrupted run, for any number of workers.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The space file
    file: PathBuf,
    /// The total number of trials, instead of the file's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    trials: Option<u64>,
    /// Move an older study of this name aside and start again
    #[arg(long)]
    fresh: bool,
    /// Show the study in the browser while it runs, as `serve` does
    #[arg(long)]
    serve: bool,
    #[command(flatten)]
    workers: Workers,
    #[command(flatten)]
    disk: Disk,
}

/// Runs the study of a file to its end.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let file = SpaceFile::read(&args.file)
        .map_err(|failure| hinted(&args.file, common, failure.into()))?;
    let subject = Subject::of(&file)?;

    let lines = subject.in_lines(&file);
    if !lines.is_empty() {
        common.talk(message(&lines.join("\n  "), Hang(4)));
    }

    if let Some(data) = subject.table() {
        for warning in &folds::warnings(&file, data) {
            screen::warn(warning);
        }
    }

    if args.fresh {
        move_aside(&StudyFolder::new(&common.results, &file.plan.name), common)?;
    }
    args.disk.check(&file.plan.name, common)?;
    let access = screen::access(LockPurpose::Run, Duration::ZERO);
    let mut held = Experiment::create(file.clone(), &common.results, Some(&subject), access)?;
    subject.check_same(&held.study, &held.file)?;
    // `resume` looks for the file at this place, which may have changed since the study began.
    held.remember_place(&file)?;

    if let Some(trials) = args.trials {
        held.study.set_total(trials.max(held.study.n_counted()))?;
    }
    let name = file.plan.name.clone();

    let page = args.serve.then(|| Page::open(&common.results, &name)).transpose()?;
    if let Some(page) = &page {
        common.talk(format!("live at {}", page.url()));
    }

    run_to_the_end(held, &subject, &common.how(&args.workers))
}

/// Suggests the right command if the argument is a study's name and not a file.
fn hinted(file: &Path, common: &Common, failure: Failure) -> Failure {
    let name = file.to_string_lossy();
    match StudyFolder::find(&common.results, &name) {
        Ok(folder) if !file.is_file() => {
            let fault = Fault::error(format!(
                "expected a space file, found the study {}",
                quoted(&folder.name())
            ));
            fault.hint(format!("`tune resume {name}` continues it")).into()
        }
        _ => failure,
    }
}

/// Renames the folder of an older study: `digits` becomes `digits.1`, or the next number that is
/// free.
fn move_aside(folder: &StudyFolder, common: &Common) -> Result<(), Failure> {
    if !folder.path().exists() {
        return Ok(());
    }

    let held = experiment::lock(folder, LockPurpose::Remove, Duration::ZERO)?;
    let name = folder.name();
    // The first free number: earlier studies of the name are kept.
    let free = (1..=u32::MAX)
        .map(|n| StudyFolder::new(&common.results, &format!("{name}.{n}")))
        .find(|f| !f.path().exists());

    let free = free.expect("there are more numbers than folders");
    std::fs::rename(folder.path(), free.path()).map_err(|error| {
        Failure::store(format!(
            "cannot move {} to {}: {error}",
            folder.path().display(),
            free.path().display()
        ))
    })?;

    drop(held);
    common.talk(format!("the old study is now `{}`", free.name()));
    Ok(())
}
