//! Judges one fold epoch by epoch.

use super::bars::{Bars, RaceVerdict};
use super::settings::Rung;
use crate::trial::{FoldResult, Look, State};

/// Receives a fold's epochs and records its learning curve at the rungs.
#[derive(Clone, Debug)]
pub struct Judge<'a> {
    /// Without bars nothing is stopped; the curve is only recorded for later trials.
    bars: Option<&'a Bars>,
    split: usize,
    rungs: Vec<Rung>,
    heard: Vec<(u32, f64)>,
    looks: Vec<Look>,
    verdict: Option<(u32, RaceVerdict)>,
}

impl<'a> Judge<'a> {
    /// Judges a fold at these epochs.
    pub fn new(bars: Option<&'a Bars>, split: usize, rungs: Vec<Rung>) -> Self {
        Self { bars, split, rungs, heard: Vec::new(), looks: Vec::new(), verdict: None }
    }

    /// Handles the loss after an epoch (from 1), in the user's units; returns whether the fold
    /// continues. If an objective skips the epoch of a rung, it is judged at the next reported one;
    /// epochs that do not ascend are ignored.
    pub(crate) fn hear(&mut self, epoch: u32, loss: f64) -> bool {
        if self.verdict.is_some() || self.heard.last().is_some_and(|(last, _)| epoch <= *last) {
            return self.verdict.is_none();
        }
        self.heard.push((epoch, loss));
        let n_passed = self.rungs.iter().take_while(|rung| rung.epoch <= epoch).count();
        // Rungs passed at once are one judgement, at the last of them.
        let last = self.rungs.drain(..n_passed).next_back();
        if let Some(rung) = last {
            self.look(rung, epoch, loss);
        }
        self.verdict.is_none()
    }

    fn look(&mut self, rung: Rung, epoch: u32, loss: f64) {
        let half = epoch.div_ceil(2);
        let halfway =
            self.heard.iter().take_while(|(at, _)| *at <= half).last().or(self.heard.first());
        let Some((_, halfway)) = halfway.filter(|(_, y)| y.is_finite() && loss.is_finite()) else {
            return;
        };
        let look = Look { rung: rung.index, loss, halfway: *halfway };
        self.looks.push(look);
        let verdict = self.bars.and_then(|bars| bars.judge_epoch(self.split, &look));
        self.verdict = verdict.map(|verdict| (epoch, verdict));
    }

    /// Returns the epoch after which the fold was stopped, and why.
    pub fn verdict(&self) -> Option<&(u32, RaceVerdict)> {
        self.verdict.as_ref()
    }

    /// Adds the recorded curve to a fold's result; a verdict applies, whatever followed it.
    pub fn conclude(&self, result: &mut FoldResult) {
        if let Some((epoch, verdict)) = &self.verdict {
            // An objective that did not stop has counted more epochs than a stopped one.
            let has_stopped = result.state == State::Raced;
            *result = FoldResult {
                epochs: Some(*epoch),
                n_parameters: result.n_parameters.filter(|_| has_stopped),
                multiply_adds: result.multiply_adds.filter(|_| has_stopped),
                seconds: result.seconds,
                predicted: Some(verdict.predicted),
                ..FoldResult::not_ok(State::Raced, verdict.reason.clone())
            };
        }

        result.looks.clone_from(&self.looks);
    }

    /// Returns the recorded curve at the rungs.
    pub fn looks(&self) -> &[Look] {
        &self.looks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(rungs: &[(usize, u32)], heard: &[(u32, f64)]) -> Vec<(usize, f64, f64)> {
        let rungs = rungs.iter().map(|&(index, epoch)| Rung { index, epoch }).collect();
        let mut judge = Judge::new(None, 0, rungs);
        assert!(heard.iter().all(|(epoch, loss)| judge.hear(*epoch, *loss)));
        judge.looks().iter().map(|look| (look.rung, look.loss, look.halfway)).collect()
    }

    #[test]
    fn a_curve_is_looked_at_where_it_is_judged() {
        let heard: Vec<(u32, f64)> = (1..=10).map(|e| (e, f64::from(e))).collect();
        assert_eq!(looks(&[(0, 2), (1, 5)], &heard), [(0, 2.0, 1.0), (1, 5.0, 3.0)]);
        assert_eq!(looks(&[(0, 1)], &heard), [(0, 1.0, 1.0)]);
        assert_eq!(looks(&[(0, 11)], &heard), []);
    }

    #[test]
    fn epochs_that_are_skipped_are_judged_at_the_next() {
        let heard = [(3, 0.3), (7, 0.7), (7, 0.1), (5, 0.5), (8, 0.8)];
        assert_eq!(looks(&[(0, 2), (1, 4), (2, 6)], &heard), [(0, 0.3, 0.3), (2, 0.7, 0.3)]);
    }

    #[test]
    fn losses_that_are_not_finite_show_nothing() {
        let heard = [(1, f64::NAN), (2, 0.5), (4, f64::INFINITY), (8, 0.25)];
        assert_eq!(looks(&[(0, 2), (1, 4), (2, 8)], &heard), []);
        assert_eq!(looks(&[(2, 8)], &[(2, f64::NAN), (4, 0.5), (8, 0.25)]), [(2, 0.25, 0.5)]);
    }
}
