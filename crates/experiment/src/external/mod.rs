//! Someone else's program as the objective: one process a (trial, fold), its answer read from what it prints.
//!
//! Between `tune` and the program stands a supervisor (`supervisor`): this same binary, started to start the program in
//! a session of its own and to end it, with all that it has started, when it is told to, or when `tune` is gone, by
//! whatever death.
//! `supervised` is `tune`'s end of it, `process` what both know of process groups, `leftover` what a later run knows of
//! the groups of an earlier one. `program` tells whether it is there, `invocation` what it is told, `answer` what it
//! says, `near` what it probably meant to say, `output` what becomes of everything it prints, `objective` the whole. `elsewhere` takes its place on systems
//! without process groups.

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
pub use leftover::end_leftovers;
#[cfg(unix)]
pub use objective::Commands;
pub use program::{fingerprint, missing};

/// Whether programs can be run on this system.
pub const IS_HERE: bool = cfg!(unix);
