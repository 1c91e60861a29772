//! Vectors of sixteen numbers: one register, two, or an array, depending on the instruction set.
//!
//! All families compute the same operations lane by lane and fold lanes in the same order, so that
//! AVX2 and AVX-512 give the same bits; the portable family rounds a product before its sum if the
//! target has no fused instruction.

use std::ops::{Add, Div, Mul, Sub};

use super::LANES;

/// A family of instructions that kernels are compiled for.
pub(crate) trait Simd {
    /// Its sixteen numbers.
    type Vector: Vector;
    /// The tile of a product whose sums fit its registers: rows, and vectors side by side.
    const TILE: (usize, usize);
}

/// Sixteen numbers.
///
/// Values are made in kernels that run with the family's instructions, and nowhere else; this is
/// what the unsafe blocks of the families rely on.
pub(crate) trait Vector:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    fn splat(value: f32) -> Self;

    /// # Safety
    /// Sixteen numbers must stand at `from`.
    unsafe fn load_at(from: *const f32) -> Self;

    /// # Safety
    /// Sixteen numbers must have room at `to`.
    unsafe fn store_at(self, to: *mut f32);

    /// self · b + c.
    fn mul_add(self, b: Self, c: Self) -> Self;
    fn abs(self) -> Self;
    /// The larger of each two numbers; NaN if `self` is.
    fn at_least(self, low: Self) -> Self;
    /// The smaller of each two numbers; NaN if `self` is.
    fn at_most(self, high: Self) -> Self;
    /// `yes` where self is above zero, else `no`.
    fn if_positive(self, yes: Self, no: Self) -> Self;
    /// self times 2 to the power of the integer in the low bits of `power`.
    fn times_power(self, power: Self) -> Self;
    /// The mantissa within [√½, √2) and the exponent, of normal numbers above zero.
    fn mantissa_and_exponent(self) -> (Self, Self);

    /// # Panics
    /// If `from` has fewer than sixteen numbers.
    #[inline(always)]
    fn load(from: &[f32]) -> Self {
        // SAFETY: the slice has sixteen numbers.
        unsafe { Self::load_at(from[..LANES].as_ptr()) }
    }

    /// # Panics
    /// If `to` has room for fewer than sixteen numbers.
    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        // SAFETY: the slice has room for sixteen numbers.
        unsafe { self.store_at(to[..LANES].as_mut_ptr()) }
    }

    /// Its first `n` lanes, and `rest` in the others.
    #[inline(always)]
    fn first(self, n: usize, rest: Self) -> Self {
        const POSITIONS: [f32; LANES] =
            [0., 1., 2., 3., 4., 5., 6., 7., 8., 9., 10., 11., 12., 13., 14., 15.];
        (Self::splat(n as f32) - Self::load(&POSITIONS)).if_positive(self, rest)
    }

    /// Exchanges each lane with the one `distance` (8, 4, 2 or 1) away, within pairs of blocks of
    /// that many.
    fn exchanged(self, distance: usize) -> Self;

    /// Folds the lanes in pairs, the upper half onto the lower and so on; the result stands in
    /// every lane.
    #[inline(always)]
    fn fold(self, f: impl Fn(Self, Self) -> Self) -> Self {
        [8, 4, 2, 1]
            .into_iter()
            .fold(self, |folded, distance| f(folded, folded.exchanged(distance)))
    }

    /// Returns the first lane.
    #[inline(always)]
    fn lane(self) -> f32 {
        let mut lanes = [0.0; LANES];
        self.store(&mut lanes);
        lanes[0]
    }

    /// Adds to each row of a tile, `n` times over, the product of that row's number and a line of
    /// vectors.
    ///
    /// # Safety
    /// Numbers and vectors must stand there.
    #[inline(always)]
    unsafe fn add_products<const ROWS: usize, const VECTORS: usize>(
        sums: &mut [[Self; VECTORS]; ROWS],
        numbers: Walk,
        lines: Walk,
        n: usize,
    ) {
        // SAFETY: the caller vouches for what is read.
        unsafe { add_products(sums, numbers, lines, n) }
    }

    /// Writes the transpose of an 8 × 8 square, the rows of either a stride apart.
    ///
    /// # Safety
    /// Eight numbers must stand in each of the eight rows of both.
    #[inline(always)]
    unsafe fn transpose8(from: *const f32, from_stride: isize, to: *mut f32, to_stride: isize) {
        for row in 0..8 {
            for column in 0..8 {
                // SAFETY: the caller vouches for both squares.
                unsafe {
                    *to.offset(column * to_stride + row) = *from.offset(row * from_stride + column);
                }
            }
        }
    }
}

/// A walk through numbers that a product reads.
#[derive(Clone, Copy)]
pub(crate) struct Walk {
    pub start: *const f32,
    /// From a number to the next of the same step.
    pub beside: usize,
    /// From a step to the next.
    pub step: usize,
    /// Further on after every sixteenth step.
    pub hop: usize,
}

/// What [`Vector::add_products`] does, as the compiler arranges it.
///
/// # Safety
/// Numbers and vectors must stand there.
#[inline(always)]
pub(super) unsafe fn add_products<V: Vector, const ROWS: usize, const VECTORS: usize>(
    sums: &mut [[V; VECTORS]; ROWS],
    mut numbers: Walk,
    mut lines: Walk,
    n: usize,
) {
    for begin in (0..n).step_by(LANES) {
        for _ in 0..LANES.min(n - begin) {
            // SAFETY: the caller vouches for both.
            unsafe {
                let line: [V; VECTORS] =
                    std::array::from_fn(|v| V::load_at(lines.start.add(v * lines.beside)));
                for (r, sums) in sums.iter_mut().enumerate() {
                    let number = V::splat(*numbers.start.add(r * numbers.beside));
                    for (sum, vector) in sums.iter_mut().zip(line) {
                        *sum = number.mul_add(vector, *sum);
                    }
                }
            }
            numbers.start = numbers.start.wrapping_add(numbers.step);
            lines.start = lines.start.wrapping_add(lines.step);
        }
        numbers.start = numbers.start.wrapping_add(numbers.hop);
        lines.start = lines.start.wrapping_add(lines.hop);
    }
}

/// The bits of √½: an offset that leaves a mantissa in [√½, √2) instead of [1, 2).
pub(super) const SQRT_HALF: i32 = 0x3f35_04f3;
pub(super) const MANTISSA: i32 = 0x007f_ffff;

/// The build's target; the compiler vectorises it as it can.
pub(crate) struct Portable;

impl Simd for Portable {
    type Vector = Sixteen;
    const TILE: (usize, usize) = (2, 1);
}

#[derive(Clone, Copy)]
pub(crate) struct Sixteen([f32; LANES]);

impl Sixteen {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|lane| f(self.0[lane], other.0[lane])))
    }
}

/// Implements the four operators by a function of two vectors.
macro_rules! operators {
    ($vector:ty, $($trait:ident $method:ident $f:expr),+) => {
        $(impl $trait for $vector {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                $f(self, other)
            }
        })+
    };
}
#[cfg(target_arch = "x86_64")]
pub(super) use operators;

operators!(
    Sixteen,
    Add add |a: Self, b| a.zip(b, |a, b| a + b),
    Sub sub |a: Self, b| a.zip(b, |a, b| a - b),
    Mul mul |a: Self, b| a.zip(b, |a, b| a * b),
    Div div |a: Self, b| a.zip(b, |a, b| a / b)
);

impl Vector for Sixteen {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; LANES])
    }

    #[inline(always)]
    unsafe fn load_at(from: *const f32) -> Self {
        // SAFETY: the caller vouches for the numbers; an array of them has their alignment.
        Self(unsafe { from.cast::<[f32; LANES]>().read() })
    }

    #[inline(always)]
    unsafe fn store_at(self, to: *mut f32) {
        // SAFETY: as for `load_at`.
        unsafe { to.cast::<[f32; LANES]>().write(self.0) }
    }

    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        // Without the instruction, `f32::mul_add` is a slow call.
        let is_fused = cfg!(any(target_feature = "fma", target_arch = "aarch64"));
        let f = |a: f32, b, c| if is_fused { a.mul_add(b, c) } else { a * b + c };
        Self(std::array::from_fn(|lane| f(self.0[lane], b.0[lane], c.0[lane])))
    }

    #[inline(always)]
    fn abs(self) -> Self {
        Self(self.0.map(f32::abs))
    }

    #[inline(always)]
    fn at_least(self, low: Self) -> Self {
        self.zip(low, |a, low| if a < low { low } else { a })
    }

    #[inline(always)]
    fn at_most(self, high: Self) -> Self {
        self.zip(high, |a, high| if a > high { high } else { a })
    }

    #[inline(always)]
    fn if_positive(self, yes: Self, no: Self) -> Self {
        Self(std::array::from_fn(|lane| if self.0[lane] > 0.0 { yes.0[lane] } else { no.0[lane] }))
    }

    #[inline(always)]
    fn exchanged(self, distance: usize) -> Self {
        Self(std::array::from_fn(|lane| self.0[lane ^ distance]))
    }

    #[inline(always)]
    fn times_power(self, power: Self) -> Self {
        self.zip(power, |a, power| f32::from_bits(a.to_bits().wrapping_add(power.to_bits() << 23)))
    }

    #[inline(always)]
    fn mantissa_and_exponent(self) -> (Self, Self) {
        let shifted = self.0.map(|a| (a.to_bits() as i32).wrapping_sub(SQRT_HALF));
        let mantissa = shifted.map(|bits| f32::from_bits(((bits & MANTISSA) + SQRT_HALF) as u32));
        (Self(mantissa), Self(shifted.map(|bits| (bits >> 23) as f32)))
    }
}
