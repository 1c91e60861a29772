//! A moving average of the weights, which replaces them when a network is scored or kept.
//!
//! Averaged iterates (Polyak and Juditsky 1992), with exponential decay as in Mean Teacher
//! (Tarvainen and Valpola 2017): the noise of the last steps cancels, as it does when the learning
//! rate falls. The decay rate rises over the first steps, so that the initial weights
//! do not bias it. Running moments of batch normalisation stay those of the weights themselves.

use crate::network::Aligned;
use crate::network::kernels::{By, PIECE};

/// Steps after which the decay rate is a half.
const WARM_UP: f32 = 9.0;

/// The average, and whether it is swapped with the weights.
pub(super) struct Average {
    /// The decay rate; 0 without averaging.
    decay: f32,
    n_steps: f32,
    weights: Aligned,
    is_shown: bool,
}

impl Average {
    /// Creates the average of `len` weights.
    pub(super) fn new(decay: f64, len: usize) -> Self {
        let len = if decay > 0.0 { len } else { 0 };
        let weights = Aligned::zeros(len);
        Self { decay: decay as f32, n_steps: 0.0, weights, is_shown: false }
    }

    /// Moves the average towards the weights after a step.
    pub(super) fn follow(&mut self, by: By, parameters: &[f32]) {
        if self.decay == 0.0 {
            return;
        }
        // The first step replaces the zeros that the buffer began with.
        let kept = self.decay.min(self.n_steps / (self.n_steps + WARM_UP));
        self.n_steps += 1.0;
        by.pieces([&mut self.weights], PIECE, |begin, [weights]| {
            for (average, &weight) in weights.iter_mut().zip(&parameters[begin..]) {
                *average += (1.0 - kept) * (weight - *average);
            }
        });
    }

    /// Puts the average in the place of the weights, to be scored or kept.
    pub(super) fn show(&mut self, parameters: &mut [f32]) {
        if !self.is_shown {
            self.exchange(parameters);
        }
    }

    /// Puts the weights back, to be trained further.
    pub(super) fn hide(&mut self, parameters: &mut [f32]) {
        if self.is_shown {
            self.exchange(parameters);
        }
    }

    fn exchange(&mut self, parameters: &mut [f32]) {
        self.is_shown = !self.is_shown;
        for (average, weight) in self.weights.iter_mut().zip(parameters) {
            std::mem::swap(average, weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::kernels::InstructionSet;

    fn alone() -> By<'static> {
        By { set: InstructionSet::detect(), hands: None }
    }

    #[test]
    fn the_first_step_is_the_average_and_later_ones_decay() {
        let mut average = Average::new(0.15, 1);
        let mut expected = 0.0;
        for (step, weight) in [8.0, 4.0, 2.0, 6.0].into_iter().enumerate() {
            average.follow(alone(), &[weight]);
            // 0/9, 1/10, then 2/11 and 3/12, of which 0.15 is less.
            let kept = [0.0, 0.1, 0.15, 0.15][step];
            expected = kept * expected + (1.0 - kept) * weight;
            assert!((average.weights[0] - expected).abs() < 1e-6, "{step}");
        }
    }

    #[test]
    fn weights_and_average_change_places_and_back() {
        let mut average = Average::new(0.5, 1);
        average.follow(alone(), &[3.0]);
        let mut weights = [5.0];
        average.hide(&mut weights);
        assert_eq!(weights, [5.0], "nothing to put back");
        average.show(&mut weights);
        average.show(&mut weights);
        assert_eq!(weights, [3.0]);
        average.hide(&mut weights);
        assert_eq!(weights, [5.0]);
    }

    #[test]
    fn without_decay_nothing_changes() {
        let mut average = Average::new(0.0, 1);
        average.follow(alone(), &[3.0]);
        let mut weights = [5.0];
        average.show(&mut weights);
        assert_eq!(weights, [5.0]);
    }
}
