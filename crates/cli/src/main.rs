//! The program `tune`: hyperparameter search from one file, reproducible in parallel, ranked and tested.
//!
//! It reads arguments, wires and prints; what a space file means and how its study goes on is the library `experiment`.
//! A command is a file in `commands`; what commands share is how a run is followed (`run`), how results become
//! text (`output`), how faults do (`report`), and what reaches the terminal (`terminal`).

mod commands;
mod confirm;
mod help;
mod live;
mod output;
mod report;
mod run;
mod terminal;

use clap::{CommandFactory, Parser};
use report::{Exit, Failure};
use std::process::ExitCode;
use terminal::screen;

/// Search hyperparameters from one file
///
/// `tune init data.csv --target y` writes a space file, `tune run space.toml` trains trial after trial and ends with a
/// ranked leaderboard, `tune compare A B` tests two of them. A study can be killed at any moment: the same command
/// goes on where it was, and nothing depends on the number of workers.
///
/// Exit codes: 0 done, 1 a check said no, 2 your file, data or flags, 3 interrupted (the same command goes on), 4 the
/// results cannot be read, written or locked, 5 no trial succeeded, 70 a bug.
#[derive(Parser, Debug)]
#[command(
    name = "tune",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = "`tune help TOPIC` explains: file, program, results, statistics, cluster"
)]
struct Cli {
    #[command(flatten)]
    common: commands::Common,
    /// Print the licences of what this program is made of
    #[arg(long)]
    licenses: bool,
    #[command(subcommand)]
    command: Option<commands::Command>,
}

/// Made by `just licenses`.
const LICENCES: &str = include_str!("../THIRD-PARTY.md");

impl Cli {
    fn run(&self) -> Result<Exit, Failure> {
        match &self.command {
            Some(command) => command.run(&self.common),
            None if self.licenses => {
                screen::data(LICENCES.trim_end());
                Ok(Exit::Done)
            }
            None => {
                let missing = "expected a command; `tune --help` lists them";
                Self::command().error(clap::error::ErrorKind::MissingSubcommand, missing).exit()
            }
        }
    }
}

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(report_bug));
    run::interrupt::survive_file_size_limits();
    let cli = Cli::parse();
    let outcome = std::panic::catch_unwind(|| cli.run());
    let exit = match outcome {
        Ok(Ok(exit)) => exit,
        Ok(Err(failure)) => tell(&failure),
        Err(_) => Exit::Bug,
    };
    exit.into()
}

/// Says what went wrong.
fn tell(failure: &Failure) -> Exit {
    screen::tell(&failure.faults);
    failure.cause.into()
}

/// A panic of a trial is that trial's result; any other is a bug of the program.
fn report_bug(panic: &std::panic::PanicHookInfo<'_>) {
    if std::thread::current().name() == Some("main") {
        screen::talk(format!("error: a bug in tune {}: {panic}", experiment::platform::VERSION));
    }
}
