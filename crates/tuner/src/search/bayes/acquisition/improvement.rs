//! The logarithm of the augmented expected improvement: of the expected improvement (Jones et al.
//! 1998; Ament et al. 2023, equation 9), discounted for observation noise (Huang et al. 2006,
//! equation 12).
//!
//! EI = σ·h(t) with t = (incumbent − μ)/σ and h(t) = φ(t) + t·Φ(t). If t is far below 0, both terms
//! nearly cancel, so h is written with Mills' ratio R(w) = Φ(−w)/φ(w), w = |t|: for t ≤ 0, ln h =
//! ln φ(t) + ln(1 − w·R), without an exponential.
//!
//! With noise of standard deviation τ the improvement is multiplied by 1 − τ/√(τ² + σ²), which is
//! σ²/(r·(r + τ)) with r = √(τ² + σ²): near a configuration that is known up to noise there is
//! little to learn. Without that factor, proposals of trials that seek improvement are often tiny
//! moves of the incumbent.

use super::{AcquisitionValue, mills};
use crate::gp::Prediction;
use crate::gp::exp_negative;

/// ln 2π.
const LN_TAU: f64 = 1.837_877_066_409_345_3;

pub(super) fn rate(incumbent: f64, noise: f64, prediction: Prediction) -> AcquisitionValue {
    let Prediction { mean, sd } = prediction;
    let Height { log, times, distribution_share, density_share } = height((incumbent - mean) / sd);
    let both = (noise * noise + sd * sd).sqrt();
    // One logarithm for all factors, since thousands of points are evaluated.
    let value = log + libm::log(times * sd * sd * sd / (both * (both + noise)));
    let by_sd = density_share / sd + noise * (both + noise) / (both * both * sd);
    AcquisitionValue { value, by_mean: -distribution_share / sd, by_sd }
}

/// h(t) = exp(`log`)·`times`, Φ(t)/h(t) and φ(t)/h(t).
struct Height {
    log: f64,
    times: f64,
    distribution_share: f64,
    density_share: f64,
}

fn height(t: f64) -> Height {
    /// From here on 1 − w·R loses more digits than its asymptotic series lacks.
    const SERIES_FROM: f64 = 25.0;

    let (w, log_density) = (t.abs(), -0.5 * (t * t + LN_TAU));
    let (ratio, rest) = if w < SERIES_FROM {
        let ratio = mills::ratio(w);
        (ratio, 1.0 - w * ratio)
    } else {
        // 1 − w·R = 1/w² − 3/w⁴ + 15/w⁶ − 105/w⁸ + …
        let i = 1.0 / (w * w);
        let rest = i * (1.0 - i * (3.0 - i * (15.0 - 105.0 * i)));
        ((1.0 - rest) / w, rest)
    };

    if t <= 0.0 {
        return Height {
            log: log_density,
            times: rest,
            distribution_share: ratio / rest,
            density_share: 1.0 / rest,
        };
    }

    // h(t) = t + h(−t), Φ(t) = 1 − Φ(−t).
    let density = exp_negative(log_density);
    let h = t + density * rest;

    Height {
        log: 0.0,
        times: h,
        distribution_share: (1.0 - density * ratio) / h,
        density_share: density / h,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_takes_its_share_of_the_improvement() {
        // φ(0) = 0.398942…: with σ = 3 and τ = 4, 3·φ(0)·(1 − 4/5).
        let of = |noise| rate(1.0, noise, Prediction { mean: 1.0, sd: 3.0 }).value;
        assert!((of(0.0) - libm::log(3.0 * 0.398_942_280_401_432_7)).abs() < 1e-12);
        assert!((of(4.0) - libm::log(3.0 * 0.398_942_280_401_432_7 * 0.2)).abs() < 1e-12);
    }

    #[test]
    fn it_agrees_with_mpmath_deep_in_the_tail() {
        // mpmath, 60 digits: log(npdf(t) + t*ncdf(t)), ncdf(t)/h, npdf(t)/h.
        for (t, log_of_h, distribution_share, density_share) in MPMATH {
            let Height { log, times, distribution_share: b, density_share: c } = height(t);
            let a = log + libm::log(times);
            assert!(
                (a - log_of_h).abs() <= 1e-7 * log_of_h.abs().max(1e-3),
                "ln h({t}): {a} {log_of_h}"
            );
            // 1 − w·R loses w² of its digits: at most 625·1e-16·w below the switch.
            assert!((b / distribution_share - 1.0).abs() < 1e-7, "{t}: {b} {distribution_share}");
            assert!((c / density_share - 1.0).abs() < 1e-7, "{t}: {c} {density_share}");
        }
    }

    const MPMATH: [(f64, f64, f64, f64); 12] = [
        (3.0, 1.098_739_665_327_707_7, 0.332_840_968_451_795_2, 0.001_477_094_644_614_293_3),
        (0.0, -0.918_938_533_204_672_8, 1.253_314_137_315_500_3, 1.0),
        (-0.5, -1.620_516_264_387_319_9, 1.559_873_148_348_079_7, 1.779_936_574_174_039_8),
        (-1.0, -2.485_121_025_712_641_3, 1.904_271_233_329_691_8, 2.904_271_233_329_691_6),
        (-2.0, -4.768_783_523_917_114, 2.679_416_883_955_586, 6.358_833_767_911_172),
        (-5.0, -16.744_301_162_660_99, 5.361_816_241_288_088, 27.809_081_206_440_442),
        (-6.5, -25.853_424_209_777_89, 6.788_803_524_407_328, 45.127_222_908_647_63),
        (-10.0, -55.553_122_036_122_35, 10.194_383_033_412_553, 102.943_830_334_125_54),
        (-24.9, -317.358_485_742_667_3, 24.979_936_959_471_14, 623.000_430_290_831_3),
        (-25.1, -322.374_409_872_464_07, 25.179_305_997_377_543, 633.000_580_534_176_4),
        (-40.0, -808.298_568_356_62, 40.049_906_657_648_52, 1_602.996_266_305_940_7),
        (-1000.0, -500_014.734_452_091_16, 1_000.001_999_994, 1_000_002.999_994),
    ];
}
