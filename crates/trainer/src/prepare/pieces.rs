//! A number spread over several inputs, each of which increases within one interval.
//!
//! The piecewise-linear encoding of Gorishniy, Rubachev and Babenko 2022 ("On Embeddings for
//! Numerical Features in Tabular Deep Learning", equation 1) with bounds at quantiles of the
//! training rows; here each input runs from −1 to 1 and is constant outside its interval, so
//! that outliers stay bounded.

use serde::{Deserialize, Serialize};

use crate::data::Features;

/// The most training rows whose numbers are sorted: more rows hardly change the quantiles.
const MOST_ROWS: usize = 10_000;

/// The intervals over which a number is spread.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f32>", into = "Vec<f32>")]
pub(super) struct Pieces {
    /// The lower bound of each interval.
    lows: Vec<f32>,
    /// 2 over the length of each.
    slopes: Vec<f32>,
    /// The upper bound of the last; 0 without intervals.
    high: f32,
}

/// Bounds that are not finite, or not in ascending order.
#[derive(Debug, thiserror::Error)]
#[error("the bounds of intervals do not ascend")]
pub(super) struct NotAscending;

impl Pieces {
    /// Learns at most `n` intervals from a column's numbers in the training rows, each with about
    /// the same number of rows; none if they would be fewer than two.
    pub(super) fn fit(features: &Features, train_rows: &[u32], column: usize, n: usize) -> Self {
        let numbers = sorted(features, train_rows, column);
        let Some(last) = numbers.len().checked_sub(1) else {
            return Self::default();
        };

        let mut bounds: Vec<f32> = (0..=n).map(|i| numbers[(i * last + n / 2) / n]).collect();
        bounds.dedup();
        // One interval would repeat the scaled number that every column has already.
        if bounds.len() < 3 {
            return Self::default();
        }
        Self::try_from(bounds).unwrap_or_default()
    }

    /// Returns the number of intervals.
    pub(super) fn len(&self) -> usize {
        self.lows.len()
    }

    /// Returns lower bound and slope of each interval.
    pub(super) fn parts(&self) -> impl Iterator<Item = (f32, f32)> + '_ {
        self.lows.iter().copied().zip(self.slopes.iter().copied())
    }

    /// Writes −1 for each interval above the number, 1 for each below it, and for its own the
    /// place between; 0 everywhere if the number is missing.
    pub(super) fn write(&self, number: f32, out: &mut [f32]) {
        if number.is_nan() {
            out.fill(0.0);
            return;
        }
        let n = out.len();
        let (lows, slopes) = (&self.lows[..n], &self.slopes[..n]);
        for i in 0..n {
            out[i] = ((number - lows[i]) * slopes[i] - 1.0).clamp(-1.0, 1.0);
        }
    }
}

/// Returns a column's numbers in the training rows, sorted; of more than [`MOST_ROWS`], evenly
/// spaced rows.
fn sorted(features: &Features, train_rows: &[u32], column: usize) -> Vec<f32> {
    let every = train_rows.len().div_ceil(MOST_ROWS).max(1);
    let of_row = |&row: &u32| features.numbers(row)[column];
    let mut numbers: Vec<f32> =
        train_rows.iter().step_by(every).map(of_row).filter(|number| !number.is_nan()).collect();

    numbers.sort_by(f32::total_cmp);
    numbers
}

/// Reads the bounds of the intervals, one more than there are intervals; no bounds, no intervals.
impl TryFrom<Vec<f32>> for Pieces {
    type Error = NotAscending;

    fn try_from(mut bounds: Vec<f32>) -> Result<Self, NotAscending> {
        let slopes: Vec<f32> = bounds.windows(2).map(|pair| 2.0 / (pair[1] - pair[0])).collect();
        let Some(high) = bounds.pop() else {
            return Ok(Self::default());
        };

        // A length that overflows single precision, or underflows, has no slope.
        let ascend = slopes.iter().all(|slope| slope.is_normal() && *slope > 0.0);
        if slopes.is_empty() || !ascend || !high.is_finite() {
            return Err(NotAscending);
        }
        Ok(Self { lows: bounds, slopes, high })
    }
}

impl From<Pieces> for Vec<f32> {
    fn from(pieces: Pieces) -> Self {
        let Pieces { mut lows, high, .. } = pieces;
        if !lows.is_empty() {
            lows.push(high);
        }
        lows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(numbers: &[f32]) -> Features {
        let column = ndarray::Array2::from_shape_fn((numbers.len(), 1), |(row, _)| numbers[row]);
        Features::from_array(column).unwrap()
    }

    fn fit(numbers: &[f32], n: usize) -> Pieces {
        let rows: Vec<u32> = (0..numbers.len() as u32).collect();
        Pieces::fit(&features(numbers), &rows, 0, n)
    }

    fn written(pieces: &Pieces, number: f32) -> Vec<f32> {
        let mut out = vec![f32::NAN; pieces.len()];
        pieces.write(number, &mut out);
        out
    }

    #[test]
    fn a_number_fills_the_intervals_below_it() {
        let pieces = fit(&[0.0, 2.0, 1.0, 8.0, 4.0], 4);
        assert_eq!(Vec::from(pieces.clone()), [0.0, 1.0, 2.0, 4.0, 8.0]);
        assert_eq!(written(&pieces, 3.0), [1.0, 1.0, 0.0, -1.0]);
        assert_eq!(written(&pieces, 0.25), [-0.5, -1.0, -1.0, -1.0]);
        assert_eq!(written(&pieces, -1e30), [-1.0; 4], "below all");
        assert_eq!(written(&pieces, 1e30), [1.0; 4], "above all");
        assert_eq!(written(&pieces, f32::NAN), [0.0; 4], "missing");
    }

    #[test]
    fn the_inputs_add_up_to_a_curve_without_jumps() {
        let pieces = fit(&[0.0, 1.0, 2.0, 4.0, 8.0], 4);
        let sum = |number: f32| written(&pieces, number).iter().sum::<f32>();
        for step in 0..800_u16 {
            let number = f32::from(step) * 0.01;
            let rise = sum(number + 0.01) - sum(number);
            // The steepest interval rises by 2 over its length of 1, the flattest over 4.
            assert!((0.004..0.021).contains(&rise), "{number}: {rise}");
        }
    }

    #[test]
    fn equal_numbers_make_fewer_intervals_and_two_values_none() {
        let mostly_zero: Vec<f32> = (0..100_u8).map(|i| f32::from(i.saturating_sub(90))).collect();
        let pieces = fit(&mostly_zero, 10);
        assert_eq!(Vec::from(pieces), [] as [f32; 0], "zero, and the greatest");
        assert_eq!(fit(&mostly_zero, 50).len(), 5);
        assert_eq!(fit(&[0.0, 1.0, 0.0, 1.0, 1.0], 8).len(), 0);
        assert_eq!(fit(&[0.5; 5], 8).len(), 0);
        assert_eq!(fit(&[], 8).len(), 0);
    }

    #[test]
    fn bounds_that_do_not_ascend_are_refused() {
        for bounds in [vec![1.0], vec![0.0, 1.0, 1.0], vec![0.0, f32::INFINITY]] {
            assert!(Pieces::try_from(bounds.clone()).is_err(), "{bounds:?}");
        }
        assert_eq!(Pieces::try_from(Vec::new()).unwrap(), Pieces::default());
    }
}
