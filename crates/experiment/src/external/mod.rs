//! A foreign program as the objective: one process for each (trial, fold), whose answer is read
//! from its output.
//!
//! Between `tune` and the program runs a supervisor (`supervisor`): this same binary, which starts
//! the program in a session of its own. It ends the program and everything that it started, on
//! request or when `tune` is gone for whatever reason. `supervised` is `tune`'s end of it,
//! `process` holds the knowledge about process groups that both share, `leftover` what a later run
//! knows about the groups of an earlier one. `program` checks that the program exists, `invocation`
//! builds its call, `answer` reads its answer, `near` finds what was probably meant as one,
//! `output` handles everything it prints, and `objective` connects them. `elsewhere` replaces it on
//! systems without process groups.

#[cfg(any(unix, test))]
pub mod answer;
#[cfg(unix)]
pub mod descriptors;
#[cfg(not(unix))]
mod elsewhere;
#[cfg_attr(
    not(unix),
    expect(dead_code, reason = "a plan shows the words of a program that is never called")
)]
mod invocation;
#[cfg(any(unix, test))]
mod json;
#[cfg(unix)]
mod leftover;
#[cfg(any(unix, test))]
mod near;
#[cfg(unix)]
mod objective;
#[cfg(unix)]
mod output;
#[cfg(unix)]
mod process;
mod program;
#[cfg(unix)]
mod supervised;
#[cfg(unix)]
pub mod supervisor;

#[cfg(not(unix))]
pub use elsewhere::{Commands, end_leftovers};
pub use invocation::{Invocation, command_in_words, log_of};
#[cfg(unix)]
pub(crate) use leftover::end_leftovers;
#[cfg(unix)]
pub use objective::Commands;
pub use program::{fingerprint, missing};

/// Whether programs can be run on this system.
pub(crate) const IS_HERE: bool = cfg!(unix);
