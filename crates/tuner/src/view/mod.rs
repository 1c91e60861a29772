//! Views: plain data about a study from which text, JSON and pages are rendered.
//!
//! A view contains findings and no layout. Losses are in the user's units; names and trial numbers
//! are those of the study.

mod calibration;
mod explanation;
mod importance;

pub use calibration::Calibration;
pub use explanation::{
    Candidate, Choice, Contrast, Criterion, Explanation, Explored, Forecast, Incumbent, Known,
    LearnedMean, Neighbour, PassedOver, Reasoning,
};
pub use importance::{Effect, End, Importance, ImportanceScale, Level, Pair, Share, Shift};
