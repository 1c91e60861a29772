//! The arithmetic of training, compiled once for each instruction set and chosen at run time.
//!
//! A [`Kernel`] is written once over a [`Simd`] family; [`InstructionSet::run`] compiles it for
//! AVX-512, for AVX2 with FMA, and for the build's target, and calls the requested one. The
//! compiler vectorises plain loops in a kernel for that instruction set; the matrix [`product`]s
//! use its registers explicitly. Every result element is computed by the same operations in the
//! same order under all three, except for the rounding of a product before its sum where there is
//! no fused multiply-add. So AVX2 and AVX-512 give the same bits.
#![expect(
    clippy::inline_always,
    reason = "kernels are compiled for the instruction set of their caller"
)]

mod division;
mod exponential;
mod hands;
mod instruction_set;
mod panels;
mod product;
mod transpose;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use division::{By, PIECE};
pub(crate) use exponential::{exp, ln, sigmoid, tail_over_density, tanh};
pub use hands::Hands;
pub(crate) use instruction_set::{InstructionSet, Kernel};
pub(crate) use panels::{Form, Panels, PanelsMut};
pub(crate) use product::{Onto, forward, input_gradient, weight_gradient};
pub(crate) use transpose::transpose;
pub(crate) use vector::{Simd, Vector};

/// Every row of weights, biases and activations is padded with zeros to a multiple of this many
/// numbers.
pub(crate) const LANES: usize = 16;

/// Returns `n` rounded up to whole vectors.
pub(crate) fn padded(n: usize) -> usize {
    n.next_multiple_of(LANES)
}
