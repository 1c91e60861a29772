//! `tune resume STUDY`

use super::Common;
use crate::evaluate::{self, Workers};
use crate::folder::StudyFolder;
use crate::report::{Exit, Failure};
use crate::session;
use crate::subject::Subject;
use std::time::Duration;
use storage::Purpose;

/// Go on with a study, without its file
///
/// The study knows its file as it was when it began. `--trials` raises the total: trials are counted from the
/// beginning, not from now.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// The new total of trials
    #[arg(long, value_name = "N")]
    trials: Option<u64>,
    #[command(flatten)]
    workers: Workers,
}

/// Goes on with a study to its end.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let folder = StudyFolder::find(&common.results, &args.study)?;
    let mut session = session::hold(folder, Purpose::Run, Duration::ZERO)?;
    let subject = Subject::of(&session.file)?;
    subject.check_same(&session.study, &session.file)?;
    if let Some(trials) = args.trials {
        session.study.set_total(trials)?;
    }
    evaluate::run_to_the_end(session, &subject, &common.how(&args.workers))
}
