//! `tune keys`

use crate::output::layout::{Hang, in_window};
use crate::report::{Exit, Failure, Fault, quoted};
use crate::terminal::screen;
use experiment::file::{elsewhere, manual};

/// Explain the keys of a space file
///
/// Section by section, each key with its possible values and, after a semicolon, its default. In
/// `[space]` a table is a parameter to search, and anything else a fixed value. Each `[[enqueue]]`
/// holds parameter values to try first.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Names of sections or keys, such as `cv` or `prior`; without names, all. A name from another
    /// tool, such as `n_trials`, `timeout`, `gpu` or "early stopping", leads to the key here
    names: Vec<String>,
}

/// The column in which the meanings of the longest sections begin.
const MEANING: Hang = Hang(14);

/// Prints what each key means.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    // Keys come first: another tool may use the same name for something else.
    if let [word] = args.names.as_slice()
        && manual(&args.names).is_err()
        && let Some(answer) = elsewhere(word)
    {
        screen::data(in_window(&answer, Hang(2)));
        return Ok(Exit::Done);
    }

    let sheet = manual(&args.names).map_err(|unknown| {
        let fault = Fault::error(format!("no section and no key is called {}", quoted(&unknown)));
        fault.hint(
            "`tune keys` lists all; hyperparameters of the trainer are explained by `tune fields`",
        )
    })?;
    screen::data(in_window(&sheet, MEANING));
    Ok(Exit::Done)
}
