//! Transposed copies of weights, for the gradient with respect to a layer's inputs.

use std::ops::Range;

use super::LANES;
use super::division::{By, PIECE};
use super::instruction_set::Kernel;
use super::panels::{Lying, Panels, PanelsMut};
use super::vector::{Simd, Vector};

/// The side of the squares that are transposed in registers.
const SIDE: usize = 8;

/// Writes the transpose of `from` (k × n) into `to` (n × k); the padding of `to` stays as it is.
///
/// # Panics
/// If shapes do not fit each other.
pub(crate) fn transpose(by: By, from: Panels, mut to: PanelsMut) {
    let (rows, columns) = (from.form().rows, from.form().columns);
    assert!(to.form().rows == columns && to.form().columns == rows, "the transpose fits");
    let whole = Transpose { from: from.lying(), to: to.lying(), rows: 0..rows, columns };
    if by.hands.is_none() {
        return by.set.run(whole);
    }

    // Each part fills panels of its own.
    let n = PIECE.div_ceil(columns.max(1)).next_multiple_of(LANES);
    by.parts(rows.div_ceil(n), &|index| {
        by.set.run(Transpose { rows: index * n..((index + 1) * n).min(rows), ..whole.clone() });
    });
}

/// Transposes rows, starting at a multiple of [`SIDE`].
#[derive(Clone)]
struct Transpose {
    from: Lying<*const f32>,
    to: Lying<*mut f32>,
    rows: Range<usize>,
    columns: usize,
}

// SAFETY: parts read what nobody writes meanwhile, and each writes columns of its own.
unsafe impl Sync for Transpose {}

impl Kernel for Transpose {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let Self { from, to, rows, columns } = self;
        let (whole_rows, whole_columns) = (rows.end / SIDE * SIDE, columns / SIDE * SIDE);
        let place = |row_step, panel_step, row, column| {
            row * row_step + column / LANES * panel_step + column % LANES
        };

        for column in (0..whole_columns).step_by(SIDE) {
            for row in (rows.start..whole_rows).step_by(SIDE) {
                // SAFETY: both squares lie within their matrices, and neither straddles two panels.
                unsafe {
                    S::Vector::transpose8(
                        from.start.add(place(from.row_step, from.panel_step, row, column)),
                        from.row_step as isize,
                        to.start.add(place(to.row_step, to.panel_step, column, row)),
                        to.row_step as isize,
                    );
                }
            }
        }

        for row in rows {
            let start = if row < whole_rows { whole_columns } else { 0 };
            for column in start..columns {
                // SAFETY: the element lies within both matrices.
                unsafe {
                    *to.start.add(place(to.row_step, to.panel_step, column, row)) =
                        *from.start.add(place(from.row_step, from.panel_step, row, column));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::panels::Form;
    use super::super::{InstructionSet, padded};
    use super::*;

    #[test]
    fn every_element_is_turned() {
        for set in InstructionSet::available() {
            for (k, n) in [(1, 1), (8, 8), (16, 24), (13, 10), (64, 33)] {
                let (from_form, to_form) = (Form::panels(k, n), Form::panels(n, k));
                let mut from = vec![-2.0; k * padded(n)];
                for (i, j) in (0..k).flat_map(|i| (0..n).map(move |j| (i, j))) {
                    from[from_form.place(i, j)] = (i * 100 + j) as f32;
                }
                let mut to = vec![-1.0; n * padded(k)];
                let room = PanelsMut::new(&mut to, to_form);
                let by = By { set, hands: None };
                transpose(by, Panels::new(&from, from_form), room);
                for (j, i) in (0..n).flat_map(|j| (0..padded(k)).map(move |i| (j, i))) {
                    let expected = if i < k { (i * 100 + j) as f32 } else { -1.0 };
                    let found = to[to_form.place(j, i)];
                    assert_eq!(found, expected, "{set:?} {k} x {n} at {i}, {j}");
                }
            }
        }
    }
}
