//! `[race]`: when a trial is stopped early.

use super::keys::RACE;
use super::reader::{Bounds, Notes, Reader};
use super::tree::Node;

/// `[race]`, as written or by default.
#[derive(Clone, Debug, PartialEq)]
pub struct RaceSection {
    /// The probability of stopping a trial that would have become the best.
    pub risk: f64,
    /// Number of complete trials before any is stopped.
    pub after: u64,
    /// Whether trials are judged after each fold.
    pub folds: bool,
    /// The shares of their epochs at which they are judged, ascending.
    pub at: Vec<f64>,
}

impl Default for RaceSection {
    fn default() -> Self {
        Self { risk: 0.05, after: 6, folds: true, at: vec![0.125, 0.25, 0.5] }
    }
}

pub(super) fn race(node: &Node, notes: &mut Notes) -> RaceSection {
    let usual = RaceSection::default();
    let mut reader = Reader::open(&RACE, &["race"], node, notes);
    let mut at = reader.numbers("at", Bounds::Share).unwrap_or(usual.at);
    at.sort_by(f64::total_cmp);
    at.dedup();
    RaceSection {
        risk: reader.number("risk", Bounds::Share).unwrap_or(usual.risk),
        after: reader.count("after", 2..=1_000_000).unwrap_or(usual.after),
        folds: reader.flag("folds").unwrap_or(usual.folds),
        at,
    }
}
