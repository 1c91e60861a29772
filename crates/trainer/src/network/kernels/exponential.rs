//! e^x and its relatives as short polynomials that compilers vectorise, in f32, with the same bits on every machine that
//! has a fused multiply-add.
//!
//! Coefficients are minimax fits (Remez exchange in 60 digits, rounded to f32); errors are measured by the tests. NaN
//! goes in and comes out, so that a diverged network shows.

use super::vector::Simd;

/// Returns e^x within 2 units in the last place for x in [−87, 88], and the value at the nearer end beyond.
#[inline(always)]
pub(crate) fn exp<S: Simd>(x: f32) -> f32 {
    // Adding 1.5 · 2^23 rounds to a whole number and leaves it in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let x = clamp(x, -87.0, 88.0);
    let shifted = S::mul_add(x, std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    // ln 2 in two parts, the first with zeros at its end so that its product with n is exact.
    let r = S::mul_add(n, -355.0 / 512.0, x);
    let r = S::mul_add(n, 2.121_944_4e-4, r);
    let mut q = 0.001_381_447_8;
    for coefficient in [0.008_368_781, 0.041_668_393, 0.166_665_2, 0.499_999_94] {
        q = S::mul_add(q, r, coefficient);
    }
    let power = S::mul_add(q * r, r, r) + 1.0;
    f32::from_bits(power.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// Returns ln x within 2 units in the last place (absolutely 1e-7 near one) for normal x > 0.
#[inline(always)]
pub(crate) fn ln<S: Simd>(x: f32) -> f32 {
    // The bits of √½: subtracting them before taking the exponent leaves a mantissa in [√½, √2).
    const SQRT_HALF: u32 = 0x3f35_04f3;
    let shifted = x.to_bits().wrapping_sub(SQRT_HALF);
    let exponent = (shifted as i32) >> 23;
    let f = f32::from_bits((shifted & 0x007f_ffff) + SQRT_HALF) - 1.0;
    let mut q = -0.078_594_506;
    for coefficient in
        [0.128_815_3, -0.131_287_65, 0.141_812_12, -0.166_245_55, 0.200_022_85, -0.250_008_1, 0.333_333_16]
    {
        q = S::mul_add(q, f, coefficient);
    }
    let square = f * f;
    let series = S::mul_add(q * f, square, S::mul_add(-0.5, square, f));
    let whole = exponent as f32;
    let logarithm = S::mul_add(whole, 355.0 / 512.0, S::mul_add(whole, -2.121_944_4e-4, series));
    if x.is_nan() { x } else { logarithm }
}

/// Returns 1 / (1 + e^−x) within 1e-7.
#[inline(always)]
pub(crate) fn sigmoid<S: Simd>(x: f32) -> f32 {
    1.0 / (1.0 + exp::<S>(-x))
}

/// Returns tanh x within 3 units in the last place: a polynomial near zero, where 1 − 2/(e^2x + 1) would cancel.
#[inline(always)]
pub(crate) fn tanh<S: Simd>(x: f32) -> f32 {
    let square = x * x;
    let mut q = -0.005_704_984_5;
    for coefficient in [0.020_639_084, -0.053_739_715, 0.133_314_42, -0.333_332_8] {
        q = S::mul_add(q, square, coefficient);
    }
    let near = S::mul_add(q * square, x, x);
    let far = 1.0 - 2.0 / (exp::<S>(2.0 * x.abs()) + 1.0);
    if x.abs() < 0.625 { near } else { far.copysign(x) }
}

/// Returns Q(x)/φ(x), the normal distribution's upper tail over its density (Mills' ratio), within 5e-7 of itself for
/// x in [0, 13]; the form is a polynomial in 1/(1 + 0.3 x), after Hastings.
#[inline(always)]
pub(crate) fn tail_over_density<S: Simd>(x: f32) -> f32 {
    let t = 1.0 / S::mul_add(0.3, x, 1.0);
    let mut q = 0.090_726_934;
    for coefficient in [-0.399_501_74, 0.526_688, -0.143_296_75, 0.326_905_28, 0.249_026_39, 0.302_914_8, 0.299_851_06]
    {
        q = S::mul_add(q, t, coefficient);
    }
    q * t
}

/// Clamps as the vector instructions do, NaN passing through.
#[inline(always)]
fn clamp(x: f32, low: f32, high: f32) -> f32 {
    let above = if x < low { low } else { x };
    if above > high { high } else { above }
}

#[cfg(test)]
mod tests {
    use super::super::{InstructionSet, Kernel};
    use super::*;

    /// Evaluates all five functions over many x.
    struct All<'a>(&'a [f32]);

    impl Kernel for All<'_> {
        type Output = Vec<[f32; 5]>;

        #[inline(always)]
        fn run<S: Simd>(self) -> Self::Output {
            let each = |&x: &f32| {
                [exp::<S>(x), ln::<S>(x.abs()), sigmoid::<S>(x), tanh::<S>(x), tail_over_density::<S>(x.abs())]
            };
            self.0.iter().map(each).collect()
        }
    }

    fn points() -> Vec<f32> {
        (-130_000..=130_000).map(|i| i as f32 * 1e-4 + 1e-5).collect()
    }

    #[test]
    fn they_agree_with_libm() {
        let points = points();
        for set in InstructionSet::available() {
            for (&x, found) in points.iter().zip(set.run(All(&points))) {
                let x = f64::from(x);
                let tail = 0.5 * libm::erfc(x.abs() / 2.0_f64.sqrt())
                    / ((-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt());
                let truth = [x.exp(), x.abs().ln(), 1.0 / (1.0 + (-x).exp()), x.tanh(), tail];
                // Two or three units in the last place, as the docs say; the logarithm is near zero at one.
                let tolerance = [2.4e-7, 2.4e-7, 2.4e-7, 3.6e-7, 5e-7];
                for i in 0..5 {
                    let error = (f64::from(found[i]) - truth[i]).abs();
                    let scale = if i == 1 { truth[i].abs().max(0.5) } else { truth[i].abs() };
                    assert!(
                        error <= tolerance[i] * scale,
                        "{set:?} function {i} at {x}: {} for {}",
                        found[i],
                        truth[i]
                    );
                }
            }
        }
    }

    #[test]
    fn nan_and_infinity_show() {
        for set in InstructionSet::available() {
            let found = set.run(All(&[f32::NAN, f32::INFINITY, -1e9]));
            assert!(found[0].iter().all(|y| y.is_nan()), "{:?}", found[0]);
            assert_eq!((found[1][2], found[1][3]), (1.0, 1.0));
            assert_eq!((found[2][3], found[2][2] < 1e-37), (-1.0, true));
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn fused_instruction_sets_agree_in_every_bit() {
        let points = points();
        let fused: Vec<_> =
            InstructionSet::available().into_iter().filter(|&set| set != InstructionSet::Portable).collect();
        for pair in fused.windows(2) {
            assert_eq!(pair[0].run(All(&points)), pair[1].run(All(&points)));
        }
    }
}
