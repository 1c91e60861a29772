//! The surrogate's observations: a target and a known noise for each outcome.

use crate::prior::Expected;
use crate::search::bayes::surrogate::fold_effects::FoldEffects;
use crate::search::bayes::surrogate::warp::{Family, Warp};
use crate::trial::{Outcome, State};
use crate::tuning::bayes::NOISE_SHARE;

/// Targets of results, in the order of results.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Observations {
    /// Standardised warped losses; a trial without a loss has the worst.
    pub(crate) values: Vec<f64>,
    /// Known variance of each target.
    pub(crate) noise: Vec<f64>,
    /// Losses; for trials stopped early, the estimated ones.
    losses: Vec<Option<f64>>,
    /// The warp from losses to targets.
    pub(crate) warp: Warp,
}

impl Observations {
    /// Warps the losses of `outcomes`. A trial stopped early has the mean of its folds, adjusted
    /// for the missing ones; if it was stopped inside a fold, the predicted end counts as that
    /// fold's loss, and its variance as noise. A trial that diverged or failed counts as the worst.
    /// The learned prior mean, if any, has one value per outcome.
    pub(crate) fn new(
        outcomes: &[&Outcome],
        family: Family,
        expected: Option<Expected<'_>>,
    ) -> Self {
        let complete: Vec<&Outcome> =
            outcomes.iter().copied().filter(|o| mean(o).is_some()).collect();
        let n_folds = complete.iter().map(|o| o.losses.len()).min().unwrap_or(0);
        let means: Vec<f64> = complete.iter().filter_map(|o| mean(o)).collect();

        let expectations = |has_loss: &dyn Fn(usize) -> bool| -> Vec<f64> {
            let all = expected.map(|expected| expected.expectations).unwrap_or_default();
            all.iter()
                .enumerate()
                .filter(|(position, _)| has_loss(*position))
                .map(|(_, expectation)| *expectation)
                .collect()
        };

        let fit = |losses: &[Option<f64>]| {
            let expectations = expectations(&|position| losses[position].is_some());
            let expected =
                expected.map(|expected| Expected { expectations: &expectations, ..expected });
            let losses: Vec<f64> = losses.iter().copied().flatten().collect();
            Scale::fit(&complete, &means, &losses, n_folds, (family, expected))
        };

        // The scale on which missing folds are estimated must tell the raced trials apart, however
        // few are complete: it is fitted to the folds that they have.
        let of_known: Vec<Option<f64>> = outcomes.iter().map(|o| known_mean(o, n_folds)).collect();
        let scale = fit(&of_known);
        let estimate = |o: &Outcome| match mean(o) {
            Some(loss) => Some(loss),
            None if is_partial(o, n_folds) => Some(scale.estimate(o)),
            None => None,
        };

        let losses: Vec<Option<f64>> = outcomes.iter().map(|o| estimate(o)).collect();
        let scale = if losses == of_known { scale } else { fit(&losses) };

        let Scale { warp, folds, .. } = &scale;
        let known = |(o, loss): (&&Outcome, &Option<f64>)| match loss {
            Some(loss) if o.state == State::Ok => (warp.target(*loss), folds.noise(&scale.row(o))),
            Some(_) => {
                (folds.adjusted_mean(&scale.row(o)).min(warp.worst()), folds.noise(&scale.row(o)))
            }
            None => (warp.worst(), 0.0),
        };

        let (values, noise): (Vec<f64>, Vec<f64>) = outcomes.iter().zip(&losses).map(known).unzip();
        let noise = noise
            .into_iter()
            .zip(outcomes)
            .map(|(of_folds, outcome)| {
                let share = NOISE_SHARE + scale.share_of_missing(outcome);
                let of_prediction = scale.variance(outcome).min(LARGEST_NOISE);
                share * of_folds.min(LARGEST_NOISE) + of_prediction
            })
            .collect();

        Self { values, noise, losses, warp: scale.warp }
    }

    /// The loss of a result; for a trial stopped early, the estimated one. `None` if it has none.
    pub(crate) fn loss(&self, position: usize) -> Option<f64> {
        self.losses[position]
    }

    /// Returns Σ ln dz/dy over the trials of `positions` with a loss: the Jacobian that turns the
    /// likelihood of targets into that of losses.
    pub(crate) fn log_slopes(&self, positions: &[usize]) -> f64 {
        positions
            .iter()
            .filter_map(|&position| self.losses[position])
            .map(|loss| self.warp.log_slope(loss))
            .sum()
    }
}

/// A warp, and the fold effects on its scale.
struct Scale {
    warp: Warp,
    folds: FoldEffects,
    n_folds: usize,
}

impl Scale {
    /// Fits a warp to `losses`, and the fold effects to complete trials with these means.
    fn fit(
        complete: &[&Outcome],
        means: &[f64],
        losses: &[f64],
        n_folds: usize,
        (family, expected): (Family, Option<Expected<'_>>),
    ) -> Self {
        let warp = Warp::fit(losses, family, expected);
        let rows: Vec<Vec<f64>> = complete.iter().map(|o| row(&warp, o, n_folds)).collect();
        let values: Vec<f64> = means.iter().map(|y| warp.uncapped(*y)).collect();
        let noise = expected.map(|expected| expected.scale.noise);
        Self { folds: FoldEffects::fit(&rows, &values, n_folds, noise), warp, n_folds }
    }

    /// The warped losses of a trial's folds.
    fn row(&self, outcome: &Outcome) -> Vec<f64> {
        row(&self.warp, outcome, self.n_folds)
    }

    /// The share of its folds' variance by which a trial's estimated mean over all folds is
    /// uncertain since it lacks some: (1/m − 1/n) of 1/m with m of n folds.
    fn share_of_missing(&self, outcome: &Outcome) -> f64 {
        let is_raced = outcome.state == State::Raced;
        let n_known = outcome.losses.len() + usize::from(outcome.predicted.is_some());
        let n_missing = if is_raced { self.n_folds.saturating_sub(n_known) } else { 0 };
        n_missing as f64 / self.n_folds.max(1) as f64
    }

    /// The variance that the prediction of a fold's end adds to its trial's mean.
    fn variance(&self, outcome: &Outcome) -> f64 {
        let Some(predicted) = outcome.predicted else { return 0.0 };
        let n_folds = (outcome.losses.len() + 1) as f64;
        let sd = predicted.se * libm::exp(self.warp.log_slope(predicted.loss)) / n_folds;
        if sd.is_finite() { sd * sd } else { LARGEST_NOISE }
    }

    /// The estimated loss of a trial over all its folds.
    fn estimate(&self, outcome: &Outcome) -> f64 {
        self.warp.loss(self.folds.adjusted_mean(&self.row(outcome)))
    }
}

fn row(warp: &Warp, outcome: &Outcome, n_folds: usize) -> Vec<f64> {
    let predicted = outcome.predicted.iter().map(|predicted| &predicted.loss);
    outcome.losses.iter().chain(predicted).take(n_folds).map(|y| warp.uncapped(*y)).collect()
}

/// Whether a trial was stopped early and has folds to estimate from.
fn is_partial(outcome: &Outcome, n_folds: usize) -> bool {
    let n_known = outcome.losses.len() + usize::from(outcome.predicted.is_some());
    outcome.state == State::Raced && (1..=n_folds).contains(&n_known)
}

/// The mean of a trial's losses; of one that was stopped early, over the folds that it has.
fn known_mean(outcome: &Outcome, n_folds: usize) -> Option<f64> {
    let of_known = || {
        let n_known = outcome.losses.len() + usize::from(outcome.predicted.is_some());
        let predicted = outcome.predicted.map_or(0.0, |predicted| predicted.loss);
        let mean = (outcome.losses.iter().sum::<f64>() + predicted) / n_known as f64;
        mean.clamp(-f64::MAX, f64::MAX)
    };
    mean(outcome).or_else(|| is_partial(outcome, n_folds).then(of_known))
}

/// With a larger variance, in units of the targets', a result carries no information.
const LARGEST_NOISE: f64 = 100.0;

/// The mean loss of a trial that is ok, clamped to finite numbers if its sum overflows.
fn mean(outcome: &Outcome) -> Option<f64> {
    outcome.mean().filter(|m| !m.is_nan()).map(|m| m.clamp(-f64::MAX, f64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::Prediction;

    fn outcome(state: State, losses: &[f64]) -> Outcome {
        Outcome { state, losses: losses.into(), predicted: None }
    }

    #[test]
    fn trials_without_a_loss_are_the_worst_and_change_nothing_else() {
        let ok =
            [outcome(State::Ok, &[0.3]), outcome(State::Ok, &[0.1]), outcome(State::Ok, &[0.2])];
        let all = [ok[0].clone(), outcome(State::Diverged, &[]), ok[1].clone(), ok[2].clone()];
        let alone = Observations::new(&ok.iter().collect::<Vec<_>>(), Family::Plain, None).values;
        let mixed = Observations::new(&all.iter().collect::<Vec<_>>(), Family::Plain, None).values;
        assert_eq!([mixed[0], mixed[2], mixed[3]], alone[..]);
        assert!(alone.iter().all(|z| *z <= mixed[1]));
        let failed = Observations::new(
            &[&outcome(State::Failed, &[]), &outcome(State::Timeout, &[])],
            Family::Plain,
            None,
        );
        assert!(failed.values.iter().all(|z| z.is_finite()));
    }

    #[test]
    fn common_difficulty_of_folds_is_not_noise() {
        let rows =
            [[1.0, 2.0, 3.0], [1.1, 2.2, 3.3], [1.3, 2.6, 3.9], [2.0, 4.0, 6.0], [0.9, 1.8, 2.7]];
        let outcomes: Vec<Outcome> = rows.iter().map(|row| outcome(State::Ok, row)).collect();
        let targets = Observations::new(&outcomes.iter().collect::<Vec<_>>(), Family::Plain, None);
        // Proportional folds differ by constants in the logarithm: only the floor remains.
        assert!(targets.noise.iter().all(|v| *v < 1e-7), "{targets:?}");
    }

    #[test]
    fn a_raced_trial_is_adjusted_for_its_missing_folds() {
        let rows: [&[f64]; 5] = [&[1.0, 2.0], &[1.1, 2.2], &[1.3, 2.6], &[2.0, 4.0], &[0.9, 1.8]];
        let mut outcomes: Vec<Outcome> = rows.iter().map(|row| outcome(State::Ok, row)).collect();
        outcomes.push(outcome(State::Raced, &[1.1]));
        let targets =
            Observations::new(&outcomes.iter().collect::<Vec<_>>(), Family::Plain, None).values;
        // Its first fold equals that of trial 1, and all trials are proportional.
        assert!((targets[5] - targets[1]).abs() < 1e-9, "{targets:?}");
    }

    #[test]
    fn a_predicted_end_counts_as_a_fold_with_its_variance() {
        let rows: [&[f64]; 5] = [&[1.0, 2.0], &[1.1, 2.2], &[1.3, 2.6], &[2.0, 4.0], &[0.9, 1.8]];
        let mut outcomes: Vec<Outcome> = rows.iter().map(|row| outcome(State::Ok, row)).collect();
        outcomes.extend([1e-9, 0.1, 0.4].map(|se| Outcome {
            predicted: Some(Prediction { loss: 1.3, se }),
            ..outcome(State::Raced, &[])
        }));
        let targets = Observations::new(&outcomes.iter().collect::<Vec<_>>(), Family::Plain, None);
        // Its first fold would end like that of trial 2, and all trials are proportional.
        assert!((targets.values[5] - targets.values[2]).abs() < 1e-6, "{targets:?}");
        assert_eq!(targets.values[5], targets.values[7]);
        let noise = &targets.noise[5..];
        assert!(noise[0] < 1e-6 && (noise[2] / noise[1] / 16.0 - 1.0).abs() < 1e-4, "{noise:?}");
    }

    #[test]
    fn raced_trials_that_are_worse_than_all_others_still_differ() {
        let rows: [&[f64]; 5] =
            [&[1.0, 2.0], &[1.1, 2.2], &[1.02, 2.04], &[1.05, 2.1], &[0.98, 1.96]];
        let mut outcomes: Vec<Outcome> = rows.iter().map(|row| outcome(State::Ok, row)).collect();
        outcomes.extend([1.5, 1.8, 2.1, 2.4, 3.0, 4.0].map(|loss| outcome(State::Raced, &[loss])));
        let targets = Observations::new(&outcomes.iter().collect::<Vec<_>>(), Family::Plain, None);
        assert!(
            targets.values[5..10].windows(2).all(|pair| pair[0] + 0.1 < pair[1]),
            "{targets:?}"
        );
        let all: Vec<usize> = (0..11).collect();
        assert!(targets.log_slopes(&all) < targets.log_slopes(&all[..5]));
    }
}
