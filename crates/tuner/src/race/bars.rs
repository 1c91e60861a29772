//! The bars of a trial: the losses beyond which racing stops it, fixed when it is proposed.

use super::field::{Contender, Field};
use super::regression::{Line, Pair};
use super::settings::Race;
use crate::stats::{Additive, upper_quantile};
use crate::trial::{Direction, Look, Prediction};

/// The least number of complete trials from which curves are learned.
const FEWEST: usize = 6;
/// The smallest standard deviation of a difference, in units of the losses compared.
const FLOOR: f64 = 1e-9;

/// A bar is bracketed by steps that double, from this one in units of the warped loss …
const FIRST_STEP: f64 = 1e-3;
/// … this many times, to about 5e8, and then found by bisection …
const N_DOUBLINGS: u32 = 40;
/// … down to rounding.
const N_HALVINGS: u32 = 60;

/// The predictions by which a trial is judged, and the best trial that it is compared with.
///
/// The final loss of a curve is predicted as a logarithm if all losses are positive. Trials are
/// compared by the losses themselves, since these are averaged over the folds to rank them: by
/// logarithms, a trial that is better in the hard folds and worse in the easy ones, where losses
/// are small, would seem to lose.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    /// The best complete trial.
    pub best: u64,
    direction: Direction,
    /// The best trial's losses by split.
    best_losses: Vec<f64>,
    /// Whether final losses are predicted as logarithms.
    is_log: bool,
    /// Whether the losses of learning curves are taken as logarithms.
    is_curve_log: bool,
    /// Residual standard deviation of a fold's loss, and the t quantile of its degrees of freedom;
    /// `None` if unknown.
    spread: Option<(f64, f64)>,
    judges_folds: bool,
    /// The tail probability of one judgement.
    alpha: f64,
    /// The fitted line of each rung.
    lines: Vec<Option<(Line, f64)>>,
}

/// The final loss of a fold, predicted at a rung.
struct EndPrediction {
    end: f64,
    /// The standard deviation of the prediction.
    se: f64,
    /// The best trial's loss in the fold.
    best: f64,
    /// Whether the end is worse by more than its uncertainty, so that the trial is stopped.
    is_beyond: bool,
}

/// Why a trial is stopped.
#[derive(Clone, Debug, PartialEq)]
pub struct RaceVerdict {
    /// The predicted loss of the judged fold, or of the mean over all folds.
    pub predicted: Prediction,
    /// The reason in words.
    pub reason: String,
}

impl Bars {
    /// Computes the bars of the next trial from the complete trials that it may see; returns `None`
    /// if there are too few.
    pub(crate) fn new(
        race: &Race,
        field: &Field,
        n_splits: usize,
        direction: Direction,
    ) -> Option<Self> {
        let best = field.best().first()?;
        if field.n_complete() < race.after || best.losses.len() != n_splits {
            return None;
        }

        let better = field.better_half(FEWEST);
        let looks = || better.iter().flat_map(|c| c.looks.iter().flatten());
        let is_log = better.iter().flat_map(|c| &c.losses).all(|loss| *loss > 0.0);
        let inner = |loss: f64| direction.inner(loss);
        let is_curve_log = looks().all(|look| inner(look.loss) > 0.0 && inner(look.halfway) > 0.0);
        let rows: Vec<Vec<f64>> =
            better.iter().map(|c| c.losses.iter().map(|y| warped(*y, is_log)).collect()).collect();
        // Bonferroni: the risk is divided among all judgements of a trial.
        let alpha = race.risk / race.n_looks(n_splits) as f64;

        let slices: Vec<&[f64]> = better.iter().map(|c| c.losses.as_slice()).collect();
        let residuals = Additive::fit_better_half(&slices, n_splits).residuals;
        // A spread at rounding level carries no information.
        let size = best.mean.abs();
        let spread = residuals
            .filter(|r| r.sd > FLOOR * size)
            .map(|residuals| (residuals.sd, upper_quantile(alpha, residuals.dof as f64)));

        let mut bars = Self {
            best: best.number,
            direction,
            best_losses: best.losses.clone(),
            is_log,
            is_curve_log,
            spread,
            judges_folds: race.folds,
            alpha,
            lines: Vec::new(),
        };

        let n_rungs = if race.epochs.is_some() { race.at.len() } else { 0 };
        bars.lines = (0..n_rungs).map(|rung| bars.line(rung, better, &rows)).collect();
        Some(bars)
    }

    /// Learns a rung from the trials that were judged there.
    fn line(&self, rung: usize, better: &[Contender], rows: &[Vec<f64>]) -> Option<(Line, f64)> {
        let mut pairs = Vec::new();
        for (trial, (contender, row)) in better.iter().zip(rows).enumerate() {
            for (looks, end) in contender.looks.iter().zip(row) {
                let look = looks.iter().find(|look| look.rung == rung);
                let Some((at, fall)) = look.and_then(|look| self.curve(look)) else { continue };
                pairs.push(Pair { trial, at, fall, end: *end });
            }
        }

        // By trials and not by folds, which are not independent of one another.
        let n_trials = pairs.chunk_by(|a, b| a.trial == b.trial).count();
        let line = Line::fit(&pairs).filter(|_| n_trials >= FEWEST)?;
        let t = upper_quantile(self.alpha, line.dof);
        Some((line, t))
    }

    /// Returns a curve's loss and its fall, warped.
    fn curve(&self, look: &Look) -> Option<(f64, f64)> {
        let at = warped(self.direction.inner(look.loss), self.is_curve_log);
        let halfway = warped(self.direction.inner(look.halfway), self.is_curve_log);
        (at.is_finite() && halfway.is_finite()).then_some((at, at - halfway))
    }

    /// Judges a fold by its learning curve at a rung.
    pub fn judge_epoch(&self, split: usize, look: &Look) -> Option<RaceVerdict> {
        let (at, fall) = self.curve(look)?;
        let prediction = self.predict_end(split, look.rung, at, fall)?;
        if !prediction.is_beyond {
            return None;
        }

        let predicted = self.in_user_units(prediction.end, prediction.se);
        let reason = format!(
            "{} in this fold; trial {} has {} there",
            in_words(predicted),
            self.best,
            short(self.in_user_units(prediction.best, 0.0).loss)
        );

        Some(RaceVerdict { predicted, reason })
    }

    /// Returns the loss at a rung beyond which the fold would be stopped, for a curve that falls as
    /// this one; `None` if no loss stops it.
    pub(crate) fn bar(&self, split: usize, look: &Look) -> Option<f64> {
        let (at, fall) = self.curve(look)?;
        let stops =
            |at: f64| self.predict_end(split, look.rung, at, fall).is_some_and(|f| f.is_beyond);
        let steps = || (0..N_DOUBLINGS).map(|n| FIRST_STEP * libm::exp2(f64::from(n)));

        let mut low = steps().map(|step| at - step).find(|at| !stops(*at))?;
        let mut high = steps().map(|step| at + step).find(|at| stops(*at))?;
        for _ in 0..N_HALVINGS {
            let middle = low + 0.5 * (high - low);
            if stops(middle) { high = middle } else { low = middle }
        }

        let loss = if self.is_curve_log { libm::exp(high) } else { high };
        Some(self.direction.inner(loss)).filter(|loss| loss.is_finite())
    }

    /// Predicts the final loss of a fold from its warped curve, and compares it with that of the
    /// best trial.
    fn predict_end(&self, split: usize, rung: usize, at: f64, fall: f64) -> Option<EndPrediction> {
        let (line, t) = self.lines.get(rung)?.as_ref()?;
        let best = *self.best_losses.get(split)?;
        let (end, sd) = line.predict(at, fall, self.alpha, *t);

        // The trial's other folds are ignored: they may differ from this one by their fold effects.
        let n = self.best_losses.len() as f64;
        let (s, t_of_folds) = self.spread.unwrap_or((0.0, 0.0));
        let t = t.max(t_of_folds);
        // Back from the logarithm the interval is asymmetric: its lower end is what counts here.
        let (end, lowest, se) = if self.is_log {
            let loss = libm::exp(end);
            (loss, libm::exp(end - t * sd), loss * sd)
        } else {
            (end, end - t * sd, sd)
        };

        // The other n − 1 folds of both trials vary by s each.
        let rest = t * s * (2.0 * (n - 1.0) / n).sqrt();
        let margin = (end - lowest).hypot(rest);
        let is_unknown = n > 1.0 && self.spread.is_none();

        let gap = end - best;
        let is_beyond = !is_unknown && !margin.is_nan() && gap.is_finite() && gap > margin;
        Some(EndPrediction { end, se, best, is_beyond })
    }

    /// Judges a trial by its first folds, in the user's units: fewer than all.
    pub fn judge_folds(&self, losses: &[f64]) -> Option<RaceVerdict> {
        let (m, n) = (losses.len() as f64, self.best_losses.len() as f64);
        let (s, t) = self.spread.filter(|_| self.judges_folds && m > 0.0 && m < n)?;
        let differences = losses
            .iter()
            .zip(&self.best_losses)
            .map(|(loss, best)| self.direction.inner(*loss) - best);

        let difference = differences.sum::<f64>() / m;
        // Standard deviation of the difference of full means given the m shared folds.
        let sd = s * (2.0 * (n - m) / (n * m)).sqrt();
        if difference.is_nan() || difference <= t * sd {
            return None;
        }

        let best = self.best_losses.iter().sum::<f64>() / n;
        let predicted = self.in_user_units(best + difference, sd);

        let folds = if losses.len() == 1 { "fold" } else { "folds" };
        let reason = format!(
            "after {} {folds}: {}; trial {} has {}",
            losses.len(),
            in_words(predicted),
            self.best,
            short(self.in_user_units(best, 0.0).loss)
        );

        Some(RaceVerdict { predicted, reason })
    }

    /// Converts a loss and its standard deviation to the user's units.
    fn in_user_units(&self, loss: f64, se: f64) -> Prediction {
        Prediction {
            loss: self.direction.inner(loss.clamp(-f64::MAX, f64::MAX)),
            se: se.min(f64::MAX),
        }
    }
}

fn warped(loss: f64, is_log: bool) -> f64 {
    if is_log { libm::log(loss) } else { loss }
}

fn in_words(predicted: Prediction) -> String {
    format!("predicted {} ± {}", short(predicted.loss), short(predicted.se))
}

/// A number with four digits.
fn short(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e5).contains(&size) {
        return format!("{value:.3e}");
    }

    let digits = if size >= 1000.0 {
        0
    } else if size >= 100.0 {
        1
    } else if size >= 10.0 {
        2
    } else {
        4
    };

    format!("{value:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::race::Epochs;

    fn race(risk: f64) -> Race {
        let epochs = Epochs { total: (None, Some(40)), warmup: (None, None) };
        Race { risk, after: 6, folds: true, at: vec![0.5], epochs: Some(epochs) }
    }

    /// Ten trials over five folds with known effects; losses at the rung are about twice the final
    /// ones.
    fn field(of: impl Fn(usize, usize) -> f64) -> Field {
        let mut field = Field::default();
        for i in 0..10 {
            let losses: Vec<f64> = (0..5).map(|j| of(i, j)).collect();
            let look = |(j, loss): (usize, &f64)| {
                let at = 2.0 * loss * (1.0 + 0.01 * ((i * 3 + j) % 4) as f64);
                vec![Look { rung: 0, loss: at, halfway: 2.0 * at }]
            };
            let looks = losses.iter().enumerate().map(look).collect();
            let mean = losses.iter().sum::<f64>() / 5.0;
            field.add(Contender { number: i as u64, mean, losses, looks });
        }
        field
    }

    fn usual(i: usize, j: usize) -> f64 {
        (0.3 + 0.02 * i as f64)
            * (1.0 + 0.5 * j as f64)
            * (1.0 + 0.01 * ((i * 7 + j * 3) % 5) as f64)
    }

    fn bars(of: impl Fn(usize, usize) -> f64, race: &Race) -> Option<Bars> {
        Bars::new(race, &field(of), 5, Direction::Minimize)
    }

    #[test]
    fn a_trial_that_cannot_win_is_stopped_and_the_best_is_not() {
        let bars = bars(usual, &race(0.05)).unwrap();
        assert_eq!(bars.best, 0);
        let losses = |times: f64| -> Vec<f64> { (0..5).map(|j| times * usual(0, j)).collect() };
        for m in 1..5 {
            assert_eq!(bars.judge_folds(&losses(1.0)[..m]), None);
            assert_eq!(bars.judge_folds(&losses(0.5)[..m]), None);
            let verdict = bars.judge_folds(&losses(3.0)[..m]).unwrap();
            // The mean of the best plus the mean difference over the first folds.
            let mean = |n: usize| (0..n).map(|j| usual(0, j)).sum::<f64>() / n as f64;
            assert!((verdict.predicted.loss - (mean(5) + 2.0 * mean(m))).abs() < 1e-9);
        }
        assert_eq!(bars.judge_folds(&losses(3.0)), None, "a trial with all folds is complete");
        let look = |at: f64| Look { rung: 0, loss: at, halfway: 2.0 * at };
        for split in 0..5 {
            assert_eq!(bars.judge_epoch(split, &look(2.0 * usual(0, split))), None);
            let verdict = bars.judge_epoch(split, &look(20.0 * usual(0, split))).unwrap();
            assert!((verdict.predicted.loss / usual(0, split) - 10.0).abs() < 1.0);
            assert!(verdict.reason.contains("trial 0 has"));
        }
        assert_eq!(bars.judge_epoch(0, &Look { rung: 1, ..look(9.0) }), None, "no such rung");
    }

    #[test]
    fn a_bar_separates_curves_that_continue_from_those_that_are_stopped() {
        let bars = bars(usual, &race(0.05)).unwrap();
        for split in 0..5 {
            let look = |at: f64| Look { rung: 0, loss: at, halfway: 2.0 * at };
            let bar = bars.bar(split, &look(3.0 * usual(0, split))).unwrap();
            assert_eq!(bars.judge_epoch(split, &look(0.999 * bar)), None);
            assert!(bars.judge_epoch(split, &look(1.001 * bar)).is_some());
        }
        assert_eq!(bars.bar(0, &Look { rung: 1, loss: 1.0, halfway: 2.0 }), None, "no such rung");
    }

    #[test]
    fn trials_are_judged_by_the_mean_that_ranks_them() {
        // Better where losses are large and worse where they are small: the mean falls, and the
        // mean logarithm rises.
        let bars = bars(usual, &race(0.05)).unwrap();
        let losses: Vec<f64> = (0..4).map(|j| usual(0, j) + [0.1, 0.0, 0.0, -0.15][j]).collect();
        assert_eq!(bars.judge_folds(&losses), None);
        assert!(losses.iter().zip(0..).map(|(y, j)| libm::log(y / usual(0, j))).sum::<f64>() > 0.0);
    }

    #[test]
    fn a_smaller_risk_stops_less() {
        let n_stopped = |risk: f64| {
            let bars = bars(usual, &race(risk)).unwrap();
            let times = |k: i32| 1.0 + 0.02 * f64::from(k);
            (0..100).filter(|k| bars.judge_folds(&[times(*k) * usual(0, 0)]).is_some()).count()
        };
        assert!(n_stopped(0.2) > n_stopped(0.05) && n_stopped(0.05) > n_stopped(0.001));
    }

    #[test]
    fn nothing_is_stopped_on_ties_or_without_variance() {
        for of in [|_: usize, _: usize| 0.5, |_: usize, j: usize| j as f64] {
            let bars = bars(of, &race(0.05)).unwrap();
            assert_eq!(bars.judge_folds(&[1e9]), None);
            assert_eq!(bars.judge_epoch(0, &Look { rung: 0, loss: 1e9, halfway: 1e9 }), None);
        }
    }

    #[test]
    fn nothing_is_stopped_before_the_field_is_complete_enough() {
        assert!(bars(usual, &Race { after: 11, ..race(0.05) }).is_none());
        assert!(Bars::new(&race(0.05), &Field::default(), 5, Direction::Minimize).is_none());
    }

    #[test]
    fn losses_that_are_not_finite_are_never_judged() {
        let bars = bars(usual, &race(0.05)).unwrap();
        for loss in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0] {
            assert_eq!(bars.judge_epoch(0, &Look { rung: 0, loss, halfway: 1.0 }), None);
            assert_eq!(bars.judge_epoch(0, &Look { rung: 0, loss: 1.0, halfway: loss }), None);
        }
    }

    #[test]
    fn a_maximised_value_is_judged_from_its_own_side() {
        let mut inner = Field::default();
        for contender in field(usual).best() {
            let negate = |y: &f64| -y;
            let looks = contender.looks.clone();
            let losses = contender.losses.iter().map(|y| negate(y) + 10.0).map(|y| -y).collect();
            inner.add(Contender { mean: contender.mean - 10.0, losses, looks, ..*contender });
        }
        let bars = Bars::new(&race(0.05), &inner, 5, Direction::Maximize).unwrap();
        let told = |times: f64| 10.0 - times * usual(0, 0);
        assert_eq!(bars.judge_folds(&[told(1.0)]), None);
        assert_eq!(bars.judge_folds(&[told(0.1)]), None);
        let verdict = bars.judge_folds(&[told(6.0)]).unwrap();
        assert!(verdict.predicted.loss < told(1.0) && verdict.predicted.se > 0.0);
    }
}
