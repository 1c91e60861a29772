//! The terminal for progress bars: the cursor stays at the end of their text.
//!
//! The bars' library pads every line to the terminal's edge, including the last. If the terminal
//! then echoes something, such as `^C`, it starts a new line; the library clears the bars one line
//! too low, and their first line remains for good. Here lines end with a line break, and the last
//! one has none.

use console::Term;
use indicatif::TermLike;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Stderr on a terminal.
#[derive(Debug)]
pub struct Terminal {
    term: Term,
    /// Texts written since the last flush: alternately a line and its padding.
    n_texts: AtomicUsize,
}

impl Terminal {
    /// Draws on stderr.
    pub fn stderr() -> Self {
        Self { term: Term::buffered_stderr(), n_texts: AtomicUsize::new(0) }
    }
}

impl TermLike for Terminal {
    fn width(&self) -> u16 {
        self.term.size().1
    }

    fn height(&self) -> u16 {
        self.term.size().0
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_up(n)
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_down(n)
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_right(n)
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_left(n)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.term.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        let n_before = self.n_texts.fetch_add(1, Ordering::Relaxed);
        let is_filler = n_before % 2 == 1;
        if is_filler {
            return Ok(());
        }
        if n_before > 0 {
            self.term.write_line("")?;
        }
        self.term.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.term.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.n_texts.store(0, Ordering::Relaxed);
        self.term.flush()
    }
}
