//! Numbers that begin at a cache line, so that no vector straddles two.

use std::ops::{Deref, DerefMut};

use ndarray::{ArrayView2, ArrayViewMut2, ShapeBuilder};

use super::kernels::{LANES, padded};

/// A slice of zeros at first, of fixed length, beginning at a multiple of 64 bytes.
pub(crate) struct Aligned {
    room: Vec<f32>,
    start: usize,
    len: usize,
}

impl Aligned {
    pub(crate) fn zeros(len: usize) -> Self {
        let room = vec![0.0; len + LANES];
        // Alignment is a matter of speed alone, should it ever not be had.
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

/// Returns how far apart rows of `n` numbers stand: whole vectors, and no large power of two, whose rows would all fall
/// into the same few sets of a cache.
pub(crate) fn stride(n: usize) -> usize {
    let n = padded(n);
    if n.is_multiple_of(256) { n + LANES } else { n }
}

/// Room for a matrix of up to so many rows, which are padded with zeros.
pub(crate) struct Matrix {
    data: Aligned,
    columns: usize,
    stride: usize,
}

impl Matrix {
    pub(crate) fn zeros(rows: usize, columns: usize) -> Self {
        let stride = stride(columns);
        Self { data: Aligned::zeros(rows * stride), columns, stride }
    }

    /// Returns the first rows without their padding.
    pub(crate) fn rows(&self, rows: usize) -> ArrayView2<'_, f32> {
        view(&self.data, rows, self.columns, self.stride)
    }

    /// Returns the first rows with their padding up to whole vectors.
    pub(crate) fn padded(&self, rows: usize) -> ArrayView2<'_, f32> {
        view(&self.data, rows, padded(self.columns), self.stride)
    }

    /// Returns the first rows with their padding up to whole vectors, to be written.
    pub(crate) fn padded_mut(&mut self, rows: usize) -> ArrayViewMut2<'_, f32> {
        view_mut(&mut self.data, rows, padded(self.columns), self.stride)
    }

    /// Returns the first `rows` rows as they stand in memory.
    pub(crate) fn memory_mut(&mut self, rows: usize) -> &mut [f32] {
        &mut self.data[..rows * self.stride]
    }

    /// Returns how far apart rows stand in memory.
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }
}

pub(crate) fn view(
    data: &[f32],
    rows: usize,
    columns: usize,
    stride: usize,
) -> ArrayView2<'_, f32> {
    ArrayView2::from_shape((rows, columns).strides((stride, 1)), data)
        .expect("the matrix fits its room")
}

pub(crate) fn view_mut(
    data: &mut [f32],
    rows: usize,
    columns: usize,
    stride: usize,
) -> ArrayViewMut2<'_, f32> {
    ArrayViewMut2::from_shape((rows, columns).strides((stride, 1)), data)
        .expect("the matrix fits its room")
}
