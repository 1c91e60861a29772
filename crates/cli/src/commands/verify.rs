//! `tune verify STUDY`

use super::Common;
use crate::evaluate::Workers;
use crate::file::{Evaluator, StudyFile};
use crate::folder::StudyFolder;
use crate::progress::Counter;
use crate::report::{Exit, Failure, Fault, count};
use crate::winner::differs_here;
use crate::{interrupt, screen, session, subject};
use tuner::store::{Curves, Record};
use tuner::study::{Repetition, Study, repeat, replay, sample};

/// Check that a study comes out again as it was recorded
///
/// Makes every proposal again from the results that it had seen, trains a sample of the folds again, and compares every
/// bit with the record. The first difference is shown, with exit code 1. What a time limit decided, what a program of one's
/// own said, and what was told from outside, is taken as given. Another version of the program, or another instruction set, cannot compare bits: exit
/// code 2.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder
    study: String,
    /// Train all folds again
    #[arg(long, conflicts_with = "sample")]
    all: bool,
    /// How many folds to train again; 4 if not said
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    #[command(flatten)]
    workers: Workers,
}

/// Folds that are trained again unless said otherwise.
const SAMPLE: usize = 4;

/// Replays a study.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let folder = StudyFolder::find(&common.results, &args.study)?;
    let (file, mut study) = session::look(&folder)?;
    if let Some(difference) = differs_here(&study) {
        let fault = Fault::error(format!("the {difference}: bits cannot be compared"));
        return Err(fault.hint("verify it with the program, and on a machine, like those that began it").into());
    }
    let mut records: Vec<Record> = Vec::new();
    study.store().replay(Curves::Skip, &mut |record| records.push(record))?;
    let counter = Counter::new(common.show(), "proposals", study.slots().len());
    let read = |text: &_| Ok::<_, Failure>(StudyFile::of_study(text)?.spec());
    let replayed = replay(records, read, &mut |_| counter.count())?;
    counter.clear();
    if let Some(difference) = replayed.difference {
        screen::data(format!("{}: {difference}", file.name));
        return Ok(Exit::No);
    }
    let mut verified = count(replayed.n_proposals, "proposal");
    if replayed.n_manual > 0 {
        verified.push_str(&format!(" (and {} set up by hand)", count(replayed.n_manual, "trial")));
    }
    if file.evaluator() == Evaluator::Trainer {
        let n = if args.all { usize::MAX } else { args.sample.unwrap_or(SAMPLE) };
        let Some((repetition, n_folds)) = train_again(&file, &study, n, &args.workers, common)? else {
            common.talk("interrupted");
            return Ok(Exit::Interrupted);
        };
        if let Some(difference) = repetition.difference {
            screen::data(format!("{}: {difference}", file.name));
            return Ok(Exit::No);
        }
        verified.push_str(&format!(" and {} of {n_folds}", count(repetition.n_same as u64, "fold")));
    } else if args.all || args.sample.is_some() {
        common.talk("the folds were not evaluated by the built-in trainer: they are not run again");
    }
    screen::data(format!("{}: {verified} came out again as recorded, to the bit", file.name));
    Ok(Exit::Done)
}

/// Trains `n` of the recorded folds again; also returns how many there are. None if interrupted.
fn train_again(
    file: &StudyFile,
    study: &Study,
    n: usize,
    workers: &Workers,
    common: &Common,
) -> Result<Option<(Repetition, usize)>, Failure> {
    interrupt::listen()?;
    let data = subject::load(file)?;
    data.check_same(study, file)?;
    let n_folds = sample(study, usize::MAX).len();
    let folds = sample(study, n);
    let training = subject::training(file, &data)?.without_clock();
    let counter = Counter::new(common.show(), "folds", folds.len());
    let pool = workers.pool(file.run.workers)?;
    let repetition = repeat(study, &training, &folds, &pool, &interrupt::is_asked, &|| counter.count());
    counter.clear();
    Ok(repetition.map(|repetition| (repetition, n_folds)))
}
