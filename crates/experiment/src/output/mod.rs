//! What a study leaves behind on disk: the sheets of its results folder, and how they are written and read back.

pub mod boards;
mod bounded;
pub mod failures;
pub mod files;
pub mod folds;
pub mod leaderboard;
pub mod meta;
pub mod sheet;
