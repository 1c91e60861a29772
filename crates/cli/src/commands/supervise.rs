//! `tune supervise PROGRAM …`, which `tune run` alone calls

use super::Common;
use crate::report::{Exit, Failure};
use experiment::external::{descriptors, supervisor};
use std::ffi::OsString;

/// Run a program for `tune run`, and end it with its process group when `tune run` is gone
#[derive(clap::Args, Debug)]
pub struct Args {
    /// How many files the program may have open
    #[arg(long)]
    descriptors: Option<u64>,
    /// The program and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<OsString>,
}

/// Supervises a program.
pub fn run(args: &Args, _: &Common) -> Result<Exit, Failure> {
    if let Some(limit) = args.descriptors {
        descriptors::lower_to(limit);
    }
    let ended = supervisor::supervise(&args.command);
    ended
        .map(|()| Exit::Done)
        .map_err(|error| Failure::input(format!("this command is for `tune run` only: {error}")))
}
