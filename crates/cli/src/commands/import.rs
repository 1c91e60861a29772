//! `tune import FILE`

use super::Common;
use crate::report::{Exit, Failure, Fault, count, pasted};
use crate::terminal::screen;
use experiment::file::SpaceFile;
use experiment::import::{self, Imported};
use experiment::storage::LockPurpose;
use experiment::{Experiment, QUEUE};
use std::path::{Path, PathBuf};

/// Make a space file of another tuner's sweep or study
///
/// Reads a sweep file of Weights & Biases (YAML), or a study of Optuna in an SQLite file, which is
/// opened read-only. What has no equivalent is left out with a note, on screen and at the head of
/// the file. The trials of an Optuna study become `[[enqueue]]` entries, to be evaluated again;
/// with --tell they are recorded with their values, as by `tune ask` and `tune tell`, and the
/// search continues from there.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The sweep (.yaml) or the database (.db)
    file: PathBuf,
    /// The space file to write; nothing is overwritten
    #[arg(long, value_name = "FILE", default_value = "space.toml")]
    out: PathBuf,
    /// The study's name, if the database holds several
    #[arg(long, value_name = "NAME")]
    study: Option<String>,
    /// Record the study's trials with their values
    #[arg(long)]
    tell: bool,
}

/// Writes the space file.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let imported = import::read(&args.file, args.study.as_deref())?;
    // Before anything is written: a study without its trials is not what was asked for.
    if args.tell && imported.losses.is_empty() {
        let fault = Fault::error(format!("{} holds no trial to tell", args.file.display()));
        return Err(fault.hint("without --tell the space alone is written").into());
    }
    super::init::write_new(&args.out, &imported.text)?;

    for note in &imported.notes {
        common.talk(format!("note: {note}"));
    }
    let out = pasted(&args.out.display().to_string());
    common.talk(format!("wrote {out}; `tune check {out}` checks it"));
    if args.tell {
        let told = tell(&args.out, &imported, common)?;
        common.talk(told);
    }
    Ok(Exit::Done)
}

/// Records the trials that the file enqueues with their losses.
fn tell(path: &Path, imported: &Imported, common: &Common) -> Result<String, Failure> {
    let file = SpaceFile::read(path)?;
    let mut held =
        Experiment::create(file, &common.results, None, screen::access(LockPurpose::Tell, QUEUE))?;
    for &loss in &imported.losses {
        let Some(trial) = held.ask()? else { break };
        held.tell_loss(trial.number, loss)?;
    }

    let trials = count(imported.losses.len() as u64, "trial");
    let name = pasted(&held.file.plan.name);
    Ok(format!("{trials} told; `tune leaderboard {name}` shows them, `tune ask` continues"))
}
