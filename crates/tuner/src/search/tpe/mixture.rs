//! A Parzen estimator over the unit cube: the mean of products of kernels, one product a trial.

use super::kernel::{Cell, Kernel};
use crate::cast;
use rand::{Rng, RngExt};

/// A mixture; components have one kernel an axis.
#[derive(Clone, Debug)]
pub(super) struct Mixture {
    components: Vec<Vec<Kernel>>,
}

/// The logarithm of each component at one place, weights aside.
pub(super) type Logs = Vec<f64>;

impl Mixture {
    /// Creates a mixture of at least one component, equally weighted.
    pub(super) fn new(components: Vec<Vec<Kernel>>) -> Self {
        Self { components }
    }

    /// The number of components.
    pub(super) fn len(&self) -> usize {
        self.components.len()
    }

    /// Draws a place: one component's, in all axes.
    pub(super) fn draw(&self, rng: &mut impl Rng) -> Vec<f64> {
        self.pick(rng).iter().map(|kernel| kernel.draw(rng)).collect()
    }

    /// Draws a coordinate along one axis, whatever the others.
    pub(super) fn draw_along(&self, axis: usize, rng: &mut impl Rng) -> f64 {
        self.pick(rng)[axis].draw(rng)
    }

    /// Returns the logarithm of each component at a place; inactive axes have no cell.
    pub(super) fn logs(&self, cells: &[Option<Cell>]) -> Logs {
        let log = |kernels: &Vec<Kernel>| {
            kernels
                .iter()
                .zip(cells)
                .map(|(k, cell)| cell.as_ref().map_or(0.0, |c| k.log_density(c)))
                .sum()
        };
        self.components.iter().map(log).collect()
    }

    /// Returns the logarithm of each component along one axis alone.
    pub(super) fn logs_along(&self, axis: usize, cell: &Cell) -> impl Iterator<Item = f64> {
        self.components.iter().map(move |kernels| kernels[axis].log_density(cell))
    }

    fn pick(&self, rng: &mut impl Rng) -> &[Kernel] {
        &self.components[cast::position(rng.random_range(0..self.components.len() as u64))]
    }
}

/// Returns the logarithm of the mixture's density, given that of each component: their mean, shifted by the largest so
/// that none of the exponentials overflows.
pub(super) fn log_density(logs: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = logs.clone().fold(f64::NEG_INFINITY, f64::max);
    // What is e^-40 of the largest or less is lost in rounding anyway.
    let terms = logs.map(|log| if log > largest - 40.0 { libm::exp(log - largest) } else { 0.0 });
    let (sum, n) = terms.fold((0.0, 0.0), |(sum, n), term| (sum + term, n + 1.0));
    largest + libm::log(sum / n)
}

#[cfg(test)]
mod tests {
    use super::super::kernel::Grain;
    use super::*;

    #[test]
    fn the_density_is_the_mean_of_the_components() {
        let mixture = Mixture::new(vec![
            vec![Kernel::Even, Kernel::Even],
            vec![Kernel::normal(0.2, 0.1), Kernel::normal(0.7, 0.3)],
        ]);
        let at = |x: f64| Grain::Fine.cell(x);
        let density =
            |cells: &[Option<Cell>]| libm::exp(log_density(mixture.logs(cells).into_iter()));
        // scipy.stats: truncnorm(-2, 8, .2, .1).pdf(.25) = 3.602613, truncnorm(-7/3, 1, .7, .3).pdf(.6) = 1.512808
        assert!(
            (density(&[Some(at(0.25)), Some(at(0.6))]) - 0.5 * (1.0 + 3.602_613 * 1.512_808)).abs()
                < 1e-5
        );
        assert!((density(&[Some(at(0.25)), None]) - 0.5 * (1.0 + 3.602_613)).abs() < 1e-5);
        assert!((density(&[None, None]) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn terms_of_any_size_are_added() {
        assert!((log_density([1000.0, 1000.0].into_iter()) - 1000.0).abs() < 1e-12);
        assert!(
            (log_density([-1000.0, -2000.0].into_iter()) - (-1000.0 - 2f64.ln())).abs() < 1e-12
        );
    }
}
