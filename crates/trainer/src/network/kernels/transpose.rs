//! Transposed copies of weights, which the gradient of a layer's inputs is multiplied with.

use ndarray::ArrayRef2;

use super::InstructionSet;
use super::instruction_set::Kernel;
use super::vector::{Simd, Vector};

/// The side of the squares that are turned in registers.
const SIDE: usize = 8;

/// Writes the transpose of `from` (k × n) into the first n rows and k columns of `to`; both hold their rows' numbers
/// side by side.
pub(crate) fn transpose(set: InstructionSet, from: &ArrayRef2<f32>, to: &mut ArrayRef2<f32>) {
    set.run(Transpose { from, to });
}

struct Transpose<'a> {
    from: &'a ArrayRef2<f32>,
    to: &'a mut ArrayRef2<f32>,
}

impl Kernel for Transpose<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let (k, n) = self.from.dim();
        assert!(self.to.nrows() >= n && self.to.ncols() >= k, "the transpose fits");
        let (whole_k, whole_n) = (k / SIDE * SIDE, n / SIDE * SIDE);
        let (from_stride, to_stride) = (self.from.strides()[0], self.to.strides()[0]);
        assert!(self.from.strides()[1] == 1 && self.to.strides()[1] == 1, "rows are contiguous");
        for row in (0..whole_k).step_by(SIDE) {
            for column in (0..whole_n).step_by(SIDE) {
                // SAFETY: both squares lie within their matrices, whose rows are contiguous.
                unsafe {
                    let from = self.from.as_ptr().offset(row as isize * from_stride).add(column);
                    let to = self.to.as_mut_ptr().offset(column as isize * to_stride).add(row);
                    S::Vector::transpose8(from, from_stride, to, to_stride);
                }
            }
        }
        for row in 0..k {
            let start = if row < whole_k { whole_n } else { 0 };
            for column in start..n {
                self.to[[column, row]] = self.from[[row, column]];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn every_element_is_turned() {
        for set in InstructionSet::available() {
            for (k, n) in [(1, 1), (8, 8), (16, 24), (13, 10), (64, 33)] {
                let from = Array2::from_shape_fn((k, n), |(i, j)| (i * 100 + j) as f32);
                let mut to = Array2::from_elem((n + 3, k + 5), -1.0);
                transpose(set, &from, &mut to);
                for ((j, i), &found) in to.indexed_iter() {
                    let expected = if j < n && i < k { from[[i, j]] } else { -1.0 };
                    assert_eq!(found, expected, "{set:?} {k} x {n} at {i}, {j}");
                }
            }
        }
    }
}
