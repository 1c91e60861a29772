//! `tune remove STUDY`

use super::Common;
use crate::report::{Exit, Failure, Fault};
use experiment::folder::StudyFolder;
use experiment::storage::Purpose;
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// Delete a study and everything in its folder
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// Deletes a study.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let folder = StudyFolder::find(&common.results, &args.study)?;
    if !args.yes && !is_confirmed(&folder)? {
        common.talk("nothing was deleted");
        return Ok(Exit::Done);
    }
    let held = experiment::lock(&folder, Purpose::Remove, Duration::ZERO)?;
    let removed = std::fs::remove_dir_all(folder.path());
    removed.map_err(|error| {
        Failure::store(format!("cannot delete {}: {error}", folder.path().display()))
    })?;
    drop(held);
    common.talk(format!("deleted {}", folder.path().display()));
    Ok(Exit::Done)
}

/// Asks at the terminal; without one there is nobody to ask.
fn is_confirmed(folder: &StudyFolder) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Fault::error("nobody to ask whether to delete it")
            .hint("`--yes` deletes without asking")
            .into());
    }
    let mut answer = String::new();
    // If the question cannot be shown, the answer decides all the same.
    let _ = write!(
        std::io::stderr(),
        "delete {} and everything in it? [y/N] ",
        folder.path().display()
    );
    let read = std::io::stdin().read_line(&mut answer);
    Ok(read.is_ok() && matches!(answer.trim(), "y" | "yes"))
}
