//! Dense linear algebra of the Gaussian process: the only file that names faer.
//!
//! Matrices are slices in column-major order. Everything runs on one thread, so that sums keep
//! their order.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt;
use faer::linalg::cholesky::llt::factor::LltRegularization;
use faer::linalg::triangular_solve;
use faer::{Conj, MatMut, MatRef, Par, Spec};

/// The Cholesky factor L of a positive definite matrix A = L·Lᵀ.
#[derive(Clone, Debug)]
pub(crate) struct Cholesky {
    size: usize,
    lower: Vec<f64>,
}

impl Cholesky {
    /// Factors the `size` × `size` matrix whose lower triangle is given, in place; returns `None`
    /// if it is not positive definite to working precision. Cost: size³/3.
    pub(crate) fn new(mut matrix: Vec<f64>, size: usize) -> Option<Self> {
        factor_in_place(&mut matrix, size).then_some(Self { size, lower: matrix })
    }

    /// Replaces each column of `rhs` (with any number of rows up to A's) by L⁻¹ times it. A shorter
    /// column is solved with the leading block of L.
    pub(crate) fn solve_lower(&self, rhs: &mut [f64], n_columns: usize) {
        let n = rhs.len().checked_div(n_columns).unwrap_or(0);
        if n == 0 {
            return;
        }
        let rhs = MatMut::from_column_major_slice_mut(rhs, n, n_columns);
        triangular_solve::solve_lower_triangular_in_place(self.leading(n), rhs, Par::Seq);
    }

    /// Replaces a column by (Lᵀ)⁻¹ times it; a shorter one is solved with the leading block.
    pub(crate) fn solve_upper(&self, rhs: &mut [f64]) {
        let n = rhs.len();
        if n == 0 {
            return;
        }
        let rhs = MatMut::from_column_major_slice_mut(rhs, n, 1);
        triangular_solve::solve_upper_triangular_in_place_with_conj(
            self.leading(n).transpose(),
            Conj::No,
            rhs,
            Par::Seq,
        );
    }

    fn leading(&self, n: usize) -> MatRef<'_, f64> {
        MatRef::from_column_major_slice_with_stride(&self.lower, n, n, self.size)
    }
}

/// Memory for factoring, solving and inverting matrices of one size.
pub(crate) struct Workspace {
    size: usize,
    inverse: Vec<f64>,
    buffer: MemBuffer,
}

impl Workspace {
    /// Reserves memory for `size` × `size` matrices.
    pub(crate) fn new(size: usize) -> Self {
        let scratch = llt::inverse::inverse_scratch::<f64>(size, Par::Seq)
            .or(llt::factor::cholesky_in_place_scratch::<f64>(size, Par::Seq, Spec::default()));
        Self { size, inverse: vec![0.0; size * size], buffer: MemBuffer::new(scratch) }
    }

    /// Factors the matrix whose lower triangle is given, in place; returns whether it is positive
    /// definite.
    pub(crate) fn factor(&mut self, matrix: &mut [f64]) -> bool {
        factor_with(matrix, self.size, MemStack::new(&mut self.buffer))
    }

    /// Returns the lower triangle of A⁻¹ from the factor L of A.
    pub(crate) fn inverse(&mut self, lower: &[f64]) -> &[f64] {
        let n = self.size;
        let out = MatMut::from_column_major_slice_mut(&mut self.inverse, n, n);
        let lower = MatRef::from_column_major_slice(lower, n, n);
        llt::inverse::inverse(out, lower, Par::Seq, MemStack::new(&mut self.buffer));
        &self.inverse
    }
}

/// Replaces `rhs` by A⁻¹ times it, A = L·Lᵀ.
pub(crate) fn solve(lower: &[f64], rhs: &mut [f64]) {
    let n = rhs.len();
    let lower = MatRef::from_column_major_slice(lower, n, n);
    let mut rhs = MatMut::from_column_major_slice_mut(rhs, n, 1);
    triangular_solve::solve_lower_triangular_in_place(lower, rhs.as_mut(), Par::Seq);
    triangular_solve::solve_upper_triangular_in_place_with_conj(
        lower.transpose(),
        Conj::No,
        rhs,
        Par::Seq,
    );
}

/// Returns Σ ln Lᵢᵢ of a `size` × `size` factor.
pub(crate) fn half_log_determinant(lower: &[f64], size: usize) -> f64 {
    (0..size).map(|i| libm::log(lower[i * size + i])).sum()
}

fn factor_in_place(matrix: &mut [f64], size: usize) -> bool {
    let scratch = llt::factor::cholesky_in_place_scratch::<f64>(size, Par::Seq, Spec::default());
    factor_with(matrix, size, MemStack::new(&mut MemBuffer::new(scratch)))
}

fn factor_with(matrix: &mut [f64], size: usize, stack: &mut MemStack) -> bool {
    /// Diagonals here lie between 1e-6 and 1e3: a smaller pivot is a rounding error of a repeated
    /// point.
    const SMALLEST_PIVOT: f64 = 1e-12;

    let view = MatMut::from_column_major_slice_mut(&mut *matrix, size, size);
    let factored = llt::factor::cholesky_in_place(
        view,
        LltRegularization::default(),
        Par::Seq,
        stack,
        Spec::default(),
    );

    factored.is_ok() && (0..size).all(|i| matrix[i * size + i] > SMALLEST_PIVOT.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A = B·Bᵀ + I for a small B, and a right-hand side.
    fn example(n: usize) -> (Vec<f64>, Vec<f64>) {
        let b = |i: usize, j: usize| ((i * 7 + j * 3) % 11) as f64 / 11.0;
        let mut matrix = vec![0.0; n * n];
        for j in 0..n {
            for i in 0..n {
                matrix[j * n + i] =
                    (0..n).map(|k| b(i, k) * b(j, k)).sum::<f64>() + f64::from(u8::from(i == j));
            }
        }
        (matrix, (0..n).map(|i| i as f64 - 1.5).collect())
    }

    fn product(matrix: &[f64], x: &[f64]) -> Vec<f64> {
        let n = x.len();
        (0..n).map(|i| (0..n).map(|j| matrix[j * n + i] * x[j]).sum()).collect()
    }

    #[test]
    fn a_solution_multiplied_back_is_the_right_hand_side() {
        for n in [1, 2, 5, 37] {
            let (matrix, rhs) = example(n);
            let factor = Cholesky::new(matrix.clone(), n).unwrap();
            let mut x = rhs.clone();
            factor.solve_lower(&mut x, 1);
            factor.solve_upper(&mut x);
            // Tolerance: condition below 1e4 times 2^-53, with a margin.
            for (a, b) in product(&matrix, &x).iter().zip(&rhs) {
                assert!((a - b).abs() < 1e-10);
            }
            let mut again = rhs.clone();
            solve(&factor.lower, &mut again);
            assert_eq!(again, x);
        }
    }

    #[test]
    fn the_inverse_multiplied_by_the_matrix_is_the_identity() {
        let n = 6;
        let (matrix, _) = example(n);
        let mut work = Workspace::new(n);
        let mut lower = matrix.clone();
        assert!(work.factor(&mut lower));
        let inverse = work.inverse(&lower);
        let at = |i: usize, j: usize| {
            if i >= j { inverse[j * n + i] } else { inverse[i * n + j] }
        };
        for i in 0..n {
            for j in 0..n {
                let sum: f64 = (0..n).map(|k| at(i, k) * matrix[j * n + k]).sum();
                assert!((sum - f64::from(u8::from(i == j))).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_matrix_that_is_not_positive_definite_is_refused() {
        assert!(Cholesky::new(vec![1.0, 2.0, 2.0, 1.0], 2).is_none());
        assert!(Cholesky::new(vec![0.0], 1).is_none());
        assert!(Cholesky::new(vec![f64::NAN], 1).is_none());
    }

    #[test]
    fn the_factor_has_the_same_bits_at_any_place_in_memory() {
        let n = 61;
        let (matrix, _) = example(n);
        let expected = Cholesky::new(matrix.clone(), n).unwrap().lower;
        for offset in 1..8 {
            let mut shifted = vec![0.0; offset + n * n];
            shifted[offset..].copy_from_slice(&matrix);
            assert!(factor_in_place(&mut shifted[offset..], n));
            assert!(
                shifted[offset..].iter().zip(&expected).all(|(a, b)| a.to_bits() == b.to_bits())
            );
        }
    }
}
