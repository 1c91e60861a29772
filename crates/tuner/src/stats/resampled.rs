//! Nadeau and Bengio's corrected standard error, and the t tests built on it.
//!
//! Folds share most of their training rows, so their losses are correlated and sd / √J is far too
//! small. Under the correlation `n_test / (n_test + n_train)` between any two splits, which Nadeau
//! and Bengio propose, the variance of the mean is s² (1/J + `n_test / n_train`). Source: Inference
//! for the Generalization Error, Machine Learning 52 (2003), section 4; Bouckaert and Frank (PAKDD
//! 2004) for repeated k-fold cross-validation.

use super::{mean, root_sum_of_squares, sd, two_sided_p, upper_quantile};

/// The probability that a test's interval misses the difference.
const ALPHA: f64 = 0.05;

/// A standard error below this share of the difference is a rounding error of equal differences.
const NO_SPREAD: f64 = 1e-12;

/// The standard error of a mean over `n_splits` cross-validation splits of standard deviation `sd`.
pub(crate) fn corrected_se(sd: f64, n_splits: usize, test_train_ratio: f64) -> f64 {
    sd * (1.0 / n_splits as f64 + test_train_ratio).sqrt()
}

/// A difference of two mean losses, and its uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TTest {
    /// Mean of the second minus mean of the first.
    pub difference: f64,
    /// The standard error of the difference, corrected for shared training rows.
    pub se: f64,
    /// Degrees of freedom; an integer for the paired test.
    pub dof: f64,
    /// The two-sided probability of a difference at least as large if there is none.
    pub p: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

impl TTest {
    /// Returns the interval that misses the difference with probability 0.05 / `factor`.
    pub(crate) fn interval(&self, factor: f64) -> (f64, f64) {
        let half_width = upper_quantile(ALPHA / factor / 2.0, self.dof) * self.se;
        (self.difference - half_width, self.difference + half_width)
    }
}

/// Losses over the splits of one study.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample<'a> {
    /// One loss per split.
    pub losses: &'a [f64],
    /// Mean of `n_test / n_train` over the splits.
    pub test_train_ratio: f64,
}

/// Tests whether the losses of `b` differ from those of `a`, split by split: the corrected
/// resampled t test.
///
/// Returns `None` for fewer than two splits, on overflow, and for a difference that is the same on
/// all splits, since there is no spread to judge it by.
///
/// # Panics
/// If the numbers of splits differ, since only equal splits can be paired.
pub(crate) fn paired(a: &[f64], b: &[f64], test_train_ratio: f64) -> Option<TTest> {
    assert_eq!(a.len(), b.len(), "paired losses come from the same splits");
    let differences: Vec<f64> = b.iter().zip(a).map(|(b, a)| b - a).collect();
    let se = corrected_se(sd(&differences)?, differences.len(), test_train_ratio);
    t_test(mean(&differences)?, se, (differences.len() - 1) as f64)
}

/// Tests whether the mean loss of `b` differs from that of `a` if they have no splits in common:
/// Welch's test on corrected standard errors. It has far less power than [`paired`], since the fold
/// effects do not cancel.
///
/// Returns `None` for fewer than two splits on either side, on overflow, and for a difference
/// without spread on either side.
pub(crate) fn unpaired(a: Sample<'_>, b: Sample<'_>) -> Option<TTest> {
    let se_of =
        |s: Sample<'_>| Some(corrected_se(sd(s.losses)?, s.losses.len(), s.test_train_ratio));
    let (se_a, se_b) = (se_of(a)?, se_of(b)?);
    let se = root_sum_of_squares([se_a, se_b].into_iter());
    let (dof_a, dof_b) = ((a.losses.len() - 1) as f64, (b.losses.len() - 1) as f64);

    // Welch and Satterthwaite, in shares of the variance: no square can overflow.
    let share = (se_a / se).powi(2);
    let dof = if se > 0.0 {
        1.0 / (share.powi(2) / dof_a + (1.0 - share).powi(2) / dof_b)
    } else {
        dof_a + dof_b
    };

    t_test(mean(b.losses)? - mean(a.losses)?, se, dof)
}

fn t_test(difference: f64, se: f64, dof: f64) -> Option<TTest> {
    let t = if difference == 0.0 {
        0.0
    } else if se <= difference.abs() * NO_SPREAD {
        return None;
    } else {
        difference / se
    };
    let half_width = upper_quantile(ALPHA / 2.0, dof) * se;
    let (low, high) = (difference - half_width, difference + half_width);
    let test = TTest { difference, se, dof, p: two_sided_p(t, dof), low, high };
    (low.is_finite() && high.is_finite()).then_some(test)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [f64; 5] = [0.31, 0.42, 0.28, 0.39, 0.35];
    const B: [f64; 5] = [0.33, 0.47, 0.27, 0.45, 0.36];

    fn assert_close(found: TTest, difference: f64, dof: f64, p: f64, low: f64, high: f64) {
        let pairs = [
            (found.difference, difference),
            (found.dof, dof),
            (found.p, p),
            (found.low, low),
            (found.high, high),
        ];
        for (found, expected) in pairs {
            // Tolerance: cancellation in the differences of losses near 0.4.
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
    }

    #[test]
    fn without_correction_the_paired_test_is_that_of_scipy() {
        // scipy 1.17.1, stats.ttest_rel(B, A).
        let test = paired(&A, &B, 0.0).unwrap();
        assert_close(
            test,
            0.026,
            4.0,
            0.113_757_804_828_625_73,
            -0.009_771_992_844_701_094,
            0.061_771_992_844_701_1,
        );
    }

    #[test]
    fn without_correction_the_unpaired_test_is_that_of_scipy() {
        // scipy 1.17.1, stats.ttest_ind(B, A, equal_var=False), and with the first three of B.
        let sample = |losses| Sample { losses, test_train_ratio: 0.0 };
        let test = unpaired(sample(&A), sample(&B)).unwrap();
        let p = 0.583_264_945_776_684_4;
        assert_close(
            test,
            0.026,
            7.061_253_751_081_677,
            p,
            -0.080_770_614_291_798_81,
            0.132_770_614_291_798_87,
        );
        let test = unpaired(sample(&A), sample(&B[..3])).unwrap();
        let (low, high) = (-0.209_015_308_491_769_58, 0.222_348_641_825_103);
        assert_close(
            test,
            0.006_666_666_666_666_7,
            2.761_725_312_201_168,
            0.924_727_377_400_990_3,
            low,
            high,
        );
    }

    #[test]
    fn the_corrected_test_agrees_with_the_formula_of_the_paper() {
        // numpy and scipy: d.std(ddof=1) * sqrt(1/5 + 1/4), stats.t with 4 degrees of freedom.
        let test = paired(&A, &B, 0.25).unwrap();
        assert!((test.se - 0.019_326_148_090_087_685).abs() < 1e-15, "{}", test.se);
        assert_close(
            test,
            0.026,
            4.0,
            0.249_725_516_880_509_37,
            -0.027_657_989_267_051_653,
            0.079_657_989_267_051_66,
        );
    }

    #[test]
    fn a_difference_without_spread_is_not_judged() {
        let tie = paired(&[1.0; 3], &[1.0; 3], 0.5).unwrap();
        assert_eq!((tie.p, tie.low, tie.high), (1.0, 0.0, 0.0));
        // The differences of each pair are equal; for the second except for rounding.
        assert_eq!(paired(&[1.0, 2.0], &[1.5, 2.5], 0.5), None);
        assert_eq!(paired(&[0.1, 0.2], &[0.4, 0.5], 0.5), None);
        let sample = Sample { losses: &[2.0; 3], test_train_ratio: 0.5 };
        assert_eq!(unpaired(sample, sample).unwrap().p, 1.0);
    }

    #[test]
    fn one_split_or_an_overflow_is_no_test() {
        assert_eq!(paired(&[1.0], &[2.0], 0.5), None);
        assert_eq!(paired(&[f64::MAX, 0.0], &[-f64::MAX, 0.0], 0.5), None);
        assert_eq!(paired(&[1.0, 2.0], &[2.0, 1.0], f64::INFINITY), None);
    }
}
