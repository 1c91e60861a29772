//! Learning-rate schedules: the factor on the learning rate over time.
//!
//! Time is continuous and counted in epochs: batch b of B in epoch e (from 0) is at e + b/B. A
//! warm-up rises linearly to one over its epochs; the schedule begins when it ends.

use crate::choice::NamedChoice;
use serde::{Deserialize, Serialize};

/// The shape of the decay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decay {
    /// The factor is 1.
    Constant,
    /// decay^(t / `decay_epochs`).
    Exponential,
    /// decay^⌊t / `decay_epochs`⌋: a staircase.
    Step,
    /// 1 / (1 + decay · t / `decay_epochs`).
    InverseTime,
    /// (1 + cos(π t / T)) / 2, where T is the number of epochs after the warm-up (Loshchilov and
    /// Hutter 2017).
    Cosine,
}

impl NamedChoice for Decay {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("constant", Self::Constant),
        ("exponential", Self::Exponential),
        ("step", Self::Step),
        ("inverse_time", Self::InverseTime),
        ("cosine", Self::Cosine),
    ];
}

/// A decay with its coefficients, all times in epochs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    /// The form.
    pub form: Decay,
    /// The rate of the decay: a factor in (0, 1] for exponential and step, ≥ 0 for inverse time.
    pub decay: f64,
    /// The epochs in which the rate applies once, above 0.
    pub decay_epochs: f64,
    /// The epochs of the warm-up, at least 0.
    pub warmup_epochs: f64,
    /// All epochs of the training.
    pub epochs: f64,
}

impl Schedule {
    /// Returns the factor on the learning rate for a batch that begins at `time` and lasts `batch`
    /// (both in epochs).
    ///
    /// During the warm-up it is the factor at the batch's end, so that the first batch already
    /// moves the weights.
    pub fn factor(&self, time: f64, batch: f64) -> f64 {
        if time < self.warmup_epochs {
            return ((time + batch) / self.warmup_epochs).min(1.0);
        }

        let after = time - self.warmup_epochs;
        let periods = after / self.decay_epochs;
        match self.form {
            Decay::Constant => 1.0,
            Decay::Exponential => libm::pow(self.decay, periods),
            // A time that should be whole may deviate by the rounding of e + b/B.
            Decay::Step => libm::pow(self.decay, libm::floor(periods + 1e-9)),
            Decay::InverseTime => 1.0 / (1.0 + self.decay * periods),
            Decay::Cosine => {
                let length = (self.epochs - self.warmup_epochs).max(f64::MIN_POSITIVE);
                0.5 * (1.0 + libm::cos(std::f64::consts::PI * (after / length).min(1.0)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(form: Decay) -> Schedule {
        Schedule { form, decay: 0.5, decay_epochs: 2.0, warmup_epochs: 0.0, epochs: 8.0 }
    }

    #[test]
    fn each_form_follows_its_formula() {
        for (form, at_three) in [
            (Decay::Constant, 1.0),
            (Decay::Exponential, 0.353_553_390_593_273_8),
            (Decay::Step, 0.5),
            (Decay::InverseTime, 1.0 / 1.75),
            (Decay::Cosine, 0.691_341_716_182_544_9),
        ] {
            assert!((schedule(form).factor(3.0, 0.1) - at_three).abs() < 1e-15, "{form:?}");
            assert_eq!(schedule(form).factor(0.0, 0.1), 1.0, "{form:?}");
        }
    }

    #[test]
    fn a_step_falls_on_the_epoch() {
        let step = schedule(Decay::Step);
        assert_eq!(step.factor(1.999, 0.1), 1.0);
        assert_eq!(step.factor(2.0, 0.1), 0.5);
    }

    #[test]
    fn a_warm_up_rises_to_one_and_delays_the_rest() {
        let warm = Schedule { warmup_epochs: 2.0, ..schedule(Decay::Exponential) };
        assert_eq!(warm.factor(0.0, 0.5), 0.25);
        assert_eq!(warm.factor(1.5, 0.5), 1.0);
        assert_eq!(warm.factor(2.0, 0.5), 1.0);
        assert_eq!(warm.factor(4.0, 0.5), 0.5);
    }

    #[test]
    fn cosine_ends_near_zero() {
        assert!(schedule(Decay::Cosine).factor(8.0, 0.1) < 1e-15);
    }
}
