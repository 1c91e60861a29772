//! The scale of a regression target.

use serde::{Deserialize, Serialize};

/// Mean and standard deviation of a target on the training rows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetScaling {
    /// The mean, in the target's unit.
    pub mean: f64,
    /// The standard deviation with divisor n, in the target's unit; 1 if all values are equal.
    pub sd: f64,
}

impl TargetScaling {
    /// Learns the scale from `values` at `train_rows`. No rows give mean 0 and standard deviation
    /// 1.
    pub fn fit(values: &[f64], train_rows: &[u32]) -> Self {
        let at = |&row: &u32| values[row as usize];
        let Some(first) = train_rows.first().map(at) else {
            return Self { mean: 0.0, sd: 1.0 };
        };

        // Deviations from one of the values, so that large equal parts cancel before they are
        // squared.
        let n = train_rows.len() as f64;
        let mean = first + train_rows.iter().map(|row| at(row) - first).sum::<f64>() / n;
        let variance = train_rows.iter().map(|row| (at(row) - mean).powi(2)).sum::<f64>() / n;
        let varies = train_rows.iter().any(|row| at(row) != first);
        let sd = variance.sqrt();

        Self { mean, sd: if varies && sd.is_normal() { sd } else { 1.0 } }
    }

    /// Converts from the target's unit to the network's: mean 0, standard deviation 1.
    pub fn apply(&self, value: f64) -> f32 {
        ((value - self.mean) / self.sd) as f32
    }

    /// Converts from the network's unit back to the target's.
    pub fn invert(&self, output: f32) -> f64 {
        f64::from(output) * self.sd + self.mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scaled_target_has_mean_zero_and_deviation_one() {
        // sklearn.preprocessing.StandardScaler on [2, 4, 4, 4, 5, 5, 7, 9]: mean_ 5, scale_ 2 (the
        // textbook example).
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0, 1e9];
        let scaling = TargetScaling::fit(&values, &[0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(scaling, TargetScaling { mean: 5.0, sd: 2.0 });
        assert_eq!(scaling.apply(9.0), 2.0);
        assert_eq!(scaling.invert(scaling.apply(2.0)), 2.0);
    }

    #[test]
    fn a_constant_target_is_only_centred() {
        let scaling = TargetScaling::fit(&[0.1; 7], &[0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(scaling, TargetScaling { mean: 0.1, sd: 1.0 });
    }
}
