//! Someone else's program as the objective: one process a (trial, fold), its answer read from what it prints.
//!
//! Between `tune` and the program stands a supervisor (`supervisor`): this same binary, started to start the program in
//! a process group of its own and to end that group when it is told to, or when `tune` is gone, by whatever death.
//! `supervised` is `tune`'s end of it, `process` what both know of process groups, `leftover` what a later run knows of
//! the groups of an earlier one. `invocation` is what a program is told, `answer` what it says, `output` what becomes of
//! everything it prints, `objective` the whole.

pub mod answer;
mod invocation;
mod leftover;
mod objective;
mod output;
mod process;
mod supervised;
pub mod supervisor;

pub use invocation::Invocation;
pub use leftover::end_leftovers;
pub use objective::{Commands, log_of};
