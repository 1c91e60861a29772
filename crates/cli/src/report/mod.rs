//! What went wrong, for every command, in one form and with one way to text.
//!
//! A [`Fault`] says what, where (a span of a file that a person wrote), and what to do. Commands and readers make
//! faults; [`render()`] alone turns them into text; [`Failure`] adds the exit code with which the program ends.

mod exit;
mod fault;
mod render;
mod words;

pub use exit::{Exit, Failure};
pub use fault::{Fault, Source, Span};
pub use render::{Look, render};
pub use words::{count, in_words, is_invisible, pasted, printable, quoted};
