//! A learned prior mean: the expected ln loss as a function of the trainer's hyperparameters,
//! learned from searches over many data sets.
//!
//! The experience is a polynomial in *variables*: ramps and steps of hyperparameters, and facts
//! about the data known before any training. Its unit is the standard deviation of ln loss over the
//! configurations usually searched. The header of the shipped file states what it was learned from
//! and by which command; [`Experience::read`] reads another file of that form.

mod baseline;
mod polynomial;
mod read;
mod variable;

pub use baseline::baseline;
pub use polynomial::{Experience, Known, Term};
pub use read::ExperienceError;
pub use variable::{Quantity, Ramp, RampScale, Variable};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_experience_is_what_was_learned() {
        let experience = Experience::read(Experience::shipped_text()).unwrap();
        assert!(
            Experience::shipped_text().len() < 100_000
                && experience.terms.len() > 100
                && experience.known.len() >= 5
        );
        for known in &experience.known {
            let mut values = vec![0.0; experience.variables.len()];
            known.values.iter().for_each(|(variable, value)| values[*variable] = *value);
            // Tolerance: coefficients are written with six digits.
            assert!((experience.value(&values) - known.value).abs() < 1e-3, "{known:?}");
        }
    }

    #[test]
    fn every_variable_is_of_a_hyperparameter_or_a_fact() {
        for variable in Experience::read(Experience::shipped_text()).unwrap().variables {
            if let Some(field) = variable.field() {
                assert!(crate::recipe::field(field).is_some(), "{variable:?}");
            }
        }
    }
}
