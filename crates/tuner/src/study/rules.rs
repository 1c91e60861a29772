//! Stopping rules, judged over what the next proposal may see and never over what happens to have
//! arrived.

use super::spec::StopRules;
use crate::trial::{Direction, Outcome, State};

/// A study whose first trials all fail, this many, is broken.
pub const FAILURES_FROM_START: u64 = 10;

/// Why a study proposes no further trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ending {
    /// The total is reached.
    Total,
    /// Every configuration of the space was tried.
    Exhausted,
    /// A trial reached the target.
    Target,
    /// Too many results in a row without improvement.
    Patience,
    /// The expected gain of the next trial is too small.
    Gain,
    /// The trials have used their budget of multiply-adds.
    MultiplyAdds,
    /// The time limit was reached, after this many seconds of all runs.
    OutOfTime(f64),
    /// The first ten trials all failed, and none has succeeded since.
    Failing,
}

/// The outcomes seen so far, reduced to what the rules need.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    best: Option<f64>,
    since_gain: u64,
    /// Multiply-adds of the trials counted.
    multiply_adds: u64,
    /// The first trial of the current space.
    first: u64,
    /// Bit n: trial first + n, one of the first ten, failed.
    failed: u64,
}

impl Tally {
    /// Starts again at a trial, with a known `best`.
    pub(super) fn beginning_at(first: u64, best: Option<f64>) -> Self {
        Self { best, since_gain: 0, multiply_adds: 0, first, failed: 0 }
    }

    /// Adds the cost of a trial.
    pub(super) fn spend(&mut self, multiply_adds: u64) {
        self.multiply_adds = self.multiply_adds.saturating_add(multiply_adds);
    }

    /// Counts the outcome of trial `number`, in the order of results.
    pub(super) fn count(&mut self, number: u64, outcome: &Outcome) {
        let gain = outcome.mean().filter(|mean| self.best.is_none_or(|best| *mean < best));
        self.since_gain = if gain.is_some() { 0 } else { self.since_gain + 1 };
        self.best = gain.or(self.best);
        let position =
            number.checked_sub(self.first).filter(|position| *position < FAILURES_FROM_START);
        if let Some(position) =
            position.filter(|_| outcome.state == State::Failed || outcome.state.is_limit())
        {
            self.failed |= 1 << position;
        }
    }

    /// Applies the rules.
    pub(super) fn ending(&self, rules: &StopRules, direction: Direction) -> Option<Ending> {
        // If nothing has worked from the start, the setup is wrong and not the configurations.
        if self.failed == (1 << FAILURES_FROM_START) - 1 && self.best.is_none() {
            return Some(Ending::Failing);
        }
        if rules.multiply_adds.is_some_and(|most| self.multiply_adds >= most) {
            return Some(Ending::MultiplyAdds);
        }

        let target = rules.target.map(|t| direction.inner(t));
        if target.zip(self.best).is_some_and(|(target, best)| best <= target) {
            return Some(Ending::Target);
        }

        rules
            .patience
            .is_some_and(|p| self.best.is_some() && self.since_gain >= p)
            .then_some(Ending::Patience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(outcomes: &[(State, f64)]) -> Tally {
        let mut tally = Tally::default();
        for (number, (state, loss)) in outcomes.iter().enumerate() {
            tally.count(
                number as u64,
                &Outcome { state: *state, losses: [*loss].into(), predicted: None },
            );
        }
        tally
    }

    #[test]
    fn patience_counts_results_since_the_last_improvement() {
        let rules = StopRules { patience: Some(2), ..StopRules::default() };
        let ok = State::Ok;
        assert_eq!(tally(&[(ok, 3.0), (ok, 3.0)]).ending(&rules, Direction::Minimize), None);
        let ended = tally(&[(ok, 3.0), (ok, 3.0), (State::Diverged, 0.0)])
            .ending(&rules, Direction::Minimize);
        assert_eq!(ended, Some(Ending::Patience));
        assert_eq!(
            tally(&[(ok, 3.0), (ok, 3.5), (ok, 2.0)]).ending(&rules, Direction::Minimize),
            None
        );
    }

    #[test]
    fn a_target_is_met_from_its_own_side() {
        let rules = StopRules { target: Some(0.9), ..StopRules::default() };
        assert_eq!(
            tally(&[(State::Ok, 0.9)]).ending(&rules, Direction::Minimize),
            Some(Ending::Target)
        );
        // A maximised value of 0.95 is an inner loss of -0.95.
        assert_eq!(
            tally(&[(State::Ok, -0.95)]).ending(&rules, Direction::Maximize),
            Some(Ending::Target)
        );
        assert_eq!(tally(&[(State::Ok, -0.85)]).ending(&rules, Direction::Maximize), None);
    }

    #[test]
    fn a_budget_of_multiply_adds_ends_a_study_once_it_is_spent() {
        let rules = StopRules { multiply_adds: Some(100), ..StopRules::default() };
        let mut tally = tally(&[(State::Ok, 1.0)]);
        tally.spend(99);
        assert_eq!(tally.ending(&rules, Direction::Minimize), None);
        tally.spend(1);
        assert_eq!(tally.ending(&rules, Direction::Minimize), Some(Ending::MultiplyAdds));
        tally.spend(u64::MAX);
        assert_eq!(tally.ending(&rules, Direction::Minimize), Some(Ending::MultiplyAdds));
    }

    #[test]
    fn ten_failures_from_the_start_end_it_and_nine_do_not() {
        let failed = (State::Failed, 0.0);
        assert_eq!(tally(&[failed; 9]).ending(&StopRules::default(), Direction::Minimize), None);
        let ended = tally(&[failed; 10]).ending(&StopRules::default(), Direction::Minimize);
        assert_eq!(ended, Some(Ending::Failing));
        let mut mended = vec![failed; 10];
        mended.push((State::Ok, 1.0));
        assert_eq!(
            tally(&mended).ending(&StopRules::default(), Direction::Minimize),
            None,
            "one tried by hand"
        );
        let mut late = vec![(State::Ok, 1.0)];
        late.extend([failed; 12]);
        assert_eq!(tally(&late).ending(&StopRules::default(), Direction::Minimize), None);
    }
}
