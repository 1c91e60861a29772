//! The three matrix products of a layer, each with what follows it done before results leave the registers.
//!
//! For a batch of m rows, a layer of k inputs and n outputs:
//! [`forward`] Y = f(X W + b), m × n; [`weight_gradient`] ∂W = Xᵀ Δ, k × n; [`input_gradient`] Δ' = (Δ Wᵀ) ∘ f', m × k.
//! All are sums of a broadcast number times a row of vectors, so one tile serves them: `ROWS` × `VECTORS` registers of
//! sums, kept while the inner dimension runs. Operands are read where they lie; at these sizes packing costs more than
//! it gains. Each element is summed in order of the inner dimension, whatever the tile: results depend neither on the
//! tiling nor on alignment.

use ndarray::{ArrayRef1, ArrayRef2, ArrayView2};

use super::instruction_set::Kernel;
use super::vector::{Simd, Vector};
use super::{InstructionSet, LANES};

/// Writes Y = max(Z, 0) + leak · min(Z, 0) for Z = X W + b, and its slope (1 or leak) where it is wanted.
///
/// x: m × k; weights: k × n, padded; bias: n, padded; output and slope: m × n, padded.
///
/// # Panics
/// If shapes do not fit each other.
pub(crate) fn forward(
    set: InstructionSet,
    x: &ArrayRef2<f32>,
    weights: &ArrayRef2<f32>,
    bias: &ArrayRef1<f32>,
    output: &mut ArrayRef2<f32>,
    slope: Option<&mut ArrayRef2<f32>>,
    leak: f32,
) {
    let (m, n) = output.dim();
    assert_eq!((x.nrows(), weights.dim(), bias.len()), (m, (x.ncols(), n), n), "shapes fit");
    let output = Rows::new(output);
    let slope = slope.map_or(std::ptr::null_mut(), |slope| {
        assert_eq!(slope.dim(), (m, n), "shapes fit");
        let slope = Rows::new(slope);
        assert_eq!(slope.stride, output.stride, "output and slope lie alike");
        slope.start
    });
    let bias = bias.as_slice().expect("a bias is contiguous").as_ptr();
    let end = Activate { bias, output, slope, leak };
    set.run(Product::<_, false>::new(&x.view(), &weights.view(), end));
}

/// Multiplies `slope` (m × k, padded) by Δ Wᵀ, element by element.
///
/// delta: m × n; transposed weights: n × k, padded.
///
/// # Panics
/// If shapes do not fit each other.
pub(crate) fn input_gradient(
    set: InstructionSet,
    delta: &ArrayRef2<f32>,
    transposed: &ArrayRef2<f32>,
    slope: &mut ArrayRef2<f32>,
) {
    let fits = (delta.nrows(), delta.ncols(), transposed.ncols())
        == (slope.nrows(), transposed.nrows(), slope.ncols());
    assert!(fits, "shapes fit");
    set.run(Product::<_, false>::new(
        &delta.view(),
        &transposed.view(),
        Multiply(Rows::new(slope)),
    ));
}

/// Whether a result replaces what stands in its room, or is added to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Onto {
    /// What stands there is lost.
    Nothing,
    /// What stands there is where the sum begins.
    Sum,
}

/// Writes Xᵀ Δ to `gradient` (k × n, padded), or adds it.
///
/// x: m × k; delta: m × n, padded.
///
/// # Panics
/// If shapes do not fit each other.
pub(crate) fn weight_gradient(
    set: InstructionSet,
    x: &ArrayRef2<f32>,
    delta: &ArrayRef2<f32>,
    gradient: &mut ArrayRef2<f32>,
    onto: Onto,
) {
    let fits = (x.nrows(), x.ncols(), delta.ncols())
        == (delta.nrows(), gradient.nrows(), gradient.ncols());
    assert!(fits, "shapes fit");
    let (x, delta, gradient) = (x.t(), delta.view(), Rows::new(gradient));
    match onto {
        Onto::Nothing => set.run(Product::<_, true>::new(&x, &delta, Store(gradient))),
        Onto::Sum => set.run(Product::<_, true>::new(&x, &delta, Add(gradient))),
    }
}

/// A matrix that is written, whose rows lie side by side.
#[derive(Clone, Copy)]
struct Rows {
    start: *mut f32,
    stride: usize,
}

impl Rows {
    fn new(matrix: &mut ArrayRef2<f32>) -> Self {
        assert!(matrix.ncols().is_multiple_of(LANES), "rows are padded");
        Self { start: matrix.as_mut_ptr(), stride: contiguous_stride(&matrix.view()) }
    }

    #[inline(always)]
    unsafe fn at(self, row: usize, column: usize) -> *mut f32 {
        // SAFETY: the caller keeps row and column within the matrix.
        unsafe { self.start.add(row * self.stride + column) }
    }
}

fn contiguous_stride(matrix: &ArrayView2<f32>) -> usize {
    assert!(matrix.strides()[1] == 1 || matrix.ncols() <= 1, "rows are contiguous");
    usize::try_from(matrix.strides()[0]).expect("rows follow each other")
}

/// What a sum starts from and where it goes.
///
/// # Safety
/// Rows and columns must lie within the matrices that it was made with, columns at a vector's start.
trait End: Copy {
    unsafe fn start<V: Vector>(self, row: usize, column: usize) -> V;
    unsafe fn finish<V: Vector>(self, sum: V, row: usize, column: usize);
}

#[derive(Clone, Copy)]
struct Activate {
    bias: *const f32,
    output: Rows,
    slope: *mut f32,
    leak: f32,
}

impl End for Activate {
    #[inline(always)]
    unsafe fn start<V: Vector>(self, _row: usize, column: usize) -> V {
        // SAFETY: the bias has a number for each column.
        unsafe { V::load_at(self.bias.add(column)) }
    }

    #[inline(always)]
    unsafe fn finish<V: Vector>(self, sum: V, row: usize, column: usize) {
        // SAFETY: the element lies within both matrices, which have one stride.
        unsafe {
            let slope = sum.if_positive(V::splat(1.0), V::splat(self.leak));
            (sum * slope).store_at(self.output.at(row, column));
            if !self.slope.is_null() {
                slope.store_at(self.slope.add(row * self.output.stride + column));
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Multiply(Rows);

impl End for Multiply {
    #[inline(always)]
    unsafe fn start<V: Vector>(self, _row: usize, _column: usize) -> V {
        V::splat(0.0)
    }

    #[inline(always)]
    unsafe fn finish<V: Vector>(self, sum: V, row: usize, column: usize) {
        // SAFETY: the element lies within the matrix.
        unsafe {
            let at = self.0.at(row, column);
            (sum * V::load_at(at)).store_at(at);
        }
    }
}

#[derive(Clone, Copy)]
struct Store(Rows);

impl End for Store {
    #[inline(always)]
    unsafe fn start<V: Vector>(self, _row: usize, _column: usize) -> V {
        V::splat(0.0)
    }

    #[inline(always)]
    unsafe fn finish<V: Vector>(self, sum: V, row: usize, column: usize) {
        // SAFETY: the element lies within the matrix.
        unsafe { sum.store_at(self.0.at(row, column)) }
    }
}

#[derive(Clone, Copy)]
struct Add(Rows);

impl End for Add {
    #[inline(always)]
    unsafe fn start<V: Vector>(self, row: usize, column: usize) -> V {
        // SAFETY: the element lies within the matrix.
        unsafe { V::load_at(self.0.at(row, column)) }
    }

    #[inline(always)]
    unsafe fn finish<V: Vector>(self, sum: V, row: usize, column: usize) {
        // SAFETY: the element lies within the matrix.
        unsafe { sum.store_at(self.0.at(row, column)) }
    }
}

/// end(A B): A is `rows` × `depth`, with consecutive numbers along its rows, or down its columns if `TURNED`; B is
/// `depth` × `columns`.
struct Product<E, const TURNED: bool> {
    a: *const f32,
    a_stride: usize,
    b: *const f32,
    b_stride: usize,
    rows: usize,
    depth: usize,
    columns: usize,
    end: E,
}

impl<E: End, const TURNED: bool> Product<E, TURNED> {
    fn new(a: &ArrayView2<f32>, b: &ArrayView2<f32>, end: E) -> Self {
        let ((rows, depth), columns) = (a.dim(), b.ncols());
        assert!(columns.is_multiple_of(LANES) && b.nrows() == depth, "shapes fit");
        let a_stride = contiguous_stride(&if TURNED { a.t() } else { a.view() });
        Self {
            a: a.as_ptr(),
            a_stride,
            b: b.as_ptr(),
            b_stride: contiguous_stride(b),
            rows,
            depth,
            columns,
            end,
        }
    }

    /// Computes all rows of `VECTORS` vectors' columns from `column` on, in tiles of about equal height.
    ///
    /// # Safety
    /// The columns must lie within the product.
    #[inline(always)]
    unsafe fn panel<S: Simd, const VECTORS: usize>(&self, column: usize) {
        let n_tiles = self.rows.div_ceil(S::TILE.0);
        let mut row = 0;
        for tile in 0..n_tiles {
            let height = (self.rows + tile) / n_tiles;
            // SAFETY: the heights of all tiles sum up to the rows.
            unsafe {
                match height {
                    1 => self.tile::<S::Vector, 1, VECTORS>(row, column),
                    2 => self.tile::<S::Vector, 2, VECTORS>(row, column),
                    3 => self.tile::<S::Vector, 3, VECTORS>(row, column),
                    4 => self.tile::<S::Vector, 4, VECTORS>(row, column),
                    5 => self.tile::<S::Vector, 5, VECTORS>(row, column),
                    6 => self.tile::<S::Vector, 6, VECTORS>(row, column),
                    7 => self.tile::<S::Vector, 7, VECTORS>(row, column),
                    _ => self.tile::<S::Vector, 8, VECTORS>(row, column),
                }
            }
            row += height;
        }
    }

    /// # Safety
    /// The tile must lie within the product.
    #[inline(always)]
    unsafe fn tile<V: Vector, const ROWS: usize, const VECTORS: usize>(
        &self,
        row: usize,
        column: usize,
    ) {
        // SAFETY: rows × columns of the tile lie within the product, hence its rows of A and columns of B within those.
        unsafe {
            let mut sums: [[V; VECTORS]; ROWS] = std::array::from_fn(|r| {
                std::array::from_fn(|v| self.end.start(row + r, column + v * LANES))
            });
            let mut a = self.a.add(if TURNED { row } else { row * self.a_stride });
            let mut b = self.b.add(column);
            for _ in 0..self.depth {
                let line: [V; VECTORS] = std::array::from_fn(|v| V::load_at(b.add(v * LANES)));
                for (r, sums) in sums.iter_mut().enumerate() {
                    let number = V::splat(*a.add(if TURNED { r } else { r * self.a_stride }));
                    for (sum, vector) in sums.iter_mut().zip(line) {
                        *sum = number.mul_add(vector, *sum);
                    }
                }
                a = a.wrapping_add(if TURNED { self.a_stride } else { 1 });
                b = b.wrapping_add(self.b_stride);
            }
            for (r, sums) in sums.into_iter().enumerate() {
                for (v, sum) in sums.into_iter().enumerate() {
                    self.end.finish(sum, row + r, column + v * LANES);
                }
            }
        }
    }
}

impl<E: End, const TURNED: bool> Kernel for Product<E, TURNED> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let mut column = 0;
        // SAFETY: columns are whole vectors, and `new` has checked the shapes.
        unsafe {
            while S::TILE.1 == 2 && column + 2 * LANES <= self.columns {
                self.panel::<S, 2>(column);
                column += 2 * LANES;
            }
            while column < self.columns {
                self.panel::<S, 1>(column);
                column += LANES;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::padded;
    use super::*;
    use ndarray::{Array1, Array2, ArrayView1, ArrayViewMut2, s};

    /// Small whole numbers: their sums are exact in any order, so results must agree to the bit.
    fn matrix(rows: usize, columns: usize, used: usize) -> Array2<f32> {
        let value = |(i, j): (usize, usize)| ((i * 7 + j * 5) % 11) as f32 - 5.0;
        Array2::from_shape_fn((rows, columns), |at| if at.1 < used { value(at) } else { 0.0 })
    }

    const SHAPES: [(usize, usize, usize); 9] = [
        (1, 1, 1),
        (5, 64, 10),
        (16, 64, 32),
        (8, 13, 40),
        (17, 3, 48),
        (32, 64, 64),
        (7, 1, 33),
        (2, 300, 16),
        (33, 20, 100),
    ];

    #[test]
    fn forward_is_the_activated_sum() {
        for set in InstructionSet::available() {
            for (m, k, n) in SHAPES {
                let (x, w) = (matrix(m, k, k), matrix(k, padded(n), n));
                let bias =
                    Array1::from_shape_fn(padded(n), |j| if j < n { j as f32 - 3.0 } else { 0.0 });
                let mut output = Array2::from_elem((m, padded(n)), f32::NAN);
                let mut slope = output.clone();
                forward(set, &x, &w, &bias, &mut output, Some(&mut slope), 0.25);
                let sums = x.dot(&w) + &bias;
                assert_eq!(output, sums.mapv(|z| if z > 0.0 { z } else { 0.25 * z }), "{set:?}");
                assert_eq!(slope, sums.mapv(|z| if z > 0.0 { 1.0 } else { 0.25 }), "{set:?}");
            }
        }
    }

    #[test]
    fn gradients_are_the_turned_products() {
        for set in InstructionSet::available() {
            for (m, k, n) in SHAPES {
                let (x, delta, w) =
                    (matrix(m, k, k), matrix(m, padded(n), n), matrix(k, padded(n), n));
                let mut gradient = matrix(k, padded(n), n);
                weight_gradient(set, &x, &delta, &mut gradient, Onto::Sum);
                assert_eq!(gradient, matrix(k, padded(n), n) + x.t().dot(&delta), "{set:?}");
                weight_gradient(set, &x, &delta, &mut gradient, Onto::Nothing);
                assert_eq!(gradient, x.t().dot(&delta), "{set:?}");

                let mut turned = Array2::zeros((n, padded(k)));
                turned.slice_mut(s![.., ..k]).assign(&w.slice(s![.., ..n]).t());
                let mut slope = matrix(m, padded(k), k);
                let used = delta.slice(s![.., ..n]);
                input_gradient(set, &used, &turned, &mut slope);
                assert_eq!(slope, matrix(m, padded(k), k) * used.dot(&turned), "{set:?}");
            }
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn fused_sets_and_alignments_agree_in_every_bit() {
        let (m, k, n) = (19, 45, 48);
        let noise = |seed: usize, len: usize| -> Vec<f32> {
            (0..len).map(|i| ((i * 2_654_435_761 + seed) % 1_000_003) as f32 / 1e6 - 0.5).collect()
        };
        let (x, w, bias) = (noise(1, m * k), noise(2, k * n), noise(3, n));
        let mut seen: Vec<Vec<u32>> = Vec::new();
        for set in InstructionSet::available().into_iter().skip(1) {
            for shift in [0, 1, 3, 8] {
                let mut room = vec![0.0; k * n + shift];
                room[shift..].copy_from_slice(&w);
                let mut out = vec![0.0; m * n + shift];
                forward(
                    set,
                    &ArrayView2::from_shape((m, k), &x).unwrap(),
                    &ArrayView2::from_shape((k, n), &room[shift..]).unwrap(),
                    &ArrayView1::from(&bias),
                    &mut ArrayViewMut2::from_shape((m, n), &mut out[shift..]).unwrap(),
                    None,
                    0.0,
                );
                seen.push(out[shift..].iter().map(|y| y.to_bits()).collect());
            }
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
