//! Errors, in one form.
//!
//! A [`Fault`] states what is wrong, where (a span of the user's file), and what to do; a
//! [`Failure`] is why a whole operation failed, with its [`Cause`]. [`render()`] turns them into
//! text; exit codes and the terminal are the program's part.

mod failure;
mod fault;
mod render;
mod words;

pub use failure::{Cause, Failure};
pub use fault::{Fault, Place, Severity, Source, Span};
pub use render::{Look, render};
pub use words::{count, in_words, pasted, quoted, tame};
pub(crate) use words::{is_invisible, printable};

/// Receives a warning: a fault that does not end the operation.
pub type Warn<'a> = &'a dyn Fn(&Fault);
