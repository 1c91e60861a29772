//! A program's output: answers are parsed, the rest goes to the log, and excessive output is
//! noticed.

use super::answer::Answer;
use crate::report::is_invisible;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A longer line is not an answer.
const LONGEST_LINE: u64 = 1 << 20;
/// Bytes of stderr kept for its last lines.
const TAIL_BYTES: usize = 4096;
/// Lines of stderr in a reason, and characters of each.
const SHOWN_LINES: usize = 3;
const SHOWN_LETTERS: usize = 200;
/// How long to wait for a pipe that a process outside the group still holds.
const PATIENCE: Duration = Duration::from_secs(1);

/// The output of a running program, read by two threads.
pub struct Output {
    taken: Arc<Mutex<Taken>>,
    ends: Receiver<()>,
}

/// The output of a finished program.
pub struct Printed {
    /// The answer so far.
    pub answer: Answer,
    /// The last lines of stderr, joined; empty if there are none.
    pub last_lines: String,
}

struct Taken {
    answer: Answer,
    /// Flushed whenever the program pauses, so that the log can be followed.
    log: BufWriter<File>,
    /// Bytes that may still be printed.
    left: u64,
    is_over: bool,
    tail: Vec<u8>,
    /// Why the log could not be written.
    fault: Option<io::Error>,
}

impl Output {
    /// Starts reading; everything but answers goes to `log`, until `most` bytes have been printed.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn read(
        stdout: impl Read + Send + 'static,
        stderr: impl Read + Send + 'static,
        log: File,
        most: u64,
    ) -> io::Result<Self> {
        let taken = Taken {
            answer: Answer::default(),
            log: BufWriter::new(log),
            left: most,
            is_over: false,
            tail: Vec::new(),
            fault: None,
        };

        let taken = Arc::new(Mutex::new(taken));
        let (sender, ends) = channel();
        // Two threads, since a program blocks on the one pipe while nobody reads the other.
        spawn(Arc::clone(&taken), sender.clone(), move |taken| read_answers(stdout, taken))?;
        spawn(Arc::clone(&taken), sender, move |taken| read_errors(stderr, taken))?;
        Ok(Self { taken, ends })
    }

    /// Whether the program has printed more than allowed.
    pub fn is_over(&self) -> bool {
        lock(&self.taken).is_over
    }

    /// Removes and returns the points of the learning curve since the last call.
    pub(crate) fn take_news(&self) -> Vec<(u32, f64)> {
        lock(&self.taken).answer.take_news()
    }

    /// Returns why the log could not be written, if it could not.
    pub(crate) fn take_fault(&self) -> Option<io::Error> {
        lock(&self.taken).fault.take()
    }

    /// Waits until everything is read, but not for later output of a process that left the group.
    pub fn finish(&self) -> Printed {
        for _ in 0..2 {
            // An unreachable process holds the pipe open: what was read until now must do.
            let _ = self.ends.recv_timeout(PATIENCE);
        }
        let mut taken = lock(&self.taken);
        taken.left = 0;
        taken.flush();
        taken.answer.settle();
        Printed { answer: std::mem::take(&mut taken.answer), last_lines: last_lines(&taken.tail) }
    }
}

impl Taken {
    /// Counts printed bytes; returns whether to continue reading.
    fn admit(&mut self, n_bytes: usize) -> bool {
        self.is_over |= n_bytes as u64 > self.left;
        self.left = self.left.saturating_sub(n_bytes as u64);
        !self.is_over && self.fault.is_none()
    }

    fn write(&mut self, bytes: &[u8]) {
        let written = self.log.write_all(bytes);
        self.note(written);
    }

    fn flush(&mut self) {
        let flushed = self.log.flush();
        self.note(flushed);
    }

    fn note(&mut self, result: io::Result<()>) {
        if let Err(error) = result {
            self.fault.get_or_insert(error);
        }
    }
}

fn spawn(
    taken: Arc<Mutex<Taken>>,
    end: Sender<()>,
    read: impl FnOnce(&Mutex<Taken>) + Send + 'static,
) -> io::Result<()> {
    let work = move || {
        read(&taken);
        // Nobody waits for a late end.
        let _ = end.send(());
    };
    std::thread::Builder::new().spawn(work).map(drop)
}

/// Reads stdout line by line.
fn read_answers(stdout: impl Read, taken: &Mutex<Taken>) {
    let mut stdout = BufReader::new(stdout);
    let mut line = Vec::new();
    let mut is_begun = false;

    loop {
        line.clear();
        // A broken pipe ends like a closed one.
        let n_bytes = stdout.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line).unwrap_or(0);
        let mut taken = lock(taken);
        if n_bytes == 0 || !taken.admit(n_bytes) {
            return;
        }
        let is_whole = !is_begun && (line.ends_with(b"\n") || n_bytes < LONGEST_LINE as usize);
        if !is_whole || !taken.answer.take(&line) {
            taken.write(&line);
        }
        if stdout.buffer().is_empty() {
            taken.flush();
        }
        is_begun = !line.ends_with(b"\n");
    }
}

/// Reads stderr as it arrives.
fn read_errors(mut stderr: impl Read, taken: &Mutex<Taken>) {
    let mut chunk = vec![0; 1 << 16];
    loop {
        let n_bytes = match stderr.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            result => result.unwrap_or(0),
        };
        let mut taken = lock(taken);
        if n_bytes == 0 || !taken.admit(n_bytes) {
            return;
        }
        taken.write(&chunk[..n_bytes]);
        taken.flush();
        taken.tail.extend_from_slice(&chunk[..n_bytes]);
        // The last lines tell why a program failed.
        let excess = taken.tail.len().saturating_sub(TAIL_BYTES);
        taken.tail.drain(..excess);
    }
}

fn lock(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    // Data from a thread that panicked is consistent: every change is a single step.
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Joins the last lines that are not empty.
fn last_lines(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    // A progress bar overwrites its line.
    let lines = text.split(['\n', '\r']).map(str::trim);
    // Python underlines the place of an error.
    let is_mark = |c: char| matches!(c, '^' | '~' | ' ');
    let lines = lines.filter(|line| !line.chars().all(is_mark));
    let mut last: Vec<String> = lines.rev().take(SHOWN_LINES).map(shown).collect();
    last.reverse();
    last.join(" | ")
}

fn shown(line: &str) -> String {
    let plain = |c: char| if is_invisible(c) { ' ' } else { c };
    without_colours(line).chars().take(SHOWN_LETTERS).map(plain).collect()
}

/// Removes sequences that colour a terminal: `ESC [`, numbers, a letter.
fn without_colours(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        plain.push_str(rest.strip_prefix(|c: char| c.is_ascii_alphabetic()).unwrap_or(rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(stdout: &'static [u8], stderr: &'static [u8], most: u64) -> (Printed, bool, String) {
        let log = tempfile::NamedTempFile::new().unwrap();
        let output = Output::read(stdout, stderr, log.reopen().unwrap(), most).unwrap();
        let printed = output.finish();
        (printed, output.is_over(), std::fs::read_to_string(log.path()).unwrap())
    }

    #[test]
    fn answers_are_taken_out_and_the_rest_is_logged() {
        let (printed, is_over, log) = printed(b"hello\n{\"loss\": 2}\nbye", b"", 1000);
        assert_eq!(printed.answer.result(None).unwrap().loss, Some(2.0));
        assert_eq!((is_over, log.as_str()), (false, "hello\nbye"));
    }

    #[test]
    fn an_answer_without_a_line_break_counts() {
        assert!(printed(b"{\"loss\": 2}", b"", 1000).0.answer.result(None).is_ok());
    }

    #[test]
    fn the_last_lines_are_shown_without_control_characters() {
        let (printed, _, log) = printed(
            b"",
            "1\n2\n  ~~^^^~\n 50 %\r100 %\n\n\x1b[1;31m\u{202e}red\x1b[0mmodel\n".as_bytes(),
            1000,
        );
        assert_eq!(printed.last_lines, "50 % | 100 % |  redmodel");
        assert!(log.contains("100 %"));
    }

    #[test]
    fn too_much_is_noticed_and_not_kept() {
        let (_, is_over, log) = printed(b"123456\n1234\n", b"", 10);
        assert_eq!((is_over, log.as_str()), (true, "123456\n"));
        assert!(printed(b"", b"12345678901", 10).1);
    }

    #[test]
    fn a_line_that_is_too_long_is_no_answer() {
        let long = format!("{}{{\"loss\": 1}}\n", " ".repeat(LONGEST_LINE as usize));
        let (printed, _, log) = printed(long.clone().leak().as_bytes(), b"", 1 << 22);
        assert!(printed.answer.result(None).is_err());
        assert_eq!(log, long);
    }
}
