//! The families of x86-64: AVX-512 in one register, AVX2 in two.

use std::arch::x86_64::{
    __m256, __m512, _CMP_GT_OQ, _mm256_add_epi32, _mm256_add_ps, _mm256_and_si256,
    _mm256_andnot_ps, _mm256_blendv_ps, _mm256_castps_si256, _mm256_castsi256_ps, _mm256_cmp_ps,
    _mm256_cvtepi32_ps, _mm256_div_ps, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_max_ps,
    _mm256_min_ps, _mm256_mul_ps, _mm256_permute_ps, _mm256_permute2f128_ps, _mm256_set1_epi32,
    _mm256_set1_ps, _mm256_setzero_ps, _mm256_shuffle_ps, _mm256_slli_epi32, _mm256_srai_epi32,
    _mm256_storeu_ps, _mm256_sub_epi32, _mm256_sub_ps, _mm256_unpackhi_ps, _mm256_unpacklo_ps,
    _mm512_abs_ps, _mm512_add_epi32, _mm512_add_ps, _mm512_and_si512, _mm512_castps_si512,
    _mm512_castsi512_ps, _mm512_cmp_ps_mask, _mm512_cvtepi32_ps, _mm512_div_ps, _mm512_fmadd_ps,
    _mm512_loadu_ps, _mm512_mask_blend_ps, _mm512_max_ps, _mm512_min_ps, _mm512_mul_ps,
    _mm512_permute_ps, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_ps, _mm512_shuffle_f32x4,
    _mm512_slli_epi32, _mm512_srai_epi32, _mm512_storeu_ps, _mm512_sub_epi32, _mm512_sub_ps,
};
use std::ops::{Add, Div, Mul, Sub};

use super::vector::{MANTISSA, SQRT_HALF, Simd, Vector, Walk, add_products, operators};

/// AVX-512F.
pub(crate) struct Avx512;

impl Simd for Avx512 {
    type Vector = One;
    const TILE: (usize, usize) = (8, 2);
}

/// AVX2 with FMA.
pub(crate) struct Avx2;

impl Simd for Avx2 {
    type Vector = Two;
    const TILE: (usize, usize) = (6, 1);
}

#[derive(Clone, Copy)]
pub(crate) struct One(__m512);

#[derive(Clone, Copy)]
pub(crate) struct Two(__m256, __m256);

// SAFETY (of all blocks but those that say otherwise): values of `One` and `Two` exist in kernels
// alone that run with the instructions of their family.

/// A function of vectors by an intrinsic of one register.
macro_rules! one {
    ($f:ident $(, $argument:expr)+) => {
        // SAFETY: see above.
        One(unsafe { $f($($argument.0),+) })
    };
}

/// A function of vectors by an intrinsic of half of them.
macro_rules! two {
    ($f:ident $(, $argument:expr)+) => {
        // SAFETY: see above.
        unsafe { Two($f($($argument.0),+), $f($($argument.1),+)) }
    };
}

operators!(
    One,
    Add add |a: Self, b: Self| one!(_mm512_add_ps, a, b),
    Sub sub |a: Self, b: Self| one!(_mm512_sub_ps, a, b),
    Mul mul |a: Self, b: Self| one!(_mm512_mul_ps, a, b),
    Div div |a: Self, b: Self| one!(_mm512_div_ps, a, b)
);
operators!(
    Two,
    Add add |a: Self, b: Self| two!(_mm256_add_ps, a, b),
    Sub sub |a: Self, b: Self| two!(_mm256_sub_ps, a, b),
    Mul mul |a: Self, b: Self| two!(_mm256_mul_ps, a, b),
    Div div |a: Self, b: Self| two!(_mm256_div_ps, a, b)
);

impl Vector for One {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        // SAFETY: see above.
        Self(unsafe { _mm512_set1_ps(value) })
    }

    #[inline(always)]
    unsafe fn load_at(from: *const f32) -> Self {
        // SAFETY: see above; the caller vouches for the numbers.
        Self(unsafe { _mm512_loadu_ps(from) })
    }

    #[inline(always)]
    unsafe fn store_at(self, to: *mut f32) {
        // SAFETY: see above; the caller vouches for the room.
        unsafe { _mm512_storeu_ps(to, self.0) }
    }

    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        one!(_mm512_fmadd_ps, self, b, c)
    }

    #[inline(always)]
    fn abs(self) -> Self {
        one!(_mm512_abs_ps, self)
    }

    #[inline(always)]
    fn at_least(self, low: Self) -> Self {
        // The instruction returns its second operand if either is NaN.
        one!(_mm512_max_ps, low, self)
    }

    #[inline(always)]
    fn at_most(self, high: Self) -> Self {
        one!(_mm512_min_ps, high, self)
    }

    #[inline(always)]
    fn if_positive(self, yes: Self, no: Self) -> Self {
        // SAFETY: see above.
        unsafe {
            let is_positive = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(self.0, _mm512_setzero_ps());
            Self(_mm512_mask_blend_ps(is_positive, no.0, yes.0))
        }
    }

    #[inline(always)]
    fn times_power(self, power: Self) -> Self {
        // SAFETY: see above.
        unsafe {
            let power = _mm512_slli_epi32::<23>(_mm512_castps_si512(power.0));
            Self(_mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(self.0), power)))
        }
    }

    #[inline(always)]
    fn mantissa_and_exponent(self) -> (Self, Self) {
        // SAFETY: see above.
        unsafe {
            let offset = _mm512_set1_epi32(SQRT_HALF);
            let shifted = _mm512_sub_epi32(_mm512_castps_si512(self.0), offset);
            let mantissa =
                _mm512_add_epi32(_mm512_and_si512(shifted, _mm512_set1_epi32(MANTISSA)), offset);
            (
                Self(_mm512_castsi512_ps(mantissa)),
                Self(_mm512_cvtepi32_ps(_mm512_srai_epi32::<23>(shifted))),
            )
        }
    }

    #[inline(always)]
    fn exchanged(self, distance: usize) -> Self {
        // SAFETY: see above.
        Self(unsafe {
            match distance {
                8 => _mm512_shuffle_f32x4::<0x4e>(self.0, self.0),
                4 => _mm512_shuffle_f32x4::<0xb1>(self.0, self.0),
                2 => _mm512_permute_ps::<0x4e>(self.0),
                _ => _mm512_permute_ps::<0xb1>(self.0),
            }
        })
    }

    #[inline(always)]
    unsafe fn transpose8(from: *const f32, from_stride: isize, to: *mut f32, to_stride: isize) {
        // SAFETY: see above; the caller vouches for both squares.
        unsafe { transpose8(from, from_stride, to, to_stride) }
    }
}

impl Vector for Two {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        // SAFETY: see above.
        let half = unsafe { _mm256_set1_ps(value) };
        Self(half, half)
    }

    #[inline(always)]
    unsafe fn load_at(from: *const f32) -> Self {
        // SAFETY: see above; the caller vouches for the numbers.
        unsafe { Self(_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8))) }
    }

    #[inline(always)]
    unsafe fn store_at(self, to: *mut f32) {
        // SAFETY: see above; the caller vouches for the room.
        unsafe {
            _mm256_storeu_ps(to, self.0);
            _mm256_storeu_ps(to.add(8), self.1);
        }
    }

    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        two!(_mm256_fmadd_ps, self, b, c)
    }

    #[inline(always)]
    fn abs(self) -> Self {
        let sign = Self::splat(-0.0);
        two!(_mm256_andnot_ps, sign, self)
    }

    #[inline(always)]
    fn at_least(self, low: Self) -> Self {
        two!(_mm256_max_ps, low, self)
    }

    #[inline(always)]
    fn at_most(self, high: Self) -> Self {
        two!(_mm256_min_ps, high, self)
    }

    #[inline(always)]
    fn if_positive(self, yes: Self, no: Self) -> Self {
        // SAFETY: see above.
        let select = |a, yes, no| unsafe {
            _mm256_blendv_ps(no, yes, _mm256_cmp_ps::<_CMP_GT_OQ>(a, _mm256_setzero_ps()))
        };
        Self(select(self.0, yes.0, no.0), select(self.1, yes.1, no.1))
    }

    #[inline(always)]
    fn exchanged(self, distance: usize) -> Self {
        // SAFETY: see above.
        let exchange = |half| unsafe {
            match distance {
                4 => _mm256_permute2f128_ps::<0x01>(half, half),
                2 => _mm256_permute_ps::<0x4e>(half),
                _ => _mm256_permute_ps::<0xb1>(half),
            }
        };
        if distance == 8 { Self(self.1, self.0) } else { Self(exchange(self.0), exchange(self.1)) }
    }

    #[inline(always)]
    fn times_power(self, power: Self) -> Self {
        // SAFETY: see above.
        let scale = |a, power| unsafe {
            let power = _mm256_slli_epi32::<23>(_mm256_castps_si256(power));
            _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a), power))
        };
        Self(scale(self.0, power.0), scale(self.1, power.1))
    }

    #[inline(always)]
    fn mantissa_and_exponent(self) -> (Self, Self) {
        // SAFETY: see above.
        let split = |a| unsafe {
            let offset = _mm256_set1_epi32(SQRT_HALF);
            let shifted = _mm256_sub_epi32(_mm256_castps_si256(a), offset);
            let mantissa =
                _mm256_add_epi32(_mm256_and_si256(shifted, _mm256_set1_epi32(MANTISSA)), offset);
            (_mm256_castsi256_ps(mantissa), _mm256_cvtepi32_ps(_mm256_srai_epi32::<23>(shifted)))
        };
        let (low, high) = (split(self.0), split(self.1));
        (Self(low.0, high.0), Self(low.1, high.1))
    }

    #[inline(always)]
    unsafe fn add_products<const ROWS: usize, const VECTORS: usize>(
        sums: &mut [[Self; VECTORS]; ROWS],
        numbers: Walk,
        lines: Walk,
        n: usize,
    ) {
        // SAFETY: see above; the caller vouches for what is read.
        unsafe {
            if let Some(sums) = columns::<ROWS, VECTORS, 6>(sums) {
                add_products6(sums, numbers, lines, n);
            } else if let Some(sums) = columns::<ROWS, VECTORS, 5>(sums) {
                add_products5(sums, numbers, lines, n);
            } else {
                add_products(sums, numbers, lines, n);
            }
        }
    }

    #[inline(always)]
    unsafe fn transpose8(from: *const f32, from_stride: isize, to: *mut f32, to_stride: isize) {
        // SAFETY: see above; the caller vouches for both squares.
        unsafe { transpose8(from, from_stride, to, to_stride) }
    }
}

/// Returns a tile's sums if it is one vector wide and `N` rows high.
#[inline(always)]
fn columns<const ROWS: usize, const VECTORS: usize, const N: usize>(
    sums: &mut [[Two; VECTORS]; ROWS],
) -> Option<&mut [Two; N]> {
    if VECTORS == 1 { sums.as_flattened_mut().as_mut_array() } else { None }
}

/// Defines [`Vector::add_products`] for a tile of some rows by one vector. By hand, because
/// compilers do not keep twelve sums in sixteen registers when left to themselves.
macro_rules! add_products {
    ($name:ident, $($row:literal $low:ident $high:ident $address:literal $scratch:literal),+) => {
        /// # Safety
        /// Numbers and vectors must stand there, the lines without hops.
        #[target_feature(enable = "avx2,fma")]
        #[inline]
        unsafe fn $name(sums: &mut [Two], numbers: Walk, lines: Walk, n: usize) {
            if n == 0 {
                return;
            }

            $(let Two(mut $low, mut $high) = sums[$row];)+
            // SAFETY: the caller vouches for what is read.
            unsafe {
                std::arch::asm!(
                    "2:",
                    // Up to sixteen steps, then a hop.
                    "mov {steps:e}, 16",
                    "cmp {n}, {steps}",
                    "cmovb {steps}, {n}",
                    "sub {n}, {steps}",
                    "3:",
                    "vmovups ymm14, [{b}]",
                    "vmovups ymm15, [{b} + 32]",
                    $(
                        concat!("vbroadcastss ", $scratch, ", dword ptr [", $address, "]"),
                        concat!("vfmadd231ps {", stringify!($low), "}, ", $scratch, ", ymm14"),
                        concat!("vfmadd231ps {", stringify!($high), "}, ", $scratch, ", ymm15"),
                    )+
                    "add {b}, {b_step}",
                    "add {a}, {a_step}",
                    "add {a3}, {a_step}",
                    "dec {steps}",
                    "jnz 3b",
                    "add {a}, {a_hop}",
                    "add {a3}, {a_hop}",
                    "test {n}, {n}",
                    "jnz 2b",
                    a = inout(reg) numbers.start => _,
                    a3 = inout(reg) numbers.start.wrapping_add(3 * numbers.beside) => _,
                    a_beside = in(reg) 4 * numbers.beside,
                    a_step = in(reg) 4 * numbers.step,
                    a_hop = in(reg) 4 * numbers.hop,
                    b = inout(reg) lines.start => _,
                    b_step = in(reg) 4 * lines.step,
                    n = inout(reg) n => _,
                    steps = out(reg) _,
                    $($low = inout(ymm_reg) $low, $high = inout(ymm_reg) $high,)+
                    out("ymm12") _,
                    out("ymm13") _,
                    out("ymm14") _,
                    out("ymm15") _,
                    options(nostack, readonly),
                );
            }

            $(sums[$row] = Two($low, $high);)+
        }
    };
}

add_products!(
    add_products6,
    0 low0 high0 "{a}" "ymm12",
    1 low1 high1 "{a} + {a_beside}" "ymm13",
    2 low2 high2 "{a} + 2 * {a_beside}" "ymm12",
    3 low3 high3 "{a3}" "ymm13",
    4 low4 high4 "{a3} + {a_beside}" "ymm12",
    5 low5 high5 "{a3} + 2 * {a_beside}" "ymm13"
);
add_products!(
    add_products5,
    0 low0 high0 "{a}" "ymm12",
    1 low1 high1 "{a} + {a_beside}" "ymm13",
    2 low2 high2 "{a} + 2 * {a_beside}" "ymm12",
    3 low3 high3 "{a3}" "ymm13",
    4 low4 high4 "{a3} + {a_beside}" "ymm12"
);

/// Turns an 8 × 8 square in three rounds of exchanges: of numbers, of pairs, of halves.
///
/// # Safety
/// Eight numbers must stand in each of the eight rows of both squares.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn transpose8(from: *const f32, from_stride: isize, to: *mut f32, to_stride: isize) {
    // SAFETY: the caller vouches for the numbers.
    let row = |i: isize| unsafe { _mm256_loadu_ps(from.offset(i * from_stride)) };

    // Rows 2i and 2i + 1, interleaved.
    let (mut low, mut high) = ([_mm256_setzero_ps(); 4], [_mm256_setzero_ps(); 4]);
    for i in 0..4 {
        let (even, odd) = (row(2 * i as isize), row(2 * i as isize + 1));
        low[i] = _mm256_unpacklo_ps(even, odd);
        high[i] = _mm256_unpackhi_ps(even, odd);
    }

    // Columns c and c + 4 of rows 0 to 3 (upper) and 4 to 7 (lower).
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
