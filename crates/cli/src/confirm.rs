//! A question before what cannot be taken back.

use crate::report::{Failure, Fault, tame};
use std::io::{IsTerminal, Write};

/// Asks at the terminal whether to go on with `what`.
///
/// # Errors
/// Without a terminal nobody is there to ask, and `--yes` is asked for.
pub fn confirmed(what: &str) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        let fault = Fault::error(format!("nobody to ask whether to {what}"));
        return Err(fault.hint("`--yes` does it without asking").into());
    }
    let mut answer = String::new();
    // If the question cannot be shown, the answer decides all the same.
    let _ = write!(std::io::stderr(), "{}? [y/N] ", tame(what));
    let read = std::io::stdin().read_line(&mut answer);
    Ok(read.is_ok() && matches!(answer.trim(), "y" | "yes"))
}
