//! The additive two-way model of losses: trial + fold + residual.
//!
//! All trials share folds and random streams, so most of the spread over folds is common to all of them and says
//! nothing about which trial is better. This model takes it out. Trials that nearly diverged own most of the residual
//! variance, hence the fit to the better half.

use super::{mean, root_sum_of_squares};

/// Fewer complete trials than this are all fitted, whatever their losses.
const FEWEST: usize = 5;

/// Fold effects and residual variance of trials that share their folds.
#[derive(Clone, Debug, PartialEq)]
pub struct Additive {
    /// What each fold adds to the loss of every trial; they sum to 0.
    pub fold_effects: Vec<f64>,
    /// s, the standard deviation of what trial and fold do not explain; none without degrees of freedom.
    pub residual_sd: Option<f64>,
    /// (k − 1)(J − 1), for k trials fitted over J folds.
    pub dof: usize,
    /// k, the number of trials fitted.
    pub n_fitted: usize,
}

impl Additive {
    /// Fits the better half, by mean, of complete trials: at least 5 of them, or all.
    ///
    /// `rows` has one slice a trial, each with one loss a fold. Ties go to the earlier row. Without any row there are
    /// no fold effects to know: `n_folds` zeros. Costs O(rows · folds + rows · log rows).
    ///
    /// # Panics
    /// If a row has another length than `n_folds`.
    pub fn fit_better_half(rows: &[&[f64]], n_folds: usize) -> Self {
        let mut order: Vec<(f64, usize)> =
            rows.iter().enumerate().map(|(i, row)| (mean(row).unwrap_or(f64::INFINITY), i)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        order.truncate(rows.len().div_ceil(2).max(FEWEST));
        let better: Vec<&[f64]> = order.iter().map(|&(_, i)| rows[i]).collect();
        Self::fit(&better, n_folds)
    }

    /// Fits all rows: means over trials and folds by least squares, and s² = Σ residual² / ((k − 1)(J − 1)).
    ///
    /// # Panics
    /// If a row has another length than `n_folds`.
    pub fn fit(rows: &[&[f64]], n_folds: usize) -> Self {
        let means: Vec<f64> = rows.iter().map(|row| mean(row).unwrap_or(0.0)).collect();
        let mut fold_effects = vec![0.0; n_folds];
        // Rows are centred before folds are averaged, so that large means do not eat the digits of small effects.
        for (row, mean) in rows.iter().zip(&means) {
            assert_eq!(row.len(), n_folds, "a complete trial has one loss a fold");
            for (effect, loss) in fold_effects.iter_mut().zip(*row) {
                *effect += (loss - mean) / rows.len() as f64;
            }
        }
        let dof = rows.len().saturating_sub(1) * n_folds.saturating_sub(1);
        let residuals = rows
            .iter()
            .zip(&means)
            .flat_map(|(row, mean)| row.iter().zip(&fold_effects).map(move |(loss, effect)| loss - mean - effect));
        let residual_sd = root_sum_of_squares(residuals) / (dof as f64).sqrt();
        let residual_sd = (dof > 0 && residual_sd.is_finite()).then_some(residual_sd);
        Self { fold_effects, residual_sd, dof, n_fitted: rows.len() }
    }

    /// The mean of a trial's first losses, less the effects of the folds they come from; comparable to the mean of a
    /// complete trial, which it is if there is one loss a fold. None without losses, and if it overflows.
    pub fn adjusted_mean(&self, losses: &[f64]) -> Option<f64> {
        let effects = mean(&self.fold_effects[..losses.len().min(self.fold_effects.len())])?;
        let adjusted = if losses.len() == self.fold_effects.len() { mean(losses)? } else { mean(losses)? - effects };
        adjusted.is_finite().then_some(adjusted)
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
        // Trial means 2 and 4; centred rows (−1, 0, 1) and (−2, 2, 0); effects −1.5, 1, 0.5; residuals ±(0.5, −1, 0.5).
        let fit = Additive::fit(&[&[1.0, 2.0, 3.0], &[2.0, 6.0, 4.0]], 3);
        assert_eq!(fit.fold_effects, [-1.5, 1.0, 0.5]);
        assert_eq!((fit.dof, fit.n_fitted), (2, 2));
        assert!((fit.residual_sd.unwrap().powi(2) - 1.5).abs() < 1e-15);
        assert_eq!(fit.adjusted_mean(&[2.0, 6.0, 4.0]), Some(4.0));
        assert_eq!(fit.adjusted_mean(&[2.0, 6.0]), Some(4.25));
        assert_eq!(fit.adjusted_mean(&[]), None);
    }

    #[test]
    fn additive_losses_leave_no_residual() {
        let rows: Vec<Vec<f64>> = (0..4).map(|i| [0.0, 4.0, -1.0].map(|f| f64::from(i) + f).to_vec()).collect();
        let fit = Additive::fit(&slices(&rows), 3);
        assert_eq!(fit.fold_effects, [-1.0, 3.0, -2.0]);
        assert_eq!(fit.residual_sd, Some(0.0));
    }

    #[test]
    fn the_worse_half_has_no_say() {
        let mut rows: Vec<Vec<f64>> =
            (0..12).map(|i| vec![f64::from(i), f64::from(i) + 1.0, f64::from(i % 3)]).collect();
        let before = Additive::fit_better_half(&slices(&rows), 3);
        for row in &mut rows[6..] {
            *row = vec![1e6, 30.0, 1e9];
        }
        assert_eq!(Additive::fit_better_half(&slices(&rows), 3), before);
        assert_eq!(before.n_fitted, 6);
        assert_eq!(Additive::fit_better_half(&slices(&rows[..7]), 3).n_fitted, 5);
        assert_eq!(Additive::fit_better_half(&slices(&rows[..4]), 3).n_fitted, 4);
    }

    #[test]
    fn too_little_to_know_is_none() {
        assert_eq!(Additive::fit(&[], 2).fold_effects, [0.0, 0.0]);
        assert_eq!(Additive::fit(&[&[1.0, 3.0]], 2).residual_sd, None);
        assert_eq!(Additive::fit(&[&[1.0], &[2.0]], 1).residual_sd, None);
        assert_eq!(Additive::fit(&[&[f64::MAX, -f64::MAX], &[-f64::MAX, f64::MAX]], 2).residual_sd, None);
    }

    #[test]
    fn huge_losses_have_a_variance() {
        let fit = Additive::fit(&[&[1e200, 2e200, 3e200], &[2e200, 6e200, 4e200]], 3);
        assert!((fit.residual_sd.unwrap() / 1.5f64.sqrt() / 1e200 - 1.0).abs() < 1e-14);
    }
}
