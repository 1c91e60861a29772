//! `tune report STUDY [B …]`

use super::Common;
use crate::output::boards;
use crate::report::{Exit, Failure};
use crate::terminal::screen;
use ::report::Logs;
use experiment::folder::StudyFolder;
use experiment::storage;
use experiment::tuner::rank::compare::compare;
use experiment::view::view;
use std::path::{Path, PathBuf};

/// Write a study as one HTML page with pictures, readable offline in any browser
///
/// The page loads nothing else and names no path, user or host; the same study gives the same
/// bytes. For several studies it compares them: the best loss at equal numbers of trials and at
/// equal multiply-adds, the distributions, and the test of the winners.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder; with several, the first is the reference
    #[arg(value_name = "STUDY", num_args = 1.., required = true)]
    studies: Vec<String>,
    /// Where to write the page; by default report.html in the first study's folder, or compare.html
    /// for several studies
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Include the last lines that programs wrote to stderr
    #[arg(long)]
    logs: bool,
}

/// Writes the page.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let find = |study: &String| StudyFolder::find(&common.results, study);
    let folders = args.studies.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let (page, name) = match folders.as_slice() {
        [folder] => {
            let logs = if args.logs { Logs::Shown } else { Logs::LeftOut };
            (::report::page(&view(folder, &screen::warn)?, logs), "report.html")
        }
        folders => (compared(folders)?, "compare.html"),
    };

    let own = folders[0].file(name);
    let out = args.out.as_ref().unwrap_or(&own);
    // A link is followed where the user named the path, and never in the folder of a study.
    match &args.out {
        Some(out) => storage::write_named(out, |file| file.write_all(page.as_bytes()))?,
        None => storage::replace_file(&own, page.as_bytes())?,
    }

    common.talk(format!("wrote {}", out.display()));
    Ok(Exit::Done)
}

/// The page of several studies.
fn compared(folders: &[StudyFolder]) -> Result<String, Failure> {
    let views =
        folders.iter().map(|folder| view(folder, &screen::warn)).collect::<Result<Vec<_>, _>>()?;
    let read = |folder: &StudyFolder| {
        let path = folder.path().to_string_lossy().into_owned();
        boards::read(Path::new("."), &path, &screen::warn)
    };
    let mut boards = folders.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    boards::assume_metric(&mut boards);
    let comparison = compare(&boards)?;
    Ok(::report::compare(&views, &comparison))
}
