//! The store: an append-only list of records, from which everything else about a study follows.
//!
//! A store knows neither what a record means nor what is better. It promises three things: appended
//! records are durable when [`Store::append`] returns; they are replayed in the order in which they
//! were appended; and a replay returns what was appended, or an error that names the damage.
//! Records are numbered from 1; the number of the last one is the head, by which a writer states
//! what it has read.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod contract;
mod memory;
mod record;

pub use contract::{Curves, Store};
pub use memory::MemoryStore;
pub use record::{CurvePoint, FoldRecord, Proposal, Raced, Record, StudyText};
