//! Predicts the end of a learning curve from its beginning, learned from complete trials.
//!
//! end = c + a + b·(c − mean c) + d·(fall − mean fall): c is the loss at the rung, the fall is c
//! minus the loss at half its epochs, a is the mean drop from the rung to the end. Ridge regression
//! shrinks b and d towards 0 with the weight of a few trials, so that few trials do not tilt the
//! line. No shape of curves is assumed.
//!
//! The standard deviation is that of the residuals or, if larger, the one from leave-one-out
//! predictions, since curves have heavier tails than a normal distribution.

use crate::cast;

/// The prior of the weights counts as this many trials.
const PRIOR_TRIALS: f64 = 4.0;

/// One fold of a complete trial at a rung.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    /// The trial's position: its folds leave the fit together.
    pub(super) trial: usize,
    /// The loss at the rung.
    pub(super) at: f64,
    /// The loss at the rung minus the one at half the epochs.
    pub(super) fall: f64,
    /// The loss at the end.
    pub(super) end: f64,
}

/// A fitted line at a rung.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    fit: Fit,
    /// Standard deviation of the residuals.
    sd: f64,
    /// Degrees of freedom, by trials.
    pub(super) dof: f64,
    /// Standardised leave-one-out residuals, the largest first: for each trial, that of the fold
    /// that ended furthest below its prediction.
    surprises: Vec<f64>,
}

impl Line {
    /// Fits a line to the folds of `n_trials` trials; returns `None` if there are too few or no
    /// residuals.
    pub(super) fn fit(pairs: &[Pair]) -> Option<Self> {
        let mut sums = Sums::default();
        for pair in pairs {
            sums.add(pair, 1.0);
        }

        let mut trials: Vec<usize> = pairs.iter().map(|pair| pair.trial).collect();
        trials.sort_unstable();
        trials.dedup();
        let (n, n_trials) = (pairs.len() as f64, trials.len() as f64);

        let dof = n_trials - 2.0;
        if dof < 1.0 {
            return None;
        }

        let fit = Fit::of(&sums, n / n_trials)?;
        let squares: f64 = pairs.iter().map(|p| (p.end - fit.end(p.at, p.fall)).powi(2)).sum();

        // Folds of one trial are correlated, so degrees of freedom are counted by trials.
        let sd = (squares / (n * dof / n_trials)).sqrt();
        if !(sd > 0.0 && sd.is_finite()) {
            return None;
        }

        let mut surprises = Vec::with_capacity(trials.len());
        for trial in trials {
            let own = || pairs.iter().filter(|pair| pair.trial == trial);
            // Leave-one-out by subtracting the trial's own terms from the sums.
            let mut others = sums;
            own().for_each(|pair| others.add(pair, -1.0));
            let Some(fit) = Fit::of(&others, n / n_trials) else { continue };
            let surprise = |p: &Pair| {
                (fit.end(p.at, p.fall) - p.end) / (sd * (1.0 + fit.leverage(p.at, p.fall)).sqrt())
            };
            surprises.extend(own().map(surprise).reduce(f64::max));
        }

        surprises.sort_by(|a, b| b.total_cmp(a));
        Some(Self { fit, sd, dof, surprises })
    }

    /// Returns the predicted loss at the end of a curve, and its standard deviation for a judgement
    /// with tail `alpha`, whose quantile is `t`.
    pub(super) fn predict(&self, at: f64, fall: f64, alpha: f64, t: f64) -> (f64, f64) {
        // Of n exchangeable trials and one more, the k-th largest is exceeded with probability k/(n
        // + 1).
        let allowed = cast::floor(alpha * (self.surprises.len() as f64 + 1.0));
        let seen = self.surprises.get(allowed.saturating_sub(1)).copied().unwrap_or(0.0);
        let sd = self.sd * (1.0 + self.fit.leverage(at, fall)).sqrt() * (seen / t).max(1.0);
        (self.fit.end(at, fall), sd)
    }
}

/// Sums over pairs.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    n: f64,
    at: f64,
    fall: f64,
    drop: f64,
    at_at: f64,
    at_fall: f64,
    fall_fall: f64,
    at_drop: f64,
    fall_drop: f64,
}

impl Sums {
    fn add(&mut self, pair: &Pair, weight: f64) {
        let (at, fall, drop) = (pair.at, pair.fall, pair.end - pair.at);
        self.n += weight;
        self.at += weight * at;
        self.fall += weight * fall;
        self.drop += weight * drop;
        self.at_at += weight * at * at;
        self.at_fall += weight * at * fall;
        self.fall_fall += weight * fall * fall;
        self.at_drop += weight * at * drop;
        self.fall_drop += weight * fall * drop;
    }
}

/// The line and the inverse of its information.
#[derive(Clone, Debug, PartialEq)]
struct Fit {
    /// Means of the loss at the rung, the fall and the drop.
    centre: (f64, f64, f64),
    /// Weight of the loss at the rung, minus 1, and of the fall.
    weights: (f64, f64),
    /// 1/n, and the inverse of the matrix of the centred regressors: at·at, at·fall, fall·fall.
    inverse: (f64, f64, f64, f64),
}

impl Fit {
    /// Least squares with a prior on the weights that counts as `PRIOR_TRIALS` trials of
    /// `per_trial` pairs each.
    fn of(sums: &Sums, per_trial: f64) -> Option<Self> {
        let n = sums.n;
        if n < 0.5 {
            return None;
        }

        let (at, fall, drop) = (sums.at / n, sums.fall / n, sums.drop / n);
        let centred = |product: f64, a: f64, b: f64| product - n * a * b;
        let prior = 1.0 + PRIOR_TRIALS * per_trial / n;
        let aa = centred(sums.at_at, at, at).max(0.0);
        let ff = centred(sums.fall_fall, fall, fall).max(0.0);

        // Without any spread a weight is its prior's mean.
        let (aa, ff) = ((aa * prior).max(f64::MIN_POSITIVE), (ff * prior).max(f64::MIN_POSITIVE));
        let af = centred(sums.at_fall, at, fall);
        let (ad, fd) = (centred(sums.at_drop, at, drop), centred(sums.fall_drop, fall, drop));

        let determinant = aa * ff - af * af;
        let inverse = if determinant > 0.0 {
            (ff / determinant, -af / determinant, aa / determinant)
        } else {
            (0.0, 0.0, 0.0)
        };

        let weights = (inverse.0 * ad + inverse.1 * fd, inverse.1 * ad + inverse.2 * fd);
        let fit = Self {
            centre: (at, fall, drop),
            weights,
            inverse: (1.0 / n, inverse.0, inverse.1, inverse.2),
        };

        fit.end(at, fall).is_finite().then_some(fit)
    }

    fn end(&self, at: f64, fall: f64) -> f64 {
        let (a, f) = (at - self.centre.0, fall - self.centre.1);
        at + self.centre.2 + self.weights.0 * a + self.weights.1 * f
    }

    fn leverage(&self, at: f64, fall: f64) -> f64 {
        let (a, f) = (at - self.centre.0, fall - self.centre.1);
        let (mean, aa, af, ff) = self.inverse;
        mean + (aa * a * a + 2.0 * af * a * f + ff * f * f).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Curves that end a third of their last fall, plus a tenth, below the rung; ± a small
    /// residual.
    fn pairs(n: usize) -> Vec<Pair> {
        let pair = |i: usize| {
            let (at, fall) = (-1.0 + 0.1 * i as f64, -0.3 * ((i * 7) % 5) as f64);
            let rest = if i.is_multiple_of(2) { 0.01 } else { -0.01 };
            Pair { trial: i, at, fall, end: at - 0.1 + fall / 3.0 + rest }
        };
        (0..n).map(pair).collect()
    }

    #[test]
    fn the_end_is_predicted_from_the_rung_and_the_fall() {
        let line = Line::fit(&pairs(200)).unwrap();
        let (end, sd) = line.predict(0.0, -0.6, 0.02, 2.0);
        // The prior shrinks the weight of the fall towards 0, by 4 trials in 200.
        assert!((end + 0.3).abs() < 0.02, "{end}");
        assert!((0.009..0.02).contains(&sd), "{sd}");
    }

    #[test]
    fn a_trial_that_ended_far_better_than_foretold_widens_the_prediction() {
        let mut pairs = pairs(30);
        let before = Line::fit(&pairs).unwrap().predict(0.0, 0.0, 0.02, 2.0).1;
        pairs[3].end -= 0.5;
        let after = Line::fit(&pairs).unwrap().predict(0.0, 0.0, 0.02, 2.0).1;
        assert!(2.0 * after > 0.4 && after > 3.0 * before, "{before} {after}");
    }

    #[test]
    fn without_residuals_or_trials_there_is_no_line() {
        assert!(Line::fit(&pairs(2)).is_none() && Line::fit(&[]).is_none());
        let same = Pair { trial: 0, at: 0.5, fall: 0.0, end: 0.5 };
        let pairs: Vec<Pair> = (0..9).map(|trial| Pair { trial, ..same }).collect();
        assert!(Line::fit(&pairs).is_none());
    }
}
