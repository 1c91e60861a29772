//! `space.toml`, read: from text to a checked, typed [`StudyFile`], with every fault shown at its line.
//!
//! Reading goes in layers: `tree` (syntax; the only place that names the TOML crate), `keys` and `foreign` (every key,
//! and what other programs call it), `reader` (typed values), one file a group of sections, `relations` (what no
//! section can know alone), `space` (what the engine says of it). [`canonical`](StudyFile::canonical) is the study's identity.

mod canonical;
mod data;
mod foreign;
mod keys;
mod knowledge;
mod limits;
mod lists;
mod parameter;
mod reader;
mod relations;
mod space;
mod spans;
mod study;
mod study_file;
#[cfg(test)]
mod tests;
mod tree;

pub use canonical::Canonical;
pub use data::{CvSection, DataSection};
pub use limits::{RunSection, TrialLimits};
pub use relations::Evaluator;
pub use study::{SearchSection, StudySection};
pub use study_file::StudyFile;
