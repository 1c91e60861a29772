//! The one place that writes to stdout and talks on stderr. A reader that has gone away ends the program quietly.

use crate::report::{Exit, printable};
use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, Write};

/// Writes data to stdout, with a line break: to a file or a pipe as they are, to a terminal so that no text in them
/// commands it.
pub fn data(text: impl Display) {
    let mut stdout = std::io::stdout().lock();
    let text = text.to_string();
    let shown = if stdout.is_terminal() { tame(&text) } else { text };
    if let Err(error) = writeln!(stdout, "{shown}") {
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
        assert_eq!(tame("a\tb\n\u{1b}[31mc\u{202e}\r\u{9b}"), "a\tb\n\\u{1b}[31mc\\u{202e}\\u{d}\\u{9b}");
    }
}
