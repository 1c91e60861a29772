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

/// Check that a study comes out again as it was recorded
///
/// Makes every proposal again from the results that it had seen, evaluates a sample of the folds again by the built-in
/// trainer, and compares every bit with the record. The first difference is shown, and the exit code is 1. A program is
/// run only with `--run-commands`: its command is on record, and in a study that is not yours it is somebody else's. A
/// program need not repeat itself, and then differs without anything being wrong. What a limit of time or memory
/// decided, and what was told from outside, is taken as given. Another version of `tune`, or another instruction set,
/// cannot compare bits: exit code 2.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// Evaluate all folds again
    #[arg(long, conflicts_with = "sample")]
    all: bool,
    /// How many folds to evaluate again; 4 if not said
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    #[command(flatten)]
    table: Table,
    /// Run the recorded command to evaluate folds again; it is shown first
    #[arg(long)]
    run_commands: bool,
    #[command(flatten)]
    workers: Workers,
}

/// Folds that are evaluated again unless said otherwise.
const SAMPLE: usize = 4;

/// What a difference means where a program evaluated the folds.
const NEED_NOT_REPEAT: &str = "note: a program need not repeat itself, and the study stands as recorded; to make it repeat, seed it with \
    TUNE_SEED, and hold its threads and libraries fixed";

/// Replays a study.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let folder = StudyFolder::find(&common.results, &args.study)?;
    let (file, mut study) = experiment::look(&folder, &screen::warn)?;
    let file = args.table.of(file)?;
    if let Some(difference) = differs_here(&study) {
        let fault = Fault::error(format!("the {difference}: bits cannot be compared"));
        return Err(fault
            .hint("verify it with the program, and on a machine, like those that began it")
            .into());
    }
    if !file.lost_experience().is_empty() {
        let hint = |fault: &Fault| {
            fault.clone().hint("proposals come out again with the same experience alone")
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
        verified.push_str(&format!(" (and {} set up by hand)", count(replayed.n_manual, "trial")));
    }
    let is_program = file.plan.evaluator() == Evaluator::Command;
    if let (true, Some(words)) = (is_program, recorded_command(&file)) {
        common.talk(if args.run_commands {
            words
        } else {
            format!("its folds were evaluated by a program, which `--run-commands` runs again: it {words}")
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
        common.talk("the folds were told from outside: they are not evaluated again");
    }
    screen::data(format!("{}: {verified} came out again as recorded, to the bit", file.plan.name));
    Ok(Exit::Done)
}

/// Evaluates recorded folds again, by what evaluated them; none if interrupted.
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
    // A program is given folders of its own there: what it left in the study's stays as it is.
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
