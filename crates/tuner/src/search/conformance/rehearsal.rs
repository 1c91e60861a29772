//! A study without a store: proposals are checked as they are made.

use super::super::{Fitted, Request, Sampler, Suggestion};
use super::Make;
use crate::error::Error;
use crate::seed::Streams;
use crate::space::{Config, Lattice, Space};
use crate::trial::{History, Outcome};
use std::sync::Arc;

/// A sampler, its space, and the history of its proposals.
pub(super) struct Rehearsal<'a> {
    space: &'a Space,
    sampler: Box<dyn Sampler>,
    pub(super) history: History,
    pub(super) seed: u64,
    fitted: Vec<Fitted>,
}

impl<'a> Rehearsal<'a> {
    pub(super) fn new(space: &'a Space, make: &mut Make<'_>) -> Self {
        Self { space, sampler: make(space), history: History::new(), seed: 7, fitted: Vec::new() }
    }

    /// Returns the same study under another sampler.
    pub(super) fn with_sampler(&self, sampler: Box<dyn Sampler>) -> Self {
        let fitted = self.fitted.clone();
        Self { space: self.space, sampler, history: self.history.clone(), seed: self.seed, fitted }
    }

    /// Returns the same study under another sampler, without stored fits.
    pub(super) fn without_fits(&self, sampler: Box<dyn Sampler>) -> Self {
        Self { fitted: Vec::new(), ..self.with_sampler(sampler) }
    }

    /// Asks for a proposal and discards it.
    pub(super) fn suggest(&mut self) -> Result<Option<Suggestion>, Error> {
        let streams = Streams::new(self.seed);
        self.sampler.propose(&Request {
            space: self.space,
            history: &self.history,
            streams,
            fitted: &self.fitted,
        })
    }

    /// Makes a trial of the next proposal.
    pub(super) fn propose(&mut self) -> Option<Config> {
        let Some(suggestion) = self.suggest().expect("a satisfiable space") else {
            self.check_exhausted();
            return None;
        };

        let Suggestion { config, origin, fitted } = suggestion;
        assert_eq!(self.space.check(&config), Ok(()), "a proposal is in the space");
        assert!(!self.history.contains(&config), "a proposal is new");
        assert!(origin.is_method(), "a proposal is the method's");

        for fit in fitted {
            assert!(
                self.fitted.last().is_none_or(|last| last.n_results < fit.n_results),
                "fits ascend"
            );
            assert!(fit.values.iter().all(|v| v.is_finite()), "fits are finite");
            self.fitted.push(fit);
        }

        self.history.push(Arc::new(config.clone()), origin);
        Some(config)
    }

    /// Reveals the result of `outcome` (of space, trial and configuration) for trial `number`.
    pub(super) fn reveal(
        &mut self,
        number: usize,
        outcome: impl Fn(&Space, usize, &Config) -> Outcome,
    ) {
        let config = Arc::clone(&self.history.entries()[number].config);
        self.history.reveal(number, outcome(self.space, number, &config));
    }

    /// Continues until there are `n_trials` or the space is exhausted; trial n is proposed when all
    /// but `parallel` − 1 of the trials below it are revealed.
    pub(super) fn run(
        &mut self,
        n_trials: usize,
        parallel: usize,
        outcome: impl Fn(&Space, usize, &Config) -> Outcome,
    ) {
        while self.history.len() < n_trials {
            let settled = (self.history.len() + 1).saturating_sub(parallel);
            let ready: Vec<usize> =
                self.history.pending().map(|(n, _)| n).filter(|n| *n < settled).collect();
            for number in ready {
                self.reveal(number, &outcome);
            }
            if self.propose().is_none() {
                break;
            }
        }
    }

    pub(super) fn configs(&self) -> Vec<Arc<Config>> {
        self.history.entries().iter().map(|entry| Arc::clone(&entry.config)).collect()
    }

    /// A space may be called exhausted when all its points were tried; for an infinite space, those
    /// of its grid.
    fn check_exhausted(&self) {
        let lattice = Lattice::exhaustive(self.space)
            .or_else(|_| Lattice::grid(self.space))
            .expect("spaces have levels");
        let mut points = (0..lattice.n_raw()).filter_map(|i| lattice.point(self.space, i));
        assert!(
            points.all(|point| self.history.contains(&point)),
            "a space is exhausted when all was tried"
        );
    }
}
