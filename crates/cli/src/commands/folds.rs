//! `tune folds FILE --out folds.csv`

use super::Common;
use crate::report::{Exit, Failure, count};
use crate::terminal::screen;
use experiment::bridge::data::list_folds;
use experiment::file::SpaceFile;
use experiment::subject;
use std::path::PathBuf;

/// Write which row tests in which fold
///
/// CSV with the columns row (of the table, from 0, without the header), repeat and fold. To compare
/// another program fold by fold, name the list as `[cv] file` in its space file. Rows that
/// `test_fraction` holds out are not listed.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The space file
    file: PathBuf,
    /// A file to write instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes the list.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let file = SpaceFile::read(&args.file)?;
    let data = subject::load(&file)?;
    let list = list_folds(&file, &data)?;

    match &args.out {
        Some(path) => {
            experiment::storage::replace_file_by(path, |out| out.write_all(&list))?;
            let (rows, folds) = (data.splits.rows().len() as u64, data.splits.len() as u64);
            let (rows, folds) = (count(rows, "row"), count(folds, "fold"));
            common.talk(format!("{rows} in {folds}: {}", path.display()));
        }
        None => screen::stream(|out| out.write_all(&list)),
    }

    Ok(Exit::Done)
}
