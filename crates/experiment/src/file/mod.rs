//! Reads `space.toml`: from text to a checked, typed [`SpaceFile`], with every fault shown at its
//! line. A space file consists of a [`Document`] (its text and positions) and a [`StudyPlan`] (its
//! meaning).
//!
//! Reading has layers: `tree` (syntax; the only place that names the TOML crate), `keys`, `foreign`
//! and `advice` (every key, other programs' names for it, suggestions), `reader` (typed values),
//! one file for each group of sections, `relations` (checks across sections), `fields`, `knowledge`
//! and `experience` (checks and hints of the built-in trainer), `space` (checks of the engine).
//! `canonical` is the study's identity.

mod advice;
mod asked;
pub mod boosting;
mod canonical;
mod data;
mod document;
mod epochs;
mod experience;
pub mod fields;
mod foreign;
mod foreign_type;
mod keys;
mod knowledge;
mod limits;
mod lists;
mod other_kind;
mod parameter;
pub mod placeholder;
mod race;
mod reader;
mod relations;
mod sections;
mod space;
mod space_file;
mod spans;
mod study;
mod study_plan;
pub mod template;
#[cfg(test)]
mod tests;
mod tree;

pub use advice::nearest;
pub use asked::elsewhere;
pub use data::{DataSection, ReadingKeys, SEPARATORS};
pub use document::Document;
pub use epochs::EpochsKey;
pub use keys::manual;
#[cfg(unix)]
pub use limits::{TrialLimits, Variables};
pub use placeholder::Piece;
pub use race::RaceSection;
pub use relations::Evaluator;
pub use space::{at_most, n_points};
pub(crate) use space::{grid_at_most, grid_sizes};
pub use space_file::SpaceFile;
pub use study::Knowledge;
pub use study_plan::StudyPlan;
pub use tree::{key, literal};
