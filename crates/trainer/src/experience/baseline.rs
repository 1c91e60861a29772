//! The loss of a model that ignores its inputs: what any training should beat.

use crate::choice::NamedChoice;
use crate::data::Target;
use crate::metric::Metric;
use crate::tally::Tally;

/// Returns the mean loss over `rows` of the best constant prediction: the class shares or the most
/// frequent class, the mean of the values or their median (for the mean absolute error). Returns
/// NaN without rows, or if the metric belongs to another task.
pub fn baseline(target: &Target, rows: &[u32], metric: Metric) -> f64 {
    let loss = match target {
        Target::Classes { codes, names } => {
            classes(rows.iter().map(|&row| codes[row as usize]), names.len(), metric)
        }
        Target::Values(values) => {
            numbers(rows.iter().map(|&row| values[row as usize]).collect(), metric)
        }
    };
    if metric.task() == target.task() { loss } else { f64::NAN }
}

fn classes(codes: impl Iterator<Item = u32>, n_classes: usize, metric: Metric) -> f64 {
    let mut counts = vec![0.0; n_classes];
    codes.for_each(|code| counts[code as usize] += 1.0);
    let n: f64 = counts.iter().sum();

    let shares = counts.iter().map(|count| count / n);
    match metric {
        Metric::ErrorRate => 1.0 - shares.fold(0.0, f64::max),
        // The loss of a classifier that cannot tell the classes apart.
        Metric::RocAuc => 0.5,
        Metric::AveragePrecision if n_classes == 2 => 1.0 - counts[1] / n,
        Metric::AveragePrecision | Metric::BalancedAccuracy => 1.0 - 1.0 / n_classes as f64,
        Metric::F1 | Metric::Mcc => 1.0,
        _ => shares.filter(|share| *share > 0.0).map(|share| -share * libm::log(share)).sum(),
    }
}

fn numbers(mut values: Vec<f64>, metric: Metric) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let sd =
        libm::sqrt(values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / n);
    values.sort_by(f64::total_cmp);
    // The best constant: the median for absolute errors, the mean for squared ones.
    let centre = match metric {
        Metric::Mae => values.get(values.len() / 2).copied().unwrap_or(f64::NAN),
        _ => mean,
    };

    let mut tally = Tally::new(metric.task());
    for value in values {
        tally.add_error(value - centre, sd);
    }

    let of = |metric: Metric| {
        let loss = tally.means().find(|(name, _)| *name == metric.name());
        loss.map_or(f64::NAN, |(_, loss)| loss)
    };

    match metric {
        Metric::Rmse => libm::sqrt(of(Metric::Mse)),
        // The mean has R² 0, and the loss is 1 − R².
        Metric::R2 => 1.0,
        metric => of(metric),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_have_their_losses() {
        let names = ["a", "b"].map(String::from).to_vec();
        let target = Target::Classes { codes: vec![0, 1, 1, 1], names };
        let all = [0, 1, 2, 3];
        // Entropy of (1/4, 3/4): 2·ln 2 − ¾·ln 3.
        let entropy = 2.0 * libm::log(2.0) - 0.75 * libm::log(3.0);
        assert!((baseline(&target, &all, Metric::CrossEntropy) - entropy).abs() < 1e-15);
        assert_eq!(baseline(&target, &all, Metric::ErrorRate), 0.25);
        let target = Target::Values(vec![1.0, 2.0, 9.0, 100.0]);
        let of = |metric| baseline(&target, &[0, 1, 2], metric);
        assert_eq!((of(Metric::Mse), of(Metric::Mae)), (38.0 / 3.0, 8.0 / 3.0));
        assert!(of(Metric::Huber) < 19.0 / 3.0 && of(Metric::ErrorRate).is_nan());
    }
}
