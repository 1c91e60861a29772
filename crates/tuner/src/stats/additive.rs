//! The additive two-way model of losses: trial effect + fold effect + residual.
//!
//! All trials share folds and random streams, so most of the spread over folds is common to all of
//! them and does not show which trial is better. This model removes it. Trials that nearly diverged
//! dominate the residual variance, hence the fit to the better half.

use super::{mean, root_sum_of_squares};

/// Fewer complete trials than this are all fitted.
const FEWEST: usize = 5;

/// Fold effects of trials with common folds, and the residuals.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Additive {
    /// The fold effects: what each fold adds to the loss of every trial; they sum to 0.
    pub fold_effects: Vec<f64>,
    /// k, the number of trials fitted.
    pub n_fitted: usize,
    /// The residuals; `None` for fewer than two trials or folds, or on overflow.
    pub residuals: Option<Residuals>,
}

/// The residuals, which trial and fold effects do not explain.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Residuals {
    /// s, pooled over the trials fitted: s² = Σ residual² / ((k − 1)(J − 1)).
    pub sd: f64,
    /// (k − 1)(J − 1), for k trials fitted over J folds.
    pub dof: usize,
    /// Each row's own variance: Σ residual² / (J − 1), divided by its expectation under equal
    /// variances: 1 − 1/k in the fit, 1 + 1/k outside. One per row, fitted or not; infinite on
    /// overflow.
    pub row_sds: Vec<f64>,
}

impl Additive {
    /// Fits the better half, by mean, of complete trials: at least 5 of them, or all.
    ///
    /// `rows` has one slice per trial, each with one loss per fold. Ties go to the earlier row.
    /// Without any row the fold effects are unknown: `n_folds` zeros. Costs O(rows · folds + rows ·
    /// log rows).
    ///
    /// # Panics
    /// If a row has another length than `n_folds`.
    pub(crate) fn fit_better_half(rows: &[&[f64]], n_folds: usize) -> Self {
        let mut order: Vec<(f64, usize)> = rows
            .iter()
            .enumerate()
            .map(|(i, row)| (mean(row).unwrap_or(f64::INFINITY), i))
            .collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut fitted = vec![false; rows.len()];
        for &(_, row) in order.iter().take(rows.len().div_ceil(2).max(FEWEST)) {
            fitted[row] = true;
        }
        Self::fit(rows, &fitted, n_folds)
    }

    /// Fits the marked rows by least squares, where a fold effect is the mean deviation from the
    /// trials' means.
    fn fit(rows: &[&[f64]], fitted: &[bool], n_folds: usize) -> Self {
        let n_fitted = fitted.iter().filter(|f| **f).count();
        // Rows are centred before folds are averaged, so that small effects keep their digits
        // beside large means.
        let centres: Vec<f64> = rows.iter().map(|row| mean(row).unwrap_or(0.0)).collect();

        let mut fold_effects = vec![0.0; n_folds];
        for ((row, centre), _) in
            rows.iter().zip(&centres).zip(fitted).filter(|(_, fitted)| **fitted)
        {
            for (effect, loss) in fold_effects.iter_mut().zip(*row) {
                *effect += (loss - centre) / n_fitted as f64;
            }
        }

        let row_norms: Vec<f64> = rows
            .iter()
            .zip(&centres)
            .map(|(row, centre)| {
                assert_eq!(row.len(), n_folds, "a complete trial has one loss a fold");
                root_sum_of_squares(
                    row.iter().zip(&fold_effects).map(|(loss, effect)| loss - centre - effect),
                )
            })
            .collect();

        let residuals = Residuals::new(&row_norms, fitted, n_fitted, n_folds);
        Self { fold_effects, n_fitted, residuals }
    }

    /// Returns the mean of a trial's first losses minus the effects of their folds; comparable to
    /// the mean of a complete trial, and equal to it for a complete one. Returns `None` without
    /// losses, or on overflow.
    pub(crate) fn adjusted_mean(&self, losses: &[f64]) -> Option<f64> {
        let n_done = losses.len().min(self.fold_effects.len());
        // Over all folds the effects sum to 0 except for rounding, which would break ties.
        let effects = if n_done < self.fold_effects.len() {
            mean(&self.fold_effects[..n_done])?
        } else {
            0.0
        };
        let adjusted = mean(losses)? - effects;
        adjusted.is_finite().then_some(adjusted)
    }
}

impl Residuals {
    fn new(row_norms: &[f64], fitted: &[bool], n_fitted: usize, n_folds: usize) -> Option<Self> {
        let dof = n_fitted.saturating_sub(1) * n_folds.saturating_sub(1);
        if dof == 0 {
            return None;
        }

        let rows = || row_norms.iter().zip(fitted);
        let sd = root_sum_of_squares(rows().filter(|(_, f)| **f).map(|(norm, _)| *norm))
            / (dof as f64).sqrt();
        // A fitted row's residuals are smaller in expectation, since the fold effects follow it.
        let share = 1.0 / n_fitted as f64;
        let expected =
            |fitted: bool| (n_folds - 1) as f64 * if fitted { 1.0 - share } else { 1.0 + share };
        let row_sds = rows().map(|(norm, fitted)| norm / expected(*fitted).sqrt()).collect();

        sd.is_finite().then_some(Self { sd, dof, row_sds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slices(rows: &[Vec<f64>]) -> Vec<&[f64]> {
        rows.iter().map(Vec::as_slice).collect()
    }

    #[test]
    fn a_small_table_by_hand() {
        // Trial means 2 and 4; centred rows (−1, 0, 1) and (−2, 2, 0); effects −1.5, 1, 0.5;
        // residuals ±(0.5, −1, 0.5).
        let fit = Additive::fit_better_half(&[&[1.0, 2.0, 3.0], &[2.0, 6.0, 4.0]], 3);
        assert_eq!(fit.fold_effects, [-1.5, 1.0, 0.5]);
        let residuals = fit.residuals.as_ref().unwrap();
        assert_eq!((residuals.dof, fit.n_fitted), (2, 2));
        // s² = 3 / 2, and either row's own is 1.5 / (2 · 1/2). Tolerance: a few roundings.
        assert!((residuals.sd.powi(2) - 1.5).abs() < 1e-15);
        assert!(residuals.row_sds.iter().all(|sd| (sd.powi(2) - 1.5).abs() < 1e-15));
        assert_eq!(fit.adjusted_mean(&[2.0, 6.0, 4.0]), Some(4.0));
        assert_eq!(fit.adjusted_mean(&[2.0, 6.0]), Some(4.25));
        assert_eq!(fit.adjusted_mean(&[]), None);
    }

    #[test]
    fn additive_losses_leave_no_residual() {
        let rows: Vec<Vec<f64>> =
            (0..4).map(|i| [0.0, 4.0, -1.0].map(|f| f64::from(i) + f).to_vec()).collect();
        let fit = Additive::fit_better_half(&slices(&rows), 3);
        assert_eq!(fit.fold_effects, [-1.0, 3.0, -2.0]);
        assert_eq!(fit.residuals, Some(Residuals { sd: 0.0, dof: 6, row_sds: vec![0.0; 4] }));
    }

    #[test]
    fn the_worse_half_does_not_affect_the_fit() {
        let row = |i: i32| vec![f64::from(i), f64::from(i) + 1.0, f64::from(i % 3)];
        let mut rows: Vec<Vec<f64>> = (0..12).map(row).collect();
        let before = Additive::fit_better_half(&slices(&rows), 3);
        for row in &mut rows[6..] {
            *row = vec![1e6, 30.0, 1e9];
        }
        let after = Additive::fit_better_half(&slices(&rows), 3);
        assert_eq!((after.n_fitted, &after.fold_effects), (6, &before.fold_effects));
        let (before, after) = (before.residuals.unwrap(), after.residuals.unwrap());
        assert_eq!((before.sd, &before.row_sds[..6]), (after.sd, &after.row_sds[..6]));
        assert_eq!(Additive::fit_better_half(&slices(&rows[..7]), 3).n_fitted, 5);
        assert_eq!(Additive::fit_better_half(&slices(&rows[..4]), 3).n_fitted, 4);
    }

    #[test]
    fn too_few_trials_or_folds_have_no_residuals() {
        assert_eq!(Additive::fit_better_half(&[], 2).fold_effects, [0.0, 0.0]);
        assert_eq!(Additive::fit_better_half(&[&[1.0, 3.0]], 2).residuals, None);
        assert_eq!(Additive::fit_better_half(&[&[1.0], &[2.0]], 1).residuals, None);
        let most = f64::MAX;
        assert_eq!(Additive::fit_better_half(&[&[most, -most], &[-most, most]], 2).residuals, None);
    }

    #[test]
    fn huge_losses_have_a_variance() {
        let fit = Additive::fit_better_half(&[&[1e200, 2e200, 3e200], &[2e200, 6e200, 4e200]], 3);
        assert!((fit.residuals.unwrap().sd / 1.5f64.sqrt() / 1e200 - 1.0).abs() < 1e-14);
    }
}
