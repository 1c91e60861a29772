//! The surrogate's mean and functions drawn from its posterior, which can be evaluated anywhere.
//!
//! A draw is a function of the prior, corrected so that it passes through the data up to noise:
//! f(x) + k(x)ᵀK⁻¹(z − f(X) − ε) (Matheron's rule; Wilson et al. 2020, equation 12). Functions of
//! the prior are sums of random cosines (Rahimi and Recht 2007), whose frequencies for the Matérn
//! kernel of smoothness 5/2 follow Student's t with 5 degrees of freedom.

use crate::gp::Dataset;
use crate::gp::Embedding;
use crate::gp::Posterior;
use crate::gp::Theta;
use crate::prior::MeanFunction;
use crate::space::Point;
use crate::space::axes::Axes;
use crate::stats::dot;
use crate::stats::normal;
use rand::{Rng, RngExt};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// Number of cosines in a function of the prior.
const N_COSINES: usize = 256;

/// Degrees of freedom of the frequencies: twice the smoothness.
const FREEDOM: usize = 5;

/// The mean and the draws.
pub(super) struct Paths<'a> {
    posterior: &'a Posterior<'a>,
    mean_function: &'a MeanFunction,
    n_features: usize,
    waves: Vec<Wave>,
    phases: Vec<f64>,
    draws: Vec<Draw>,
}

/// The phase of each cosine along one feature.
enum Wave {
    /// A frequency times the feature.
    Line(Vec<f64>),
    /// An angle for each value, and one for absence: the corners of a simplex, a distance of 1
    /// apart.
    Corners { values: Vec<(f64, Vec<f64>)>, absent: Vec<f64> },
}

/// One function: its part from the prior, and K⁻¹(z − f(X) − ε).
struct Draw {
    amplitudes: Vec<f64>,
    mean_function: Vec<f64>,
    bend: Vec<f64>,
}

/// The functions to evaluate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Functions {
    /// Only the mean.
    Mean,
    /// The mean, then each draw.
    All,
}

/// The parts of a model that determine its paths.
pub(super) struct Parts<'a> {
    pub(super) axes: &'a Axes<'a>,
    pub(super) embedding: &'a Embedding,
    pub(super) mean_function: &'a MeanFunction,
    pub(super) theta: &'a Theta,
    pub(super) data: &'a Dataset,
    pub(super) posterior: &'a Posterior<'a>,
}

impl<'a> Paths<'a> {
    /// Draws `n_draws` functions from a posterior without pending points.
    pub(super) fn new(parts: &Parts<'a>, n_draws: usize, rng: &mut impl Rng) -> Self {
        let tails: Vec<f64> = (0..N_COSINES).map(|_| tail(rng)).collect();
        let weights = parts.theta.weights();
        let wave = |&axis: &usize| Wave::new(parts.axes, axis, weights[axis].sqrt(), &tails, rng);
        let waves = parts.embedding.axis_of().iter().map(wave).collect();
        let phases = (0..N_COSINES).map(|_| 2.0 * PI * rng.random::<f64>()).collect();
        let n_features = parts.embedding.n_features();

        let mut paths = Self {
            posterior: parts.posterior,
            mean_function: parts.mean_function,
            n_features,
            waves,
            phases,
            draws: Vec::new(),
        };

        let (mut x, mut column) = (vec![0.0; n_features], vec![0.0; parts.data.len()]);
        let cosines: Vec<Vec<f64>> = parts
            .data
            .points
            .iter()
            .zip(parts.data.basis.chunks_exact(parts.mean_function.len()))
            .map(|(point, h)| {
                parts.posterior.covariances(point, h, &mut x, &mut column);
                paths.cosines(&x)
            })
            .collect();

        // Random Fourier features (Rahimi and Recht 2007): the square of a cosine of random phase
        // is ½ on average, so that the sum of N has the kernel's variance.
        let amplitude = (2.0 * parts.theta.signal() / N_COSINES as f64).sqrt();
        for _ in 0..n_draws {
            let amplitudes: Vec<f64> = (0..N_COSINES).map(|_| amplitude * normal(rng)).collect();
            let mean_function: Vec<f64> = (0..parts.mean_function.len())
                .map(|k| parts.mean_function.variance(k).sqrt() * normal(rng))
                .collect();
            // Matheron's rule (Wilson et al. 2020): a draw from the prior plus the posterior mean
            // of its residuals at the data is a draw from the posterior.
            let mut bend = parts.data.residuals.clone();
            let rows = parts
                .data
                .basis
                .chunks_exact(parts.mean_function.len())
                .zip(&cosines)
                .zip(&parts.data.noise);
            for (rest, ((h, cosines), known)) in bend.iter_mut().zip(rows) {
                let noise = (known + parts.theta.noise()).sqrt() * normal(rng);
                *rest -= dot(&mean_function, h) + dot(&amplitudes, cosines) + noise;
            }
            parts.posterior.solve(&mut bend);
            paths.draws.push(Draw { amplitudes, mean_function, bend });
        }

        paths
    }

    /// Evaluates functions at a point: the mean first.
    pub(super) fn values(&self, point: &Point, functions: Functions) -> Vec<f64> {
        let (mut x, mut column) =
            (vec![0.0; self.n_features], vec![0.0; self.posterior.alpha().len()]);
        let h = self.mean_function.rows(&[point]);
        self.posterior.covariances(point, &h, &mut x, &mut column);
        let prior_mean = MeanFunction::mean(&h);
        let mut values = vec![prior_mean + dot(&column, self.posterior.alpha())];

        // The mean alone is much cheaper, and enough to rank by.
        if functions == Functions::All {
            let cosines = self.cosines(&x);
            values.extend(self.draws.iter().map(|draw| {
                prior_mean
                    + dot(&draw.mean_function, &h)
                    + dot(&draw.amplitudes, &cosines)
                    + dot(&draw.bend, &column)
            }));
        }

        values
    }

    fn cosines(&self, x: &[f64]) -> Vec<f64> {
        let mut turns = self.phases.clone();
        for (wave, x) in self.waves.iter().zip(x) {
            wave.turn(*x, &mut turns);
        }
        for turn in &mut turns {
            *turn = libm::cos(*turn);
        }
        turns
    }
}

impl Wave {
    /// Draws the waves of one feature of an axis. `scale` is 1/l; `tails` is shared by all features
    /// of a cosine.
    fn new(axes: &Axes<'_>, axis: usize, scale: f64, tails: &[f64], rng: &mut impl Rng) -> Self {
        let axis = &axes.axes()[axis];
        let mut turns =
            |scale: f64| tails.iter().map(|tail| scale * tail * normal(rng)).collect::<Vec<f64>>();
        match axis.listed().filter(|_| axis.is_categorical) {
            Some(values) => {
                let scale = scale * FRAC_1_SQRT_2;
                let values = values.iter().map(|value| (*value, turns(scale))).collect();
                Self::Corners { values, absent: turns(scale) }
            }
            None => Self::Line(turns(scale)),
        }
    }

    /// Adds the phases at a feature's value.
    fn turn(&self, x: f64, turns: &mut [f64]) {
        match self {
            Self::Line(frequencies) => {
                turns.iter_mut().zip(frequencies).for_each(|(turn, f)| *turn += f * x);
            }
            Self::Corners { values, absent } => {
                let corner = values
                    .iter()
                    .find(|(value, _)| *value == x)
                    .map_or(absent, |(_, angles)| angles);
                turns.iter_mut().zip(corner).for_each(|(turn, angle)| *turn += angle);
            }
        }
    }
}

/// The factor by which Student's t has heavier tails than the normal distribution: √(freedom / χ²).
fn tail(rng: &mut impl Rng) -> f64 {
    let chi_squared: f64 = (0..FREEDOM)
        .map(|_| {
            let z = normal(rng);
            z * z
        })
        .sum();
    (FREEDOM as f64 / chi_squared).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::{Purpose, Streams};
    use crate::space::tests::mixed_space;

    #[test]
    fn draws_have_the_mean_and_the_spread_of_the_posterior() {
        let space = mixed_space();
        let axes = Axes::new(&space);
        let (embedding, mean_function) = (Embedding::new(&axes), MeanFunction::new(&space, None));
        let place = |i: u32| {
            (0..7u32).map(|j| f64::from((i * 37 + j * 61) % 97) / 97.0).collect::<Vec<f64>>()
        };
        let points: Vec<Point> = (0..20).filter_map(|i| axes.snapped(place(i))).collect();
        let targets =
            points.iter().map(|p| libm::sin(4.0 * p.coordinates.iter().sum::<f64>())).collect();
        let noise = vec![0.02; points.len()];
        let data = Dataset::new(&embedding, &mean_function, points, targets, noise);
        let theta = Theta::from_values([[-0.5; 7].to_vec(), vec![0.2, -5.0]].concat());
        let posterior = Posterior::new(&embedding, &mean_function, &theta, &data, &[]);
        let parts = Parts {
            axes: &axes,
            embedding: &embedding,
            mean_function: &mean_function,
            theta: &theta,
            data: &data,
            posterior: &posterior,
        };
        let n = 400;
        let paths = Paths::new(&parts, n, &mut Streams::new(5).rng(Purpose::Importance, 0));
        for probe in (0..30).step_by(3).filter_map(|i| axes.snapped(place(100 + i))) {
            let prediction = posterior.predict(vec![probe.clone()])[0].prediction;
            let values = paths.values(&probe, Functions::All);
            assert!((values[0] - prediction.mean).abs() < 1e-12);
            let mean = values[1..].iter().sum::<f64>() / n as f64;
            let sd = (values[1..].iter().map(|v| (v - mean) * (v - mean)).sum::<f64>()
                / (n - 1) as f64)
                .sqrt();
            // Four standard errors of the mean of 400 draws; for the spread, the same and 1/√256
            // for the cosines.
            assert!((mean - prediction.mean).abs() < 0.2 * prediction.sd, "{mean} {prediction:?}");
            assert!((sd / prediction.sd - 1.0).abs() < 0.3, "{sd} {prediction:?}");
        }
    }
}
