//! `tune remove STUDY`

use super::Common;
use crate::report::{Exit, Failure, Fault, quoted};
use experiment::folder::StudyFolder;
use experiment::session;
use experiment::storage::{Purpose, check_is_study, remove_study};
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// Delete a study
///
/// What `tune` wrote is deleted, the folders of trials with all that their programs wrote there; whatever else lies in
/// the study's folder stays, and is named.
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
    check_is_study(&folder.database())?;
    if !args.yes && !is_confirmed(&folder)? {
        common.talk("nothing was deleted");
        return Ok(Exit::Done);
    }
    let held = session::lock(&folder, Purpose::Remove, Duration::ZERO)?;
    let remains = remove_study(folder.path())?;
    drop(held);
    let shown = folder.path().display();
    common.talk(if remains.folder_stands {
        format!("deleted the study in {shown}")
    } else {
        format!("deleted {shown}")
    });
    if !remains.foreign.is_empty() {
        let names = remains.foreign.iter().take(SHOWN).map(|name| quoted(name));
        let mut shown = names.collect::<Vec<_>>().join(", ");
        if remains.foreign.len() > SHOWN {
            shown.push_str(&format!(" and {} more", remains.foreign.len() - SHOWN));
        }
        common.talk(format!("left what tune did not write: {shown}"));
    }
    Ok(Exit::Done)
}

/// Names that are shown of what else lies in a study's folder.
const SHOWN: usize = 10;

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
        "delete the study in {}? [y/N] ",
        crate::report::printable(&folder.path().display().to_string())
    );
    let read = std::io::stdin().read_line(&mut answer);
    Ok(read.is_ok() && matches!(answer.trim(), "y" | "yes"))
}
