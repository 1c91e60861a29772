//! e^x and related functions as short polynomials that compilers vectorise, in f32, with the same
//! bits on every machine with a fused multiply-add.
//!
//! Coefficients are minimax fits (Remez exchange in 60 digits, rounded to f32); the tests measure
//! their errors. NaN propagates, so that a diverged network shows.

use super::vector::Vector;

/// ln 2 in two parts; the first ends in zeros, so that its product with an integer is exact.
const LN_2: [f32; 2] = [355.0 / 512.0, -2.121_944_4e-4];

/// Returns e^x within 2 units in the last place for x in [−87, 88], and the value at the nearer end
/// beyond.
#[inline(always)]
pub(crate) fn exp<V: Vector>(x: V) -> V {
    // Adding 1.5 · 2^23 rounds to an integer and leaves it in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let x = x.at_least(V::splat(-87.0)).at_most(V::splat(88.0));
    let shifted = x.mul_add(V::splat(std::f32::consts::LOG2_E), V::splat(ROUND));
    let n = shifted - V::splat(ROUND);
    let r = n.mul_add(V::splat(-LN_2[0]), x);
    let r = n.mul_add(V::splat(-LN_2[1]), r);
    let q =
        polynomial(r, [0.001_381_447_8, 0.008_368_781, 0.041_668_393, 0.166_665_2, 0.499_999_94]);
    let power = (q * r).mul_add(r, r) + V::splat(1.0);
    power.times_power(shifted)
}

/// Returns ln x within 2 units in the last place (absolutely 1e-7 near one) for normal x > 0.
#[inline(always)]
pub(crate) fn ln<V: Vector>(x: V) -> V {
    let (mantissa, exponent) = x.mantissa_and_exponent();
    let f = mantissa - V::splat(1.0);
    let q = polynomial(
        f,
        [
            -0.078_594_506,
            0.128_815_3,
            -0.131_287_65,
            0.141_812_12,
            -0.166_245_55,
            0.200_022_85,
            -0.250_008_1,
            0.333_333_16,
        ],
    );

    let square = f * f;
    let series = (q * f).mul_add(square, square.mul_add(V::splat(-0.5), f));
    let logarithm =
        exponent.mul_add(V::splat(LN_2[0]), exponent.mul_add(V::splat(LN_2[1]), series));

    // NaN for NaN, whose bits the mantissa has lost.
    x.mul_add(V::splat(0.0), logarithm)
}

/// Returns 1 / (1 + e^−x) within 1e-7.
#[inline(always)]
pub(crate) fn sigmoid<V: Vector>(x: V) -> V {
    let one = V::splat(1.0);
    one / (one + exp(V::splat(0.0) - x))
}

/// Returns tanh x within 3 units in the last place: a polynomial near zero, where 1 − 2/(e^2x + 1)
/// would cancel.
#[inline(always)]
pub(crate) fn tanh<V: Vector>(x: V) -> V {
    let (one, two, size) = (V::splat(1.0), V::splat(2.0), x.abs());
    let square = x * x;
    let q = polynomial(
        square,
        [-0.005_704_984_5, 0.020_639_084, -0.053_739_715, 0.133_314_42, -0.333_332_8],
    );
    let near = (q * square).mul_add(x, x);
    let far = one - two / (exp(two * size) + one);
    let far = x.if_positive(far, V::splat(0.0) - far);
    (size - V::splat(0.625)).if_positive(far, near)
}

/// Returns Q(x)/φ(x), the normal distribution's upper tail over its density (Mills' ratio), within
/// a relative 5e-7 for x in [0, 13]; a polynomial in 1/(1 + 0.3 x), after Hastings.
#[inline(always)]
pub(crate) fn tail_over_density<V: Vector>(x: V) -> V {
    let t = V::splat(1.0) / x.mul_add(V::splat(0.3), V::splat(1.0));
    let q = polynomial(
        t,
        [
            0.090_726_934,
            -0.399_501_74,
            0.526_688,
            -0.143_296_75,
            0.326_905_28,
            0.249_026_39,
            0.302_914_8,
            0.299_851_06,
        ],
    );

    q * t
}

/// Evaluates a polynomial by Horner's rule, the highest power's coefficient first.
#[inline(always)]
fn polynomial<V: Vector, const N: usize>(x: V, coefficients: [f32; N]) -> V {
    let (first, rest) = coefficients.split_first().expect("a polynomial has a coefficient");
    rest.iter().fold(V::splat(*first), |q, &coefficient| q.mul_add(x, V::splat(coefficient)))
}

#[cfg(test)]
mod tests {
    use super::super::{InstructionSet, Kernel, Simd};
    use super::*;

    /// Evaluates all five functions over many x.
    struct All<'a>(&'a [f32]);

    impl Kernel for All<'_> {
        type Output = Vec<[f32; 5]>;

        #[inline(always)]
        fn run<S: Simd>(self) -> Self::Output {
            let each = |&x: &f32| {
                let x = S::Vector::splat(x);
                [exp(x), ln(x.abs()), sigmoid(x), tanh(x), tail_over_density(x.abs())]
                    .map(Vector::lane)
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
                // Two or three units in the last place, as the docs say; the logarithm is near zero
                // at one.
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
        let fused: Vec<_> = InstructionSet::available()
            .into_iter()
            .filter(|&set| set != InstructionSet::Portable)
            .collect();
        for pair in fused.windows(2) {
            assert_eq!(pair[0].run(All(&points)), pair[1].run(All(&points)));
        }
    }
}
