//! Reads a file of another tuner by its content.

use super::written::Imported;
use super::{optuna, wandb, yaml};
use crate::file::SpaceFile;
use crate::report::{Failure, Fault, printable};
use std::io::Read;
use std::path::Path;

/// The most bytes of a sweep file.
const MOST_BYTES: u64 = 1 << 20;
/// The first bytes of every SQLite database.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// Reads the file at `path`; `study` names one of several studies in it.
///
/// # Errors
/// If it is neither a sweep nor a study, or cannot be converted to a space.
pub fn read(path: &Path, study: Option<&str>) -> Result<Imported, Failure> {
    let shown = path.display();
    let cannot = |error: &dyn std::fmt::Display| Failure::input(format!("{shown}: {error}"));
    let mut start = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| cannot(&error))?;
    // One byte more than may be, which tells that there are more.
    file.take(MOST_BYTES + 1).read_to_end(&mut start).map_err(|error| cannot(&error))?;

    let draft = if start.starts_with(SQLITE) {
        let studies = storage::optuna_studies(path).map_err(|error| cannot(&error))?;
        optuna::draft(&studies, study).map_err(|why| cannot(&why))?
    } else {
        if start.len() as u64 > MOST_BYTES {
            return Err(cannot(&"it is larger than 1 MiB, which no sweep file is"));
        }
        let text = String::from_utf8(start).map_err(|_| {
            let fault = Fault::error(format!("{shown} is neither a sweep file nor a study"));
            fault.hint("a sweep of Weights & Biases is YAML; a study of Optuna is SQLite: study.db")
        })?;
        let tree = yaml::parse(&text).map_err(|why| cannot(&why))?;
        wandb::draft(&tree).map_err(|why| cannot(&why))?
    };

    let imported = draft.finish();
    check(&imported, path)?;
    Ok(imported)
}

/// Checks that what was written is a valid space file.
fn check(imported: &Imported, path: &Path) -> Result<(), Failure> {
    let folder = std::env::current_dir().unwrap_or_default();
    let name = format!("the space made of {}", printable(&path.display().to_string()));
    SpaceFile::parse(&name, imported.text.clone(), folder).map(drop).map_err(Failure::from)
}
