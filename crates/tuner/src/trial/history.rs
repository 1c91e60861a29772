//! The history that a proposal may use: all earlier configurations, and the results that it was
//! allowed to see.
//!
//! A history grows in only two ways: a configuration is [pushed](History::push) when its trial is
//! proposed, and its outcome is [revealed](History::reveal) when a later proposal first sees it.
//! The order of revelations is the order of results, which defines "the first m results".
//!
//! Trials of an earlier space that lie outside the current one are counted and otherwise unknown.

use super::tried::Tried;
use super::{Origin, Prediction, State};
use crate::space::Config;
use crate::stats;
use std::sync::Arc;

/// The outcome of a trial, as far as search is concerned; losses are internal ones, to be
/// minimised.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// How the trial ended.
    pub state: State,
    /// The losses of its ok folds, in order of the splits: all of them if it is ok, the first few
    /// otherwise.
    pub losses: Box<[f64]>,
    /// The predicted end of the fold in which racing stopped it, if it did.
    pub predicted: Option<Prediction>,
}

impl Outcome {
    /// The mean loss; `None` unless the trial is ok.
    pub fn mean(&self) -> Option<f64> {
        if self.state == State::Ok { stats::mean(&self.losses) } else { None }
    }
}

/// One earlier trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The trial's number.
    pub number: usize,
    /// The trial's configuration.
    pub config: Arc<Config>,
    /// The trial's origin.
    pub origin: Origin,
    /// The trial's outcome; `None` while it is pending: its configuration is known, its result is
    /// not.
    pub outcome: Option<Outcome>,
}

/// The earlier trials by number, and the order in which their outcomes were seen.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Trials that lie in the space; their numbers ascend.
    entries: Vec<Entry>,
    /// Whether the history has no entries, for methods that do not use them.
    has_no_outcomes: bool,
    n_outside: usize,
    n_manual_inside: usize,
    seen: Vec<usize>,
    tried: Tried,
    counts: [usize; Origin::ALL.len()],
}

impl History {
    /// Creates the history of trial 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the history for a method that does not learn from results: from then on it counts
    /// trials and knows which configurations were tried, but has no entries and no results.
    #[must_use]
    pub(crate) fn without_outcomes(self) -> Self {
        Self { has_no_outcomes: true, entries: Vec::new(), seen: Vec::new(), ..self }
    }

    /// Adds the next trial, pending.
    pub fn push(&mut self, config: Arc<Config>, origin: Origin) {
        let number = self.len();
        self.tried.insert(&config);
        self.counts[origin as usize] += 1;
        self.n_manual_inside += usize::from(origin == Origin::Manual);
        if !self.has_no_outcomes {
            self.entries.push(Entry { number, config, origin, outcome: None });
        }
    }

    /// Adds the next trial, which lies outside the space: it takes its number and is only counted.
    pub fn push_outside(&mut self, origin: Origin) {
        self.counts[origin as usize] += 1;
        self.n_outside += 1;
    }

    /// Reveals the outcome of trial `number`; does nothing in a history without outcomes.
    ///
    /// # Panics
    /// If there is no such trial in the space or its outcome was revealed before: the study reveals
    /// each outcome once.
    pub fn reveal(&mut self, number: usize, outcome: Outcome) {
        if self.has_no_outcomes {
            return;
        }
        let position = self.position(number).expect("the trial lies in the space");
        let entry = &mut self.entries[position];
        assert!(entry.outcome.is_none(), "an outcome is revealed once");
        entry.outcome = Some(outcome);
        self.seen.push(number);
    }

    /// Undoes the last `n` revelations.
    ///
    /// # Panics
    /// If there were fewer.
    pub(crate) fn conceal(&mut self, n: usize) {
        for number in self.seen.split_off(self.seen.len() - n) {
            let position = self.position(number).expect("what was seen lies in the space");
            self.entries[position].outcome = None;
        }
    }

    /// The number of trials, which is the number of the trial to be proposed next.
    pub fn len(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Whether no trial was proposed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The trials in the space, by number; empty in a history without outcomes.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the trial of this number; `None` if there is none, it lies outside the space, or the
    /// history has no outcomes.
    pub fn entry(&self, number: usize) -> Option<&Entry> {
        self.position(number).map(|position| &self.entries[position])
    }

    /// Whether the outcome of trial `number` was seen.
    pub(crate) fn has_seen(&self, number: usize) -> bool {
        self.entry(number).is_some_and(|entry| entry.outcome.is_some())
    }

    fn position(&self, number: usize) -> Option<usize> {
        match self.n_outside {
            0 => (number < self.entries.len()).then_some(number),
            _ => self.entries.binary_search_by_key(&number, |entry| entry.number).ok(),
        }
    }

    /// The numbers of the trials whose outcomes were seen, in the order of results.
    pub fn seen(&self) -> &[usize] {
        &self.seen
    }

    /// The trials whose outcomes were seen, in the order of results.
    ///
    /// # Panics
    /// Never: what was seen lies in the space and has an outcome.
    pub fn results(&self) -> impl ExactSizeIterator<Item = (usize, &Entry, &Outcome)> {
        self.seen.iter().map(|&number| {
            let entry = self.entry(number).expect("what was seen lies in the space");
            (number, entry, entry.outcome.as_ref().expect("what was seen has an outcome"))
        })
    }

    /// The trials whose outcomes were not seen, by number.
    pub fn pending(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries
            .iter()
            .filter(|entry| entry.outcome.is_none())
            .map(|entry| (entry.number, entry))
    }

    /// Whether a configuration was proposed before.
    pub fn contains(&self, config: &Config) -> bool {
        self.tried.contains(config)
    }

    /// The number of trials of this origin.
    pub fn count(&self, origin: Origin) -> usize {
        self.counts[origin as usize]
    }

    /// The index of the method's next proposal: the number of trials that were not enqueued,
    /// default or manual.
    pub(crate) fn n_method(&self) -> u64 {
        Origin::ALL.iter().filter(|o| o.is_method()).map(|o| self.count(*o) as u64).sum()
    }

    /// Number of trials that count towards the study's total: all but manual ones.
    pub fn n_counted(&self) -> u64 {
        (self.len() - self.count(Origin::Manual)) as u64
    }

    /// Number of trials that count towards the initial design: those in the space, without manual
    /// ones.
    pub(crate) fn n_started(&self) -> u64 {
        (self.len() - self.n_outside - self.n_manual_inside) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::Value;

    fn config(v: i64) -> Arc<Config> {
        Arc::new(Config::new(vec![Some(Value::Int(v))]))
    }

    #[test]
    fn results_keep_the_order_in_which_they_were_seen() {
        let mut history = History::new();
        for v in 0..3 {
            history.push(config(v), if v == 0 { Origin::Manual } else { Origin::Random });
        }
        history.reveal(2, Outcome { state: State::Ok, losses: [3.0, 1.0].into(), predicted: None });
        history.reveal(0, Outcome { state: State::Diverged, losses: [].into(), predicted: None });
        assert_eq!(history.results().map(|(n, ..)| n).collect::<Vec<_>>(), [2, 0]);
        assert_eq!(
            history.results().map(|(_, _, o)| o.mean()).collect::<Vec<_>>(),
            [Some(2.0), None]
        );
        assert_eq!(history.pending().map(|(n, _)| n).collect::<Vec<_>>(), [1]);
        assert_eq!((history.n_method(), history.n_counted()), (2, 2));
        assert!(history.contains(&config(1)) && !history.contains(&config(7)));
    }

    #[test]
    fn trials_outside_the_space_are_counted_and_otherwise_unknown() {
        let mut history = History::new();
        history.push(config(0), Origin::Random);
        history.push_outside(Origin::Random);
        history.push_outside(Origin::Manual);
        history.push(config(3), Origin::Manual);
        history.reveal(3, Outcome { state: State::Ok, losses: [1.0].into(), predicted: None });
        assert_eq!(
            (history.len(), history.n_method(), history.n_counted(), history.n_started()),
            (4, 2, 2, 1)
        );
        assert_eq!(history.results().map(|(n, e, _)| (n, e.number)).collect::<Vec<_>>(), [(3, 3)]);
        assert_eq!(history.pending().map(|(n, _)| n).collect::<Vec<_>>(), [0]);
        assert!(history.entry(1).is_none() && history.entry(4).is_none());
        history.conceal(1);
        assert_eq!(history.pending().count(), 2);
    }

    #[test]
    fn a_history_without_outcomes_counts_and_knows_what_was_tried() {
        let mut history = History::new();
        history.push(config(0), Origin::Random);
        let mut bare = history.clone().without_outcomes();
        for history in [&mut history, &mut bare] {
            history.push_outside(Origin::Random);
            history.push(config(3), Origin::Manual);
            history.reveal(2, Outcome { state: State::Ok, losses: [1.0].into(), predicted: None });
        }
        let counts = |h: &History| (h.len(), h.n_method(), h.n_counted(), h.n_started());
        assert_eq!(counts(&bare), counts(&history));
        assert!(
            bare.contains(&config(0)) && bare.contains(&config(3)) && !bare.contains(&config(1))
        );
        assert!(bare.entries().is_empty() && bare.seen().is_empty() && !bare.has_seen(2));
    }
}
