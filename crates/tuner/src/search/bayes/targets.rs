//! What the model is to learn from outcomes: a target and a known noise for each.

use super::folds::FoldEffects;
use super::warp::{Family, Warp};
use crate::trial::{Outcome, State};

/// Targets of results, in the order of results.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Targets {
    /// Standardised warped losses; a trial without a loss has the worst.
    pub(super) values: Vec<f64>,
    /// Known variance of each target.
    pub(super) noise: Vec<f64>,
    /// How losses became targets.
    pub(super) warp: Warp,
}

impl Targets {
    /// Warps the losses of `outcomes`. A trial that was stopped early has the mean of its folds, adjusted for those
    /// that are missing; one that diverged or failed counts as bad as the worst.
    pub(super) fn new(outcomes: &[&Outcome], family: Family) -> Self {
        let complete: Vec<&Outcome> = outcomes.iter().copied().filter(|o| mean(o).is_some()).collect();
        let n_folds = complete.iter().map(|o| o.losses.len()).min().unwrap_or(0);
        let means: Vec<f64> = complete.iter().filter_map(|o| mean(o)).collect();
        let warp = Warp::fit(&means, family);
        let warped = |o: &Outcome| o.losses.iter().take(n_folds).map(|y| warp.uncapped(*y)).collect::<Vec<f64>>();
        let rows: Vec<Vec<f64>> = complete.iter().map(|o| warped(o)).collect();
        let values: Vec<f64> = means.iter().map(|y| warp.uncapped(*y)).collect();
        let folds = FoldEffects::fit(&rows, &values, n_folds);
        let (mut known, mut noises) = (Vec::new(), Vec::new());
        for outcome in outcomes {
            let is_partial = outcome.state == State::Raced && (1..=n_folds).contains(&outcome.losses.len());
            let (value, noise) = match mean(outcome) {
                Some(loss) => (warp.target(loss), folds.noise(&warped(outcome))),
                None if is_partial => {
                    let row = warped(outcome);
                    (folds.adjusted_mean(&row).min(warp.worst()), folds.noise(&row))
                }
                None => (warp.worst(), 0.0),
            };
            known.push(value);
            noises.push(noise.min(LARGEST_NOISE));
        }
        Self { values: known, noise: noises, warp }
    }

    /// Returns Σ ln dz/dy over trials with a loss: what the likelihood of targets lacks to be that of losses.
    pub(super) fn log_slopes(&self, outcomes: &[&Outcome]) -> f64 {
        outcomes.iter().filter_map(|o| mean(o)).map(|loss| self.warp.log_slope(loss)).sum()
    }
}

/// Beyond this variance, in units of the targets', a result says nothing anyway.
const LARGEST_NOISE: f64 = 100.0;

/// The mean loss of a trial that is ok, brought back into the finite numbers if its sum left them.
fn mean(outcome: &Outcome) -> Option<f64> {
    outcome.mean().filter(|m| !m.is_nan()).map(|m| m.clamp(-f64::MAX, f64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(state: State, losses: &[f64]) -> Outcome {
        Outcome { state, losses: losses.into() }
    }

    #[test]
    fn trials_without_a_loss_are_the_worst_and_change_nothing_else() {
        let ok = [outcome(State::Ok, &[0.3]), outcome(State::Ok, &[0.1]), outcome(State::Ok, &[0.2])];
        let all = [ok[0].clone(), outcome(State::Diverged, &[]), ok[1].clone(), ok[2].clone()];
        let alone = Targets::new(&ok.iter().collect::<Vec<_>>(), Family::Plain).values;
        let mixed = Targets::new(&all.iter().collect::<Vec<_>>(), Family::Plain).values;
        assert_eq!([mixed[0], mixed[2], mixed[3]], alone[..]);
        assert!(alone.iter().all(|z| *z <= mixed[1]));
        let failed = Targets::new(&[&outcome(State::Failed, &[]), &outcome(State::Timeout, &[])], Family::Plain);
        assert!(failed.values.iter().all(|z| z.is_finite()));
    }

    #[test]
    fn common_difficulty_of_folds_is_not_noise() {
        let rows = [[1.0, 2.0, 3.0], [1.1, 2.2, 3.3], [1.3, 2.6, 3.9], [2.0, 4.0, 6.0], [0.9, 1.8, 2.7]];
        let outcomes: Vec<Outcome> = rows.iter().map(|row| outcome(State::Ok, row)).collect();
        let targets = Targets::new(&outcomes.iter().collect::<Vec<_>>(), Family::Plain);
        // Proportional folds differ by constants in the logarithm: nothing is left but the floor.
        assert!(targets.noise.iter().all(|v| *v < 1e-7), "{targets:?}");
    }

    #[test]
    fn a_raced_trial_is_adjusted_for_its_missing_folds() {
        let rows: [&[f64]; 5] = [&[1.0, 2.0], &[1.1, 2.2], &[1.3, 2.6], &[2.0, 4.0], &[0.9, 1.8]];
        let mut outcomes: Vec<Outcome> = rows.iter().map(|row| outcome(State::Ok, row)).collect();
        outcomes.push(outcome(State::Raced, &[1.1]));
        let targets = Targets::new(&outcomes.iter().collect::<Vec<_>>(), Family::Plain).values;
        // Its first fold equals that of trial 1, and all trials are proportional.
        assert!((targets[5] - targets[1]).abs() < 1e-9, "{targets:?}");
    }
}
