//! Totals over a trial's folds besides its loss.

use crate::trial::{FoldResult, State, Trial};

/// The cost of one trial; `None` for what the objective does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// Epochs trained, mean over the folds that counted them.
    pub epochs: Option<f64>,
    /// Number of the network's parameters, the largest over folds: a fold may lack a category.
    pub n_parameters: Option<u64>,
    /// Planned multiply-adds, summed over folds.
    pub multiply_adds: Option<u64>,
}

impl Totals {
    /// Adds up the folds of a trial's record.
    pub fn of(folds: &[FoldResult]) -> Self {
        let (mut epochs, mut n_counted) = (0.0, 0);
        for counted in folds.iter().filter_map(|f| f.epochs) {
            epochs += f64::from(counted);
            n_counted += 1;
        }
        Self {
            epochs: (n_counted > 0).then(|| epochs / f64::from(n_counted)),
            n_parameters: folds.iter().filter_map(|f| f.n_parameters).max(),
            multiply_adds: folds.iter().filter_map(|f| f.multiply_adds).reduce(u64::saturating_add),
        }
    }
}

/// Returns a trial's further metrics, means over its splits; `None` if a fold lacks one, or unless
/// the trial is ok.
pub(super) fn metric_means(trial: &Trial, names: &[String]) -> Vec<Option<f64>> {
    let mean = |name: &String| {
        let of_fold =
            |f: &FoldResult| f.metrics.iter().find(|(n, _)| n == name).map(|(_, value)| *value);
        let values: Option<Vec<f64>> = trial.folds.iter().map(of_fold).collect();
        crate::stats::mean(&values.filter(|_| trial.state() == State::Ok)?)
    };
    names.iter().map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(epochs: Option<u32>, n_parameters: Option<u64>) -> FoldResult {
        FoldResult {
            epochs,
            n_parameters,
            multiply_adds: n_parameters,
            ..FoldResult::from_loss(1.0)
        }
    }

    #[test]
    fn what_is_not_counted_stays_empty() {
        assert_eq!(Totals::of(&[]), Totals::default());
        let totals =
            Totals::of(&[fold(Some(3), Some(10)), fold(Some(6), Some(12)), fold(None, None)]);
        assert_eq!(
            totals,
            Totals { epochs: Some(4.5), n_parameters: Some(12), multiply_adds: Some(22) }
        );
    }
}
