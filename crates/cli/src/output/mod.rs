//! Results as text and tables.

pub mod assessed;
pub mod comparison;
pub mod explanation;
pub mod importance;
pub mod layout;
pub mod outlook;
pub mod table;
pub mod watched;

pub use experiment::output::{boards, failures, leaderboard, sheet};
