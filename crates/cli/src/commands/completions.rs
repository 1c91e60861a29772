//! `tune completions SHELL`

use super::Common;
use crate::report::{Exit, Failure};
use crate::terminal::screen;
use clap::CommandFactory;

/// Print a completion script for a shell
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

/// Prints the script.
#[expect(clippy::unnecessary_wraps, reason = "every command may fail but this one")]
pub fn run(args: &Args, _: &Common) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::Cli::command(), "tune", &mut script);
    screen::data(String::from_utf8_lossy(&script).trim_end());
    Ok(Exit::Done)
}
