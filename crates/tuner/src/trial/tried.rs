//! The set of tried configurations, in sixteen bytes each, since a study of a million trials keeps
//! them all.

use crate::space::Config;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A set of configurations as 128-bit fingerprints. Any two among n share one with probability
/// n²/2¹²⁹: 10⁻²⁶ for a million.
#[derive(Clone, Debug, Default)]
pub(super) struct Tried(HashSet<u128>);

impl Tried {
    pub(super) fn insert(&mut self, config: &Config) {
        self.0.insert(fingerprint(config));
    }

    pub(super) fn contains(&self, config: &Config) -> bool {
        self.0.contains(&fingerprint(config))
    }
}

/// Two 64-bit hashes (`SipHash` with fixed keys) of the values, with different beginnings.
fn fingerprint(config: &Config) -> u128 {
    let half = |beginning: u8| {
        let mut hasher = DefaultHasher::new();
        (beginning, config).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}
