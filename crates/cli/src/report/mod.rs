//! What went wrong, for every command, in one form and with one way to text.
//!
//! A [`Fault`] says what, where (a span of a file that a person wrote), and what to do. Commands and readers make
//! faults; [`render()`] alone turns them into text; [`Failure`] adds the exit code with which the program ends.

mod exit;
#[cfg(test)]
mod written;

pub use exit::Exit;
pub use experiment::report::{Failure, Fault, Look, count, pasted, quoted, render, tame};
