//! `tune try FILE --set name=value`

use super::{Common, Disk};
use crate::report::{Exit, Failure, Fault, quoted};
use crate::run::{Workers, run_one};
use crate::terminal::screen;
use experiment::Experiment;
use experiment::file::{SpaceFile, nearest};
use experiment::storage::LockPurpose;
use experiment::subject::Subject;
use experiment::tuner::Error;
use experiment::tuner::error::ConfigurationFault;
use experiment::tuner::space::Value;
use std::path::PathBuf;
use std::time::Duration;

/// Cross-validate one configuration of your own
///
/// The configuration is recorded in the study as a manual trial, in addition to the total, and the
/// surrogate uses its result. A parameter that is not set takes its default, or the middle of its
/// range.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The space file
    file: PathBuf,
    /// A hyperparameter's value; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    set: Vec<(String, Value)>,
    #[command(flatten)]
    workers: Workers,
    #[command(flatten)]
    disk: Disk,
}

/// Evaluates one configuration.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let file = SpaceFile::read(&args.file)?;
    let subject = Subject::of(&file)?;
    let config = file.plan.space.complete(&args.set).map_err(|error| hinted(&file, error))?;
    args.disk.check(&file.plan.name, common)?;
    let access = screen::access(LockPurpose::Try, Duration::ZERO);
    let mut held = Experiment::create(file.clone(), &common.results, Some(&subject), access)?;
    subject.check_same(&held.study, &held.file)?;
    let now = held.study.seconds();
    let trial = held.study.add_manual(&config, now)?;
    run_one(held, &subject, trial, &common.how(&args.workers))
}

/// Suggests the parameter that was probably meant.
fn hinted(file: &SpaceFile, error: Error) -> Failure {
    let Error::Configuration { fault: ConfigurationFault::UnknownName(name), .. } = &error else {
        return error.into();
    };
    let names: Vec<&str> =
        file.plan.space.parameters().iter().map(|parameter| parameter.name.as_str()).collect();
    let hint = match nearest(name, &names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("[space] has {}", names.join(", ")),
    };
    Fault::error(&error).hint(hint).into()
}

/// Parses `name=value`; a value is a boolean, a number, or otherwise a text.
fn assignment(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("expected NAME=VALUE, found {}", quoted(text)))?;

    let value = match value {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        number => {
            // The integer first: `3` would be a float as well, but `3.0` is no integer.
            let whole = number.parse().map(Value::Int);
            let float = number.parse().ok().filter(|v: &f64| v.is_finite()).map(Value::Float);
            whole.ok().or(float).unwrap_or_else(|| Value::Text(number.to_owned()))
        }
    };

    Ok((name.to_owned(), value))
}
