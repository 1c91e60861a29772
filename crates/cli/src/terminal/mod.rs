//! The terminal: what goes to stdout and stderr, and the display of a run that lasts.

mod cursor;
pub mod progress;
pub mod screen;
