//! The commands of the program, a file each: help text, arguments, action.

mod ask;
mod best;
mod check;
mod compare;
mod completions;
mod evaluate;
mod explain;
mod fields;
mod fit;
mod folds;
mod help;
mod importance;
mod init;
mod keys;
mod leaderboard;
mod list;
mod plan;
mod predict;
mod race;
mod remove;
mod report;
mod resume;
mod run;
mod serve;
mod show;
#[cfg(unix)]
mod supervise;
mod tell;
mod r#try;
mod verify;
mod watch;

use crate::output::leaderboard::{Ranking, direction_of};
use crate::report::{Exit, Failure, Fault, quoted};
use crate::run::{How, Workers};
use crate::terminal::progress::Show;
use clap::Subcommand;
use experiment::file::SpaceFile;
use experiment::folder::RESULTS;
use experiment::tuner::trial::Direction;
use std::path::PathBuf;

/// What every command takes.
#[derive(clap::Args, Debug)]
pub struct Common {
    /// The folder that holds studies, one folder each
    #[arg(long, value_name = "DIR", default_value = RESULTS, global = true)]
    pub results: PathBuf,
    /// Begin a study on a network disk (NFS, SMB, Lustre, …) all the same, to be used from one host at a time
    #[arg(long, global = true, hide_short_help = true)]
    pub network_disk: bool,
    /// Say nothing but errors and data
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

impl Common {
    /// How much a run shows.
    fn show(&self) -> Show {
        if self.quiet { Show::Nothing } else { Show::for_stderr() }
    }

    /// How trials are to be evaluated.
    fn how<'a>(&self, workers: &'a Workers) -> How<'a> {
        How { workers, show: self.show(), is_quiet: self.quiet }
    }

    /// Says something to a person, unless they want quiet.
    fn talk(&self, text: impl std::fmt::Display) {
        if !self.quiet {
            crate::terminal::screen::talk(text);
        }
    }
}

/// By what a winner is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Rule {
    /// The smallest loss
    Best,
    /// The simplest within one standard error
    OneSe,
}

impl From<Rule> for experiment::winner::Rule {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::Best => Self::Best,
            Rule::OneSe => Self::OneSe,
        }
    }
}

/// Where the table is by now, and how it is read.
#[derive(clap::Args, Debug, Default)]
struct Table {
    /// The table, where it is not found where it was; it must be the same to the byte
    #[arg(long = "data", value_name = "FILE")]
    table: Option<PathBuf>,
    /// A space file whose `[data]` says how the table is read, where this version would read it otherwise than the study
    #[arg(long, value_name = "FILE")]
    reading: Option<PathBuf>,
}

impl Table {
    /// The file with its table where the user says that it is, read as the user says.
    fn of(&self, mut file: SpaceFile) -> Result<SpaceFile, Failure> {
        if let Some(path) = &self.reading {
            let reading = SpaceFile::read(path)?.reading();
            file = file.read_by(&reading.ok_or_else(|| {
                Failure::input(format!("{} has no [data]: it says of no reading", path.display()))
            })?);
        }
        let Some(path) = &self.table else { return Ok(file) };
        Ok(file.with_data_at(&std::path::absolute(path).unwrap_or_else(|_| path.clone())))
    }
}

/// Whether less or more of a metric is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Towards {
    /// Less
    Minimize,
    /// More
    Maximize,
}

/// The ranking by a further metric, if one is asked for; else as it is.
fn ranked<'a>(
    ranking: Ranking<'a>,
    by: Option<&str>,
    towards: Option<Towards>,
    folds: u64,
) -> Result<Ranking<'a>, Failure> {
    let Some(metric) = by else { return Ok(ranking) };
    let stated = towards.map(|towards| match towards {
        Towards::Minimize => Direction::Minimize,
        Towards::Maximize => Direction::Maximize,
    });
    let direction = stated.or_else(|| direction_of(metric)).ok_or_else(|| {
        Fault::error(format!("the name {} does not say whether less is better", quoted(metric)))
            .hint("--direction minimize, or --direction maximize")
    })?;
    ranking.by(metric, direction, folds)
}

/// The forms of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For a person
    Table,
    /// A header and a line each; of a ranking, the columns of leaderboard.csv
    Csv,
    /// An array of objects
    Json,
}

/// The light that a picture is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Theme {
    /// As the reader's system says
    Auto,
    /// Dark on white
    Light,
    /// Bright on black
    Dark,
}

impl From<Theme> for ::report::charts::Theme {
    fn from(theme: Theme) -> Self {
        match theme {
            Theme::Auto => Self::Auto,
            Theme::Light => Self::Light,
            Theme::Dark => Self::Dark,
        }
    }
}

/// Where a picture goes.
#[derive(clap::Args, Debug)]
struct Chart {
    /// Write a picture (SVG) to this file instead
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    /// The light that the picture is made for
    #[arg(long, value_enum, default_value_t = Theme::Auto, requires = "chart")]
    theme: Theme,
}

/// The commands, in the order in which a person meets them.
#[derive(Subcommand, Debug)]
pub enum Command {
    Init(init::Args),
    Keys(keys::Args),
    Fields(fields::Args),
    Check(check::Args),
    Folds(folds::Args),
    Plan(plan::Args),
    Run(run::Args),
    Resume(resume::Args),
    Try(r#try::Args),
    List(list::Args),
    Show(show::Args),
    Leaderboard(leaderboard::Args),
    Best(best::Args),
    Explain(explain::Args),
    Importance(importance::Args),
    Compare(compare::Args),
    Report(report::Args),
    Serve(serve::Args),
    Watch(watch::Args),
    Fit(fit::Args),
    Predict(predict::Args),
    Evaluate(evaluate::Args),
    Ask(ask::Args),
    Tell(tell::Args),
    Race(race::Args),
    Verify(verify::Args),
    Remove(remove::Args),
    Completions(completions::Args),
    Help(help::Args),
    #[cfg(unix)]
    #[command(hide = true)]
    Supervise(supervise::Args),
}

impl Command {
    /// Does what was asked.
    ///
    /// # Errors
    /// What went wrong, with the exit code that says so.
    pub fn run(&self, common: &Common) -> Result<Exit, Failure> {
        match self {
            Self::Folds(args) => folds::run(args, common),
            Self::Init(args) => init::run(args, common),
            Self::Keys(args) => keys::run(args),
            Self::Fields(args) => fields::run(args),
            Self::Check(args) => check::run(args, common),
            Self::Plan(args) => plan::run(args, common),
            Self::Run(args) => run::run(args, common),
            Self::Resume(args) => resume::run(args, common),
            Self::Try(args) => r#try::run(args, common),
            Self::List(args) => list::run(args, common),
            Self::Show(args) => show::run(args, common),
            Self::Leaderboard(args) => leaderboard::run(args, common),
            Self::Best(args) => best::run(args, common),
            Self::Explain(args) => explain::run(args, common),
            Self::Importance(args) => importance::run(args, common),
            Self::Compare(args) => compare::run(args, common),
            Self::Report(args) => report::run(args, common),
            Self::Serve(args) => serve::run(args, common),
            Self::Watch(args) => watch::run(args, common),
            Self::Fit(args) => fit::run(args, common),
            Self::Predict(args) => predict::run(args, common),
            Self::Evaluate(args) => evaluate::run(args, common),
            Self::Ask(args) => ask::run(args, common),
            Self::Tell(args) => tell::run(args, common),
            Self::Race(args) => race::run(args, common),
            Self::Verify(args) => verify::run(args, common),
            Self::Remove(args) => remove::run(args, common),
            Self::Completions(args) => completions::run(args, common),
            Self::Help(args) => help::run(args),
            #[cfg(unix)]
            Self::Supervise(args) => supervise::run(args, common),
        }
    }
}
