//! Commands as an objective: a fold is a process, watched until it ends, and its end determines the
//! fold's result.

use super::answer::Answer;
use super::invocation::{Invocation, fold_folder, log_of, stop_file};
use super::leftover::{self, Running};
use super::output::{Output, Printed};
use super::process::{Group, takes_more_than};
use super::supervised::{Heard, Supervised};
use super::supervisor::{GRACE, Order, Report, is_shortage};
use crate::file::{SpaceFile, TrialLimits};
use crate::report::{Failure, Fault, quoted};
use rustix::process::Signal;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tuner::study::{Evaluation, Job, Objective};
use tuner::trial::{FoldResult, State};

/// Megabytes that a program may print in a fold by default.
const MOST_OUTPUT_MB: u64 = 100;
/// Delay within which a signal that also goes to `tune` arrives there.
const PAUSE: Duration = Duration::from_millis(300);
/// Waiting times before a fold runs again after its first, second, … disturbance; then the run
/// ends.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// Runs the command of a study, a process for each fold.
pub struct Commands<'a> {
    invocation: Invocation<'a>,
    /// The study's folder, absolute.
    folder: PathBuf,
    limits: TrialLimits,
    /// The study's name for the loss, if it states one.
    metric: Option<&'a str>,
    /// The first error on our side: it ends the run, and is not a trial's result.
    fault: Mutex<Option<Failure>>,
}

/// Why a program is ended early.
enum Stop {
    /// The fold's result is no longer wanted.
    Unwanted,
    /// The fold's learning curve shows that the trial cannot win.
    Raced,
    /// The program exceeded a limit (a separate state).
    Limit(State, String, Order),
}

/// The outcome of running the program of a fold once.
enum Attempt {
    /// An evaluation; `None` if its result is no longer wanted.
    Ended(Option<Evaluation>),
    /// A disturbance that says nothing about the trial, with its reason.
    Disturbed(String),
}

/// How a program ended.
struct End {
    /// The supervisor's last report; `None` if the supervisor was killed.
    report: Option<Report>,
    stop: Option<Stop>,
}

/// Classifies a failed start: a configuration that is too long is the file's fault, a shortage may
/// pass, everything else is the system's fault.
fn cannot_start(error: &io::Error) -> Result<Attempt, Failure> {
    if error.kind() == io::ErrorKind::ArgumentListTooLong {
        let fault = Fault::error(
            "a configuration is too long for the environment of a process (128 KiB on Linux)",
        );
        return Err(fault.hint("fewer parameters or shorter names; `tune ask` hands out configurations of any size").into());
    }
    let why = format!("cannot start a process for a fold: {error}");
    if is_shortage(error) { Ok(Attempt::Disturbed(why)) } else { Err(Failure::store(why)) }
}

impl<'a> Commands<'a> {
    /// Prepares to run the command of `file`, if it has one, for the study in `folder`.
    pub fn new(file: &'a SpaceFile, folder: &Path) -> Option<Self> {
        super::descriptors::raise();
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let invocation = Invocation::of(file)?;
        Some(Self {
            invocation,
            folder,
            limits: file.plan.trial,
            metric: file.plan.study.metric.as_deref(),
            fault: Mutex::new(None),
        })
    }

    /// Returns the error on our side, if any.
    pub fn fault(&self) -> Option<Failure> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs the program of one fold, again after a disturbance; `None` if its result is no longer
    /// wanted.
    fn run(&self, job: &Job<'_>) -> Result<Option<Evaluation>, Failure> {
        let mut pauses = PAUSES.iter();
        loop {
            let why = match self.attempt(job)? {
                Attempt::Ended(evaluation) => return Ok(evaluation),
                Attempt::Disturbed(why) => why,
            };
            // A shortage of the system is not the trial's fault: it is tried again before the run
            // ends.
            let Some(pause) = pauses.next() else {
                return Err(disturbed(job, &why));
            };
            let began = Instant::now();
            while began.elapsed() < *pause {
                if (job.interrupt)().is_break() {
                    return Ok(None);
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }

    fn attempt(&self, job: &Job<'_>) -> Result<Attempt, Failure> {
        let began = Instant::now();
        let folder = fold_folder(&self.folder, job.trial, job.split);
        let in_folder = |error: io::Error| {
            Failure::store(format!("cannot write to {}: {error}", folder.display()))
        };

        let parts = [storage::TRIALS, &job.trial.to_string(), &job.split.to_string()];
        storage::empty_own_folder(&self.folder, &parts).map_err(in_folder)?;
        let log = log_of(&self.folder, job.trial, job.split);
        let mut options = OpenOptions::new();
        let log = storage::open_own(&log, options.write(true).create_new(true));
        let log = log.map_err(in_folder)?;

        let command = self.invocation.command(job, &folder);
        let (mut program, stdout, stderr) = match Supervised::start(&command) {
            Ok(started) => started,
            Err(error) => return cannot_start(&error),
        };

        let most = self.limits.max_output_mb.unwrap_or(MOST_OUTPUT_MB) << 20;
        let output = match Output::read(stdout, stderr, log, most) {
            Ok(output) => output,
            Err(error) => return cannot_start(&error),
        };

        let end = self.watch(job, began, &mut program, &output).map_err(in_folder)?;
        program.wait();

        let mut printed = output.finish();
        // The last output is judged too; output after a verdict is ignored.
        for (epoch, loss) in printed.answer.take_news() {
            let _ = (job.report)(epoch, loss);
        }

        if let Some(error) = output.take_fault() {
            return Err(in_folder(error));
        }

        let stop = end.stop.or_else(|| output.is_over().then(|| self.too_much_output()));
        let curve = printed.answer.curve();
        if stop.is_none() && is_by_our_own_end(end.report.as_ref(), job) {
            return Ok(Attempt::Ended(None));
        }
        if let (None, Some(why)) = (&stop, disturbance(end.report.as_ref())) {
            return Ok(Attempt::Disturbed(why));
        }

        let answered = |answer: &Answer| answer.result(self.metric);
        let result = result(
            End { stop, ..end },
            printed,
            command.get_program().to_string_lossy().as_ref(),
            answered,
        );

        let seconds = began.elapsed().as_secs_f64();
        let evaluation =
            result.map(|result| Evaluation { result: FoldResult { seconds, ..result }, curve });
        Ok(Attempt::Ended(evaluation))
    }

    /// Watches a program until it ends, and ends it if there is a reason.
    fn watch(
        &self,
        job: &Job<'_>,
        began: Instant,
        program: &mut Supervised,
        output: &Output,
    ) -> io::Result<End> {
        let mut running = None;
        let mut stop = None;
        let mut ends_at = None;

        loop {
            match program.listen() {
                Heard::Nothing => {}
                Heard::Report(Report::Started(number)) => {
                    let group = Group::numbered(number);
                    let (name, folder) = (
                        format!("{}.{}", job.trial, job.split),
                        fold_folder(&self.folder, job.trial, job.split),
                    );
                    running = group
                        .map(|group| Running::record(&self.folder, &name, group, &folder))
                        .transpose()?
                        .flatten();
                }
                Heard::Report(report) => {
                    return Ok(End { report: Some(report), stop });
                }
                Heard::Gone => {
                    if let Some(running) = &running {
                        running.end();
                    }
                    return Ok(End { report: None, stop });
                }
            }
            for (epoch, loss) in output.take_news() {
                if (job.report)(epoch, loss).is_break() && stop.is_none() {
                    // The folder belongs to the program, which may have deleted it.
                    let own = fold_folder(&self.folder, job.trial, job.split);
                    let mut options = OpenOptions::new();
                    let options = options.write(true).create(true).truncate(true);
                    drop(storage::open_own(&stop_file(&own), options));
                    stop = Some(Stop::Raced);
                    self.ask(program, &mut ends_at);
                }
            }
            if stop.is_none() {
                stop = self.reason_to_stop(job, began, program, output);
                match &stop {
                    None | Some(Stop::Raced) => {}
                    Some(Stop::Unwanted) => program.order(Order::Terminate),
                    Some(Stop::Limit(_, _, Order::Terminate)) => self.ask(program, &mut ends_at),
                    Some(Stop::Limit(_, _, order)) => program.order(*order),
                }
            }
            let is_unwanted = || stop.is_some() && (job.interrupt)().is_break();
            if ends_at.is_some_and(|end| end <= Instant::now() || is_unwanted()) {
                program.order(Order::Kill);
                ends_at = None;
            }
        }
    }

    /// Asks a program to end, and notes when it will be killed.
    fn ask(&self, program: &mut Supervised, ends_at: &mut Option<Instant>) {
        program.order(Order::Ask);
        let grace = self.limits.grace_seconds.map(Duration::try_from_secs_f64);
        let grace = grace.and_then(Result::ok).unwrap_or(GRACE);
        *ends_at = Instant::now().checked_add(grace);
    }

    fn reason_to_stop(
        &self,
        job: &Job<'_>,
        began: Instant,
        program: &Supervised,
        output: &Output,
    ) -> Option<Stop> {
        if (job.interrupt)().is_break() {
            return Some(Stop::Unwanted);
        }

        // Limits are checked from the cheapest to the most expensive: memory needs a look at all
        // processes.
        if let Some(limit) =
            self.limits.max_seconds.filter(|limit| began.elapsed().as_secs_f64() > *limit)
        {
            return Some(Stop::Limit(
                State::Timeout,
                format!("longer than max_seconds = {limit}"),
                Order::Terminate,
            ));
        }

        if output.is_over() {
            return Some(self.too_much_output());
        }

        let limit = self.limits.max_memory_mb?;
        takes_more_than(limit << 20, program.number()).then(|| {
            let why = format!("more memory than max_memory_mb = {limit}");
            Stop::Limit(State::OutOfMemory, why, Order::Kill)
        })
    }

    fn too_much_output(&self) -> Stop {
        let limit = self.limits.max_output_mb.unwrap_or(MOST_OUTPUT_MB);
        let why = format!("more output than max_output_mb = {limit}");
        Stop::Limit(State::Timeout, why, Order::Kill)
    }
}

impl Drop for Commands<'_> {
    fn drop(&mut self) {
        leftover::tidy(&self.folder);
    }
}

impl Objective for Commands<'_> {
    fn evaluate(&self, job: &Job<'_>) -> Option<Evaluation> {
        self.run(job).unwrap_or_else(|failure| {
            self.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
            None
        })
    }
}

/// Returns why an end says nothing about the trial; `None` if it does.
fn disturbance(report: Option<&Report>) -> Option<String> {
    match report {
        Some(Report::NoResources(why)) => Some(format!("cannot start a process for a fold: {why}")),
        None | Some(Report::Started(_)) => {
            Some("the process that watches the program was ended from outside".to_owned())
        }
        Some(Report::NotStarted(_) | Report::Exited(_) | Report::Signalled(_)) => None,
    }
}

/// Ends the run after repeated disturbances of one fold.
fn disturbed(job: &Job<'_>, why: &str) -> Failure {
    let (trial, split, n) = (job.trial, job.split, PAUSES.len() + 1);
    Failure::store(format!("{why}, {n} times in a row (trial {trial}, fold {split})")).hint(
        "this is not a result of the trial: after fixing the cause, run the same command to continue",
    )
}

/// Returns the meaning of a program's end; `None` if it was no longer wanted.
fn result(
    end: End,
    printed: Printed,
    program: &str,
    answered: impl Fn(&Answer) -> Result<FoldResult, String>,
) -> Option<FoldResult> {
    let Printed { answer, last_lines } = printed;
    let because = |why: String| {
        if last_lines.is_empty() { why } else { format!("{why}; stderr: {last_lines}") }
    };

    let failed = |why: String| FoldResult::not_ok(State::Failed, because(why));
    // Some programs print their errors to stdout.
    let stdout = match answer.last_line().filter(|_| last_lines.is_empty()) {
        Some(line) => format!("; its last line is {}", quoted(line)),
        None => String::new(),
    };
    Some(match (end.stop, end.report) {
        (Some(Stop::Raced), _) => FoldResult::not_ok(State::Raced, String::new()),
        // Threads and other things that are still open keep a program from ending.
        (Some(Stop::Limit(State::Timeout, why, Order::Terminate)), Some(Report::Signalled(_)))
            if answered(&answer).is_ok() =>
        {
            let why = format!("{why}; it printed its loss and did not end");
            FoldResult::not_ok(State::Timeout, because(why))
        }
        (Some(Stop::Limit(state, why, _)), _) => FoldResult::not_ok(state, because(why)),
        (None, Some(Report::Exited(0))) => answered(&answer).unwrap_or_else(failed),
        (None, Some(Report::Exited(code))) => failed(format!("exit code {code}{stdout}")),
        (None, Some(Report::Signalled(signal))) => {
            failed(format!("ended by {}{stdout}", signal_in_words(signal)))
        }
        (None, Some(Report::NotStarted(why))) => {
            failed(format!("cannot start {}: {why}", quoted(program)))
        }
        // An unwanted result, or a disturbance after which the fold runs again.
        (Some(Stop::Unwanted), _)
        | (None, Some(Report::Started(_) | Report::NoResources(_)) | None) => return None,
    })
}

/// Whether a program ended because the whole system is shutting down: this says nothing about the
/// trial, and it runs again.
fn is_by_our_own_end(report: Option<&Report>, job: &Job<'_>) -> bool {
    const OF_A_SHUTDOWN: [Signal; 3] = [Signal::HUP, Signal::INT, Signal::TERM];
    let is_of_shutdown = match report {
        Some(Report::Exited(0) | Report::NotStarted(_) | Report::NoResources(_)) => return false,
        // Shells and other wrappers report the signal of their child in this way.
        Some(Report::Exited(code)) => {
            OF_A_SHUTDOWN.iter().any(|signal| 128 + signal.as_raw() == *code)
        }
        Some(Report::Signalled(number)) => {
            OF_A_SHUTDOWN.iter().any(|signal| signal.as_raw() == *number)
        }
        Some(Report::Started(_)) | None => true,
    };

    let began = Instant::now();
    while is_of_shutdown && began.elapsed() < PAUSE && (job.interrupt)().is_continue() {
        std::thread::sleep(PAUSE / 10);
    }

    (job.interrupt)().is_break()
}

fn signal_in_words(number: i32) -> String {
    let names = [
        (Signal::HUP, "HUP"),
        (Signal::INT, "INT"),
        (Signal::ILL, "ILL"),
        (Signal::ABORT, "ABRT"),
        (Signal::BUS, "BUS"),
        (Signal::FPE, "FPE"),
        (Signal::KILL, "KILL"),
        (Signal::SEGV, "SEGV"),
        (Signal::PIPE, "PIPE"),
        (Signal::TERM, "TERM"),
    ];

    let name = names.iter().find(|(signal, _)| signal.as_raw() == number);
    name.map_or_else(|| format!("signal {number}"), |(_, name)| format!("signal {number} ({name})"))
}
