//! Distributions over a numeric range, truncated to it and drawn by their quantile function, so
//! that random and Sobol search share the map from the unit cube to a configuration.

use crate::error::ParameterFault;
use statrs::distribution::{Beta, ContinuousCDF, Normal};

/// How random and Sobol search draw a number. Without a distribution they draw uniformly on the
/// parameter's scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distribution {
    /// The normal distribution of the value.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation, above 0.
        sd: f64,
    },
    /// The normal distribution of the value's natural logarithm.
    LogNormal {
        /// Mean of the logarithm.
        mean: f64,
        /// Standard deviation of the logarithm, above 0.
        sd: f64,
    },
    /// The beta distribution, scaled to low … high.
    Beta {
        /// First shape, above 0.
        alpha: f64,
        /// Second shape, above 0.
        beta: f64,
    },
}

impl Distribution {
    /// Checks that shapes are positive and that the range holds some of the mass.
    pub(super) fn check(&self, low: f64, high: f64) -> Result<(), (&'static str, ParameterFault)> {
        let (Self::Normal { mean: a, sd: b }
        | Self::LogNormal { mean: a, sd: b }
        | Self::Beta { alpha: a, beta: b }) = *self;
        let names =
            if matches!(self, Self::Beta { .. }) { ("alpha", "beta") } else { ("mean", "sd") };

        for (name, value) in [(names.0, a), (names.1, b)] {
            if !value.is_finite() {
                return Err((name, ParameterFault::NotFinite(value)));
            }
            if value <= 0.0 && name != "mean" {
                return Err((name, ParameterFault::DistributionParameter { name, value }));
            }
        }

        if matches!(self, Self::LogNormal { .. }) && low <= 0.0 {
            return Err(("low", ParameterFault::LogNotPositive(low)));
        }
        if low == high {
            return Ok(());
        }

        // Truncation divides by the mass between the bounds.
        let mass = self.cdf(high, low, high) - self.cdf(low, low, high);
        if mass > 1e-12 {
            Ok(())
        } else {
            Err(("dist", ParameterFault::NoMass(self.name().to_owned())))
        }
    }

    /// Returns its name in the space file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Normal { .. } => "normal",
            Self::LogNormal { .. } => "lognormal",
            Self::Beta { .. } => "beta",
        }
    }

    /// Returns the value below which the share `p` (0 to 1) of the mass within low … high lies.
    pub fn quantile(&self, p: f64, low: f64, high: f64) -> f64 {
        if low == high {
            return low;
        }
        let (below, above) = (self.cdf(low, low, high), self.cdf(high, low, high));
        let p = (below + p.clamp(0.0, 1.0) * (above - below)).clamp(1e-16, 1.0 - 1e-16);
        let value = match *self {
            Self::Normal { mean, sd } => standard_normal().inverse_cdf(p) * sd + mean,
            Self::LogNormal { mean, sd } => libm::exp(standard_normal().inverse_cdf(p) * sd + mean),
            Self::Beta { alpha, beta } => low + (high - low) * beta_of(alpha, beta).inverse_cdf(p),
        };
        value.clamp(low, high)
    }

    fn cdf(&self, value: f64, low: f64, high: f64) -> f64 {
        match *self {
            Self::Normal { mean, sd } => standard_normal().cdf((value - mean) / sd),
            Self::LogNormal { mean, sd } => standard_normal().cdf((libm::log(value) - mean) / sd),
            Self::Beta { alpha, beta } => {
                beta_of(alpha, beta).cdf(((value - low) / (high - low)).clamp(0.0, 1.0))
            }
        }
    }
}

fn standard_normal() -> Normal {
    Normal::new(0.0, 1.0).expect("0 and 1 are a mean and a standard deviation")
}

fn beta_of(alpha: f64, beta: f64) -> Beta {
    Beta::new(alpha, beta).expect("shapes were checked to be positive and finite")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_scipy() {
        // scipy.stats.truncnorm(-2, 2).ppf(0.25) = -0.6399...; norm.ppf(0.9) = 1.2815515655446004;
        // beta(2, 3).ppf(0.5) = 0.38572756813238945
        let normal = Distribution::Normal { mean: 0.0, sd: 1.0 };
        assert!((normal.quantile(0.9, -1e3, 1e3) - 1.281_551_565_544_600_4).abs() < 1e-9);
        let beta = Distribution::Beta { alpha: 2.0, beta: 3.0 };
        assert!((beta.quantile(0.5, 0.0, 1.0) - 0.385_727_568_132_389_45).abs() < 1e-9);
        let log = Distribution::LogNormal { mean: 1.0, sd: 0.5 };
        assert!((log.quantile(0.5, 1e-9, 1e9) - 1f64.exp()).abs() < 1e-8);
    }

    #[test]
    fn a_range_of_one_value_has_all_the_mass() {
        let beta = Distribution::Beta { alpha: 2.0, beta: 2.0 };
        for d in [
            Distribution::Normal { mean: 0.0, sd: 1.0 },
            Distribution::LogNormal { mean: 0.0, sd: 1.0 },
            beta,
        ] {
            assert_eq!((d.check(3.0, 3.0), d.quantile(0.3, 3.0, 3.0)), (Ok(()), 3.0));
        }
    }

    #[test]
    fn draws_stay_within_the_range() {
        for d in [
            Distribution::Normal { mean: 5.0, sd: 10.0 },
            Distribution::LogNormal { mean: 0.0, sd: 3.0 },
            Distribution::Beta { alpha: 0.5, beta: 0.5 },
        ] {
            assert_eq!(d.check(1.0, 2.0), Ok(()));
            for i in 0..=100 {
                assert!((1.0..=2.0).contains(&d.quantile(f64::from(i) / 100.0, 1.0, 2.0)));
            }
        }
    }

    #[test]
    fn a_distribution_without_mass_in_the_range_is_refused() {
        assert_eq!(
            Distribution::Normal { mean: 0.0, sd: 1.0 }.check(50.0, 60.0).unwrap_err().0,
            "dist"
        );
        assert_eq!(
            Distribution::Normal { mean: 0.0, sd: 0.0 }.check(0.0, 1.0).unwrap_err().0,
            "sd"
        );
        assert_eq!(
            Distribution::LogNormal { mean: 0.0, sd: 1.0 }.check(0.0, 1.0).unwrap_err().0,
            "low"
        );
    }
}
