//! Standard normal draws (Box and Muller 1958).

use rand::{Rng, RngExt};

/// Draws a number from the standard normal distribution; takes two uniform numbers.
pub(super) fn normal(rng: &mut impl Rng) -> f64 {
    let (a, b): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * libm::log(1.0 - a)).sqrt() * libm::cos(2.0 * std::f64::consts::PI * b)
}
