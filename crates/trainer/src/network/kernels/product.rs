//! The three matrix products of a layer, each fused with the operation that follows it.
//!
//! For a batch of m rows, a layer of k inputs and n outputs: [`forward`] Y = f(X W + b), m × n;
//! [`weight_gradient`] ∂W = Xᵀ Δ, k × n; [`input_gradient`] Δ' = (Δ Wᵀ) ∘ f', m × k. All are sums
//! of a broadcast number times a row of vectors, so one tile serves them: `ROWS` × `VECTORS`
//! accumulators in registers along the inner dimension. Operands are read in place, panel by panel.
//! Each element is summed in the order of the inner dimension, so results depend neither on the
//! tiling nor on alignment.

use std::ops::Range;

use super::division::By;
use super::instruction_set::Kernel;
use super::panels::{Lying, Panels, PanelsMut};
use super::vector::{Simd, Vector, Walk};
use super::{LANES, padded};

/// Writes Y = max(Z, 0) + leak · min(Z, 0) for Z = X W + b, and its slope (1 or leak) where it is
/// wanted.
///
/// x: m × k; weights: k × n; bias: n, padded; output and slope: m × n.
///
/// # Panics
/// If shapes do not fit each other.
pub(crate) fn forward(
    by: By,
    x: Panels,
    weights: Panels,
    bias: &[f32],
    mut output: PanelsMut,
    slope: Option<PanelsMut>,
    leak: f32,
) {
    let (m, n) = (output.form().rows, output.form().columns);
    assert!(x.form().rows == m && weights.form().columns == n, "shapes fit");
    assert_eq!(bias.len(), padded(n), "shapes fit");
    let slope = slope.map_or(std::ptr::null_mut(), |mut slope| {
        assert_eq!(slope.form(), output.form(), "output and slope lie alike");
        slope.lying().start
    });
    let end = Activate { bias: bias.as_ptr(), output: output.lying(), slope, leak };
    Product::<_, false>::new(x, weights, end).compute(by);
}

/// Multiplies `slope` (m × k) by Δ Wᵀ, element by element.
///
/// delta: m × n; transposed weights: n × k.
///
/// # Panics
/// If shapes do not fit each other.
pub(crate) fn input_gradient(by: By, delta: Panels, transposed: Panels, mut slope: PanelsMut) {
    let (m, k) = (slope.form().rows, slope.form().columns);
    assert!(delta.form().rows == m && transposed.form().columns == k, "shapes fit");
    Product::<_, false>::new(delta, transposed, Multiply(slope.lying())).compute(by);
}

/// Whether a result replaces the content of its buffer or is added to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Onto {
    /// The content is replaced.
    Nothing,
    /// The content is the start of the sum.
    Sum,
}

/// Writes Xᵀ Δ to `gradient` (k × n), or adds it.
///
/// x: m × k; delta: m × n.
///
/// # Panics
/// If shapes do not fit each other.
pub(crate) fn weight_gradient(
    by: By,
    x: Panels,
    delta: Panels,
    mut gradient: PanelsMut,
    onto: Onto,
) {
    let (k, n) = (gradient.form().rows, gradient.form().columns);
    assert!(x.form().columns == k && delta.form().columns == n, "shapes fit");
    let gradient = gradient.lying();
    match onto {
        Onto::Nothing => Product::<_, true>::new(x, delta, Store(gradient)).compute(by),
        Onto::Sum => Product::<_, true>::new(x, delta, Add(gradient)).compute(by),
    }
}

/// Where a sum starts and where its result goes.
///
/// # Safety
/// Rows and panels must lie within the matrices that it was made with.
trait End: Copy {
    unsafe fn start<V: Vector>(self, row: usize, panel: usize) -> V;
    unsafe fn finish<V: Vector>(self, sum: V, row: usize, panel: usize);
}

#[derive(Clone, Copy)]
struct Activate {
    bias: *const f32,
    output: Lying<*mut f32>,
    slope: *mut f32,
    leak: f32,
}

// SAFETY: see `Product`.
unsafe impl Sync for Activate {}

impl End for Activate {
    #[inline(always)]
    unsafe fn start<V: Vector>(self, _row: usize, panel: usize) -> V {
        // SAFETY: the bias has a number for each column of all panels.
        unsafe { V::load_at(self.bias.add(panel * LANES)) }
    }

    #[inline(always)]
    unsafe fn finish<V: Vector>(self, sum: V, row: usize, panel: usize) {
        // SAFETY: the element lies within both matrices, which lie alike.
        unsafe {
            let slope = sum.if_positive(V::splat(1.0), V::splat(self.leak));
            (sum * slope).store_at(self.output.at(row, panel));
            if !self.slope.is_null() {
                let at = Lying { start: self.slope, ..self.output }.at(row, panel);
                slope.store_at(at);
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Multiply(Lying<*mut f32>);

// SAFETY: see `Product`.
unsafe impl Sync for Multiply {}

impl End for Multiply {
    #[inline(always)]
    unsafe fn start<V: Vector>(self, _row: usize, _panel: usize) -> V {
        V::splat(0.0)
    }

    #[inline(always)]
    unsafe fn finish<V: Vector>(self, sum: V, row: usize, panel: usize) {
        // SAFETY: the element lies within the matrix.
        unsafe {
            let at = self.0.at(row, panel);
            (sum * V::load_at(at)).store_at(at);
        }
    }
}

#[derive(Clone, Copy)]
struct Store(Lying<*mut f32>);

// SAFETY: see `Product`.
unsafe impl Sync for Store {}

impl End for Store {
    #[inline(always)]
    unsafe fn start<V: Vector>(self, _row: usize, _panel: usize) -> V {
        V::splat(0.0)
    }

    #[inline(always)]
    unsafe fn finish<V: Vector>(self, sum: V, row: usize, panel: usize) {
        // SAFETY: the element lies within the matrix.
        unsafe { sum.store_at(self.0.at(row, panel)) }
    }
}

#[derive(Clone, Copy)]
struct Add(Lying<*mut f32>);

// SAFETY: see `Product`.
unsafe impl Sync for Add {}

impl End for Add {
    #[inline(always)]
    unsafe fn start<V: Vector>(self, row: usize, panel: usize) -> V {
        // SAFETY: the element lies within the matrix.
        unsafe { V::load_at(self.0.at(row, panel)) }
    }

    #[inline(always)]
    unsafe fn finish<V: Vector>(self, sum: V, row: usize, panel: usize) {
        // SAFETY: the element lies within the matrix.
        unsafe { sum.store_at(self.0.at(row, panel)) }
    }
}

/// end(A B): A is `rows` × `depth`, or the transpose of a matrix that lies `depth` × `rows` if
/// `TURNED`; B is `depth` × `panels` of sixteen columns.
struct Product<E, const TURNED: bool> {
    a: Lying<*const f32>,
    b: Lying<*const f32>,
    rows: usize,
    depth: usize,
    panels: usize,
    end: E,
}

/// Multiply-adds that are worth sharing: about six microseconds of one core.
const SHARED: usize = 1 << 18;

/// Returns the length, a multiple of `step`, of about equal parts of `whole`, each of which is worth
/// sharing where a unit of length takes `cost` multiply-adds.
fn length_of_a_part(whole: usize, cost: usize, step: usize) -> usize {
    let least = SHARED.div_ceil(cost.max(1)).next_multiple_of(step);
    let n_parts = (whole / least).max(1);
    whole.div_ceil(n_parts).next_multiple_of(step).max(step)
}

impl<E: End + Sync, const TURNED: bool> Product<E, TURNED> {
    /// Computes the product, in parts where there are helpers.
    fn compute(&self, by: By) {
        if by.hands.is_none() {
            return by.set.run(Part { product: self, rows: 0..self.rows, panels: 0..self.panels });
        }
        let (n_rows, n_panels) = self.lengths_of_a_part();
        let of_a_panel = self.rows.div_ceil(n_rows);
        // Rows of the same panels follow one another, so that threads read the same part of B.
        by.parts(of_a_panel * self.panels.div_ceil(n_panels), &|index| {
            let row = index % of_a_panel * n_rows;
            let panel = index / of_a_panel * n_panels;
            let rows = row..(row + n_rows).min(self.rows);
            let panels = panel..(panel + n_panels).min(self.panels);
            by.set.run(Part { product: self, rows, panels });
        });
    }

    /// Returns the rows and panels of a part, which follow from the sizes alone. Parts are so short
    /// that a thread does not wait long for the last one of another.
    fn lengths_of_a_part(&self) -> (usize, usize) {
        // In pairs, as wide registers take them.
        let n_panels = length_of_a_part(self.panels, self.rows * self.depth * LANES, 2);
        // Rows of a turned A lie in panels; of another, tiles of 6 or 8 rows fill a multiple of 24.
        let step = if TURNED { LANES } else { 24 };
        let n_rows = length_of_a_part(self.rows, n_panels * self.depth * LANES, step);
        (n_rows, n_panels)
    }
}

impl<E: End, const TURNED: bool> Product<E, TURNED> {
    fn new(a: Panels, b: Panels, end: E) -> Self {
        let b = b.padded();
        let form = a.form();
        let (rows, depth) =
            if TURNED { (form.columns, form.rows) } else { (form.rows, form.columns) };
        assert_eq!(b.form().rows, depth, "shapes fit");
        Self { a: a.lying(), b: b.lying(), rows, depth, panels: b.form().n_panels(), end }
    }

    /// Computes some rows of `VECTORS` panels from `panel` on, in tiles of about equal height,
    /// which do not straddle two panels of a turned A.
    ///
    /// # Safety
    /// Rows and panels must lie within the product.
    #[inline(always)]
    unsafe fn strip<S: Simd, const VECTORS: usize>(&self, rows: Range<usize>, panel: usize) {
        let mut begin = rows.start;
        while begin < rows.end {
            let n_rows = if TURNED { LANES.min(rows.end - begin) } else { rows.end - begin };
            let n_tiles = n_rows.div_ceil(S::TILE.0);
            let mut row = begin;
            for tile in 0..n_tiles {
                let height = (n_rows + tile) / n_tiles;
                // SAFETY: the heights of all tiles sum up to the rows.
                unsafe {
                    match height {
                        1 => self.tile::<S::Vector, 1, VECTORS>(row, panel),
                        2 => self.tile::<S::Vector, 2, VECTORS>(row, panel),
                        3 => self.tile::<S::Vector, 3, VECTORS>(row, panel),
                        4 => self.tile::<S::Vector, 4, VECTORS>(row, panel),
                        5 => self.tile::<S::Vector, 5, VECTORS>(row, panel),
                        6 => self.tile::<S::Vector, 6, VECTORS>(row, panel),
                        7 => self.tile::<S::Vector, 7, VECTORS>(row, panel),
                        _ => self.tile::<S::Vector, 8, VECTORS>(row, panel),
                    }
                }
                row += height;
            }
            begin += n_rows;
        }
    }

    /// # Safety
    /// The tile must lie within the product.
    #[inline(always)]
    unsafe fn tile<V: Vector, const ROWS: usize, const VECTORS: usize>(
        &self,
        row: usize,
        panel: usize,
    ) {
        let Self { a, b, depth, .. } = *self;
        // SAFETY: rows and panels of the tile lie within the product, hence its rows of A and
        // panels of B within those.
        unsafe {
            let mut sums: [[V; VECTORS]; ROWS] = std::array::from_fn(|r| {
                std::array::from_fn(|v| self.end.start(row + r, panel + v))
            });
            let numbers = if TURNED {
                let start = a.start.add(row / LANES * a.panel_step + row % LANES);
                Walk { start, beside: 1, step: a.row_step, hop: 0 }
            } else {
                let start = a.start.add(row * a.row_step);
                Walk { start, beside: a.row_step, step: 1, hop: a.panel_step - LANES }
            };
            let start = b.start.add(panel * b.panel_step);
            let lines = Walk { start, beside: b.panel_step, step: b.row_step, hop: 0 };
            V::add_products(&mut sums, numbers, lines, depth);
            for (r, sums) in sums.into_iter().enumerate() {
                for (v, sum) in sums.into_iter().enumerate() {
                    self.end.finish(sum, row + r, panel + v);
                }
            }
        }
    }
}

// SAFETY: parts of a product read what nobody writes meanwhile, and each writes elements of its
// own.
unsafe impl<E: Sync, const TURNED: bool> Sync for Product<E, TURNED> {}

/// Some rows of some panels of a product; of a turned A, rows begin at a panel.
struct Part<'a, E, const TURNED: bool> {
    product: &'a Product<E, TURNED>,
    rows: Range<usize>,
    panels: Range<usize>,
}

impl<E: End, const TURNED: bool> Kernel for Part<'_, E, TURNED> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let Self { product, rows, panels } = self;
        let mut panel = panels.start;

        // SAFETY: `Product::new` has checked the shapes; rows and panels are some of its own.
        unsafe {
            while S::TILE.1 == 2 && panel + 2 <= panels.end {
                product.strip::<S, 2>(rows.clone(), panel);
                panel += 2;
            }
            while panel < panels.end {
                product.strip::<S, 1>(rows.clone(), panel);
                panel += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::panels::Form;
    use super::super::{Hands, InstructionSet, padded};
    use super::*;
    use ndarray::{Array1, Array2, s};

    /// A matrix panel by panel, its padding zero.
    struct Kept {
        data: Vec<f32>,
        form: Form,
    }

    impl Kept {
        fn new(matrix: &Array2<f32>) -> Self {
            let form = Form::panels(matrix.nrows(), matrix.ncols());
            let mut data = vec![0.0; matrix.nrows() * padded(matrix.ncols())];
            for ((i, j), &value) in matrix.indexed_iter() {
                data[form.place(i, j)] = value;
            }
            Self { data, form }
        }

        fn panels(&self) -> Panels<'_> {
            Panels::new(&self.data, self.form)
        }

        fn panels_mut(&mut self) -> PanelsMut<'_> {
            PanelsMut::new(&mut self.data, self.form)
        }

        fn matrix(&self) -> Array2<f32> {
            let Form { rows, columns, .. } = self.form;
            Array2::from_shape_fn((rows, columns), |(i, j)| self.data[self.form.place(i, j)])
        }
    }

    /// Small integers: their sums are exact in any order, so results must agree to the bit.
    fn matrix(rows: usize, columns: usize) -> Array2<f32> {
        Array2::from_shape_fn((rows, columns), |(i, j)| ((i * 7 + j * 5) % 11) as f32 - 5.0)
    }

    fn alone(set: InstructionSet) -> By<'static> {
        By { set, hands: None }
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
                let (x, w) = (matrix(m, k), matrix(k, n));
                let bias =
                    Array1::from_shape_fn(padded(n), |j| if j < n { j as f32 - 3.0 } else { 0.0 });
                let mut output = Kept::new(&Array2::from_elem((m, n), f32::NAN));
                let mut slope = Kept::new(&Array2::from_elem((m, n), f32::NAN));
                // A plain matrix, row by row and without padding, as the inputs of a network are.
                let rows = Panels::new(x.as_slice().unwrap(), Form::rows(m, k, k));
                for x_panels in [rows, Kept::new(&x).panels()] {
                    forward(
                        alone(set),
                        x_panels,
                        Kept::new(&w).panels(),
                        bias.as_slice().unwrap(),
                        output.panels_mut(),
                        Some(slope.panels_mut()),
                        0.25,
                    );
                    let sums = x.dot(&w) + bias.slice(s![..n]);
                    let activated = sums.mapv(|z| if z > 0.0 { z } else { 0.25 * z });
                    assert_eq!(output.matrix(), activated, "{set:?}");
                    let slopes = sums.mapv(|z| if z > 0.0 { 1.0 } else { 0.25 });
                    assert_eq!(slope.matrix(), slopes, "{set:?}");
                }
            }
        }
    }

    #[test]
    fn gradients_are_the_turned_products() {
        for set in InstructionSet::available() {
            for (m, k, n) in SHAPES {
                let (x, delta, w) = (matrix(m, k), matrix(m, n), matrix(k, n));
                let kept_delta = Kept::new(&delta);
                let mut gradient = Kept::new(&matrix(k, n));
                let rows = Panels::new(x.as_slice().unwrap(), Form::rows(m, k, k));
                weight_gradient(
                    alone(set),
                    rows,
                    kept_delta.panels(),
                    gradient.panels_mut(),
                    Onto::Sum,
                );
                assert_eq!(gradient.matrix(), matrix(k, n) + x.t().dot(&delta), "{set:?}");
                let x_panels = Kept::new(&x);
                weight_gradient(
                    alone(set),
                    x_panels.panels(),
                    kept_delta.panels(),
                    gradient.panels_mut(),
                    Onto::Nothing,
                );
                assert_eq!(gradient.matrix(), x.t().dot(&delta), "{set:?}");

                let turned = Kept::new(&w.t().to_owned());
                let mut slope = Kept::new(&matrix(m, k));
                input_gradient(
                    alone(set),
                    kept_delta.panels(),
                    turned.panels(),
                    slope.panels_mut(),
                );
                assert_eq!(slope.matrix(), matrix(m, k) * delta.dot(&w.t()), "{set:?}");
            }
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn fused_sets_forms_and_alignments_agree_in_every_bit() {
        let (m, k, n) = (19, 45, 48);
        let noise = |seed: usize, len: usize| -> Vec<f32> {
            (0..len).map(|i| ((i * 2_654_435_761 + seed) % 1_000_003) as f32 / 1e6 - 0.5).collect()
        };
        let (x, w, bias) = (noise(1, m * k), noise(2, k * n), noise(3, n));
        let panels = Kept::new(&Array2::from_shape_vec((k, n), w.clone()).unwrap());
        let mut seen: Vec<Vec<u32>> = Vec::new();
        for set in InstructionSet::available().into_iter().skip(1) {
            for shift in [0, 1, 3, 8] {
                for (w, form) in [(&w, Form::rows(k, n, n)), (&panels.data, panels.form)] {
                    let mut room = vec![0.0; k * n + shift];
                    room[shift..].copy_from_slice(w);
                    let mut out = vec![0.0; m * n + shift];
                    forward(
                        alone(set),
                        Panels::new(&x, Form::rows(m, k, k)),
                        Panels::new(&room[shift..], form),
                        &bias,
                        PanelsMut::new(&mut out[shift..], Form::rows(m, n, n)),
                        None,
                        0.0,
                    );
                    seen.push(out[shift..].iter().map(|y| y.to_bits()).collect());
                }
            }
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn shared_products_agree_with_those_of_one_thread_in_every_bit() {
        use std::sync::atomic::{AtomicBool, Ordering};
        let (m, k, n) = (130, 300, 170);
        let noise = |(i, j): (usize, usize)| ((i * 7919 + j * 104_729) % 1009) as f32 / 1e3 - 0.5;
        let x = Kept::new(&Array2::from_shape_fn((m, k), noise));
        let delta = Kept::new(&Array2::from_shape_fn((m, n), noise));
        let w = Kept::new(&Array2::from_shape_fn((k, n), noise));
        let bias = vec![0.5; padded(n)];
        let both = |by: By| {
            let mut output = Kept::new(&Array2::zeros((m, n)));
            forward(by, x.panels(), w.panels(), &bias, output.panels_mut(), None, 0.25);
            let mut gradient = Kept::new(&Array2::zeros((k, n)));
            weight_gradient(by, x.panels(), delta.panels(), gradient.panels_mut(), Onto::Nothing);
            (output.data, gradient.data)
        };
        let hands = Hands::default();
        let is_over = AtomicBool::new(false);
        for set in InstructionSet::available() {
            let product = Product::<_, false>::new(
                x.panels(),
                w.panels(),
                Add(Lying { start: std::ptr::null_mut(), row_step: 0, panel_step: 0 }),
            );
            let (n_rows, n_panels) = product.lengths_of_a_part();
            assert!(product.panels > n_panels && product.rows > n_rows, "both are divided");
            let alone = both(alone(set));
            std::thread::scope(|scope| {
                is_over.store(false, Ordering::SeqCst);
                for _ in 0..2 {
                    scope.spawn(|| hands.help(&|| is_over.load(Ordering::SeqCst)));
                }
                for _ in 0..20 {
                    assert_eq!(alone, both(By { set, hands: Some(&hands) }), "{set:?}");
                }
                is_over.store(true, Ordering::SeqCst);
            });
        }
    }
}
