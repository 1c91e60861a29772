//! What a proposal may know: all configurations below it, and the results that it was allowed to see.
//!
//! A history grows in two ways, and only these: a configuration is [pushed](History::push) when its trial is proposed,
//! and its outcome is [revealed](History::reveal) when a later proposal first sees it. The order of revelations is the
//! order of results on which everything that depends on "the first m results" is defined.

use super::{Origin, State};
use crate::space::Config;
use std::collections::HashMap;
use std::sync::Arc;

/// What became of a trial, as far as search is concerned; losses are inner ones, to be minimised.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// How the trial ended.
    pub state: State,
    /// The losses of its ok folds, in order of the splits: all of them if it is ok, the first few otherwise.
    pub losses: Box<[f64]>,
}

impl Outcome {
    /// The mean loss; none unless the trial is ok.
    pub fn mean(&self) -> Option<f64> {
        (self.state == State::Ok && !self.losses.is_empty())
            .then(|| self.losses.iter().sum::<f64>() / self.losses.len() as f64)
    }
}

/// One trial below the proposal.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What was tried.
    pub config: Arc<Config>,
    /// Who proposed it.
    pub origin: Origin,
    /// Its outcome; none while the trial is pending: its configuration counts, its result does not.
    pub outcome: Option<Outcome>,
}

/// The trials below a proposal, by number, and the order in which their outcomes were seen.
#[derive(Clone, Debug, Default)]
pub struct History {
    entries: Vec<Entry>,
    seen: Vec<usize>,
    numbers: HashMap<Arc<Config>, usize>,
    counts: [usize; Origin::ALL.len()],
}

impl History {
    /// Creates the history of trial 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next trial, pending.
    pub fn push(&mut self, config: Arc<Config>, origin: Origin) {
        self.numbers.entry(Arc::clone(&config)).or_insert(self.entries.len());
        self.counts[origin as usize] += 1;
        self.entries.push(Entry { config, origin, outcome: None });
    }

    /// Reveals the outcome of trial `number`.
    ///
    /// # Panics
    /// If the trial does not exist or its outcome was revealed before: the study reveals each outcome once.
    pub fn reveal(&mut self, number: usize, outcome: Outcome) {
        let entry = &mut self.entries[number];
        assert!(entry.outcome.is_none(), "an outcome is revealed once");
        entry.outcome = Some(outcome);
        self.seen.push(number);
    }

    /// Takes back the last `n` revelations.
    ///
    /// # Panics
    /// If there were fewer.
    pub fn conceal(&mut self, n: usize) {
        for number in self.seen.drain(self.seen.len() - n..) {
            self.entries[number].outcome = None;
        }
    }

    /// The number of trials, which is the number of the trial to be proposed next.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Tells whether no trial was proposed.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All trials by number.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The numbers of the trials whose outcomes were seen, in the order of results.
    pub fn seen(&self) -> &[usize] {
        &self.seen
    }

    /// The trials whose outcomes were seen, in the order of results.
    ///
    /// # Panics
    /// Never: what was seen has an outcome.
    pub fn results(&self) -> impl ExactSizeIterator<Item = (usize, &Entry, &Outcome)> {
        self.seen.iter().map(|&number| {
            let entry = &self.entries[number];
            (number, entry, entry.outcome.as_ref().expect("what was seen has an outcome"))
        })
    }

    /// The trials whose outcomes were not seen, by number.
    pub fn pending(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries.iter().enumerate().filter(|(_, entry)| entry.outcome.is_none())
    }

    /// Tells whether a configuration was proposed before.
    pub fn contains(&self, config: &Config) -> bool {
        self.numbers.contains_key(config)
    }

    /// The number of trials of this origin.
    pub fn count(&self, origin: Origin) -> usize {
        self.counts[origin as usize]
    }

    /// The k of the method's k-th proposal: trials that were not enqueued, default or manual.
    pub fn n_method(&self) -> u64 {
        Origin::ALL.iter().filter(|o| o.is_method()).map(|o| self.count(*o) as u64).sum()
    }

    /// Trials that count towards the study's total: all but manual ones.
    pub fn n_counted(&self) -> u64 {
        (self.entries.len() - self.count(Origin::Manual)) as u64
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
        history.reveal(2, Outcome { state: State::Ok, losses: [3.0, 1.0].into() });
        history.reveal(0, Outcome { state: State::Diverged, losses: [].into() });
        assert_eq!(history.results().map(|(n, ..)| n).collect::<Vec<_>>(), [2, 0]);
        assert_eq!(history.results().map(|(_, _, o)| o.mean()).collect::<Vec<_>>(), [Some(2.0), None]);
        assert_eq!(history.pending().map(|(n, _)| n).collect::<Vec<_>>(), [1]);
        assert_eq!((history.n_method(), history.n_counted()), (2, 2));
        assert!(history.contains(&config(1)) && !history.contains(&config(7)));
    }
}
