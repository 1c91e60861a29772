//! The whole: a study proposes, records and ends.

mod spec;

pub use spec::{Method, StopRules, StudySpec};
