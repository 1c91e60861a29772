//! Confirmation before an action that cannot be undone.

use crate::report::{Failure, Fault, tame};
use std::io::{IsTerminal, Write};

/// Asks at the terminal whether to do `what`.
///
/// # Errors
/// Without a terminal nobody can answer, and the error names `--yes`.
pub fn confirmed(what: &str) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        let fault = Fault::error(format!("refusing to {what} without confirmation"));
        return Err(fault.hint("`--yes` does it without asking").into());
    }
    let mut answer = String::new();
    // If the question cannot be shown, the answer still decides.
    let _ = write!(std::io::stderr(), "{}? [y/N] ", tame(what));
    let read = std::io::stdin().read_line(&mut answer);
    Ok(read.is_ok() && matches!(answer.trim(), "y" | "yes"))
}
