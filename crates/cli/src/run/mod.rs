//! A run as the user sees it, from the opening line to the files and the ranking.

pub mod epochs;
pub mod interrupt;
mod words;

use crate::output::{failures, table};
use crate::report::{Exit, Failure, count};
use crate::terminal::progress::{Progress, Show, in_words};
use crate::terminal::screen;
use experiment::Experiment;
use experiment::evaluate::{self, Around, RunObserver};
use experiment::subject::Subject;
use experiment::tuner::study::{Event, Finish, Study};
use std::time::Instant;
use words::{closing, opening};

/// How many threads train.
#[derive(clap::Args, Debug, Default)]
pub struct Workers {
    /// Folds evaluated in parallel; by default one per core. Does not change any result
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    workers: Option<u16>,
}

impl Workers {
    /// Returns the flag's value; `None` if it is not given.
    pub fn asked(&self) -> Option<usize> {
        self.workers.map(usize::from)
    }
}

/// Options for evaluating a study.
pub struct RunOptions<'a> {
    /// The threads that evaluate trials.
    pub workers: &'a Workers,
    /// The display during the run.
    pub show: Show,
    /// Whether `-q` is given.
    pub is_quiet: bool,
}

impl RunOptions<'_> {
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
    mut held: Experiment,
    subject: &Subject,
    how: &RunOptions<'_>,
) -> Result<Exit, Failure> {
    how.talk(opening(&held));
    let began = Instant::now();
    let finish = work(&mut held, subject, how, None);
    let elapsed = began.elapsed();
    let written = held.write_files();
    // The first error is the cause of later ones; on a full disk the store's error says more.
    let finish = finish?;
    written?;
    let ranking = held.ranking();
    let folder = held.folder().expect("a study that the program runs has a folder");
    screen::ranking(table::summary(
        folder,
        &held.study,
        &ranking,
        table::TOP,
        table::Hints::unless(how.is_quiet),
    ));
    if let Some(failures) = failures::summary(&held.study) {
        how.talk(failures);
    }
    how.talk(format!(
        "{}; {}; files in {}",
        closing(finish, &held.study),
        in_words(elapsed),
        folder.path().display()
    ));
    Ok(match finish {
        Finish::Interrupted => Exit::Interrupted,
        Finish::Done(_) if ranking.best().is_none() => Exit::NoSuccess,
        Finish::Done(_) => Exit::Done,
    })
}

/// Evaluates one trial, rewrites the study's files and reports the trial's rank.
///
/// # Errors
/// If the store fails or the files cannot be written.
pub fn run_one(
    mut held: Experiment,
    subject: &Subject,
    trial: u64,
    how: &RunOptions<'_>,
) -> Result<Exit, Failure> {
    how.talk(opening(&held));
    let finish = work(&mut held, subject, how, Some(trial));
    // The files are written even if the run failed; its error is reported before theirs.
    let written = held.write_files();
    let finish = finish?;
    written?;
    let ranking = held.ranking();

    if finish == Finish::Interrupted {
        return Ok(Exit::Interrupted);
    }

    let row = ranking.board.rows.iter().find(|row| row.number == trial);
    let place = row
        .map_or(String::new(), |row| format!("rank {} of {}", row.rank, held.study.trials_ended()));

    let (outcome, exit) = match row.and_then(|row| row.loss) {
        Some(loss) => (format!("loss {}", table::loss(loss)), Exit::Done),
        None => (
            held.study.trial(trial).map(|t| t.reason().to_owned()).unwrap_or_default(),
            Exit::NoSuccess,
        ),
    };

    screen::data(format!("trial {trial}: {outcome}, {place}"));
    Ok(exit)
}

/// Evaluates a study, or one trial of it, and shows the progress.
fn work(
    held: &mut Experiment,
    subject: &Subject,
    how: &RunOptions<'_>,
    only: Option<u64>,
) -> Result<Finish, Failure> {
    interrupt::listen()?;
    let show = if held.file.plan.run.progress { how.show } else { Show::Nothing };
    let mut display = Display { how, show, progress: None };

    let around = Around {
        workers: how.workers.asked(),
        is_interrupted: &interrupt::is_asked,
        observer: &mut display,
    };

    let finish = evaluate::run(held, subject, only, around);
    // Cleared before anything else is printed, also after an error.
    if let Some(progress) = display.progress {
        progress.clear();
    }

    finish
}

/// The display of a running study.
struct Display<'a> {
    how: &'a RunOptions<'a>,
    show: Show,
    progress: Option<Progress>,
}

impl RunObserver for Display<'_> {
    fn leftovers(&mut self, n_ended: u64) {
        let programs = count(n_ended, "program");
        self.how.talk(format!("ended {programs} that an earlier run left behind"));
    }

    fn begin(&mut self, study: &Study) {
        self.progress = Some(Progress::new(self.show, study));
    }

    fn observe(&mut self, study: &Study, event: Event<'_>) {
        if let Some(progress) = &mut self.progress {
            progress.observe(study, event);
        }
    }
}
