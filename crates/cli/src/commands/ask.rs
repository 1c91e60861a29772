//! `tune ask STUDY|FILE`

use super::{Common, Disk};
use crate::report::{Exit, Failure, count, quoted};
use crate::terminal::screen;
use experiment::SpaceFile;
use experiment::folder::Reference;
use experiment::platform;
use experiment::storage::LockPurpose;
use experiment::tuner::study::{Asked, Study};
use experiment::{Experiment, QUEUE, trial_of};
use serde_json::{Value, json};
use std::time::Duration;

/// Hand out the next configuration, as one line of JSON
///
/// Evaluate it with your own program and report the result with `tune tell`. `{"done":true}` means
/// that there is nothing more to try. Given a file, the study is created if it does not exist. If
/// the answer cannot be written, its trial is put back.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder, or a space file
    #[arg(value_name = "STUDY|FILE")]
    study: String,
    /// Wait until the results that the proposal may use have been told
    #[arg(long)]
    wait: bool,
    /// First put back every trial that was handed out longer ago than --older-than; the next ask
    /// hands it out again
    #[arg(long, requires = "older_than")]
    release: bool,
    /// An age, such as 90s, 15m or 1h 30m
    #[arg(long, value_name = "AGE", requires = "release", value_parser = age)]
    older_than: Option<Duration>,
    #[command(flatten)]
    disk: Disk,
}

/// Hands out a trial.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let mut age = args.older_than.filter(|_| args.release);
    loop {
        let mut held = hold(&args.study, args.disk, common, LockPurpose::Ask)?;
        if let Some(age) = age.take() {
            release(&mut held, age, common)?;
        }
        if !args.wait || held.study.is_window_full() {
            let now = held.study.seconds();
            let asked = held.study.ask_at(now, platform::unix_seconds())?;
            return answer(&mut held, asked);
        }
        drop(held);
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Puts back trials that were handed out longer ago. If the clock was set back, no trial becomes
/// older.
fn release(held: &mut Experiment, age: Duration, common: &Common) -> Result<(), Failure> {
    let before = platform::unix_seconds().saturating_sub(age.as_secs());
    let released = held.study.release(before)?;
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

/// Opens the study that an argument names, or creates the study of a file.
///
/// # Errors
/// As [`Experiment::open`] and [`Experiment::create`].
pub fn hold(
    argument: &str,
    disk: Disk,
    common: &Common,
    purpose: LockPurpose,
) -> Result<Experiment, Failure> {
    let access = screen::access(purpose, QUEUE);
    match Reference::read(&common.results, argument)? {
        Reference::Study(folder) => Experiment::open(folder, access),
        Reference::File(path) => {
            let file = SpaceFile::read(&path)?;
            disk.check(&file.plan.name, common)?;
            Experiment::create(file, &common.results, None, access)
        }
    }
}

/// Prints the answer. A trial that nobody receives is put back, and the next ask hands it out
/// again.
fn answer(held: &mut Experiment, asked: Asked) -> Result<Exit, Failure> {
    let Err(error) = screen::deliver(line(&held.study, asked, &held.file)?) else {
        return Ok(Exit::Done);
    };
    if let Asked::Trial(number) = asked {
        held.study.abandon(number)?;
    }
    Ok(screen::undelivered(&error))
}

fn line(study: &Study, asked: Asked, file: &SpaceFile) -> Result<Value, Failure> {
    let folds = file.plan.cv.folds;
    let Asked::Trial(number) = asked else {
        return Ok(json!({"done": true}));
    };
    let named = trial_of(study, number)?.named();
    let params = named
        .map(|(name, value)| (name.to_owned(), experiment::output::sheet::json(value)))
        .collect();
    let params = file.with_lists(params);
    Ok(json!({"trial": number, "params": params, "folds": folds}))
}
