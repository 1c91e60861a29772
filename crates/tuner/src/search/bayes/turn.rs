//! The exploration policy: the goal of each proposal.
//!
//! Four rules. Each acts with a probability, drawn from the proposal's own stream: none depends on
//! whether a trial's number is odd, and a proposal is a function of what is recorded.
//!
//! - *Acquisition function.* The lower confidence bound; but with a learned prior mean, which shows
//!   where to look, half of the proposals use expected improvement over the incumbent: the bound
//!   alone spends too many of the first trials on exploration, and improvement alone stays where
//!   the first trials were.
//! - *Widening.* If the bound leads to a known configuration, there is little to gain. It may then
//!   be widened until it leads elsewhere, so that a branch or a category that was abandoned early
//!   is tried again: with probability 1/(2·s) if the last s results improved nothing. So a
//!   converged search refines its best configuration, and the number of trials that it spends
//!   elsewhere grows with the logarithm of the number of trials.
//! - *Shrinkage.* A quarter of the proposals use shorter length scales than fitted. A few results
//!   close together can make an axis look irrelevant, and an overconfident surrogate never tries
//!   the other end. Shorter length scales increase the variance of unexplored regions (Berkenkamp,
//!   Schoellig and Krause 2019 show that shrinking them bounds the regret when they are unknown).
//! - *Branches.* Where a category decides which other parameters exist, some proposals without a
//!   learned prior mean go to the value tried least (`branch`).
//!
//! On a noisy problem predicted standard deviations stay above the threshold for a known
//! configuration, and the bound is not widened. If every configuration that was found was tried
//! before, a new one is drawn at random.

use crate::gp::Theta;
use crate::search::Request;
use crate::search::bayes::acquisition::Acquisition;
use crate::seed::Purpose;
use crate::tuning::bayes::{
    BRANCH_PROBABILITY, IMPROVEMENT_FROM, IMPROVEMENT_NOISE_SHARE, IMPROVEMENT_PROBABILITY,
    KNOWN_SD, LCB_DEVIATIONS, LEAST_IMPROVEMENT, SHRINKAGE, SHRINKAGE_FROM, SHRINKAGE_PROBABILITY,
    WIDEST_DEVIATIONS,
};
use rand::RngExt;

/// The policy's choices for one proposal.
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    /// Whether the proposal maximises expected improvement.
    seeks_improvement: bool,
    /// Whether the bound may be widened.
    may_widen: bool,
    /// Whether length scales are shrunk.
    is_shrunk: bool,
    /// Whether the proposal explores the branch tried least, if the space has branches.
    pub(super) explores_branch: bool,
}

impl Turn {
    /// Draws the choices for the requested proposal; `targets` are those of the results, in their
    /// order.
    pub(super) fn new(request: &Request<'_>, has_learned_mean: bool, targets: &[f64]) -> Self {
        let trial = request.history.len();
        let mut rng = request.streams.rng(Purpose::Turn, trial as u64);
        let mut happens = |probability: f64| rng.random::<f64>() < probability;

        let widens = 0.5 / n_without_improvement(targets).max(1) as f64;
        let (improves, may_widen, shrinks) =
            (happens(IMPROVEMENT_PROBABILITY), happens(widens), happens(SHRINKAGE_PROBABILITY));
        let explores_branch = happens(BRANCH_PROBABILITY);

        Self {
            seeks_improvement: has_learned_mean && trial >= IMPROVEMENT_FROM && improves,
            may_widen,
            is_shrunk: trial >= SHRINKAGE_FROM && shrinks,
            explores_branch: !has_learned_mean && explores_branch,
        }
    }

    /// The factor on the fitted length scales.
    pub(super) fn length_factor(self) -> f64 {
        if self.is_shrunk { SHRINKAGE } else { 1.0 }
    }

    /// The kernel's parameters with which the proposal is made.
    pub(super) fn theta(self, fitted: &Theta) -> Theta {
        if self.is_shrunk { fitted.with_lengths_times(SHRINKAGE) } else { fitted.clone() }
    }

    /// Returns the acquisition function at the beginning of the turn. `incumbent` is the lowest
    /// predicted mean of a result, infinite without results, and `noise` the variance of a result's
    /// observation noise.
    pub(super) fn acquisition(self, incumbent: f64, noise: f64) -> Acquisition {
        if self.seeks_improvement && incumbent.is_finite() {
            Acquisition::Improvement { incumbent, noise: (IMPROVEMENT_NOISE_SHARE * noise).sqrt() }
        } else {
            Acquisition::Bound { deviations: LCB_DEVIATIONS }
        }
    }

    /// Returns the acquisition function to continue with if `acquisition` leads to a point with
    /// this predicted standard deviation; `None` if that point is accepted.
    pub(super) fn widened(self, acquisition: Acquisition, sd: f64) -> Option<Acquisition> {
        let Acquisition::Bound { deviations } = acquisition else {
            return None;
        };
        let widens = self.may_widen && deviations < WIDEST_DEVIATIONS && sd < KNOWN_SD;
        widens.then_some(Acquisition::Bound { deviations: 2.0 * deviations })
    }
}

/// Returns how many of the last results did not improve on the best before them.
fn n_without_improvement(targets: &[f64]) -> usize {
    let mut best = f64::INFINITY;
    let mut last = 0;
    for (index, target) in targets.iter().enumerate() {
        if *target < best - LEAST_IMPROVEMENT {
            last = index + 1;
        }
        best = best.min(*target);
    }
    targets.len() - last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Streams;
    use crate::space::Space;
    use crate::trial::{History, Origin};
    use std::sync::Arc;

    const CALM: Turn = Turn {
        seeks_improvement: false,
        may_widen: false,
        is_shrunk: false,
        explores_branch: false,
    };

    /// The turns of the first `n` trials.
    fn turns(n: usize, has_learned_mean: bool, targets: &[f64]) -> Vec<Turn> {
        let space = space();
        let mut history = History::new();
        let mut turns = Vec::with_capacity(n);
        for trial in 0..n {
            let streams = Streams::new(1);
            let request = Request { space: &space, history: &history, streams, fitted: &[] };
            turns.push(Turn::new(&request, has_learned_mean, targets));
            let config = space.draw(&[trial as f64 / n as f64]);
            history.push(Arc::new(config), Origin::Model);
        }
        turns
    }

    fn space() -> Space {
        use crate::space::{Domain, Parameter, Scale};
        let range = Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        Space::new(vec![Parameter::new("x", range)], &[]).unwrap()
    }

    fn share(turns: &[Turn], is: impl Fn(&Turn) -> bool) -> f64 {
        turns.iter().filter(|turn| is(turn)).count() as f64 / turns.len() as f64
    }

    // Tolerance of the shares: four standard deviations of a share of 400.

    #[test]
    fn a_quarter_of_the_proposals_from_trial_20_on_sees_half_the_length_scales() {
        let turns = turns(420, false, &[]);
        assert!(turns[..20].iter().all(|turn| !turn.is_shrunk));
        assert!((share(&turns[20..], |turn| turn.is_shrunk) - 0.25).abs() < 0.09);

        let theta = Theta::from_values(vec![0.1, -0.4, 0.3, -5.0]);
        let shorter = Turn { is_shrunk: true, ..CALM }.theta(&theta);
        let ratios: Vec<f64> =
            shorter.weights().iter().zip(theta.weights()).map(|(a, b)| a / b).collect();
        assert!(ratios.iter().all(|ratio| (ratio - 4.0).abs() < 1e-12), "{ratios:?}");
        assert_eq!((shorter.signal(), shorter.noise()), (theta.signal(), theta.noise()));
        assert_eq!(CALM.theta(&theta), theta);
    }

    #[test]
    fn with_a_learned_mean_half_of_the_proposals_seek_improvement() {
        let improves = |turn: &Turn| {
            turn.acquisition(-1.0, 0.0) == Acquisition::Improvement { incumbent: -1.0, noise: 0.0 }
        };
        let with_mean = turns(404, true, &[]);
        assert_eq!(share(&with_mean[..4], improves), 0.0);
        assert!((share(&with_mean[4..], improves) - 0.5).abs() < 0.1);
        assert_eq!(share(&turns(100, false, &[]), improves), 0.0);

        let unknown = Turn { seeks_improvement: true, ..CALM }.acquisition(f64::INFINITY, 0.0);
        assert_eq!(unknown, Acquisition::Bound { deviations: 2.0 });
    }

    #[test]
    fn the_longer_nothing_improves_the_rarer_is_the_bound_widened() {
        let after = |n: usize| [vec![-1.0], vec![0.0; n]].concat();
        let may_widen = |turn: &Turn| turn.may_widen;
        assert!((share(&turns(400, false, &after(0)), may_widen) - 0.5).abs() < 0.1);
        assert!((share(&turns(400, false, &after(10)), may_widen) - 0.05).abs() < 0.05);
        assert!(share(&turns(400, false, &after(100)), may_widen) < 0.03);
        assert_eq!(n_without_improvement(&[1.0, 0.5, 0.499, 0.7, 0.498]), 3);
    }

    #[test]
    fn the_bound_is_widened_where_little_is_open_alone() {
        let (two, four) =
            (Acquisition::Bound { deviations: 2.0 }, Acquisition::Bound { deviations: 4.0 });
        let turn = Turn { may_widen: true, ..CALM };
        assert_eq!(turn.widened(two, 0.01), Some(four));
        assert_eq!(turn.widened(two, 0.5), None);
        assert_eq!(CALM.widened(two, 0.01), None);
        let widest = Acquisition::Bound { deviations: 128.0 };
        assert_eq!(turn.widened(widest, 0.01), None);
    }
}
