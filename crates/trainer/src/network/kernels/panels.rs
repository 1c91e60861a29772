//! Matrices as the products read and write them: divided into panels of sixteen columns.
//!
//! Sixteen consecutive columns of a row are always adjacent. Two strides state where the next row
//! and the next panel are, so one description serves both a plain row-major matrix and one stored
//! panel by panel. Weights and activations are stored panel by panel: a tile of a product then
//! reads its operands from front to back, whatever the width of the layer, without packing and on
//! few pages of memory.

use super::{LANES, padded};

/// The memory layout of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// Rows.
    pub rows: usize,
    /// Columns without padding.
    pub columns: usize,
    /// Stride from one row to the next.
    row_step: usize,
    /// Stride from one panel to the next.
    panel_step: usize,
}

impl Form {
    /// Panel after panel, each with all its rows.
    pub(crate) fn panels(rows: usize, columns: usize) -> Self {
        Self { rows, columns, row_step: LANES, panel_step: rows * LANES }
    }

    /// Row after row, `stride` apart.
    pub(crate) fn rows(rows: usize, columns: usize, stride: usize) -> Self {
        Self { rows, columns, row_step: stride, panel_step: LANES }
    }

    /// Returns the number of panels; the last one may be padded.
    pub(crate) fn n_panels(self) -> usize {
        self.columns.div_ceil(LANES)
    }

    /// Returns the offset of an element.
    pub(crate) fn place(self, row: usize, column: usize) -> usize {
        row * self.row_step + column / LANES * self.panel_step + column % LANES
    }

    /// Returns the length of what holds `columns` columns, some of which may be padding.
    fn len(self, columns: usize) -> usize {
        if self.rows == 0 || columns == 0 {
            return 0;
        }
        self.place(self.rows - 1, columns - 1) + 1
    }
}

/// A matrix to be read.
#[derive(Clone, Copy)]
pub(crate) struct Panels<'a> {
    data: &'a [f32],
    form: Form,
}

impl<'a> Panels<'a> {
    /// # Panics
    /// If the data do not hold every element.
    pub(crate) fn new(data: &'a [f32], form: Form) -> Self {
        assert!(data.len() >= form.len(form.columns), "the matrix fits its room");
        Self { data, form }
    }

    pub(crate) fn form(self) -> Form {
        self.form
    }

    /// Returns a padded panel's rows.
    #[inline(always)]
    pub(crate) fn rows_of(self, panel: usize) -> impl Iterator<Item = &'a [f32]> {
        let Form { rows, row_step, panel_step, .. } = self.form;
        let data = self.data;
        (0..rows).map(move |row| &data[row * row_step + panel * panel_step..][..LANES])
    }

    /// Returns the place of its first element.
    pub(super) fn lying(self) -> Lying<*const f32> {
        Lying {
            start: self.data.as_ptr(),
            row_step: self.form.row_step,
            panel_step: self.form.panel_step,
        }
    }

    /// Returns the matrix if all panels have equal width.
    ///
    /// # Panics
    /// If it is not.
    pub(super) fn padded(self) -> Self {
        assert!(self.data.len() >= self.form.len(padded(self.form.columns)), "rows are padded");
        self
    }
}

/// A matrix to be written, all panels of one width.
pub(crate) struct PanelsMut<'a> {
    data: &'a mut [f32],
    form: Form,
}

impl<'a> PanelsMut<'a> {
    /// # Panics
    /// If the data do not hold every element and the padding.
    pub(crate) fn new(data: &'a mut [f32], form: Form) -> Self {
        assert!(data.len() >= form.len(padded(form.columns)), "the matrix fits its room");
        Self { data, form }
    }

    pub(crate) fn form(&self) -> Form {
        self.form
    }

    /// Returns the place of its first element.
    pub(super) fn lying(&mut self) -> Lying<*mut f32> {
        Lying {
            start: self.data.as_mut_ptr(),
            row_step: self.form.row_step,
            panel_step: self.form.panel_step,
        }
    }
}

/// The beginning of a matrix, and its strides.
#[derive(Clone, Copy)]
pub(super) struct Lying<P> {
    pub start: P,
    pub row_step: usize,
    pub panel_step: usize,
}

impl Lying<*mut f32> {
    /// # Safety
    /// Row and panel must lie within the matrix.
    #[inline(always)]
    pub(super) unsafe fn at(self, row: usize, panel: usize) -> *mut f32 {
        // SAFETY: the caller keeps row and panel within the matrix.
        unsafe { self.start.add(row * self.row_step + panel * self.panel_step) }
    }
}
