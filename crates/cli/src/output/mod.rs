//! Results in words and tables, for whoever reads the screen.

pub mod assessed;
pub mod comparison;
pub mod explanation;
pub mod importance;
pub mod outlook;
pub mod table;
pub mod watched;

pub use experiment::output::{boards, failures, leaderboard, sheet};
