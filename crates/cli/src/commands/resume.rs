//! `tune resume STUDY`

use super::{Common, Table};
use crate::confirm::confirmed;
use crate::report::{Exit, Failure, Fault, count, quoted};
use crate::run::{Workers, run_to_the_end};
use crate::terminal::screen;
use experiment::Experiment;
use experiment::external;
use experiment::file::{Evaluator, SpaceFile};
use experiment::folder::StudyFolder;
use experiment::revision;
use experiment::storage::Purpose;
use experiment::subject::Subject;
use experiment::tuner::study::Study;
use std::path::PathBuf;
use std::time::Duration;

/// Go on with a study, without its file
///
/// The study knows its file as it was when it began. `--trials` sets the total: trials are counted from the
/// beginning, not from now. `--space` goes on in the space of another file: ranges, values, constraints and what is
/// enqueued may be others, and parameters may be added that have a `default`. Trials that lie outside of the new space
/// stay in the leaderboard, marked, and the search does not learn from them; to leave out a parameter altogether needs a
/// yes, since all trials so far would.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// The new total of trials
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    trials: Option<u64>,
    /// A space file whose `[space]` takes the place of the study's
    #[arg(long, value_name = "FILE")]
    space: Option<PathBuf>,
    #[command(flatten)]
    table: Table,
    /// Do not ask whether to leave out a parameter
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    workers: Workers,
}

/// Goes on with a study to its end.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let folder = StudyFolder::find(&common.results, &args.study)?;
    let access = screen::access(Purpose::Run, Duration::ZERO);
    let mut held = Experiment::open(folder, access)?;
    held.file = args.table.of(held.file)?;
    if let Some(trials) = args.trials {
        refuse_fewer(&held.study, trials)?;
    }
    let given = args.space.as_deref().map(SpaceFile::read).transpose()?;
    if let Some(file) = &given {
        revision::check(file, &held.file)?;
        if !args.yes && !may_remove(file, &held, common)? {
            common.talk("nothing was changed");
            return Ok(Exit::Done);
        }
    }
    // Nobody but a script goes on with a study that is asked and told: here it is only changed.
    let is_asked = held.file.plan.evaluator() == Evaluator::Asker
        && (given.is_some() || args.trials.is_some());
    let subject =
        if is_asked { None } else { Some(Subject::of(given.as_ref().unwrap_or(&held.file))?) };
    if let Some(subject) = &subject {
        subject.check_same(&held.study, &held.file)?;
        held.remember_reading(given.as_ref())?;
    }
    if let Some(file) = given {
        say(&revision::revise(&mut held, file)?, &held, common);
    }
    if let Some(trials) = args.trials {
        held.study.set_total(trials)?;
    }
    let Some(subject) = subject else {
        common.talk("`tune ask` and `tune tell` go on");
        return Ok(Exit::Done);
    };
    if let Some(words) = recorded_command(&held.file) {
        common.talk(words);
    }
    run_to_the_end(held, &subject, &common.how(&args.workers))
}

/// What a study that runs a program is about to run: the command is the study's, which may be a stranger's.
pub fn recorded_command(file: &SpaceFile) -> Option<String> {
    let command = external::command_in_words(file)?;
    Some(format!("runs {command} in {}", file.document.folder.display()))
}

/// Asks before parameters go with which all trials so far would: they would all lie outside of the space.
fn may_remove(file: &SpaceFile, held: &Experiment, common: &Common) -> Result<bool, Failure> {
    let removed = revision::removed(file, &held.file);
    let n_trials = held.study.slots().len() as u64;
    if removed.is_empty() || n_trials == 0 {
        return Ok(true);
    }
    let names = removed.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
    common.talk(format!(
        "without {names} in [space], {} so far would lie outside of it and no longer be learned \
         from; a fixed value, such as `{} = …`, keeps those that had it",
        count(n_trials, "trial"),
        removed[0]
    ));
    confirmed(&format!("go on without {names}"))
}

/// Refuses a total below what there is: who asks for it means that many more.
fn refuse_fewer(study: &Study, trials: u64) -> Result<(), Failure> {
    let found = study.n_counted();
    if trials >= found {
        return Ok(());
    }
    let fault = Fault::error(format!(
        "`--trials` is the new total, and the study has {} already",
        count(found, "trial")
    ));
    Err(fault.hint(format!("`--trials {}` adds {trials}", found.saturating_add(trials))).into())
}

/// Says what the revised space says otherwise, and what that does to the trials so far.
fn say(difference: &[String], held: &Experiment, common: &Common) {
    if difference.is_empty() {
        common.talk("the space is as it was");
        return;
    }
    let slots = held.study.slots();
    let n_outside = slots.iter().filter(|slot| !slot.is_in_space()).count();
    let kept = count((slots.len() - n_outside) as u64, "trial");
    common.talk(format!("the space is now another:\n  {}", difference.join("\n  ")));
    common.talk(match n_outside {
        0 => format!("{kept} so far: all lie in it"),
        n => format!("{kept} so far in it, {n} outside: those stay in the leaderboard and are not learned from"),
    });
}
