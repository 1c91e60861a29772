//! Families of instructions: a fused multiply-add of numbers, and vectors with loads, stores and the same.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{
    __m256, __m512, _CMP_GT_OQ, _mm256_blendv_ps, _mm256_cmp_ps, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_mul_ps,
    _mm256_permute2f128_ps, _mm256_set1_ps, _mm256_setzero_ps, _mm256_shuffle_ps, _mm256_storeu_ps, _mm256_unpackhi_ps,
    _mm256_unpacklo_ps, _mm512_cmp_ps_mask, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_mask_blend_ps, _mm512_mul_ps,
    _mm512_set1_ps, _mm512_setzero_ps, _mm512_storeu_ps,
};

/// A family of instructions that kernels are compiled for.
pub(crate) trait Simd {
    /// Its registers.
    type Vector: Vector;
    /// The most rows of a product's tile, two vectors wide, that fit its registers.
    const TILE_ROWS: usize;

    /// Returns a · b + c, rounded once where the family has such an instruction.
    fn mul_add(a: f32, b: f32, c: f32) -> f32;

    /// Writes the transpose of an 8 × 8 square, the rows of either a stride apart.
    ///
    /// # Safety
    /// Needs a processor with the family's instructions, and eight numbers in each of the eight rows of both.
    unsafe fn transpose8(from: *const f32, from_stride: isize, to: *mut f32, to_stride: isize);
}

/// A register of several numbers.
///
/// # Safety
/// All methods need a processor with the family's instructions; `load` and `store` need `LANES` numbers at the pointer.
pub(crate) trait Vector: Copy {
    /// How many numbers it holds.
    const LANES: usize;

    unsafe fn splat(value: f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    unsafe fn store(self, to: *mut f32);
    unsafe fn mul(self, other: Self) -> Self;
    /// self · b + c.
    unsafe fn mul_add(self, b: Self, c: Self) -> Self;
    /// `yes` where self is above zero, else `no`.
    unsafe fn positive_or(self, yes: Self, no: Self) -> Self;
}

/// What every target of the build has: the compiler makes of it what it can.
pub(crate) struct Portable;

impl Simd for Portable {
    type Vector = [f32; 8];
    const TILE_ROWS: usize = 4;

    #[inline(always)]
    fn mul_add(a: f32, b: f32, c: f32) -> f32 {
        // Without the instruction, `f32::mul_add` is a slow call.
        if cfg!(any(target_feature = "fma", target_arch = "aarch64")) { a.mul_add(b, c) } else { a * b + c }
    }

    #[inline(always)]
    unsafe fn transpose8(from: *const f32, from_stride: isize, to: *mut f32, to_stride: isize) {
        for row in 0..8 {
            for column in 0..8 {
                // SAFETY: the caller vouches for both squares.
                unsafe { *to.offset(column * to_stride + row) = *from.offset(row * from_stride + column) }
            }
        }
    }
}

impl Vector for [f32; 8] {
    const LANES: usize = 8;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        [value; 8]
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller vouches for eight numbers; a read of an array of them may be unaligned for the array, not
        // for a number.
        unsafe { from.cast::<Self>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: as for `load`.
        unsafe { to.cast::<Self>().write_unaligned(self) }
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        std::array::from_fn(|lane| self[lane] * other[lane])
    }

    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        std::array::from_fn(|lane| Portable::mul_add(self[lane], b[lane], c[lane]))
    }

    #[inline(always)]
    unsafe fn positive_or(self, yes: Self, no: Self) -> Self {
        std::array::from_fn(|lane| if self[lane] > 0.0 { yes[lane] } else { no[lane] })
    }
}

/// Implements `Simd` and `Vector` for a register type of x86-64.
macro_rules! x86 {
    ($family:ident, $register:ty, $lanes:literal, $tile_rows:literal, $set1:ident, $load:ident, $store:ident, $mul:ident, $fmadd:ident, $select:ident) => {
        #[cfg(target_arch = "x86_64")]
        pub(crate) struct $family;

        #[cfg(target_arch = "x86_64")]
        impl Simd for $family {
            type Vector = $register;
            const TILE_ROWS: usize = $tile_rows;

            #[inline(always)]
            fn mul_add(a: f32, b: f32, c: f32) -> f32 {
                a.mul_add(b, c)
            }

            #[inline(always)]
            unsafe fn transpose8(from: *const f32, from_stride: isize, to: *mut f32, to_stride: isize) {
                // SAFETY: the caller vouches for the instructions and for both squares.
                unsafe { transpose8_avx2(from, from_stride, to, to_stride) }
            }
        }

        #[cfg(target_arch = "x86_64")]
        impl Vector for $register {
            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn splat(value: f32) -> Self {
                // SAFETY: the caller vouches for the instructions, here and below, and for the numbers at the pointer.
                unsafe { $set1(value) }
            }

            #[inline(always)]
            unsafe fn load(from: *const f32) -> Self {
                // SAFETY: see `splat`.
                unsafe { $load(from) }
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut f32) {
                // SAFETY: see `splat`.
                unsafe { $store(to, self) }
            }

            #[inline(always)]
            unsafe fn mul(self, other: Self) -> Self {
                // SAFETY: see `splat`.
                unsafe { $mul(self, other) }
            }

            #[inline(always)]
            unsafe fn mul_add(self, b: Self, c: Self) -> Self {
                // SAFETY: see `splat`.
                unsafe { $fmadd(self, b, c) }
            }

            #[inline(always)]
            unsafe fn positive_or(self, yes: Self, no: Self) -> Self {
                // SAFETY: see `splat`.
                unsafe { $select(self, yes, no) }
            }
        }
    };
}

/// Turns an 8 × 8 square in three rounds of exchanges: of numbers, of pairs, of halves.
///
/// # Safety
/// Needs eight numbers in each of the eight rows of both squares.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn transpose8_avx2(from: *const f32, from_stride: isize, to: *mut f32, to_stride: isize) {
    // SAFETY: the caller vouches for the numbers.
    let row = |i: isize| unsafe { _mm256_loadu_ps(from.offset(i * from_stride)) };
    // Rows 2i and 2i + 1, interleaved.
    let (mut low, mut high) = ([_mm256_setzero_ps(); 4], [_mm256_setzero_ps(); 4]);
    for i in 0..4 {
        let (even, odd) = (row(2 * i as isize), row(2 * i as isize + 1));
        low[i] = _mm256_unpacklo_ps(even, odd);
        high[i] = _mm256_unpackhi_ps(even, odd);
    }
    // Columns c and c + 4 of rows 0 to 3 (half 0) and 4 to 7 (half 1).
    let mut columns = [[_mm256_setzero_ps(); 4]; 2];
    for (half, columns) in columns.iter_mut().enumerate() {
        let (first, second) = (2 * half, 2 * half + 1);
        columns[0] = _mm256_shuffle_ps::<0x44>(low[first], low[second]);
        columns[1] = _mm256_shuffle_ps::<0xee>(low[first], low[second]);
        columns[2] = _mm256_shuffle_ps::<0x44>(high[first], high[second]);
        columns[3] = _mm256_shuffle_ps::<0xee>(high[first], high[second]);
    }
    let [upper, lower] = columns;
    for ((c, upper), lower) in (0..).zip(upper).zip(lower) {
        let near = _mm256_permute2f128_ps::<0x20>(upper, lower);
        let far = _mm256_permute2f128_ps::<0x31>(upper, lower);
        // SAFETY: the caller vouches for the room.
        unsafe {
            _mm256_storeu_ps(to.offset(c * to_stride), near);
            _mm256_storeu_ps(to.offset((c + 4) * to_stride), far);
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline]
fn select256(condition: __m256, yes: __m256, no: __m256) -> __m256 {
    _mm256_blendv_ps(no, yes, _mm256_cmp_ps::<_CMP_GT_OQ>(condition, _mm256_setzero_ps()))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
#[inline]
fn select512(condition: __m512, yes: __m512, no: __m512) -> __m512 {
    _mm512_mask_blend_ps(_mm512_cmp_ps_mask::<_CMP_GT_OQ>(condition, _mm512_setzero_ps()), no, yes)
}

x86!(Avx2, __m256, 8, 6, _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_mul_ps, _mm256_fmadd_ps, select256);
x86!(
    Avx512,
    __m512,
    16,
    8,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_mul_ps,
    _mm512_fmadd_ps,
    select512
);
