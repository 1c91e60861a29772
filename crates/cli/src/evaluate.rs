//! Evaluating a study's trials, from the first proposal to the files and the screen.

use crate::external::end_leftovers;
use crate::folder::StudyFolder;
use crate::interrupt;
use crate::output::files;
use crate::output::leaderboard::Ranking;
use crate::output::table;
use crate::platform;
use crate::progress::{Progress, Show};
use crate::report::{Exit, Failure, count};
use crate::screen;
use crate::session::{self, Session};
use crate::subject::{self, Subject, metric_name, training};
use std::time::Instant;
use tuner::rank::compare::{FreshWinner, Protocol};
use tuner::study::{Ending, FAILURES_FROM_START, Finish, Slot, Study, Surroundings};

/// How many threads train.
#[derive(clap::Args, Debug, Default)]
pub struct Workers {
    /// Folds trained at once; the default is one a core. It changes no result
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    workers: Option<u16>,
}

impl Workers {
    /// Starts the threads: as the flag says, else the file, else one a core.
    ///
    /// # Errors
    /// If the system has no threads to give.
    pub fn pool(&self, of_file: Option<usize>) -> Result<rayon::ThreadPool, Failure> {
        let n = self.workers.map(usize::from).or(of_file).unwrap_or_else(platform::n_threads);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build();
        pool.map_err(|error| Failure::store(format!("cannot start {n} threads: {error}")))
    }
}

/// How a person wants a study evaluated.
pub struct How<'a> {
    /// The threads.
    pub workers: &'a Workers,
    /// What is shown meanwhile.
    pub show: Show,
    /// Whether nothing is to be said.
    pub is_quiet: bool,
}

impl How<'_> {
    fn talk(&self, text: String) {
        if !self.is_quiet {
            screen::talk(text);
        }
    }
}

/// Evaluates trials until the study ends or is interrupted, writes its files and shows the ranking.
///
/// # Errors
/// If the store fails or the files cannot be written.
pub fn run_to_the_end(
    mut session: Session,
    subject: &Subject,
    how: &How<'_>,
) -> Result<Exit, Failure> {
    how.talk(opening(&session));
    let finish = work(&mut session, subject, how, None);
    let ranking = Ranking::new(&session.study, session.file.cv.folds);
    files::write(&session.folder, &session.file, &session.study, &ranking)?;
    let finish = finish?;
    screen::data(table::summary(&session.folder, &session.study, &ranking, table::TOP));
    how.talk(format!(
        "{}; files in {}",
        closing(finish, &session.study),
        session.folder.path().display()
    ));
    Ok(match finish {
        Finish::Interrupted => Exit::Interrupted,
        Finish::Done(_) if ranking.best().is_none() => Exit::NoSuccess,
        Finish::Done(_) => Exit::Done,
    })
}

/// Evaluates one trial, renews the study's files and says where the trial stands.
///
/// # Errors
/// If the store fails or the files cannot be written.
pub fn run_one(
    mut session: Session,
    subject: &Subject,
    trial: u64,
    how: &How<'_>,
) -> Result<Exit, Failure> {
    how.talk(opening(&session));
    let finish = work(&mut session, subject, how, Some(trial));
    let ranking = Ranking::new(&session.study, session.file.cv.folds);
    files::write(&session.folder, &session.file, &session.study, &ranking)?;
    if finish? == Finish::Interrupted {
        return Ok(Exit::Interrupted);
    }
    let row = ranking.board.rows.iter().find(|row| row.number == trial);
    let place = row.map_or(String::new(), |row| {
        format!("rank {} of {}", row.rank, session.study.trials_ended())
    });
    let (outcome, exit) = match row.and_then(|row| row.loss) {
        Some(loss) => (format!("loss {}", table::loss(loss)), Exit::Done),
        None => (
            session.study.trial(trial).map(|t| t.reason().to_owned()).unwrap_or_default(),
            Exit::NoSuccess,
        ),
    };
    screen::data(format!("trial {trial}: {outcome}, {place}"));
    Ok(exit)
}

/// Evaluates a study, or one trial of it, on a pool of threads.
fn work(
    session: &mut Session,
    subject: &Subject,
    how: &How<'_>,
    only: Option<u64>,
) -> Result<Finish, Failure> {
    interrupt::listen()?;
    let in_folder =
        |error| Failure::store(format!("cannot end what an earlier run left behind: {error}"));
    let n_ended = end_leftovers(session.folder.path()).map_err(in_folder)?;
    if n_ended > 0 {
        how.talk(format!("ended {} that an earlier run left behind", count(n_ended, "program")));
    }
    let pool = how.workers.pool(session.file.run.workers)?;
    let objective = subject.objective(&session.file, &session.folder)?;
    let show = if session.file.run.progress { how.show } else { Show::Nothing };
    let mut progress = Progress::new(show, &session.study);
    let began = Instant::now();
    let around = Surroundings {
        pool: &pool,
        clock: &|| began.elapsed().as_secs_f64(),
        is_interrupted: &|| interrupt::is_asked() || objective.fault().is_some(),
        observe: &mut |study, event| progress.observe(study, event),
    };
    let finish = match only {
        None => session.study.run(&objective, around),
        Some(trial) => session.study.run_trial(trial, &objective, around),
    };
    progress.clear();
    objective.fault().map_or(Ok(finish?), Err)
}

/// Trains a trial of a study on `repeats` repeats of its cross-validation that the study has not used.
///
/// # Errors
/// If the study or its data cannot be read, or a fold does not train.
pub fn retrain(
    folder: &StudyFolder,
    trial: u64,
    repeats: u32,
    workers: &Workers,
) -> Result<FreshWinner, Failure> {
    let (file, study) = session::look(folder)?;
    let used = file.cv.repeats as usize * file.cv.folds as usize;
    let data = subject::load(&file)?.with_repeats(&file, file.cv.repeats as u32 + repeats)?;
    let training = training(&file, &data)?;
    let Slot { config, space, .. } = &study.slots()[trial];
    let go_on = || std::ops::ControlFlow::Continue(());
    let fold = |split: usize| {
        let job = tuner::study::Job { trial, split, config, space, interrupt: &go_on };
        let result = tuner::study::Objective::evaluate(&training, &job).map(|e| e.result);
        result.and_then(|r| r.loss)
    };
    let losses: Option<Vec<f64>> = workers.pool(file.run.workers)?.install(|| {
        use rayon::prelude::*;
        (used..data.splits.len()).into_par_iter().map(fold).collect()
    });
    let losses = losses.ok_or_else(|| {
        Failure::input(format!("trial {trial} of {} does not train on new repeats", file.name))
    })?;
    let protocol = Protocol {
        metric: metric_name(&file, &data),
        direction: study.spec().direction,
        data: Some(data.hash.clone()),
        splits: Some(data.split_hash.clone()),
        test_train_ratio: data.splits.mean_test_train_ratio(),
    };
    Ok(FreshWinner { name: file.name, protocol, losses })
}

/// What is about to be evaluated, and what of it is on record.
fn opening(session: &Session) -> String {
    let (study, spec) = (&session.study, session.study.spec());
    let total = study.total_with_manual();
    let trials = total.map_or_else(|| "trials without end".to_owned(), |t| count(t, "trial"));
    let splits = count(spec.n_splits as u64, "fold");
    let mut text = format!(
        "study `{}`: {} search, {trials} of {splits}",
        session.file.name,
        spec.method.name()
    );
    let found = study.trials_ended() as u64;
    let n_folds = study.n_results();
    if n_folds == 0 {
        if spec.space.experience().is_some() {
            text.push_str(
                "\nexperience of other data sets leads it; `knowledge = false` switches that off",
            );
        }
    } else if total == Some(found) {
        text.push_str("\nall of them are on record");
        if session.file.search.trials.is_some() {
            text.push_str("; a larger `trials` goes on");
        }
    } else {
        let (trials, folds) = (count(found, "trial"), count(n_folds, "fold"));
        text.push_str(&format!("\ngoing on after {trials} and {folds} on record"));
        if let Some(version) =
            session::fact(study, "version").filter(|version| *version != platform::VERSION)
        {
            let own = platform::VERSION;
            text.push_str(&format!(
                "; they are of tune {version}, and trials of {own} may differ from them by more than their settings"
            ));
        }
    }
    text
}

fn closing(finish: Finish, study: &Study) -> String {
    let ending = match finish {
        Finish::Interrupted => return "interrupted; the same command goes on".to_owned(),
        Finish::Done(ending) => ending,
    };
    match ending {
        Ending::Total => "done".to_owned(),
        Ending::Exhausted => "done: every configuration of the space was tried".to_owned(),
        Ending::Target => "done: the target is reached".to_owned(),
        Ending::Patience => "done: no gain for as many trials as [stop] patience allows".to_owned(),
        Ending::OutOfTime(seconds) => format!("done: out of time after {seconds:.0} s"),
        Ending::Failing => {
            let first = study.trial(0).map(|t| t.reason().to_owned()).unwrap_or_default();
            format!(
                "stopped: the first {FAILURES_FROM_START} trials all failed; the first with: {first}\nonce that is mended, \
                 `tune run --fresh` begins anew; or `tune try` one: after a success the study goes on"
            )
        }
    }
}
