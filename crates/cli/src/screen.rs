//! The one place that writes to stdout and talks on stderr. A reader that has gone away ends the program quietly.

use crate::report::Exit;
use std::fmt::Display;
use std::io::{ErrorKind, Write};

/// Writes data to stdout, with a line break.
pub fn data(text: impl Display) {
    if let Err(error) = writeln!(std::io::stdout().lock(), "{text}") {
        if error.kind() == ErrorKind::BrokenPipe {
            std::process::exit(Exit::Done as i32);
        }
        talk(format!("error: cannot write to stdout: {error}"));
        std::process::exit(Exit::Store as i32);
    }
}

/// Says something on stderr, with a line break. Nobody listening is no error.
pub fn talk(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
