//! The experience as read: a polynomial in variables, with its scale.

use super::variable::Variable;

const SHIPPED: &str = include_str!("experience.txt");

/// The expected ln loss as a function of hyperparameters and facts about the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Experience {
    /// The variables of the polynomial.
    pub variables: Vec<Variable>,
    /// The polynomial.
    pub terms: Vec<Term>,
    /// The typical standard deviation of ln loss over the configurations usually searched.
    pub spread: f64,
    /// The standard deviation of its logarithm over data sets.
    pub spread_sd: f64,
    /// The variance that the polynomial leaves unexplained, in its own units.
    pub residual: f64,
    /// ln of the factor by which the length scales of the residual's Gaussian process exceed the
    /// usual ones, as shares of whole ramps, where the polynomial sends a search.
    pub length: f64,
    /// ln of the variance of a fold's loss that neither trial nor fold effect explains there, in
    /// the polynomial's units: mean and standard deviation over data sets.
    pub noise: (f64, f64),
    /// The value expected for a model that ignores its inputs: see [`baseline`](super::baseline()).
    pub reference: f64,
    /// Values of the polynomial computed when the experience was learned, as a check that this code
    /// computes the same.
    pub known: Vec<Known>,
}

/// A coefficient times a product of variables.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The coefficient.
    pub coefficient: f64,
    /// Positions of the variables, which may repeat; empty for a constant.
    pub factors: Vec<usize>,
}

/// A value that was computed elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// Positions of variables with their values; all others are 0.
    pub values: Vec<(usize, f64)>,
    /// The value of the polynomial.
    pub value: f64,
}

impl Experience {
    /// Returns the text of the experience shipped with the trainer.
    pub fn shipped_text() -> &'static str {
        SHIPPED
    }

    /// Returns the value of the polynomial at `values`, one for each variable.
    pub fn value(&self, values: &[f64]) -> f64 {
        let product = |term: &Term| {
            term.coefficient * term.factors.iter().map(|&f| values[f]).product::<f64>()
        };
        self.terms.iter().map(product).sum()
    }
}
