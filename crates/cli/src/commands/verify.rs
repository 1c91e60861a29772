//! `tune verify STUDY`

use super::resume::recorded_command;
use super::{Common, Table};
use crate::report::{Exit, Failure, Fault, count};
use crate::run::Workers;
use crate::run::interrupt;
use crate::terminal::progress::Counter;
use crate::terminal::screen;
use experiment::evaluate;
use experiment::file::{Evaluator, SpaceFile};
use experiment::folder::StudyFolder;
use experiment::subject::Subject;
use experiment::tuner::store::{Curves, Record};
use experiment::tuner::study::{Repetition, Study, repeat, replay, sample};
use experiment::winner::differs_here;

/// Check that a study can be reproduced as recorded
///
/// Repeats every proposal from the results that it was based on, evaluates a sample of the folds
/// again with the built-in trainer, and compares every bit with the record. The first difference is
/// shown, and the exit code is 1. A program runs only with `--run-commands`, since the recorded
/// command may come from someone else. A program need not be deterministic, and may then differ
/// without an error. Decisions of time and memory limits, and told results, are taken as given. With another
/// version of `tune` or another instruction set, bits cannot be compared: exit code 2.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// Evaluate all folds again
    #[arg(long, conflicts_with = "sample")]
    all: bool,
    /// How many folds to evaluate again; by default 4
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    #[command(flatten)]
    table: Table,
    /// Run the recorded command to evaluate folds again; the command is shown first
    #[arg(long)]
    run_commands: bool,
    #[command(flatten)]
    workers: Workers,
}

/// Number of folds that are evaluated again by default.
const SAMPLE: usize = 4;

/// The meaning of a difference if a program evaluated the folds.
const NEED_NOT_REPEAT: &str = "note: programs need not be deterministic, and the record stands; to make yours \
     reproducible, seed it with TUNE_SEED and fix its threads and libraries";

/// Replays a study.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let folder = StudyFolder::find(&common.results, &args.study)?;
    let (file, mut study) = experiment::look(&folder, &screen::warn)?;
    let file = args.table.of(file)?;

    if let Some(difference) = differs_here(&study) {
        let fault = Fault::error(format!("the {difference}, so bits cannot be compared"));
        return Err(fault
            .hint("verify it with the version of tune, and on a kind of machine, that created it")
            .into());
    }

    // Without the prior mean every proposal would differ, whether or not the records are right.
    if !file.lost_experience().is_empty() {
        let hint = |fault: &Fault| {
            fault.clone().hint("proposals can only be reproduced with the same experience file")
        };
        return Err(file.lost_experience().iter().map(hint).collect::<Vec<_>>().into());
    }

    let mut records: Vec<Record> = Vec::new();
    study.store().replay(Curves::Skip, &mut |record| records.push(record))?;
    let counter = Counter::new(common.show(), "proposals", study.slots().len());
    let read =
        |text: &_| Ok::<_, Failure>(SpaceFile::of_study(text, folder.path(), None)?.plan.spec());
    let replayed = replay(records, read, &mut |_| counter.count())?;
    counter.clear();

    if let Some(difference) = replayed.difference {
        screen::data(format!("{}: {difference}", file.plan.name));
        return Ok(Exit::No);
    }

    let mut verified = count(replayed.n_proposals, "proposal");
    if replayed.n_manual > 0 {
        verified.push_str(&format!(" (and {} set manually)", count(replayed.n_manual, "trial")));
    }

    // A study may come from someone else: its command runs only on request.
    let is_program = file.plan.evaluator() == Evaluator::Command;
    if let (true, Some(words)) = (is_program, recorded_command(&file)) {
        common.talk(if args.run_commands {
            words
        } else {
            format!("a program evaluated its folds; `--run-commands` runs it again: it {words}")
        });
    }

    if file.plan.evaluator() != Evaluator::Asker && (!is_program || args.run_commands) {
        let folds =
            sample(&study, if args.all { usize::MAX } else { args.sample.unwrap_or(SAMPLE) });
        let Some(Repetition { n_same, difference }) =
            again(&file, &study, &folds, &args.workers, common)?
        else {
            common.talk("interrupted");
            return Ok(Exit::Interrupted);
        };
        if let Some(difference) = difference {
            screen::data(format!("{}: {difference}", file.plan.name));
            if file.plan.evaluator() == Evaluator::Command {
                common.talk(NEED_NOT_REPEAT);
            }
            return Ok(Exit::No);
        }
        let n_folds = sample(&study, usize::MAX).len();
        verified.push_str(&format!(" and {} of {n_folds}", count(n_same as u64, "fold")));
    } else if !is_program && (args.all || args.sample.is_some()) {
        common.talk("the folds were reported by `tell` and are not evaluated again");
    }

    screen::data(format!("{}: {verified} reproduced bit for bit", file.plan.name));
    Ok(Exit::Done)
}

/// Evaluates recorded folds again in the same way; returns `None` if interrupted.
fn again(
    file: &SpaceFile,
    study: &Study,
    folds: &[(u64, usize)],
    workers: &Workers,
    common: &Common,
) -> Result<Option<Repetition>, Failure> {
    interrupt::listen()?;
    let subject = Subject::of(file)?;
    subject.check_same(study, file)?;

    // The program gets folders of its own; its files in the study's folder stay as they are.
    let scratch = tempfile::tempdir()
        .map_err(|error| Failure::store(format!("cannot make a folder: {error}")))?;
    let folder = StudyFolder::new(scratch.path(), &file.plan.name);
    let objective = subject.objective(file, Some(&folder))?.without_clock();
    let counter = Counter::new(common.show(), "folds", folds.len());
    let pool = evaluate::pool(workers.asked(), file.plan.run.workers())?;
    let is_stopped = || interrupt::is_asked() || objective.fault().is_some();
    let repetition = repeat(study, &objective, folds, &pool, &is_stopped, &|| counter.count());
    counter.clear();

    objective.fault().map_or(Ok(repetition), Err)
}
