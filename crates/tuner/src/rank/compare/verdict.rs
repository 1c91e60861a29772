//! The verdict about two winners: the difference, its interval, and the kind of evidence.

use super::{Mismatch, Pairing, Protocol};
use crate::error::{ComparisonFault, Error};
use crate::stats::{self, Sample, TTest};

/// The evidence of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The losses by which the search selected the winners. They are optimistic, increasingly with
    /// the number of trials, and the p-value does not account for that.
    SelectionScore,
    /// Losses on new splits that took no part in the search: a test of the winners.
    FreshRepeats,
}

/// One winner against that of the reference. Values are as told.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Position of the study compared; the reference is 0.
    pub board: usize,
    /// The evidence for the difference.
    pub evidence: Evidence,
    /// Whether the losses are paired split by split.
    pub pairing: Pairing,
    /// The winner's mean loss minus that of the reference.
    pub difference: f64,
    /// How much worse the winner is than that of the reference; negative if it is better.
    pub worse_by: f64,
    /// The test of the difference; `None` for a single split.
    pub test: Option<TTest>,
    /// The test's p-value after Holm's correction for all studies compared with the reference.
    pub adjusted_p: Option<f64>,
    /// The test's 95 % interval, widened as that correction raises p: it excludes 0 exactly if
    /// `adjusted_p` is below 0.05.
    pub adjusted_interval: Option<(f64, f64)>,
    /// Number of comparisons that the correction is for.
    pub n_comparisons: usize,
}

impl Verdict {
    /// Whether the winner's loss is worse than that of the reference by more than `tolerance`.
    pub fn is_worse_by_more_than(&self, tolerance: f64) -> bool {
        self.worse_by > tolerance
    }
}

/// A winner retrained on splits that took no part in the search.
#[derive(Clone, Debug, PartialEq)]
pub struct FreshWinner {
    /// The study it won.
    pub name: String,
    /// How the winner was evaluated on the new splits.
    pub protocol: Protocol,
    /// One loss per split, in the user's units.
    pub losses: Vec<f64>,
}

/// Tests the winners of two or more studies on fresh losses; the first is the reference.
///
/// Uses the corrected resampled t test, with at most 5 % false alarms between winners of searches
/// of similar size. New splits have the same rows, so a configuration's selection bias with respect
/// to these rows remains: the winner of far more trials is favoured (`benches/truth` prints by how
/// much), and only held-out rows avoid that.
///
/// # Errors
/// [`Error::Comparison`] if there are fewer than two, if they disagree on metric or direction, or
/// if one has no losses or some that are not finite.
pub fn fresh(winners: &[FreshWinner]) -> Result<Vec<Verdict>, Error> {
    let sides: Vec<Side<'_>> = winners
        .iter()
        .map(|w| Side { name: &w.name, protocol: &w.protocol, losses: &w.losses })
        .collect();
    verdicts(Evidence::FreshRepeats, &sides)
}

/// One side of a comparison.
pub(super) struct Side<'a> {
    pub(super) name: &'a str,
    pub(super) protocol: &'a Protocol,
    pub(super) losses: &'a [f64],
}

/// Compares every further side with the first.
pub(super) fn verdicts(evidence: Evidence, sides: &[Side<'_>]) -> Result<Vec<Verdict>, Error> {
    let [reference, others @ ..] = sides else {
        return Err(Error::Comparison(ComparisonFault::TooFew { found: 0 }));
    };

    if others.is_empty() {
        return Err(Error::Comparison(ComparisonFault::TooFew { found: 1 }));
    }

    let judged =
        others.iter().enumerate().map(|(i, other)| verdict(i + 1, evidence, reference, other));
    let mut verdicts = judged.collect::<Result<Vec<_>, _>>()?;

    // Several studies are compared with one reference: without adjustment, one of them soon
    // differs.
    let p: Vec<Option<f64>> = verdicts.iter().map(|v| v.test.map(|t| t.p)).collect();
    let n_comparisons = p.iter().flatten().count();
    for (verdict, adjusted) in verdicts.iter_mut().zip(stats::holm(&p)) {
        verdict.n_comparisons = n_comparisons;
        verdict.adjusted_p = adjusted.map(|adjusted| adjusted.p);
        let both = verdict.test.zip(adjusted);
        verdict.adjusted_interval = both.map(|(test, adjusted)| test.interval(adjusted.factor));
    }

    Ok(verdicts)
}

fn verdict(board: usize, evidence: Evidence, a: &Side<'_>, b: &Side<'_>) -> Result<Verdict, Error> {
    a.protocol.check_comparable(a.name, b.protocol, b.name)?;
    let mean = |side: &Side<'_>| {
        let nothing =
            || Error::Comparison(ComparisonFault::NothingSucceeded { study: side.name.to_owned() });
        stats::mean(side.losses).ok_or_else(nothing)
    };

    let difference = mean(b)? - mean(a)?;
    let mut pairing = a.protocol.pairing(b.protocol);
    // Losses are paired only if every split has one on both sides.
    if pairing == Pairing::Paired && a.losses.len() != b.losses.len() {
        pairing = Pairing::Unpaired(Mismatch::Splits);
    }

    let test = match pairing {
        Pairing::Paired => stats::paired(a.losses, b.losses, a.protocol.test_train_ratio),
        Pairing::Unpaired(_) => stats::unpaired(a.sample(), b.sample()),
    };

    let worse_by = a.protocol.direction.inner(difference);
    Ok(Verdict {
        board,
        evidence,
        pairing,
        difference,
        worse_by,
        test,
        adjusted_p: None,
        adjusted_interval: None,
        n_comparisons: 1,
    })
}

impl<'a> Side<'a> {
    fn sample(&self) -> Sample<'a> {
        Sample { losses: self.losses, test_train_ratio: self.protocol.test_train_ratio }
    }
}
