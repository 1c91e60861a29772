//! The one place that writes to stdout and talks on stderr. A reader that has gone away ends the program quietly.

use crate::report::{Exit, Fault, Look, printable, render};
use experiment::Access;
use experiment::storage::Purpose;
use std::fmt::Display;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::time::Duration;

/// Writes data to stdout, with a line break: to a file or a pipe as they are, to a terminal so that no text in them
/// commands it.
pub fn data(text: impl Display) {
    if let Err(error) = deliver(text) {
        std::process::exit(undelivered(&error) as i32);
    }
}

/// As [`data`], for a command that takes something back if nobody receives it; [`undelivered`] says how it ends.
///
/// # Errors
/// If stdout cannot be written.
pub fn deliver(text: impl Display) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let text = text.to_string();
    let shown = if stdout.is_terminal() { tame(&text) } else { text };
    writeln!(stdout, "{shown}").and_then(|()| stdout.flush())
}

/// How a command ends that could not write to stdout: quietly if the reader has gone away, else it says why.
pub fn undelivered(error: &io::Error) -> Exit {
    if error.kind() == ErrorKind::BrokenPipe {
        return Exit::Done;
    }
    talk(format!("error: cannot write to stdout: {error}"));
    Exit::Store
}

/// Writes lines to stdout as `write` makes them, however many: none of them is kept, but for a terminal, as in [`data`].
pub fn stream(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    let stdout = io::stdout();
    let written = if stdout.is_terminal() {
        let mut text = Vec::new();
        write(&mut text).and_then(|()| deliver(String::from_utf8_lossy(&text).trim_end()))
    } else {
        let mut out = BufWriter::new(stdout.lock());
        write(&mut out).and_then(|()| out.flush())
    };
    if let Err(error) = written {
        std::process::exit(undelivered(&error) as i32);
    }
}

/// Says something on stderr, with a line break. Nobody listening is no error.
pub fn talk(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Shows a warning on stderr, even to those who want quiet.
pub fn warn(warning: &Fault) {
    talk(render(std::slice::from_ref(warning), Look::for_stderr()).trim_end());
}

/// How a command opens a study on disk: it waits for `patience`, and warnings go to stderr.
pub fn access(purpose: Purpose, patience: Duration) -> Access<'static> {
    Access { purpose, patience, warn: &warn }
}

fn tame(text: &str) -> String {
    text.split('\n')
        .map(|line| line.split('\t').map(printable).collect::<Vec<_>>().join("\t"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::tame;

    #[test]
    fn texts_cannot_command_the_terminal() {
        assert_eq!(
            tame("a\tb\n\u{1b}[31mc\u{202e}\r\u{9b}"),
            "a\tb\n\\u{1b}[31mc\\u{202e}\\u{d}\\u{9b}"
        );
    }
}
