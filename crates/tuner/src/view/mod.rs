//! What is told of a study: plain data that text, JSON and pages all render from.
//!
//! A view says what was found and nothing of how it looks. Losses are as told by the objective; names and
//! trials' numbers are those of the study.

mod calibration;
mod explanation;
mod importance;

pub use calibration::Calibration;
pub use explanation::{
    Candidate, Choice, Contrast, Criterion, Explanation, Forecast, Incumbent, Known, LearnedMean,
    Neighbour, PassedOver, Reasoning,
};
pub use importance::{Effect, End, Importance, ImportanceScale, Level, Pair, Share, Shift};
