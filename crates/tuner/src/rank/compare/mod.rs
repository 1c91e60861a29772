//! Comparison of studies: a test of the winners, and other differences.
//!
//! The first study is the reference. Losses are paired split by split only if both studies were
//! evaluated on the same splits of the same data; otherwise the fold effects do not cancel, and the
//! verdict says so. Losses that selected a winner are optimistic: only [`fresh`] losses of the
//! winners give an honest test.

mod board;
mod curve;
mod protocol;
mod verdict;
mod winners;

pub use board::{Board, BoardTrial};
pub use curve::{Mark, best_so_far};
pub use protocol::{Mismatch, Pairing, Protocol};
pub use verdict::{Evidence, FreshWinner, Verdict, fresh};
pub use winners::{Difference, Shared, differing, shared};

use crate::Error;
use verdict::{Side, verdicts};

/// The result of comparing studies.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison<'a> {
    /// The best trial of each study, in the order of the studies.
    pub winners: Vec<&'a BoardTrial>,
    /// Each further study against the first.
    pub against: Vec<Against<'a>>,
    /// The best loss so far at equal numbers of trials.
    pub curve: Vec<Mark>,
}

/// One study against the reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Against<'a> {
    /// Winner against winner, on the losses that selected them.
    pub verdict: Verdict,
    /// Hyperparameters in which the winners differ.
    pub differing: Vec<Difference<'a>>,
    /// Configurations that both studies tried.
    pub shared: Vec<Shared>,
}

/// Compares the winners of two or more studies, the first of which is the reference.
///
/// # Errors
/// [`Error::Comparison`] if there are fewer than two, if they disagree on metric or direction, or
/// if one has no trial that is ok.
pub fn compare(boards: &[Board]) -> Result<Comparison<'_>, Error> {
    let winners = boards.iter().map(Board::winner).collect::<Result<Vec<_>, _>>()?;
    let sides: Vec<Side<'_>> = boards
        .iter()
        .zip(&winners)
        .map(|(board, winner)| Side {
            name: &board.name,
            protocol: &board.protocol,
            losses: &winner.losses,
        })
        .collect();

    let verdicts = verdicts(Evidence::SelectionScore, &sides)?;
    let against = verdicts.into_iter().map(|verdict| Against {
        differing: differing(winners[0], winners[verdict.board]),
        shared: shared(&boards[0], &boards[verdict.board]),
        verdict,
    });

    Ok(Comparison { against: against.collect(), curve: best_so_far(boards), winners })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ComparisonFault;
    use crate::trial::{Direction, State};

    pub(super) fn protocol(direction: Direction) -> Protocol {
        Protocol {
            metric: "mse".into(),
            direction,
            data: Some("d".into()),
            splits: Some("s".into()),
            test_train_ratio: 0.25,
        }
    }

    /// The losses and hyperparameters of a trial; without losses it diverged.
    type Tried<'a> = (&'a [f64], &'a [(&'a str, &'a str)]);

    /// A board of trials on the same splits.
    fn board(name: &str, direction: Direction, trials: &[Tried<'_>]) -> Board {
        let trial = |(number, (losses, params)): (usize, &Tried<'_>)| BoardTrial {
            number: number as u64,
            state: if losses.is_empty() { State::Diverged } else { State::Ok },
            losses: losses.to_vec(),
            params: params.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect(),
        };
        let trials = trials.iter().enumerate().map(trial).collect();
        Board { name: name.into(), protocol: protocol(direction), trials }
    }

    const A: [f64; 5] = [0.31, 0.42, 0.28, 0.39, 0.35];
    const B: [f64; 5] = [0.33, 0.47, 0.27, 0.45, 0.36];
    const BAD: [f64; 5] = [9.0; 5];

    #[test]
    fn winners_are_compared_split_by_split() {
        let a = board("a", Direction::Minimize, &[(&BAD, &[]), (&A, &[])]);
        let b = board("b", Direction::Minimize, &[(&B, &[]), (&[], &[])]);
        let boards = [a, b];
        let comparison = compare(&boards).unwrap();
        assert_eq!(comparison.winners.iter().map(|w| w.number).collect::<Vec<_>>(), [1, 0]);
        let verdict = &comparison.against[0].verdict;
        assert_eq!((verdict.board, verdict.evidence), (1, Evidence::SelectionScore));
        assert_eq!(verdict.pairing, Pairing::Paired);
        assert_eq!(verdict.test, crate::stats::paired(&A, &B, 0.25));
        assert_eq!(verdict.adjusted_p, verdict.test.map(|t| t.p));
        assert!(
            (verdict.difference - 0.026).abs() < 1e-15 && verdict.worse_by == verdict.difference
        );
        assert!(verdict.is_worse_by_more_than(0.02) && !verdict.is_worse_by_more_than(0.03));
    }

    #[test]
    fn for_a_maximised_value_lower_is_worse() {
        let boards = [
            board("a", Direction::Maximize, &[(&B, &[])]),
            board("b", Direction::Maximize, &[(&A, &[])]),
        ];
        let verdict = &compare(&boards).unwrap().against[0].verdict;
        assert!(
            (verdict.difference + 0.026).abs() < 1e-15 && verdict.worse_by == -verdict.difference
        );
        assert!(verdict.is_worse_by_more_than(0.0));
        assert!(
            verdict.test.is_some_and(|t| t.low < verdict.difference && verdict.difference < t.high)
        );
    }

    #[test]
    fn other_splits_make_it_unpaired() {
        let mut boards = [
            board("a", Direction::Minimize, &[(&A, &[])]),
            board("b", Direction::Minimize, &[(&B, &[])]),
        ];
        boards[1].protocol.splits = Some("t".into());
        let verdict = compare(&boards).unwrap().against.remove(0).verdict;
        assert_eq!(verdict.pairing, Pairing::Unpaired(Mismatch::Splits));
        let sample = |losses| crate::stats::Sample { losses, test_train_ratio: 0.25 };
        assert_eq!(verdict.test, crate::stats::unpaired(sample(&A), sample(&B)));
        // Equal hashes with different numbers of splits: a file was edited.
        boards[1].protocol.splits = Some("s".into());
        boards[1].trials[0].losses.pop();
        let verdict = compare(&boards).unwrap().against.remove(0).verdict;
        assert_eq!(verdict.pairing, Pairing::Unpaired(Mismatch::Splits));
    }

    #[test]
    fn several_studies_share_the_risk_of_a_false_alarm() {
        let shifted: Vec<f64> =
            A.iter().zip([0.1, 0.2, 0.1, 0.2, 0.15]).map(|(a, d)| a + d).collect();
        let minimize = Direction::Minimize;
        let boards = [
            board("a", minimize, &[(&A, &[])]),
            board("b", minimize, &[(&B, &[])]),
            board("c", minimize, &[(&shifted, &[])]),
        ];
        let comparison = compare(&boards).unwrap();
        let p: Vec<f64> = comparison.against.iter().map(|a| a.verdict.test.unwrap().p).collect();
        assert!(p[1] < p[0]);
        let adjusted: Vec<f64> =
            comparison.against.iter().map(|a| a.verdict.adjusted_p.unwrap()).collect();
        assert_eq!(adjusted, [p[0].max(2.0 * p[1]), 2.0 * p[1]]);
        for against in &comparison.against {
            let verdict = &against.verdict;
            let (low, high) = verdict.adjusted_interval.unwrap();
            let excludes_0 = low > 0.0 || high < 0.0;
            assert_eq!(excludes_0, verdict.adjusted_p.unwrap() < 0.05, "{verdict:?}");
            assert_eq!(verdict.n_comparisons, 2);
            let test = verdict.test.unwrap();
            assert!(low <= test.low && high >= test.high);
        }
    }

    #[test]
    fn studies_of_different_metrics_are_refused() {
        let a = board("a", Direction::Minimize, &[(&A, &[])]);
        let fault = |other: &Board| match compare(&[a.clone(), other.clone()]) {
            Err(Error::Comparison(fault)) => fault,
            other => panic!("{other:?}"),
        };
        assert!(matches!(
            fault(&board("b", Direction::Maximize, &[(&B, &[])])),
            ComparisonFault::Directions { .. }
        ));
        let nothing = ComparisonFault::NothingSucceeded { study: "b".into() };
        assert_eq!(fault(&board("b", Direction::Minimize, &[(&[], &[])])), nothing);
        let mut other = a.clone();
        other.protocol.metric = "mae".into();
        assert!(matches!(fault(&other), ComparisonFault::Metrics { .. }));
        for found in [0, 1] {
            let few = compare(&vec![a.clone(); found]).unwrap_err();
            assert!(
                matches!(few, Error::Comparison(ComparisonFault::TooFew { found: f }) if f == found)
            );
        }
    }

    #[test]
    fn curves_meet_at_equal_numbers_of_trials() {
        let one = |loss: &'static [f64]| (loss, [].as_slice());
        let a = board("a", Direction::Minimize, &[&[], &[3.0][..], &[4.0], &[1.0]].map(one));
        let b = board("b", Direction::Minimize, &[&[2.0][..], &[5.0], &[0.5]].map(one));
        let marks = best_so_far(&[a, b]);
        let expected =
            [(1, [None, Some(2.0)]), (2, [Some(3.0), Some(2.0)]), (3, [Some(3.0), Some(0.5)])];
        assert_eq!(
            marks.iter().map(|m| (m.n_trials, [m.best[0], m.best[1]])).collect::<Vec<_>>(),
            expected
        );
        let long = board("c", Direction::Maximize, &[one(&[1.0]); 120]);
        let marks: Vec<usize> =
            best_so_far(&[long.clone(), long]).iter().map(|m| m.n_trials).collect();
        assert_eq!(marks, [1, 2, 5, 10, 20, 50, 100, 120]);
    }

    #[test]
    fn winners_and_trials_are_told_apart_by_their_hyperparameters() {
        let a = board(
            "a",
            Direction::Minimize,
            &[
                (&A, &[("depth", "2"), ("optimizer", "sgd"), ("momentum", "0.9")]),
                (&BAD, &[("depth", "1"), ("optimizer", "adam")]),
                (&[], &[("depth", "3"), ("optimizer", "adam")]),
            ],
        );
        let b = board(
            "b",
            Direction::Minimize,
            &[
                (&BAD, &[("optimizer", "adam"), ("depth", "3")]),
                (&B, &[("optimizer", "adam"), ("depth", "2"), ("beta", "0.5")]),
            ],
        );
        let boards = [a, b];
        let comparison = compare(&boards).unwrap();
        let difference = |name, reference, other| Difference { name, reference, other };
        assert_eq!(
            comparison.against[0].differing,
            [
                difference("optimizer", Some("sgd"), Some("adam")),
                difference("momentum", Some("0.9"), None),
                difference("beta", None, Some("0.5")),
            ]
        );
        let shared = Shared { reference: 2, other: 0, reference_loss: None, other_loss: Some(9.0) };
        assert_eq!(comparison.against[0].shared, [shared]);
    }

    #[test]
    fn fresh_losses_make_a_test_of_the_winners() {
        let winner = |name: &str, losses: &[f64]| FreshWinner {
            name: name.into(),
            protocol: protocol(Direction::Minimize),
            losses: losses.to_vec(),
        };
        let verdicts = fresh(&[winner("a", &A), winner("b", &B)]).unwrap();
        assert_eq!(verdicts.len(), 1);
        assert_eq!(verdicts[0].evidence, Evidence::FreshRepeats);
        assert_eq!(verdicts[0].test, crate::stats::paired(&A, &B, 0.25));
        assert!(fresh(&[winner("a", &A), winner("b", &[])]).is_err());
        assert!(fresh(&[winner("a", &A), winner("b", &[f64::NAN; 5])]).is_err());
        // A single split has a difference, but no test.
        let verdicts = fresh(&[winner("a", &[1.0]), winner("b", &[3.0])]).unwrap();
        assert_eq!((verdicts[0].difference, verdicts[0].test), (2.0, None));
    }
}
