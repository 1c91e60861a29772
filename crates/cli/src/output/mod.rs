//! What a study leaves behind: the sheets of its results folder, and how they are written.

pub mod boards;
mod bounded;
pub mod comparison;
pub mod explanation;
pub mod files;
pub mod folds;
pub mod importance;
pub mod leaderboard;
pub mod meta;
pub mod outlook;
pub mod sheet;
pub mod table;
