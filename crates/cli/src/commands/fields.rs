//! `tune fields`

use crate::output::layout::{Hang, in_window};
use crate::report::{Exit, Failure};
use crate::terminal::screen;
use experiment::bridge::fields::sheet;

/// Explain the built-in trainer's hyperparameters
///
/// Each may be fixed in `[space]`, as `width = 64`, or searched, as `width = { type = "int", low =
/// 16, high = 128 }`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Names of hyperparameters; without names, all
    names: Vec<String>,
}

/// Prints each hyperparameter's meaning, range and default.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    screen::data(in_window(&sheet(&args.names)?, Hang(4)));
    Ok(Exit::Done)
}
