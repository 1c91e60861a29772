//! The output warping: a monotone function that brings losses of any sign and scale to a form that
//! a Gaussian process can model.
//!
//! Losses are skewed: the distance from the best to the median is short, from there to the worst
//! long. So the surrogate sees their logarithm, or that of their distance to the best, shifted by
//! half the distance from the best to the median; the likelihood decides between the two. Losses
//! far above the median are capped, and the result is standardised.

use crate::cast;
use crate::prior::{Calibration, Expected};
use crate::stats::mean;
use crate::tuning::bayes::{CAP, FIRST, NEGLIGIBLE, SHIFT};

/// A fitted warp: losses to standardised targets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Warp {
    curve: Curve,
    /// Losses below this count as this.
    floor: f64,
    /// Warped values above this are capped.
    cap: f64,
    mean: f64,
    sd: f64,
}

/// The kind of logarithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Logarithm of the loss itself: for losses whose ratios matter down to the best.
    Plain,
    /// Logarithm of the distance to the best, shifted: if the best is near 0 or below, or if the
    /// plain logarithm would amplify noise.
    Shifted,
    /// Shifted logarithm whose shift is the distance from the best to the upper tenth: nearly the
    /// loss itself. For importance only, where most trials are crowded around the best and the whole
    /// space matters.
    Wide,
}

#[derive(Clone, Debug, PartialEq)]
enum Curve {
    /// All losses equal this one.
    Flat { loss: f64 },
    /// ln(y − shift), extrapolated below `knee` by its tangent.
    Log { shift: f64, knee: f64 },
}

impl Warp {
    /// Fits a warp of `family` to losses (finite); losses that are not positive are always shifted.
    /// The learned prior mean determines their scale and level: the target of the reference is 0.
    pub(crate) fn fit(losses: &[f64], family: Family, expected: Option<Expected<'_>>) -> Self {
        let Some(expected) = expected else {
            return Self::alone(losses, family);
        };

        let plain = || {
            losses
                .iter()
                .copied()
                .reduce(f64::min)
                .filter(|best| *best > 0.0 && family == Family::Plain)
        };

        let curve = plain().map_or_else(
            || Curve::fit(losses, family),
            |best| Curve::Log { shift: 0.0, knee: 0.5 * best },
        );

        let level = expected
            .scale
            .reference
            .filter(|_| !curve.is_flat())
            .map(|(loss, _)| (loss, curve.value(loss)));

        let reference =
            level.filter(|(loss, _)| plain().is_some() && *loss > 0.0).map(|(_, warped)| warped);
        let mut warped: Vec<f64> = losses.iter().map(|y| curve.value(*y)).collect();
        let Calibration { spread, cap } =
            Calibration::new(&warped, expected, cap(&warped), reference);

        for (w, expectation) in warped.iter_mut().zip(expected.expectations) {
            *w = w.min(cap) - spread * expectation;
        }
        let level = level.map(|(_, warped)| warped).or_else(|| mean(&warped));
        // The scale is expected, not estimated: a loss far below the others does not stretch it.
        let floor = f64::NEG_INFINITY;

        Self { curve, floor, cap, mean: level.unwrap_or(0.0), sd: spread }
    }

    /// Fits a warp to losses without a learned prior mean.
    fn alone(losses: &[f64], family: Family) -> Self {
        let floor = floor(losses);
        let losses: Vec<f64> = losses.iter().map(|y| y.max(floor)).collect();
        let curve = Curve::fit(&losses, family);
        let mut warped: Vec<f64> = losses.iter().map(|y| curve.value(*y)).collect();

        let cap = cap(&warped);
        for z in &mut warped {
            *z = z.min(cap);
        }

        let mean = mean(&warped).unwrap_or(0.0);
        let variance = warped.iter().map(|z| (z - mean) * (z - mean)).sum::<f64>()
            / warped.len().max(1) as f64;
        let sd = if variance.sqrt() > 1e-12 * (1.0 + mean.abs()) { variance.sqrt() } else { 1.0 };
        Self { curve, floor, cap, mean, sd }
    }

    /// Returns what is subtracted from a loss before its logarithm is taken.
    pub(crate) fn shift(&self) -> f64 {
        match &self.curve {
            Curve::Flat { loss } => *loss,
            Curve::Log { shift, .. } => *shift,
        }
    }

    /// Returns the target of a loss.
    pub(crate) fn target(&self, loss: f64) -> f64 {
        self.standardised(self.curve.value(loss.max(self.floor)).min(self.cap))
    }

    /// Returns the target of a loss without the cap, for the spread of folds.
    pub(crate) fn uncapped(&self, loss: f64) -> f64 {
        self.standardised(self.curve.value(loss))
    }

    /// Returns the loss of a target below the cap: the inverse of [`Warp::uncapped`].
    pub(crate) fn loss(&self, target: f64) -> f64 {
        self.curve.inverse(target * self.sd + self.mean).clamp(-f64::MAX, f64::MAX)
    }

    /// Returns ln of the derivative of the target with respect to the loss, without the cap.
    pub(crate) fn log_slope(&self, loss: f64) -> f64 {
        // All losses at the floor are the same observation, and favour none of the warps.
        if loss <= self.floor { 0.0 } else { self.curve.log_slope(loss) - libm::log(self.sd) }
    }

    /// The target of a trial without a loss: the worst.
    pub(crate) fn worst(&self) -> f64 {
        self.standardised(self.cap)
    }

    /// Changes the scale so that these targets, without the cap, have mean 0 and variance 1; returns
    /// the standard deviation that they had.
    pub(crate) fn spread_over(&mut self, targets: &mut [f64]) -> f64 {
        let level = mean(targets).unwrap_or(0.0);
        let squares = targets.iter().map(|z| (z - level) * (z - level)).sum::<f64>();
        let sd = (squares / targets.len().max(1) as f64).sqrt();
        if sd <= 1e-12 * (1.0 + level.abs()) || !sd.is_finite() {
            return 1.0;
        }

        for target in targets {
            *target = (*target - level) / sd;
        }
        self.mean += level * self.sd;
        self.sd *= sd;
        sd
    }

    fn standardised(&self, warped: f64) -> f64 {
        (warped - self.mean) / self.sd
    }
}

impl Curve {
    fn fit(losses: &[f64], family: Family) -> Self {
        let sorted = sorted(losses);
        let (Some(best), Some(worst)) = (sorted.first(), sorted.last()) else {
            return Self::Flat { loss: 0.0 };
        };

        if best == worst {
            return Self::Flat { loss: *best };
        }
        if *best > 0.0 && family == Family::Plain {
            return Self::Log { shift: 0.0, knee: 0.5 * best };
        }

        let median = quantile(&sorted, if family == Family::Wide { 0.9 } else { 0.5 });
        let way = if median > *best { median / 2.0 - best / 2.0 } else { worst / 2.0 - best / 2.0 };

        // Wide enough that the shift is not lost in rounding, however close the losses are.
        let least = (8.0 * f64::EPSILON * best.abs()).max(8.0 * f64::MIN_POSITIVE);
        let way = (2.0 * way).clamp(least, f64::MAX / 4.0);
        let best = best.max(-f64::MAX / 16.0);
        Self::Log { shift: best - SHIFT * way, knee: best - 0.5 * SHIFT * way }
    }

    fn is_flat(&self) -> bool {
        matches!(self, Self::Flat { .. })
    }

    fn value(&self, loss: f64) -> f64 {
        match self {
            Self::Flat { .. } => 0.0,
            Self::Log { shift, knee } if loss >= *knee => libm::log((loss - shift).min(f64::MAX)),
            Self::Log { shift, knee } => libm::log(knee - shift) + (loss - knee) / (knee - shift),
        }
    }

    fn log_slope(&self, loss: f64) -> f64 {
        match self {
            Self::Flat { .. } => 0.0,
            Self::Log { shift, knee } => -libm::log((loss.max(*knee) - shift).min(f64::MAX)),
        }
    }

    fn inverse(&self, warped: f64) -> f64 {
        match self {
            Self::Flat { loss } => *loss,
            Self::Log { shift, knee } => {
                let at_knee = libm::log(knee - shift);
                if warped >= at_knee {
                    shift + libm::exp(warped)
                } else {
                    knee + (warped - at_knee) * (knee - shift)
                }
            }
        }
    }
}

/// Returns the loss below which differences do not matter: above the best by a small share of the
/// spread of the first results, which are not yet gathered around it.
///
/// In a converged search most results are closer together than that. Without the floor their tiny
/// differences would set the scale and everything farther away would be capped; the surrogate,
/// which then knows nothing about the rest of the space, would explore it again.
pub(super) fn floor(losses: &[f64]) -> f64 {
    let first = sorted(&losses[..losses.len().min(FIRST)]);
    let (Some(lowest), Some(best)) = (first.first(), losses.iter().copied().reduce(f64::min))
    else {
        return f64::NEG_INFINITY;
    };
    let spread = quantile(&first, 0.5) / 2.0 - lowest / 2.0;

    // In halves, so that no difference of finite numbers overflows.
    best + (2.0 * NEGLIGIBLE) * spread
}

/// Returns the cap of warped losses: the median plus twice its distance to the lower quartile, but
/// outside the nearest twentieth of the range above the median, so that a plateau at the best value
/// does not cap all others.
fn cap(warped: &[f64]) -> f64 {
    let sorted = sorted(warped);
    let (Some(best), Some(worst)) = (sorted.first(), sorted.last()) else {
        return 1.0;
    };
    let (median, quartile) = (quantile(&sorted, 0.5), quantile(&sorted, 0.25));
    let spread = if median > quartile { median - quartile } else { worst - best };
    if spread > 0.0 { median + CAP * spread } else { median + 1.0 }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The quantile of ascending values by linear interpolation (type 7 of Hyndman and Fan 1996).
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let position = p * (sorted.len() - 1) as f64;
    let below = sorted[cast::floor(position)];
    let above = sorted[(cast::floor(position) + 1).min(sorted.len() - 1)];
    let share = position.fract();
    below * (1.0 - share) + above * share
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prior::{LossScale, Noise};

    #[test]
    fn any_finite_losses_become_finite_targets_in_the_same_order() {
        let samples: [&[f64]; 12] = [
            &[0.1, 0.5, 0.2, 0.9, 1e6],
            &[-3.0, -2.5, 4.0, -2.9, 0.0],
            &[1e300, 1e-300, 1.0, 2.0],
            &[-1e308, 1e308, 0.0],
            &[5.0, 5.0, 5.0],
            &[7.0],
            &[0.0, 0.0, 0.0, 0.0, 1.0, 2.0],
            &[-0.9, -0.91, -0.95, -0.2],
            &[-0.9, -0.9_f64.next_down(), -0.9, -0.85],
            &[(-0.9_f64).next_down(), -0.9, -0.9, -0.85],
            &[-f64::MAX, f64::MAX, -1e300],
            &[0.0, f64::MIN_POSITIVE / 8.0, 1e-300],
        ];
        for (losses, family) in
            samples.iter().flat_map(|l| [(l, Family::Plain), (l, Family::Shifted)])
        {
            let warp = Warp::fit(losses, family, None);
            for a in *losses {
                assert!(warp.target(*a).is_finite() && warp.target(*a) <= warp.worst());
                for b in *losses {
                    assert!(a >= b || warp.target(*a) <= warp.target(*b), "{a} {b} in {losses:?}");
                }
            }
        }
        let plateau = Warp::fit(&[0.0, 0.0, 0.0, 0.0, 1.0, 2.0], Family::Plain, None);
        assert!(
            plateau.target(0.0) < plateau.target(1.0) && plateau.target(1.0) < plateau.target(2.0)
        );
    }

    #[test]
    fn targets_are_standardised_and_outliers_cut() {
        let losses = [1.0, 1.1, 1.2, 1.3, 1e9];
        let warp = Warp::fit(&losses, Family::Plain, None);
        let targets: Vec<f64> = losses.iter().map(|y| warp.target(*y)).collect();
        assert!(targets.iter().sum::<f64>().abs() < 1e-9);
        assert!((targets.iter().map(|z| z * z).sum::<f64>() / 5.0 - 1.0).abs() < 1e-9);
        assert!(targets[4] < 2.0 && targets[4] == warp.worst());
        assert_eq!(warp.target(f64::MAX), warp.worst());
    }

    #[test]
    fn losses_gathered_around_the_best_do_not_set_the_scale() {
        // Ten spread results, then twenty that differ by less than a ten-thousandth of their
        // spread.
        let first = (1..=10).map(f64::from);
        let gathered = (1..=20).map(|i| 1e-6 * f64::from(i));
        let losses: Vec<f64> = first.chain(gathered).collect();
        for family in [Family::Plain, Family::Shifted] {
            let warp = Warp::fit(&losses, family, None);
            assert_eq!(warp.target(1e-6), warp.target(2e-5));
            assert!(warp.target(1e-6) < warp.target(1.0), "{family:?}");
            assert!(warp.target(1.0) < warp.target(2.0) && warp.target(2.0) < warp.target(5.0));
        }
    }

    #[test]
    fn the_target_of_the_reference_is_zero_whatever_the_losses() {
        for reference in [0.01, 0.25, 7.0] {
            let scale = LossScale {
                spread: 0.4,
                spread_sd: 1.0,
                noise: Noise { mean: -3.0, sd: 2.0 },
                residual: 0.4,
                reference: Some((reference, 0.5)),
            };
            for (losses, expectations) in
                [(&[0.3][..], &[-1.0][..]), (&[0.2, 0.3, 9.0], &[-1.0, -0.5, 1.0])]
            {
                for family in [Family::Plain, Family::Shifted] {
                    let warp = Warp::fit(losses, family, Some(Expected { expectations, scale }));
                    assert!(
                        warp.curve.is_flat() || warp.uncapped(reference) == 0.0,
                        "{reference} {warp:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn targets_are_brought_back_to_losses() {
        for losses in [[0.1, 0.5, 0.2, 0.9], [-3.0, -2.5, 4.0, 0.0], [2.0, 2.0, 2.0, 2.0]] {
            let warp = Warp::fit(&losses, Family::Plain, None);
            for y in losses {
                // Tolerance: ln and exp each round once, on numbers below 10.
                assert!((warp.loss(warp.uncapped(y)) - y).abs() < 1e-13);
            }
        }
        let warp = Warp::fit(&[0.2, 0.3, 0.9], Family::Plain, None);
        assert!((warp.loss(warp.uncapped(-5.0)) + 5.0).abs() < 1e-12);
    }

    #[test]
    fn below_the_best_losses_go_on_falling() {
        let warp = Warp::fit(&[0.2, 0.3, 0.9], Family::Plain, None);
        assert!(
            warp.uncapped(0.0) < warp.uncapped(0.1) && warp.uncapped(-5.0) < warp.uncapped(0.0)
        );
    }
}
