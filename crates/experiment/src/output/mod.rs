//! The files of a study: the sheets of its results folder, and how they are written and read.

pub mod boards;
mod bounded;
pub mod failures;
pub mod files;
pub mod folds;
pub mod leaderboard;
pub mod meta;
pub mod sheet;
