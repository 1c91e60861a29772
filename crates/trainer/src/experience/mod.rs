//! What searches over many data sets have taught about the trainer's hyperparameters: where ln loss is expected to lie.
//!
//! The experience is a polynomial in *variables*: ramps and steps of hyperparameters, and facts known of the data before
//! any training. Its unit is the standard deviation of ln loss over configurations that are usually searched. The shipped
//! one says in its head what it was learned from and by which command; [`Experience::read`] takes another of that form.

mod baseline;
mod read;
mod variable;

pub use baseline::baseline;
pub use read::ExperienceError;
pub use variable::{Ramp, RampScale, Source, Variable};

const SHIPPED: &str = include_str!("experience.txt");

/// An expectation of ln loss over hyperparameters and facts of the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Experience {
    /// What the terms are made of.
    pub variables: Vec<Variable>,
    /// The polynomial.
    pub terms: Vec<Term>,
    /// The typical standard deviation of ln loss over configurations that are usually searched.
    pub spread: f64,
    /// The standard deviation of its logarithm over data sets.
    pub spread_sd: f64,
    /// The variance of what the polynomial leaves open, in its own units.
    pub residual: f64,
    /// ln of how much longer than usual the length scales of a Gaussian process are, as shares of whole ramps, for what
    /// the polynomial leaves open where it sends a search.
    pub length: f64,
    /// ln of the variance of a fold's loss there that neither trial nor fold explains, in the polynomial's units: mean and
    /// standard deviation over data sets.
    pub noise: (f64, f64),
    /// The height at which a model that ignores its inputs is expected: see [`baseline`].
    pub reference: f64,
    /// Heights computed where the experience was learned, to be computed again: hyperparameters, facts, height.
    pub known: Vec<Known>,
}

/// A coefficient times a product of variables.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The coefficient.
    pub coefficient: f64,
    /// Positions of the variables, which may repeat; none for a constant.
    pub factors: Vec<usize>,
}

/// A height that was computed elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// Names and values of variables; the others are 0.
    pub heights: Vec<(usize, f64)>,
    /// The polynomial there.
    pub value: f64,
}

impl Experience {
    /// The text of the experience that comes with the trainer.
    pub fn shipped_text() -> &'static str {
        SHIPPED
    }

    /// Returns the polynomial at heights of all variables.
    pub fn value(&self, heights: &[f64]) -> f64 {
        let product = |term: &Term| {
            term.coefficient * term.factors.iter().map(|&f| heights[f]).product::<f64>()
        };
        self.terms.iter().map(product).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_experience_is_what_was_learned() {
        let experience = Experience::read(SHIPPED).unwrap();
        assert!(
            SHIPPED.len() < 100_000 && experience.terms.len() > 100 && experience.known.len() >= 5
        );
        for known in &experience.known {
            let mut heights = vec![0.0; experience.variables.len()];
            known.heights.iter().for_each(|(variable, height)| heights[*variable] = *height);
            // Tolerance: coefficients are written with six digits.
            assert!((experience.value(&heights) - known.value).abs() < 1e-3, "{known:?}");
        }
    }

    #[test]
    fn every_variable_is_of_a_hyperparameter_or_a_fact() {
        for variable in Experience::read(SHIPPED).unwrap().variables {
            if let Some(field) = variable.field() {
                assert!(crate::recipe::field(field).is_some(), "{variable:?}");
            }
        }
    }
}
