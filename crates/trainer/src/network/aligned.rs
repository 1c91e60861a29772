//! Buffers that begin at a cache line, so that no vector straddles two.

use std::ops::{Deref, DerefMut};

use ndarray::{ArrayView2, ArrayViewMut2};

use super::kernels::{Form, LANES, Panels, PanelsMut, padded};

/// A slice of fixed length, initially zero, aligned to 64 bytes.
pub(crate) struct Aligned {
    room: Vec<f32>,
    start: usize,
    len: usize,
}

impl Aligned {
    pub(crate) fn zeros(len: usize) -> Self {
        let room = vec![0.0; len + LANES];
        // Alignment only affects speed, so a failure to align is harmless.
        let start = room.as_ptr().align_offset(64).min(LANES);
        Self { room, start, len }
    }
}

impl Clone for Aligned {
    fn clone(&self) -> Self {
        let mut copy = Self::zeros(self.len);
        copy.copy_from_slice(self);
        copy
    }
}

impl Deref for Aligned {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.room[self.start..self.start + self.len]
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.room[self.start..self.start + self.len]
    }
}

/// A buffer for a matrix of up to a given number of rows, whose last panel is padded with zeros.
pub(crate) struct Matrix {
    data: Aligned,
    columns: usize,
    order: Order,
}

/// The memory layout of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Panel by panel, which suits products.
    Panels,
    /// Row by row, which suits losses.
    Rows,
}

impl Matrix {
    pub(crate) fn zeros(rows: usize, columns: usize, order: Order) -> Self {
        Self { data: Aligned::zeros(rows * padded(columns)), columns, order }
    }

    fn form(&self, rows: usize) -> Form {
        match self.order {
            Order::Panels => Form::panels(rows, self.columns),
            Order::Rows => Form::rows(rows, self.columns, padded(self.columns)),
        }
    }

    /// Returns the first rows.
    pub(crate) fn panels(&self, rows: usize) -> Panels<'_> {
        Panels::new(&self.data, self.form(rows))
    }

    /// Returns the first rows, to be written.
    pub(crate) fn panels_mut(&mut self, rows: usize) -> PanelsMut<'_> {
        let form = self.form(rows);
        PanelsMut::new(&mut self.data, form)
    }

    /// Returns the first rows as they stand in memory, with their padding.
    pub(crate) fn memory_mut(&mut self, rows: usize) -> &mut [f32] {
        &mut self.data[..rows * padded(self.columns)]
    }

    /// Returns the first rows of a matrix that lies row by row, with their padding.
    pub(crate) fn rows(&self, rows: usize) -> ArrayView2<'_, f32> {
        assert_eq!(self.order, Order::Rows, "the matrix lies row by row");
        let columns = padded(self.columns);
        ArrayView2::from_shape((rows, columns), &self.data[..rows * columns])
            .expect("the matrix fits its room")
    }

    /// Returns the first rows of a matrix that lies row by row, with their padding, to be written.
    pub(crate) fn rows_mut(&mut self, rows: usize) -> ArrayViewMut2<'_, f32> {
        assert_eq!(self.order, Order::Rows, "the matrix lies row by row");
        let columns = padded(self.columns);
        ArrayViewMut2::from_shape((rows, columns), &mut self.data[..rows * columns])
            .expect("the matrix fits its room")
    }
}
