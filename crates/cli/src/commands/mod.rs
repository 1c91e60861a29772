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
mod import;
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
use crate::run::{RunOptions, Workers};
use crate::terminal::progress::Show;
use clap::Subcommand;
use experiment::experiment::refuse_network_disk;
use experiment::file::SpaceFile;
use experiment::folder::RESULTS;
use experiment::tuner::trial::Direction;
use std::path::PathBuf;

/// Arguments of every command.
#[derive(clap::Args, Debug)]
pub struct Common {
    /// The folder that holds studies, one folder each
    #[arg(long, value_name = "DIR", default_value = RESULTS, global = true)]
    pub results: PathBuf,
    /// Print only results and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

impl Common {
    /// How much a run displays.
    fn show(&self) -> Show {
        if self.quiet { Show::Nothing } else { Show::for_stderr() }
    }

    /// The options for evaluating trials.
    fn how<'a>(&self, workers: &'a Workers) -> RunOptions<'a> {
        RunOptions { workers, show: self.show(), is_quiet: self.quiet }
    }

    /// Prints a message on stderr, unless `-q` is given.
    fn talk(&self, text: impl std::fmt::Display) {
        if !self.quiet {
            crate::terminal::screen::talk(text);
        }
    }
}

/// The disks on which a command may create a study.
#[derive(clap::Args, Clone, Copy, Debug, Default)]
struct Disk {
    /// Create a study on a network disk (NFS, SMB, Lustre, …), to be used from one host at a time
    #[arg(long, hide_short_help = true)]
    network_disk: bool,
}

impl Disk {
    /// Refuses to create the study of this name on a network disk, unless this is requested.
    fn check(self, name: &str, common: &Common) -> Result<(), Failure> {
        refuse_network_disk(&common.results, name, self.network_disk)
    }
}

/// The rule that chooses a winner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Rule {
    /// The smallest loss
    Best,
    /// The simplest within one standard error of it
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

/// The current place of the table, and how to read it.
#[derive(clap::Args, Debug, Default)]
struct Table {
    /// The table, if it is not at its recorded place; it must have the same bytes. `resume`
    /// remembers it
    #[arg(long = "data", value_name = "FILE")]
    table: Option<PathBuf>,
    /// A space file whose `[data]` says how to read the table, if this version would read it
    /// differently than the study did
    #[arg(long, value_name = "FILE")]
    reading: Option<PathBuf>,
}

impl Table {
    /// The file, with its table at the place and with the reading that the user gave.
    fn of(&self, mut file: SpaceFile) -> Result<SpaceFile, Failure> {
        if let Some(path) = &self.reading {
            let reading = SpaceFile::read(path)?.reading();
            file = file.read_by(&reading.ok_or_else(|| {
                Failure::input(format!(
                    "{} has no [data], which would say how to read the table",
                    path.display()
                ))
            })?);
        }
        let Some(path) = &self.table else { return Ok(file) };
        Ok(file.with_data_at(&std::path::absolute(path).unwrap_or_else(|_| path.clone())))
    }
}

/// Whether lower or higher values of a metric are better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Towards {
    /// Lower
    Minimize,
    /// Higher
    Maximize,
}

/// Ranks by a further metric if one is requested.
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
    // The direction that is stated comes first: a program may call a loss `accuracy`.
    let direction = stated.or_else(|| direction_of(metric)).ok_or_else(|| {
        Fault::error(format!("the name {} does not say whether lower is better", quoted(metric)))
            .hint("--direction minimize, or --direction maximize")
    })?;
    ranking.by(metric, direction, folds)
}

/// Formats of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum TableFormat {
    /// A text table
    Table,
    /// CSV with a header; for a ranking, the columns of leaderboard.csv
    Csv,
    /// A JSON array of objects
    Json,
}

/// Formats of a text with tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum TextFormat {
    /// Text
    Table,
    /// One JSON object
    Json,
}

/// The theme of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Theme {
    /// As the reader's system is set
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

/// The picture to write.
#[derive(clap::Args, Debug)]
struct Chart {
    /// Write a picture (SVG) to this file instead
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    /// The theme of the picture
    #[arg(long, value_enum, default_value_t = Theme::Auto, requires = "chart")]
    theme: Theme,
}

/// The commands, in the order in which a user first needs them.
#[derive(Subcommand, Debug)]
pub enum Command {
    Init(init::Args),
    Import(import::Args),
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
    /// Runs the command.
    ///
    /// # Errors
    /// What went wrong, and the exit code for it.
    pub fn run(&self, common: &Common) -> Result<Exit, Failure> {
        match self {
            Self::Folds(args) => folds::run(args, common),
            Self::Init(args) => init::run(args, common),
            Self::Import(args) => import::run(args, common),
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
