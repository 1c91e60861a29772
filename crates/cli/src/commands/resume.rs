//! `tune resume STUDY`

use super::{Common, Table};
use crate::confirm::confirmed;
use crate::report::{Exit, Failure, Fault, count, quoted};
use crate::run::{Workers, run_to_the_end};
use crate::terminal::screen;
use experiment::Experiment;
use experiment::changes;
use experiment::external;
use experiment::file::{Evaluator, SpaceFile};
use experiment::folder::StudyFolder;
use experiment::revision;
use experiment::storage::LockPurpose;
use experiment::subject::Subject;
use experiment::tuner::study::Study;
use std::path::PathBuf;
use std::time::Duration;

/// Continue a study without its file
///
/// The study has stored its file. `--trials` sets the total number of trials, counted from the
/// beginning. `--space` continues in the space of another file: ranges, values, constraints and
/// enqueued trials may change, and parameters with a `default` may be added. Trials outside the new
/// space stay in the leaderboard with `in_space = false`, and the search does not use them.
/// Removing a parameter needs confirmation, since it puts all trials so far outside.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// The new total number of trials
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    trials: Option<u64>,
    /// A space file whose `[space]` replaces the study's
    #[arg(long, value_name = "FILE")]
    space: Option<PathBuf>,
    #[command(flatten)]
    table: Table,
    /// Do not ask for confirmation
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    workers: Workers,
}

/// Continues a study to its end.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let folder = StudyFolder::find(&common.results, &args.study)?;
    let access = screen::access(LockPurpose::Run, Duration::ZERO);
    let mut held = Experiment::open(folder, access)?;
    let recorded = held.file.clone();
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

    // An ask-and-tell study is continued by the user's own script; here it is only changed.
    let is_asked = held.file.plan.evaluator() == Evaluator::Asker
        && (given.is_some() || args.trials.is_some());
    let subject =
        if is_asked { None } else { Some(Subject::of(given.as_ref().unwrap_or(&held.file))?) };

    if let Some(subject) = &subject {
        subject.check_same(&held.study, &held.file)?;
        held.remember_reading(given.as_ref())?;
        // The table is the same one, so other commands may find it there as well.
        if args.table.table.is_some() && given.is_none() {
            changes::remember_place(&mut held.study, &recorded, &held.file)?;
        }
    }

    if let Some(file) = given {
        say(&revision::revise(&mut held, file)?, &held, common);
    }

    if let Some(trials) = args.trials {
        held.study.set_total(trials)?;
    }
    let Some(subject) = subject else {
        common.talk("continue with `tune ask` and `tune tell`");
        return Ok(Exit::Done);
    };

    if let Some(words) = recorded_command(&held.file) {
        common.talk(words);
    }
    run_to_the_end(held, &subject, &common.how(&args.workers))
}

/// The command that a study is about to run; the study, and with it the command, may come from
/// someone else.
pub fn recorded_command(file: &SpaceFile) -> Option<String> {
    let command = external::command_in_words(file)?;
    Some(format!("runs {command} in {}", file.document.folder.display()))
}

/// Asks for confirmation before parameters are removed, since all trials so far would lie outside
/// the space.
fn may_remove(file: &SpaceFile, held: &Experiment, common: &Common) -> Result<bool, Failure> {
    let removed = revision::removed(file, &held.file);
    let n_trials = held.study.slots().len() as u64;
    if removed.is_empty() || n_trials == 0 {
        return Ok(true);
    }

    let names = removed.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
    common.talk(format!(
        "without {names} in [space], {} so far would lie outside it, and the search would not \
             use them; a fixed value, such as `{} = …`, keeps those that had it",
        count(n_trials, "trial"),
        removed[0]
    ));

    confirmed(&format!("continue without {names}"))
}

/// Refuses a total below the current number of trials: the user probably meant to add that many.
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

/// Reports what changes with the revised space, and what that means for the trials so far.
fn say(difference: &[String], held: &Experiment, common: &Common) {
    if difference.is_empty() {
        common.talk("the space is unchanged");
        return;
    }

    let slots = held.study.slots();
    let n_outside = slots.iter().filter(|slot| !slot.is_in_space()).count();
    let kept = count((slots.len() - n_outside) as u64, "trial");
    common.talk(format!("the space has changed:\n  {}", difference.join("\n  ")));
    common.talk(match n_outside {
        0 => format!("{kept} so far, all inside it"),
        n => format!("{kept} so far inside it, {n} outside: the leaderboard keeps those, the search does not use them"),
    });
}
