//! Evaluating a study's trials, from the first proposal to the files and the screen.

use crate::interrupt;
use crate::output::files;
use crate::output::leaderboard::Ranking;
use crate::output::table;
use crate::progress::{Progress, Show};
use crate::report::{Exit, Failure, count};
use crate::screen;
use experiment::evaluate::{Around, Observer, run};
use experiment::platform;
use experiment::session::{self, Session};
use experiment::subject::Subject;
use experiment::tuner::study::{Ending, Event, FAILURES_FROM_START, Finish, Study};

/// How many threads train.
#[derive(clap::Args, Debug, Default)]
pub struct Workers {
    /// Folds trained at once; the default is one a core. It changes no result
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    workers: Option<u16>,
}

impl Workers {
    /// What the flag says; none if it is not given.
    pub fn asked(&self) -> Option<usize> {
        self.workers.map(usize::from)
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

/// Evaluates a study, or one trial of it, and shows how it goes.
fn work(
    session: &mut Session,
    subject: &Subject,
    how: &How<'_>,
    only: Option<u64>,
) -> Result<Finish, Failure> {
    interrupt::listen()?;
    let show = if session.file.run.progress { how.show } else { Show::Nothing };
    let mut display = Display { how, show, progress: None };
    let around = Around {
        workers: how.workers.asked(),
        is_interrupted: &interrupt::is_asked,
        observer: &mut display,
    };
    let finish = run(session, subject, only, around);
    if let Some(progress) = display.progress {
        progress.clear();
    }
    finish
}

/// What is shown while a run lasts.
struct Display<'a> {
    how: &'a How<'a>,
    show: Show,
    progress: Option<Progress>,
}

impl Observer for Display<'_> {
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
