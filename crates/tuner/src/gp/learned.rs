//! Hyperpriors learned from many problems: what length scales parameters of a kind have.
//!
//! They come from `hyperpriors.json`, which names its origin and is written by
//! `crates/cli/benches/suite/hyperpriors.py`: expectation maximisation over the Laplace
//! approximations of the posteriors of θ that searches on the problems of *choose* had after twelve
//! results. An axis' ln length scale is normal around that of `Hyperprior::wide` plus the mean of
//! its kind.

use crate::space::axes::AxisKind;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A normal distribution.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
pub(crate) struct Normal {
    /// The mean.
    pub(crate) mean: f64,
    /// The standard deviation.
    pub(crate) sd: f64,
}

/// The form of the file.
#[derive(Debug, serde::Deserialize)]
struct Hyperpriors {
    lengths: BTreeMap<AxisKind, Normal>,
    signal: Normal,
}

static LEARNED: LazyLock<Hyperpriors> = LazyLock::new(|| {
    serde_json::from_str(include_str!("hyperpriors.json")).expect("a test reads the file")
});

/// By how much the ln length scale of an axis differs from the wide prior's mean.
pub(crate) fn length(kind: AxisKind) -> Normal {
    LEARNED.lengths[&kind]
}

/// The ln signal variance.
pub(crate) fn signal() -> Normal {
    LEARNED.signal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_proper_distribution() {
        let kinds = [
            AxisKind::Category,
            AxisKind::Linear,
            AxisKind::Log,
            AxisKind::Integer,
            AxisKind::LogInteger,
            AxisKind::Conditional,
            AxisKind::ConditionalLog,
        ];
        for Normal { mean, sd } in kinds.map(length).into_iter().chain([signal()]) {
            assert!(mean.abs() < 2.0 && (0.3..2.0).contains(&sd), "{mean} {sd}");
        }
        assert_eq!(LEARNED.lengths.len(), kinds.len());
        // What a search answers to `learn` has the names that the file is read by.
        for kind in kinds {
            let read: AxisKind = serde_json::from_str(&format!("\"{}\"", kind.name())).unwrap();
            assert_eq!(read, kind);
        }
    }
}
