//! The order in which waiting folds get a thread. It changes how many evaluations are wasted, never
//! a result.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The order of waiting folds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Policy {
    /// Trial after trial, each with all its folds: trials end one by one.
    Trials,
    /// The first fold of all trials, then the second, and so on: if racing may stop a trial after
    /// its first folds, its later ones start late.
    Folds,
}

impl Policy {
    fn key(self, trial: u64, split: usize) -> (u64, u64) {
        match self {
            Self::Trials => (trial, split as u64),
            Self::Folds => (split as u64, trial),
        }
    }
}

/// Folds that wait for a thread.
pub(super) struct Waiting<T> {
    policy: Policy,
    tasks: Mutex<BTreeMap<(u64, u64), T>>,
}

impl<T> Waiting<T> {
    pub(super) fn new(policy: Policy) -> Self {
        Self { policy, tasks: Mutex::default() }
    }

    /// Adds a fold.
    pub(super) fn add(&self, trial: u64, split: usize, task: T) {
        let key = self.policy.key(trial, split);
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).insert(key, task);
    }

    /// Removes and returns the next fold, if any waits.
    pub(super) fn take(&self) -> Option<T> {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.pop_first().map(|(_, task)| task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_orders_the_folds_that_wait() {
        let order = |policy| {
            let waiting = Waiting::new(policy);
            for (trial, split) in [(4, 1), (3, 0), (4, 0), (3, 1)] {
                waiting.add(trial, split, (trial, split));
            }
            std::iter::from_fn(|| waiting.take()).collect::<Vec<_>>()
        };
        assert_eq!(order(Policy::Trials), [(3, 0), (3, 1), (4, 0), (4, 1)]);
        assert_eq!(order(Policy::Folds), [(3, 0), (4, 0), (3, 1), (4, 1)]);
    }
}
