//! Mills' ratio of the normal distribution, R(w) = Φ(−w)/φ(w) = √(π/2)·exp(w²/2)·erfc(w/√2),
//! without an exponential.
//!
//! Cody's rational approximations of exp(y²)·erfc(y) (1969, Mathematics of Computation 23,
//! 631–637), of which the first is used below its interval, 0.46875 … 4, too.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, PI};

/// Returns R(w) for w ≥ 0, with a relative error of 1e-15 from 0.7 on, and of 5e-12 at 0.
pub(super) fn ratio(w: f64) -> f64 {
    let y = w * FRAC_1_SQRT_2;
    let scaled = if y <= 4.0 {
        polynomial(&MIDDLE[0], y) / polynomial(&MIDDLE[1], y)
    } else {
        let i = 1.0 / (y * y);
        (0.5 * FRAC_2_SQRT_PI - i * polynomial(&FAR[0], i) / polynomial(&FAR[1], i)) / y
    };
    (0.5 * PI).sqrt() * scaled
}

/// Coefficients from the highest power down.
fn polynomial<const N: usize>(coefficients: &[f64; N], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// Numerator and denominator in y, for y up to 4.
const MIDDLE: [[f64; 9]; 2] = [
    [
        2.153_115_354_744_038_5e-8,
        0.564_188_496_988_670_1,
        8.883_149_794_388_375,
        66.119_190_637_141_63,
        298.635_138_197_400_1,
        881.952_221_241_769,
        1_712.047_612_634_070_6,
        2_051.078_377_826_071_5,
        1_230.339_354_797_997_2,
    ],
    [
        1.0,
        15.744_926_110_709_835,
        117.693_950_891_312_5,
        537.181_101_862_009_9,
        1_621.389_574_566_690_2,
        3_290.799_235_733_459_6,
        4_362.619_090_143_247,
        3_439.367_674_143_721_6,
        1_230.339_354_803_749_4,
    ],
];

/// Numerator and denominator in 1/y², for y from 4.
const FAR: [[f64; 6]; 2] = [
    [
        0.016_315_387_137_302_097,
        0.305_326_634_961_232_36,
        0.360_344_899_949_804_45,
        0.125_781_726_111_229_26,
        0.016_083_785_148_742_275,
        6.587_491_615_298_378e-4,
    ],
    [
        1.0,
        2.568_520_192_289_822,
        1.872_952_849_923_460_4,
        0.527_905_102_951_428_4,
        0.060_518_341_312_441_32,
        0.002_335_204_976_268_691_8,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_mpmath() {
        // mpmath, 40 digits: sqrt(pi/2)*exp(w*w/2)*erfc(w/sqrt(2)).
        let expected = [
            (0.7, 0.774_893_848_779_390_6, 1e-15),
            (1.0, 0.655_679_542_418_798_5, 1e-15),
            (2.0, 0.421_369_229_288_054_5, 1e-15),
            (5.6, 0.173_350_285_013_020_25, 1e-15),
            (5.7, 0.170_473_760_745_927_85, 1e-15),
            (10.0, 0.099_028_596_471_731_92, 1e-15),
            (24.9, 0.040_096_179_304_097_61, 1e-15),
            (0.0, 1.253_314_137_315_500_3, 5e-12),
            (0.1, 1.159_262_399_618_736_4, 2e-12),
        ];
        for (w, expected, tolerance) in expected {
            assert!((ratio(w) / expected - 1.0).abs() < tolerance, "{w}: {} {expected}", ratio(w));
        }
    }
}
