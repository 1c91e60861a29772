//! `tune remove STUDY`

use super::Common;
use crate::confirm::confirmed;
use crate::report::{Exit, Failure, quoted};
use experiment::folder::StudyFolder;
use experiment::storage::{LockPurpose, check_is_study, remove_study};
use std::time::Duration;

/// Delete a study
///
/// Deletes what `tune` wrote, including the folders of trials with everything that their programs
/// wrote there. Anything else in the study's folder stays and is listed.
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
    // Checked before the question: a folder that tune did not make is never offered for deletion.
    check_is_study(&folder.database())?;

    let shown = folder.path().display();
    if !args.yes && !confirmed(&format!("delete the study in {shown}"))? {
        common.talk("nothing was deleted");
        return Ok(Exit::Done);
    }

    // Without patience: a running study must not be deleted as soon as it ends.
    let held = experiment::lock(&folder, LockPurpose::Remove, Duration::ZERO)?;
    let remains = remove_study(folder.path())?;
    drop(held);

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

/// The most other files that are listed.
const SHOWN: usize = 10;
