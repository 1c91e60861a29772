//! `tune keys`

use crate::report::{Exit, Failure, Fault, quoted};
use crate::terminal::screen;
use experiment::file::manual;

/// Explain the keys of a space file
///
/// Section by section, each key with what it may be and, after a semicolon, what it is if it is not given. In `[space]` a
/// table is a parameter to be searched, and anything else a fixed value; under each `[[enqueue]]` stand values of
/// parameters that are to be tried first.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Names of sections or keys, such as `cv` or `prior`; all, if none is given
    names: Vec<String>,
}

/// Prints what each key means.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let sheet = manual(&args.names).map_err(|unknown| {
        let fault = Fault::error(format!("no section and no key is called {}", quoted(&unknown)));
        fault.hint(
            "`tune keys` lists all; hyperparameters of the trainer are explained by `tune fields`",
        )
    })?;
    screen::data(sheet);
    Ok(Exit::Done)
}
