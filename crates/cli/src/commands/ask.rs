//! `tune ask STUDY|FILE`

use super::Common;
use crate::output::sheet::json;
use crate::report::{Exit, Failure, count, quoted};
use crate::screen;
use experiment::file::{Evaluator, StudyFile};
use experiment::folder::Reference;
use experiment::platform;
use experiment::session::{self, QUEUE, Session, own_facts};
use experiment::storage::Purpose;
use experiment::subject::Subject;
use experiment::tuner::study::{Asked, Study};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// Hand out the next configuration, as one line of JSON
///
/// Evaluate it with your own program and report with `tune tell`. `{"done":true}` says that there is nothing more to
/// try. Given a file, the study is begun if it is not there yet. An answer that cannot be written puts its trial back.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder, or a space file
    #[arg(value_name = "STUDY|FILE")]
    study: String,
    /// Wait until the results that the proposal may use have been told
    #[arg(long)]
    wait: bool,
    /// First put back every trial that was handed out longer ago than --older-than: whoever asks next gets it again
    #[arg(long, requires = "older_than")]
    release: bool,
    /// An age, such as 90s, 15m or 1h 30m
    #[arg(long, value_name = "AGE", requires = "release", value_parser = age)]
    older_than: Option<Duration>,
}

/// Hands out a trial.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let mut age = args.older_than.filter(|_| args.release);
    loop {
        let mut session = hold(&args.study, common, Purpose::Ask)?;
        if let Some(age) = age.take() {
            release(&mut session, age, common)?;
        }
        if !args.wait || session.study.is_window_full() {
            let now = session.study.seconds();
            let asked = session.study.ask_at(now, platform::unix_seconds())?;
            return answer(&mut session, asked);
        }
        drop(session);
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Puts back what was handed out longer ago. A clock that was set back makes nothing older.
fn release(session: &mut Session, age: Duration, common: &Common) -> Result<(), Failure> {
    let before = platform::unix_seconds().saturating_sub(age.as_secs());
    let released = session.study.release(before)?;
    if released.is_empty() {
        common.talk("nothing was handed out longer ago");
    } else {
        let numbers: Vec<String> = released.iter().map(u64::to_string).collect();
        common.talk(format!(
            "{} put back: {}",
            count(released.len() as u64, "trial"),
            numbers.join(", ")
        ));
    }
    Ok(())
}

/// Reads an age.
fn age(text: &str) -> Result<Duration, String> {
    let age =
        text.parse::<jiff::SignedDuration>().ok().and_then(|age| Duration::try_from(age).ok());
    age.ok_or_else(|| format!("expected an age such as 90s, 15m or 1h 30m, found {}", quoted(text)))
}

/// Opens the study that an argument names, or begins the one of a file.
///
/// # Errors
/// As [`session::hold`] and [`session::hold_or_begin`].
pub fn hold(argument: &str, common: &Common, purpose: Purpose) -> Result<Session, Failure> {
    match Reference::read(&common.results, argument)? {
        Reference::Study(folder) => session::hold(folder, purpose, QUEUE, &screen::warn),
        Reference::File(path) => {
            let file = StudyFile::read(&path)?;
            session::hold_or_begin(file, &common.results, purpose, QUEUE, &screen::warn, facts)
        }
    }
}

/// What is kept when a study begins: what `run` would keep, so that it can go on with it.
fn facts(file: &StudyFile) -> Result<Vec<(String, String)>, Failure> {
    match file.evaluator() {
        Evaluator::Asker => Ok(own_facts()),
        Evaluator::Trainer | Evaluator::Command => {
            Ok([own_facts(), Subject::of(file)?.facts(file)].concat())
        }
    }
}

/// Prints the answer. A trial that nobody receives is put back: whoever asks next gets it.
fn answer(session: &mut Session, asked: Asked) -> Result<Exit, Failure> {
    let Err(error) = screen::deliver(line(&session.study, asked, session.file.cv.folds)) else {
        return Ok(Exit::Done);
    };
    if let Asked::Trial(number) = asked {
        session.study.abandon(number)?;
    }
    Ok(screen::undelivered(&error))
}

fn line(study: &Study, asked: Asked, folds: u64) -> Value {
    let Asked::Trial(number) = asked else {
        return json!({"done": true});
    };
    let slot = &study.slots()[number];
    let params: Map<String, Value> =
        slot.named().map(|(name, value)| (name.to_owned(), json(value))).collect();
    json!({"trial": number, "params": params, "folds": folds})
}
