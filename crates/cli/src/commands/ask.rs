//! `tune ask STUDY|FILE`

use super::Common;
use crate::file::StudyFile;
use crate::folder::Reference;
use crate::output::sheet::json;
use crate::report::{Exit, Failure};
use crate::screen;
use crate::session::{self, QUEUE, Session, own_facts};
use serde_json::{Map, Value, json};
use std::time::Duration;
use storage::Purpose;
use tuner::study::{Asked, Study};

/// Hand out the next configuration, as one line of JSON
///
/// Evaluate it with your own program and report with `tune tell`. `{"done":true}` says that there is nothing more to
/// try. Given a file, the study is begun if it is not there yet.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder, or a space file
    #[arg(value_name = "STUDY|FILE")]
    study: String,
    /// Wait until the results that the proposal may use have been told
    #[arg(long)]
    wait: bool,
}

/// Hands out a trial.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    loop {
        let mut session = hold(&args.study, common, Purpose::Ask)?;
        if !args.wait || session.study.is_window_full() {
            let now = session.study.seconds();
            let asked = session.study.ask(now)?;
            screen::data(line(&session.study, asked, session.file.cv.folds));
            return Ok(Exit::Done);
        }
        drop(session);
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Opens the study that an argument names, or begins the one of a file.
///
/// # Errors
/// As [`session::hold`] and [`session::hold_or_begin`].
pub fn hold(argument: &str, common: &Common, purpose: Purpose) -> Result<Session, Failure> {
    match Reference::read(&common.results, argument)? {
        Reference::Study(folder) => session::hold(folder, purpose, QUEUE),
        Reference::File(path) => {
            let file = StudyFile::read(&path)?;
            session::hold_or_begin(file, &common.results, purpose, QUEUE, own_facts)
        }
    }
}

fn line(study: &Study, asked: Asked, folds: u64) -> Value {
    let Asked::Trial(number) = asked else { return json!({"done": true}) };
    let slot = &study.slots()[number as usize];
    let params: Map<String, Value> = slot.named().map(|(name, value)| (name.to_owned(), json(value))).collect();
    json!({"trial": number, "params": params, "folds": folds})
}
