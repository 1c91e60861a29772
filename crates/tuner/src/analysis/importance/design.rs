//! The configurations at which the surrogate is evaluated: pairs of rows of probabilities, from a
//! Sobol sequence of twice the dimensions, and rows in which some probabilities come from the
//! partner (Saltelli et al. 2010, table 2).

use super::paths::{Functions, Paths};
use crate::search::sobol::Sequence;
use crate::seed::Streams;
use crate::space::axes::Axes;
use crate::space::{Point, Space};

/// The most evaluations of a design, and limits of its number of rows.
const BUDGET: usize = 8192;
const FEWEST: usize = 64;
const MOST: usize = 512;

/// Points of the sequence tried for each row if constraints exclude some.
const TRIES: usize = 32;

/// With fewer rows no shares are estimated.
const NEEDED: usize = 32;

/// Rows that satisfy the constraints, each with an independent partner that does too.
pub(super) struct Design {
    pub(super) rows: Vec<Vec<f64>>,
    pub(super) partners: Vec<Vec<f64>>,
}

impl Design {
    /// Takes rows from the sequence; returns `None` if the constraints leave too few.
    pub(super) fn new(space: &Space, streams: Streams) -> Option<Self> {
        let n = space.axes().len();
        let sequence = Sequence::new(2 * n);
        let scrambled = sequence.scrambled(streams);
        let n_rows = (BUDGET / (n + 1)).clamp(FEWEST, MOST);
        let mut design = Self { rows: Vec::new(), partners: Vec::new() };

        // Points that break a constraint are passed over, up to a limit: the space may be almost
        // empty.
        for index in 0..(TRIES * n_rows) as u64 {
            let mut row = scrambled.point(index);
            let partner = row.split_off(n);
            if [&row, &partner].iter().all(|row| space.satisfies_constraints(&space.draw(row))) {
                design.rows.push(row);
                design.partners.push(partner);
            }
            if design.rows.len() == n_rows {
                break;
            }
        }

        (design.rows.len() >= NEEDED).then_some(design)
    }

    /// Returns the rows with the probabilities of `axes` taken from their partners.
    pub(super) fn crossed(&self, axes: &[usize]) -> Vec<Vec<f64>> {
        let cross = |(row, partner): (&Vec<f64>, &Vec<f64>)| {
            let mut row = row.clone();
            for &axis in axes {
                row[axis] = partner[axis];
            }
            row
        };
        self.rows.iter().zip(&self.partners).map(cross).collect()
    }
}

/// The surrogate over rows of probabilities.
pub(super) struct Surface<'a> {
    pub(super) space: &'a Space,
    pub(super) axes: &'a Axes<'a>,
    pub(super) paths: Paths<'a>,
}

impl Surface<'_> {
    /// Returns the point of the configuration at a row; `None` if it breaks a constraint.
    pub(super) fn place(&self, row: &[f64]) -> Option<Point> {
        let config = self.space.draw(row);
        self.space.satisfies_constraints(&config).then(|| self.axes.place(&config))
    }

    /// Returns the values of the functions at rows; `None` where a constraint is broken.
    pub(super) fn values(&self, rows: &[Vec<f64>], functions: Functions) -> Vec<Option<Vec<f64>>> {
        rows.iter().map(|row| Some(self.paths.values(&self.place(row)?, functions))).collect()
    }
}
