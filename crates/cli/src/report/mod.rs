//! Errors of every command, in one form and with one renderer.
//!
//! A [`Fault`] states what is wrong, where (a span in one of the user's files), and what to do.
//! Commands and readers make faults; only [`render()`] turns them into text; [`Failure`] adds the
//! exit code.

mod exit;
#[cfg(test)]
mod written;

pub use exit::Exit;
pub use experiment::report::{Failure, Fault, Look, count, pasted, quoted, render, tame};
