//! The window: which results a proposal may use.
//!
//! Trial n only sees results of trials below n − parallel + 1, so that up to `parallel` trials can
//! be evaluated at once and the outcome does not depend on which of them ends first. What a trial
//! sees, every later one sees too.

use std::collections::BTreeSet;

/// Final trials that no proposal has seen yet, and up to where all were seen.
#[derive(Clone, Debug)]
pub(super) struct Window {
    parallel: u64,
    /// Final, not yet seen.
    unseen: BTreeSet<u64>,
    /// Seen, above the watermark.
    beyond: BTreeSet<u64>,
    /// All trials below were seen.
    watermark: u64,
}

impl Window {
    pub(super) fn new(parallel: u64) -> Self {
        Self {
            parallel: parallel.max(1),
            unseen: BTreeSet::new(),
            beyond: BTreeSet::new(),
            watermark: 0,
        }
    }

    /// The first trial whose result trial `n` may not use.
    pub(super) fn bound(&self, n: u64) -> u64 {
        (n + 1).saturating_sub(self.parallel)
    }

    /// Records that a trial became final.
    pub(super) fn finish(&mut self, trial: u64) {
        self.unseen.insert(trial);
    }

    /// Returns the trials that trial `n` sees and trial n − 1 did not, ascending.
    pub(super) fn newly_visible(&self, n: u64) -> Vec<u64> {
        self.unseen.range(..self.bound(n)).copied().collect()
    }

    /// Records that a proposal saw these trials.
    pub(super) fn see(&mut self, trials: &[u64]) {
        for trial in trials {
            self.unseen.remove(trial);
            self.beyond.insert(*trial);
        }
        while self.beyond.remove(&self.watermark) {
            self.watermark += 1;
        }
    }

    /// All trials below this one were seen.
    #[cfg(test)]
    fn watermark(&self) -> u64 {
        self.watermark
    }

    /// Returns the watermark after a proposal sees these trials, which ascend.
    pub(super) fn watermark_after(&self, seen: &[u64]) -> u64 {
        let mut watermark = self.watermark;
        while self.beyond.contains(&watermark) || seen.binary_search(&watermark).is_ok() {
            watermark += 1;
        }
        watermark
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trial_sees_what_is_final_below_the_window() {
        let mut window = Window::new(4);
        for trial in [0, 2, 3] {
            window.finish(trial);
        }
        assert_eq!(window.newly_visible(3), [0; 0]);
        assert_eq!(window.newly_visible(4), [0]);
        assert_eq!(window.newly_visible(6), [0, 2]);
        window.see(&[0, 2]);
        assert_eq!(window.watermark(), 1);
        window.finish(1);
        assert_eq!(window.newly_visible(7), [1, 3]);
        window.see(&[1, 3]);
        assert_eq!(window.watermark(), 4);
    }
}
