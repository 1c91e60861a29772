//! The one place that writes to stdout and stderr. A closed reader ends the program silently.

use crate::report::{Exit, Fault, Look, render, tame};
use experiment::Access;
use experiment::storage::LockPurpose;
use std::fmt::Display;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

/// Writes results to stdout with a line break: unchanged to a file or a pipe, without terminal
/// commands to a terminal.
pub fn data(text: impl Display) {
    if let Err(error) = deliver(text) {
        std::process::exit(undelivered(&error) as i32);
    }
}

/// As [`data`], for a ranking under a header; on a terminal the row of the best trial is coloured.
pub fn ranking(text: impl Display) {
    let text = text.to_string();
    let is_coloured = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    if !is_coloured {
        return data(text);
    }
    let tamed = tame(&text);
    let mut stdout = io::stdout().lock();
    let written = writeln!(stdout, "{}", highlighted(&tamed)).and_then(|()| stdout.flush());
    if let Err(error) = written {
        std::process::exit(undelivered(&error) as i32);
    }
}

/// Colours the second line green if the text names a best trial, which is then that row.
fn highlighted(text: &str) -> String {
    const GREEN: &str = "\u{1b}[32m";
    const END: &str = "\u{1b}[0m";
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    if let Some(best) = lines.get_mut(1).filter(|_| text.contains("\nbest: trial ")) {
        *best = format!("{GREEN}{best}{END}");
    }
    lines.join("\n")
}

/// As [`data`], for a command that undoes something if nobody receives the text; see
/// [`undelivered`].
///
/// # Errors
/// If stdout cannot be written.
pub fn deliver(text: impl Display) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let text = text.to_string();
    let shown = if stdout.is_terminal() { tame(&text) } else { text };
    writeln!(stdout, "{shown}").and_then(|()| stdout.flush())
}

/// The end of a command that could not write to stdout: silent if the reader has closed, otherwise
/// with an error.
pub fn undelivered(error: &io::Error) -> Exit {
    if error.kind() == ErrorKind::BrokenPipe {
        return Exit::Done;
    }
    talk(format!("error: cannot write to stdout: {error}"));
    Exit::Store
}

/// Writes lines to stdout as `write` produces them, without buffering them all unless stdout is a
/// terminal, as in [`data`].
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

/// Whether the user's output path is stdout itself, which may be a file opened for appending.
pub fn is_stdout(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name))
}

/// Prints a message on stderr with a line break, without terminal commands. A closed stderr is not
/// an error.
pub fn talk(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{}", tame(&text.to_string()));
}

/// Shows faults on stderr.
pub fn tell(faults: &[Fault]) {
    let _ = writeln!(io::stderr().lock(), "{}", render(faults, look()).trim_end());
}

/// Shows a warning on stderr, even with `-q`.
pub fn warn(warning: &Fault) {
    tell(std::slice::from_ref(warning));
}

/// How a command opens a study on disk: it waits for `patience`, and warnings go to stderr.
pub fn access(purpose: LockPurpose, patience: Duration) -> Access<'static> {
    Access { purpose, patience, warn: &warn }
}

/// With colours if stderr is a terminal and `NO_COLOR` does not say otherwise.
fn look() -> Look {
    let is_coloured = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    if is_coloured { Look::Coloured } else { Look::Plain }
}

#[cfg(test)]
mod tests {
    use super::highlighted;

    #[test]
    fn the_best_row_stands_out() {
        let shown = highlighted("rank\n1\n2\nbest: trial 7");
        assert_eq!(shown, "rank\n\u{1b}[32m1\u{1b}[0m\n2\nbest: trial 7");
        let failed = "rank\n1\nno trial succeeded";
        assert_eq!(highlighted(failed), failed);
    }
}
