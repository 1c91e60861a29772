//! What went wrong, in one form.
//!
//! A [`Fault`] says what, where (a span of a file that the user wrote), and what to do; a [`Failure`] is why a whole
//! piece of work did not end well, with its [`Cause`]. [`render()`] turns them into text; exit codes and the
//! terminal are the program's part.

mod failure;
mod fault;
mod render;
mod words;

pub use failure::{Cause, Failure};
pub use fault::{Fault, Place, Severity, Source, Span};
pub use render::{Look, render};
pub use words::{count, in_words, is_invisible, pasted, printable, quoted, tame};

/// Hears of a fault that does not end the work: a warning.
pub type Warn<'a> = &'a dyn Fn(&Fault);
