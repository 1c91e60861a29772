//! Worlds with a known truth: trials whose true losses and noise are drawn, evaluated on shared
//! folds.
//!
//! Losses follow the model behind the correction of Nadeau and Bengio (2003): a fold's residual has
//! a part common to all folds of the trial, with the share `n_test / (n_test + n_train)` of the
//! variance, since training sets overlap.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use std::f64::consts::TAU;
use std::sync::Arc;
use tuner::rank::SplitFacts;
use tuner::space::Config;
use tuner::trial::{FoldResult, Origin, Trial};

/// How the true losses lie, in units of a fold's residual standard deviation. The true best is
/// trial 0, with loss 0.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Gaps {
    /// All trials are equally good, and trial 0 is only called the best: the hardest case.
    None,
    /// A tenth is as good as the best, the rest 1 to 6 worse.
    FewGood,
    /// All lie close behind: exponential with mean 0.4.
    Close,
    /// Each trial beyond the tenth lies near the one that looks best by then, as search would have
    /// it.
    Adaptive,
}

/// What the residuals are like.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Noise {
    /// Normal, the same for all.
    Equal,
    /// Normal; 30 % of trials nearly diverged: 3 to 30 worse, and 5 to 30 times as noisy.
    NearlyDiverged,
    /// 30 % of trials have folds, every third or so, that went wrong by 20 on average.
    Ruined,
    /// 20 % of trials are 5 times as noisy and hardly worse: by 0 to 2.
    Restless,
    /// Standard deviations differ: log-normal with 0.5 on the log scale.
    Uneven,
    /// The best trial is twice as noisy as the rest.
    NoisyBest,
    /// Student's t with 4 degrees of freedom.
    HeavyTails,
    /// Exponential: small losses with large exceptions.
    Skewed,
}

/// Numbers of trials, folds and repeats.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) n_trials: usize,
    pub(crate) folds: usize,
    pub(crate) repeats: usize,
}

impl Shape {
    pub(crate) fn facts(self) -> SplitFacts {
        SplitFacts::k_fold(self.folds, self.repeats)
    }
}

/// Returns the stream of draws of a scenario.
pub(crate) fn stream(scenario: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(2003);
    rng.set_stream(scenario);
    rng
}

/// Draws a study: trial 0 is the true best, and fold effects hold 80 to 96 % of the spread over
/// folds.
pub(crate) fn study(rng: &mut ChaCha8Rng, shape: Shape, gaps: Gaps, noise: Noise) -> Vec<Trial> {
    let share = 0.8 + 0.16 * rng.random::<f64>();
    let n_splits = shape.facts().n_splits;
    let effects: Vec<f64> =
        (0..n_splits).map(|_| normal(rng) * (share / (1.0 - share)).sqrt()).collect();
    let (mut best_mean, mut loss_of_best) = (f64::INFINITY, 0.0);
    let mut trials = Vec::with_capacity(shape.n_trials);
    for number in 0..shape.n_trials {
        let mut loss = gaps.draw(rng, number, shape.n_trials, loss_of_best);
        let mut losses = noise.draw(rng, number, shape, &mut loss);
        for (value, effect) in losses.iter_mut().zip(&effects) {
            *value += loss + effect;
        }
        let mean = losses.iter().sum::<f64>() / n_splits as f64;
        if mean < best_mean {
            (best_mean, loss_of_best) = (mean, loss);
        }
        trials.push(trial(number as u64, &losses));
    }
    trials
}

/// Draws the losses of two trials of equal true loss, on `repeats` of new splits of the data that a
/// search has seen.
///
/// Each was the best of that many equally good trials of its search; what the data have in common
/// with it stays: that is what a fold's residual shares with all folds of its trial.
pub(crate) fn winners(
    rng: &mut ChaCha8Rng,
    search: Shape,
    n_tried: [usize; 2],
    repeats: usize,
) -> [Vec<f64>; 2] {
    let correlation = 1.0 / search.folds as f64;
    let effects: Vec<f64> = (0..search.folds * repeats).map(|_| 3.0 * normal(rng)).collect();
    n_tried.map(|n_tried| {
        let mean_noise = ((1.0 - correlation) / search.facts().n_splits as f64).sqrt();
        let mut best = (f64::INFINITY, 0.0);
        for _ in 0..n_tried {
            let shared = correlation.sqrt() * normal(rng);
            let mean = shared + mean_noise * normal(rng);
            if mean < best.0 {
                best = (mean, shared);
            }
        }
        effects
            .iter()
            .map(|effect| effect + best.1 + (1.0 - correlation).sqrt() * normal(rng))
            .collect()
    })
}

impl Gaps {
    fn draw(self, rng: &mut ChaCha8Rng, number: usize, n_trials: usize, loss_of_best: f64) -> f64 {
        match self {
            _ if number == 0 => 0.0,
            Self::None => 0.0,
            Self::FewGood if number < n_trials.div_ceil(10) => 0.0,
            Self::FewGood => 1.0 + 5.0 * rng.random::<f64>(),
            Self::Close => 0.4 * exponential(rng),
            Self::Adaptive if number < 10 => 4.0 * rng.random::<f64>(),
            Self::Adaptive => (loss_of_best + 0.5 * normal(rng)).max(0.0),
        }
    }
}

impl Noise {
    /// Draws the residuals of one trial, and may worsen its true loss.
    fn draw(self, rng: &mut ChaCha8Rng, number: usize, shape: Shape, loss: &mut f64) -> Vec<f64> {
        let chance: f64 = rng.random();
        let mut sd = 1.0;
        match self {
            Self::NearlyDiverged if number > 0 && chance < 0.3 => {
                *loss += 3.0 + 27.0 * rng.random::<f64>();
                sd = 5.0 + 25.0 * rng.random::<f64>();
            }
            Self::Restless if number > 0 && chance < 0.2 => {
                *loss += 2.0 * rng.random::<f64>();
                sd = 5.0;
            }
            Self::Uneven => sd = libm::exp(0.5 * normal(rng)),
            Self::NoisyBest if number == 0 => sd = 2.0,
            _ => {}
        }
        let is_ruined = matches!(self, Self::Ruined) && number > 0 && chance < 0.3;
        let correlation = 1.0 / shape.folds as f64;
        let shared = correlation.sqrt() * normal(rng);
        let residual = |_| {
            let ruin =
                if is_ruined && rng.random::<f64>() < 0.35 { 20.0 * exponential(rng) } else { 0.0 };
            sd * (shared + (1.0 - correlation).sqrt() * self.of_fold(rng)) + ruin
        };
        (0..shape.facts().n_splits).map(residual).collect()
    }

    /// One draw of mean 0 and variance 1.
    fn of_fold(self, rng: &mut ChaCha8Rng) -> f64 {
        match self {
            Self::HeavyTails => {
                let chi_squared = 2.0 * (exponential(rng) + exponential(rng));
                normal(rng) / (chi_squared / 4.0).sqrt() / 2f64.sqrt()
            }
            Self::Skewed => exponential(rng) - 1.0,
            _ => normal(rng),
        }
    }
}

/// A standard normal number, after Box and Muller.
pub(crate) fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let radius = (2.0 * exponential(rng)).sqrt();
    radius * libm::cos(TAU * rng.random::<f64>())
}

fn exponential(rng: &mut ChaCha8Rng) -> f64 {
    -libm::log(1.0 - rng.random::<f64>())
}

fn trial(number: u64, losses: &[f64]) -> Trial {
    let folds = losses.iter().map(|&loss| FoldResult::from_loss(loss)).collect();
    Trial { number, config: Arc::new(Config::new(Vec::new())), origin: Origin::Random, folds }
}
