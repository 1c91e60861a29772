//! Parameter importance before any trial, from the learned prior mean.
//!
//! Total effects of the prior mean over the space (Homma and Saltelli 1996), by the estimator of
//! Jansen (1999): half the mean squared change when one parameter changes.

use crate::prior::{Polynomial, PriorMean};
use crate::search::sobol::Sequence;
use crate::seed::Streams;
use crate::space::axes::Axes;
use crate::space::{Point, Space};
use crate::stats::mean;

/// Number of pairs of configurations for each parameter.
const N_PAIRS: usize = 512;

/// Returns each searched parameter and its total effect in the learned prior mean, the largest
/// first; the effects sum to more than 1 if parameters interact.
pub fn prior_importance(space: &Space, prior_mean: &PriorMean) -> Vec<(String, f64)> {
    let axes = Axes::new(space);
    let expectation = Polynomial::new(&axes, prior_mean);
    let n_axes = axes.len();
    let place = |unit: &[f64]| axes.place(&space.draw(unit));

    // One sequence of twice the dimensions: its halves are independent.
    let sequence = Sequence::new(2 * n_axes);
    let points = sequence.scrambled(Streams::new(0));
    let mut squares = vec![0.0; n_axes];
    let mut values = Vec::with_capacity(N_PAIRS);

    for number in 0..N_PAIRS {
        let both = points.point(number as u64);
        let (unit, other) = both.split_at(n_axes);
        let moved = (0..n_axes).map(|axis| {
            let mut moved = unit.to_vec();
            moved[axis] = other[axis];
            place(&moved)
        });
        let places: Vec<Point> = std::iter::once(place(unit)).chain(moved).collect();
        let found = expectation.values(&places.iter().collect::<Vec<_>>());
        for (square, moved) in squares.iter_mut().zip(&found[1..]) {
            *square += (moved - found[0]) * (moved - found[0]) / (2 * N_PAIRS) as f64;
        }
        values.push(found[0]);
    }

    let mean = mean(&values).unwrap_or(0.0);
    let variance = values.iter().map(|h| (h - mean) * (h - mean)).sum::<f64>() / N_PAIRS as f64;
    let name = |axis: usize| space.parameters()[space.axes()[axis]].name.clone();
    let share = |square: f64| {
        if variance > 0.0 { square / variance } else { 0.0 }
    };

    let mut shares: Vec<(String, f64)> =
        squares.into_iter().map(share).enumerate().map(|(a, s)| (name(a), s)).collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prior::{Curve, LossScale, Noise, RampScale, Term, Variable};
    use crate::space::{Domain, Parameter, Scale};

    #[test]
    fn shares_are_those_of_a_known_function() {
        // x + y/2 + x·z over [-1, 1]³: variances 1/3, 1/12 and 1/9; in all 19/36.
        let parameter = |name: &str| {
            Parameter::new(
                name,
                Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None },
            )
        };
        let ramp = || Curve::Ramp { scale: RampScale::Linear, low: 0.0, high: 1.0 };
        let variable =
            |name: &str| Variable { parameter: name.to_owned(), curve: ramp(), absent: 0.0 };
        let term = |coefficient, factors: &[usize]| Term { coefficient, factors: factors.to_vec() };
        let prior_mean = PriorMean {
            variables: ["x", "y", "z"].map(variable).to_vec(),
            terms: vec![term(1.0, &[0]), term(0.5, &[1]), term(1.0, &[0, 2])],
            scale: LossScale {
                spread: 1.0,
                spread_sd: 1.0,
                noise: Noise { mean: -3.0, sd: 2.0 },
                residual: 0.5,
                reference: None,
            },
            length: 0.0,
        };
        let space = Space::new(["x", "y", "z"].map(parameter).to_vec(), &[]).unwrap();
        let found = prior_importance(&space, &prior_mean);
        assert_eq!(
            found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["x", "z", "y"]
        );
        // Tolerance: the estimator's own at 512 rows of a Sobol sequence.
        for ((_, share), expected) in found.iter().zip([16.0 / 19.0, 4.0 / 19.0, 3.0 / 19.0]) {
            assert!((share - expected).abs() < 0.05, "{found:?}");
        }
    }
}
