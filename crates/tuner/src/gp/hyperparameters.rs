//! The kernel's parameters θ and their prior: normal distributions of their logarithms, within a
//! box.
//!
//! Centres: length scales exp(½·ln(d/7)) of a range, growing with the root of the number of axes as
//! Hvarfner et al. (2024) advise, times a factor by kind of parameter that was learned from many
//! problems (see `learned`); signal variance near 1 (losses are standardised), noise variance
//! exp(−9), or exp(−2.5) for noisy losses. For the residual of the learned prior mean, length
//! scales are multiplied by one learned factor and divided by the share of a ramp that an axis
//! covers. Factors for each hyperparameter were tried there. Those of a whole space describe its
//! cliffs and not the part where a search spends its trials (regret higher by half after ten
//! trials). Those of the best twelfth of trials are no better than one for all (higher by a tenth
//! after ten, lower after forty). Those of the best quarter of a Sobol design explain the residual
//! far better (by four nats per data set) and search no better (higher by a tenth after ten, by a
//! fifth after fifteen).

use crate::gp::learned::{self, Normal};
use crate::prior::MeanFunction;
use crate::space::axes::Axes;
use crate::tuning::gp::{
    LENGTH_SD, NOISE_MEAN, NOISE_SD, NOISY_LOG_ODDS, NOISY_MEAN, NOISY_SD, SIGNAL_SD,
    UNIT_LENGTH_AXES,
};

/// The kernel's parameters, as natural logarithms.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Theta {
    /// Length scales by axis, then the signal variance, then the noise variance.
    values: Vec<f64>,
}

impl Theta {
    /// Reads the layout that [`Theta::values`] gives.
    pub(crate) fn from_values(values: Vec<f64>) -> Self {
        Self { values }
    }

    /// The logarithms: length scales, signal variance, noise variance.
    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }

    /// 1/l² by axis.
    pub(crate) fn weights(&self) -> Vec<f64> {
        self.values[..self.values.len() - 2].iter().map(|l| libm::exp(-2.0 * l)).collect()
    }

    /// Returns the parameters with all length scales times `factor`.
    pub(crate) fn with_lengths_times(&self, factor: f64) -> Self {
        let mut values = self.values.clone();
        let n_axes = values.len() - 2;
        values[..n_axes].iter_mut().for_each(|l| *l += libm::log(factor));
        Self { values }
    }

    /// The signal variance.
    pub(crate) fn signal(&self) -> f64 {
        libm::exp(self.values[self.values.len() - 2])
    }

    /// The learned noise variance.
    pub(crate) fn noise(&self) -> f64 {
        libm::exp(self.values[self.values.len() - 1])
    }
}

/// The prior of θ and its box.
#[derive(Clone, Debug)]
pub(crate) struct Hyperprior {
    mean: Vec<f64>,
    sd: Vec<f64>,
    /// Lower bounds.
    pub(crate) low: Vec<f64>,
    /// Upper bounds.
    pub(crate) high: Vec<f64>,
}

impl Hyperprior {
    /// The prior for a space: the learned one, or under a learned prior mean the wide one.
    pub(crate) fn new(axes: &Axes<'_>, mean_function: &MeanFunction) -> Self {
        let mut prior = Self::wide(axes, mean_function);
        if mean_function.scale().is_some() {
            return prior;
        }

        let lengths = axes.axes().iter().map(|axis| learned::length(axis.kind));
        let all = lengths.chain([learned::signal()]).enumerate();
        for (index, Normal { mean, sd }) in all {
            prior.mean[index] += mean;
            prior.sd[index] = sd;
        }

        prior
    }

    /// The wide prior: the same for all kinds of parameters, so that differences can be learned.
    pub(crate) fn wide(axes: &Axes<'_>, mean_function: &MeanFunction) -> Self {
        let n_axes = axes.len();
        let length = 0.5 * libm::log(n_axes.max(2) as f64 / UNIT_LENGTH_AXES);
        let of = |length: f64, signal: f64, noise: f64| {
            [vec![length; n_axes], vec![signal, noise]].concat()
        };

        let ln = libm::log;
        let mut mean = of(length, 0.0, NOISE_MEAN);
        mean.iter_mut().zip(mean_function.longer()).for_each(|(length, longer)| *length += longer);

        Self {
            mean,
            sd: of(LENGTH_SD, SIGNAL_SD, NOISE_SD),
            low: of(ln(0.03), ln(0.02), ln(1e-8)),
            high: of(ln(50.0), ln(50.0), 0.0),
        }
    }

    /// The prior for noisy losses, and how much less likely they are beforehand, in −ln of the
    /// density.
    pub(crate) fn noisy(&self) -> (Self, f64) {
        let mut noisy = self.clone();
        let last = noisy.mean.len() - 1;
        let ratio = NOISY_SD / noisy.sd[last];
        (noisy.mean[last], noisy.sd[last]) = (NOISY_MEAN, NOISY_SD);
        (noisy, NOISY_LOG_ODDS + libm::log(ratio))
    }

    /// `theta`, but with the noise of the centre.
    pub(crate) fn with_noise_of_centre(&self, theta: &Theta) -> Theta {
        let mut values = theta.values.clone();
        let last = values.len() - 1;
        values[last] = self.mean[last];
        Theta { values }
    }

    /// Returns the centre of the prior.
    pub(crate) fn centre(&self) -> Theta {
        Theta::from_values(self.mean.clone())
    }

    /// Returns −ln p(θ) up to a constant and adds its gradient.
    pub(crate) fn penalty(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let mut sum = 0.0;
        for i in 0..theta.len() {
            let t = (theta[i] - self.mean[i]) / self.sd[i];
            sum += 0.5 * t * t;
            gradient[i] += t / self.sd[i];
        }
        sum
    }
}
