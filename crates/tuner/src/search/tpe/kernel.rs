//! Densities over one axis of the unit cube, smoothed around the value of one trial.

use crate::space::{Domain, LogSteps, Scale};
use crate::stats::{cdf_between, normal};
use rand::{Rng, RngExt};

/// The part of the axis that one value covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Grain {
    /// Every number is a value.
    Fine,
    /// The axis has this many values, each with an equal share.
    Even(f64),
    /// Integers on a log scale, with the logarithms of the axis's ends.
    Whole(f64, f64),
    /// Other steps on a log scale.
    Steps(LogSteps),
}

/// The part of the axis of one value: its coordinate and its ends, which are the coordinate itself
/// if the grain is fine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell {
    pub(super) coordinate: f64,
    low: f64,
    high: f64,
}

impl Grain {
    pub(super) fn new(domain: &Domain) -> Self {
        match domain {
            Domain::Int { low, high, scale: Scale::Log, step: 1 } => {
                Self::Whole(libm::log(*low as f64 - 0.5), libm::log(*high as f64 + 0.5))
            }
            domain if domain.log_steps().is_some() => {
                domain.log_steps().map_or(Self::Fine, Self::Steps)
            }
            _ => domain.n_levels().map_or(Self::Fine, |n| Self::Even(n as f64)),
        }
    }

    /// Returns the cell of the value at a coordinate.
    pub(super) fn cell(self, coordinate: f64) -> Cell {
        match self {
            Self::Fine => Cell { coordinate, low: coordinate, high: coordinate },
            Self::Even(n) => {
                let index = libm::floor(coordinate * n).min(n - 1.0);
                Cell { coordinate: (index + 0.5) / n, low: index / n, high: (index + 1.0) / n }
            }
            Self::Whole(from, to) => {
                let value = libm::round(libm::exp(from + (to - from) * coordinate));
                let at = |v: f64| ((libm::log(v) - from) / (to - from)).clamp(0.0, 1.0);
                Cell {
                    coordinate: at(value),
                    low: at((value - 0.5).max(0.5)),
                    high: at(value + 0.5),
                }
            }
            Self::Steps(LogSteps { first, last, step, below, above }) => {
                let (from, to) = (libm::log(below), libm::log(above));
                // As the encoder has it, to the bit: a coordinate may lie on the border of two
                // cells.
                let exact = libm::exp(from * (1.0 - coordinate) + to * coordinate);
                let value = (first + step * libm::round((exact - first) / step)).clamp(first, last);
                let at = |v: f64| ((libm::log(v) - from) / (to - from)).clamp(0.0, 1.0);
                Cell {
                    coordinate: at(value),
                    low: at((value - 0.5 * step).max(below)),
                    high: at(value + 0.5 * step),
                }
            }
        }
    }
}

/// A density over one axis; for a value with a cell, its mean over the cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kernel {
    /// The density is 1 everywhere.
    Even,
    /// A normal distribution truncated to the axis.
    Normal {
        mean: f64,
        sd: f64,
        /// The logarithm of the mass that lies within the axis.
        log_mass: f64,
    },
    /// One of `n` categories with the share `own`; the rest is spread evenly over all of them.
    Category { centre: f64, own: f64, n: f64 },
}

impl Kernel {
    /// Creates a normal kernel around a coordinate.
    pub(super) fn normal(mean: f64, sd: f64) -> Self {
        Self::Normal { mean, sd, log_mass: libm::log(cdf_between(-mean / sd, (1.0 - mean) / sd)) }
    }

    /// Returns the logarithm of the density at a value.
    pub(super) fn log_density(&self, cell: &Cell) -> f64 {
        match *self {
            Self::Even => 0.0,
            Self::Normal { mean, sd, log_mass } => {
                let width = cell.high - cell.low;
                // Over a narrow cell the density is nearly constant: (width/sd)²/24 of it at the
                // middle.
                if width < 0.2 * sd {
                    let z = (cell.coordinate - mean) / sd;
                    return -0.5 * z * z - libm::log(sd) - LOG_SQRT_2_PI - log_mass;
                }
                let mass = cdf_between((cell.low - mean) / sd, (cell.high - mean) / sd);
                libm::log(mass.max(f64::MIN_POSITIVE) / width) - log_mass
            }
            Self::Category { centre, own, n } => {
                let is_own = cell.low <= centre && centre < cell.high;
                libm::log(1.0 - own + if is_own { own * n } else { 0.0 })
            }
        }
    }

    /// Draws a coordinate.
    pub(super) fn draw(&self, rng: &mut impl Rng) -> f64 {
        match *self {
            Self::Even => rng.random(),
            Self::Normal { mean, sd, .. } => {
                let mut inside = (0..N_REDRAWS)
                    .map(|_| mean + sd * normal(rng))
                    .filter(|u| (0.0..=1.0).contains(u));
                inside.next().unwrap_or(mean)
            }
            Self::Category { centre, own, .. } => {
                if rng.random::<f64>() < own {
                    centre
                } else {
                    rng.random()
                }
            }
        }
    }
}

/// ln √(2π).
const LOG_SQRT_2_PI: f64 = 0.918_938_533_204_672_8;

/// Draws from a normal distribution until a draw lies on the axis. With the mean on it and a
/// standard deviation of at most 1, more than a third do, so all fifty miss once in 10^9.
const N_REDRAWS: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::{Purpose, Streams};
    use crate::space::Value;

    fn grains() -> [Grain; 4] {
        let units = Domain::Int { low: 1, high: 40, scale: Scale::Log, step: 1 };
        let choice = Domain::Categorical((0..3).map(Value::Int).collect());
        let rate = Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        [Grain::new(&units), Grain::new(&choice), Grain::new(&rate), Grain::Even(40.0)]
    }

    fn kernels() -> [Kernel; 5] {
        let category = Kernel::Category { centre: 0.5, own: 0.7, n: 3.0 };
        [
            Kernel::Even,
            Kernel::normal(0.0, 1.0),
            Kernel::normal(0.3, 0.05),
            Kernel::normal(0.9, 0.3),
            category,
        ]
    }

    #[test]
    fn densities_integrate_to_one() {
        for grain in grains() {
            for kernel in kernels() {
                let is_category = matches!(kernel, Kernel::Category { .. });
                if is_category != (grain == Grain::Even(3.0)) {
                    continue;
                }
                let at = |i: i32| {
                    libm::exp(kernel.log_density(&grain.cell((f64::from(i) + 0.5) / 20_000.0)))
                };
                let integral = (0..20_000).map(at).sum::<f64>() / 20_000.0;
                // Tolerance: cells of a width of 0.2 sd are taken as constant, off by 0.04/24 where
                // z = 0.
                assert!((integral - 1.0).abs() < 2e-3, "{grain:?} {kernel:?} {integral}");
            }
        }
    }

    #[test]
    fn draws_follow_the_density() {
        let mut rng = Streams::new(0).rng(Purpose::Propose, 0);
        for kernel in [Kernel::normal(0.3, 0.2), Kernel::Category { centre: 0.5, own: 0.7, n: 3.0 }]
        {
            let n = 20_000;
            let below =
                (0..n).filter(|_| kernel.draw(&mut rng) < 1.0 / 3.0).count() as f64 / f64::from(n);
            let at = |i: i32| {
                libm::exp(
                    kernel.log_density(&Grain::Even(3000.0).cell((f64::from(i) + 0.5) / 3000.0)),
                )
            };
            let expected = match kernel {
                Kernel::Category { own, .. } => (1.0 - own) / 3.0,
                _ => (0..1000).map(at).sum::<f64>() / 3000.0,
            };
            // Four standard errors of a share near ½.
            assert!((below - expected).abs() < 0.0142, "{below} {expected}");
        }
    }

    #[test]
    fn cells_hold_the_encoders_coordinates() {
        for domain in [
            Domain::Int { low: 1, high: 500, scale: Scale::Log, step: 1 },
            Domain::Int { low: 2, high: 11, scale: Scale::Linear, step: 3 },
            Domain::Int { low: 32, high: 1000, scale: Scale::Log, step: 32 },
            Domain::Float { low: 0.05, high: 2.0, scale: Scale::Log, step: Some(0.05) },
            Domain::Categorical((0..7).map(Value::Int).collect()),
        ] {
            for i in 0..=1000 {
                let value = domain.value(f64::from(i) / 1000.0);
                let cell = Grain::new(&domain).cell(f64::from(i) / 1000.0);
                assert!((cell.coordinate - domain.unit(&value).unwrap()).abs() < 1e-12);
                assert!(cell.low < cell.coordinate && cell.coordinate < cell.high);
            }
        }
    }
}
