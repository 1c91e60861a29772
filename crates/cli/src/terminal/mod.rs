//! The terminal: stdout, stderr, and the display of a run.

mod cursor;
pub mod progress;
pub mod screen;
