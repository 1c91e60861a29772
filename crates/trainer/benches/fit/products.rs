//! What the matrix products of a fit alone would take with the best library: the bound that a fit
//! is held against.

use std::hint::black_box;
use std::time::Instant;

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, Par};
use ndarray::Array2;
use ndarray::linalg::general_mat_mul;

use crate::work::{EPOCHS, Shape};

/// The products of one step: forward for each layer, the weights' gradient for each, the inputs'
/// for all but the first.
fn products(shape: Shape) -> Vec<[Operand; 2]> {
    let batch = shape.batch as usize;
    let sizes = shape.sizes();
    let mut products = Vec::new();
    for (layer, pair) in sizes.windows(2).enumerate() {
        let (n_in, n_out) = (pair[0], pair[1]);
        let (input, delta, weights) = ((batch, n_in), (batch, n_out), (n_in, n_out));
        products.push([Operand::plain(input), Operand::plain(weights)]);
        products.push([Operand::transposed(input), Operand::plain(delta)]);
        if layer > 0 {
            products.push([Operand::plain(delta), Operand::transposed(weights)]);
        }
    }
    products
}

/// A matrix as it lies, by rows, and whether a product takes its transpose.
#[derive(Clone, Copy)]
struct Operand {
    shape: (usize, usize),
    form: Form,
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Plain,
    Transposed,
}

impl Operand {
    fn plain(shape: (usize, usize)) -> Self {
        Self { shape, form: Form::Plain }
    }

    fn transposed(shape: (usize, usize)) -> Self {
        Self { shape, form: Form::Transposed }
    }

    /// Rows and columns as the product sees them.
    fn seen(self) -> (usize, usize) {
        if self.form == Form::Plain { self.shape } else { (self.shape.1, self.shape.0) }
    }
}

/// The seconds that the products of a fit of `n_rows` rows take with the faster of faer and
/// ndarray, product by product, and their count of operations.
pub fn bound(shape: Shape, n_rows: usize) -> (f64, f64) {
    let n_steps = f64::from(EPOCHS) * n_rows as f64 / f64::from(shape.batch);
    let (mut seconds, mut operations) = (0.0, 0.0);
    for [a, b] in products(shape) {
        let ((m, k), (_, n)) = (a.seen(), b.seen());
        seconds += with_faer(a, b).min(with_ndarray(a, b)) * n_steps;
        operations += 2.0 * (m * k * n) as f64 * n_steps;
    }
    (seconds, operations)
}

fn with_faer(a: Operand, b: Operand) -> f64 {
    // Rows as they lie are columns of the transpose: faer keeps columns.
    let lying = |o: Operand| Mat::<f32>::from_fn(o.shape.1, o.shape.0, |i, j| number(j, i));
    let (x, y) = (lying(a), lying(b));
    let x = if a.form == Form::Plain { x.transpose() } else { x.as_ref() };
    let y = if b.form == Form::Plain { y.transpose() } else { y.as_ref() };
    let mut out = Mat::<f32>::zeros(b.seen().1, a.seen().0);
    fastest(|| {
        matmul(black_box(&mut out).as_mut().transpose_mut(), Accum::Replace, x, y, 1.0, Par::Seq);
    })
}

fn with_ndarray(a: Operand, b: Operand) -> f64 {
    let lying = |o: Operand| Array2::from_shape_fn(o.shape, |(i, j)| number(i, j));
    let (x, y) = (lying(a), lying(b));
    let x = if a.form == Form::Plain { x.view() } else { x.t() };
    let y = if b.form == Form::Plain { y.view() } else { y.t() };
    let mut out = Array2::<f32>::zeros((a.seen().0, b.seen().1));
    fastest(|| general_mat_mul(1.0, &x, &y, 0.0, black_box(&mut out)))
}

fn number(i: usize, j: usize) -> f32 {
    ((i * 31 + j * 17) % 23) as f32 / 23.0 - 0.5
}

/// Seconds of one call: the best of 15 rounds of at least a millisecond.
fn fastest(mut product: impl FnMut()) -> f64 {
    let mut round = |n: u32| {
        let begin = Instant::now();
        (0..n).for_each(|_| product());
        begin.elapsed().as_secs_f64() / f64::from(n)
    };
    let n = (1e-3 / round(3)).ceil().max(1.0) as u32;
    (0..15).map(|_| round(n)).fold(f64::INFINITY, f64::min)
}
