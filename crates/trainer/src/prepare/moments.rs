//! Mean, variance and range of every numeric column over some rows.

use crate::data::Features;

/// Moments of one column of stored numbers, without missing ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moments {
    /// Rows that have a number.
    pub(super) n: u32,
    /// 0 without rows.
    pub(super) mean: f64,
    /// With divisor n; 0 without rows.
    pub(super) variance: f64,
    pub(super) least: f32,
    pub(super) most: f32,
}

/// Running values of all columns, each in its own array so that vector instructions add a row.
struct Sums {
    n: Vec<u32>,
    sum: Vec<f64>,
    least: Vec<f32>,
    most: Vec<f32>,
}

impl Moments {
    /// Reads each row twice, since squares about a known mean lose no digits. Sums follow the order
    /// of `rows`.
    pub(super) fn of(features: &Features, rows: &[u32]) -> Vec<Self> {
        let width = features.n_numbers();
        let mut sums = Sums {
            n: vec![0; width],
            sum: vec![0.0; width],
            least: vec![f32::INFINITY; width],
            most: vec![f32::NEG_INFINITY; width],
        };

        for &row in rows {
            sums.add(features.numbers(row));
        }
        let means: Vec<f64> =
            sums.sum.iter().zip(&sums.n).map(|(sum, &n)| sum / f64::from(n.max(1))).collect();

        // In a second pass, about the means: Σx² − n·mean² cancels where means are large.
        let mut squares = vec![0.0; width];
        for &row in rows {
            add_squares(&mut squares, features.numbers(row), &means);
        }

        (0..width)
            .map(|column| Self {
                n: sums.n[column],
                mean: means[column],
                variance: squares[column] / f64::from(sums.n[column].max(1)),
                least: sums.least[column],
                most: sums.most[column],
            })
            .collect()
    }
}

impl Sums {
    fn add(&mut self, numbers: &[f32]) {
        let width = numbers.len();
        let (n, sum) = (&mut self.n[..width], &mut self.sum[..width]);
        let (least, most) = (&mut self.least[..width], &mut self.most[..width]);

        for column in 0..width {
            let number = numbers[column];
            let is_missing = number.is_nan();
            n[column] += u32::from(!is_missing);
            sum[column] += if is_missing { 0.0 } else { f64::from(number) };
            // Comparisons with NaN are false.
            least[column] = if number < least[column] { number } else { least[column] };
            most[column] = if number > most[column] { number } else { most[column] };
        }
    }
}

fn add_squares(squares: &mut [f64], numbers: &[f32], means: &[f64]) {
    let width = numbers.len();
    let (squares, means) = (&mut squares[..width], &means[..width]);
    for column in 0..width {
        let deviation = f64::from(numbers[column]) - means[column];
        squares[column] += if deviation.is_nan() { 0.0 } else { deviation * deviation };
    }
}
