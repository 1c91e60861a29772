//! A study's settings for racing.

use crate::cast;
use crate::space::{Config, Space, Value};

/// When a trial may be stopped, and at what risk.
#[derive(Clone, Debug, PartialEq)]
pub struct Race {
    /// The probability, over all judgements of a trial, of stopping one that would have become the
    /// best.
    pub risk: f64,
    /// Number of complete trials before any is stopped.
    pub after: u64,
    /// Whether trials are judged after each fold.
    pub folds: bool,
    /// The shares of a trial's epochs at which it is judged in each fold, ascending, between 0 and
    /// 1.
    pub at: Vec<f64>,
    /// The number of epochs of a trial; `None` if only folds are judged.
    pub epochs: Option<Epochs>,
}

/// How many epochs a configuration is trained for, and how many of them are warm-up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Epochs {
    /// The parameter that is the number, and its value where it is absent.
    pub total: (Option<String>, Option<u32>),
    /// The number of warm-up epochs, in which nothing is judged, as a parameter and a value.
    pub warmup: (Option<String>, Option<u32>),
}

/// An epoch after which a trial is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
    /// The position of its share among those of the study.
    pub index: usize,
    /// The epoch, from 1.
    pub epoch: u32,
}

impl Race {
    /// Returns the epochs after which this configuration is judged, ascending, without the last
    /// epoch. A share inside the warm-up moves to its end; of shares at one epoch the largest is
    /// kept.
    pub fn rungs(&self, space: &Space, config: &Config) -> Vec<Rung> {
        let (Some(epochs), Some(total)) = (&self.epochs, self.total_epochs(space, config)) else {
            return Vec::new();
        };
        let warmup = named(space, config, &epochs.warmup).unwrap_or(0);

        let mut rungs: Vec<Rung> = Vec::new();
        for (index, share) in self.at.iter().enumerate() {
            let epoch =
                cast::floor_u32((share * f64::from(total)).ceil()).max(warmup.saturating_add(1));
            // At the last epoch the result is known, and nothing is saved.
            if epoch >= total {
                break;
            }
            // Of shares that round to one epoch the last counts, so that no epoch is judged twice.
            rungs.retain(|rung| rung.epoch != epoch);
            rungs.push(Rung { index, epoch });
        }

        rungs
    }

    /// Returns the number of epochs of a configuration, if known.
    pub(crate) fn total_epochs(&self, space: &Space, config: &Config) -> Option<u32> {
        named(space, config, &self.epochs.as_ref()?.total)
    }

    /// Returns the largest number of judgements of one trial, with the judgements after folds
    /// counted once: the risk is divided by it.
    pub fn n_looks(&self, n_splits: usize) -> usize {
        let rungs = if self.epochs.is_some() { self.at.len() } else { 0 };
        let folds = if self.folds { n_splits.saturating_sub(1) } else { 0 };
        (rungs + folds).max(1)
    }
}

/// Returns the integer of a configuration's parameter, or the value where it is absent.
fn named(
    space: &Space,
    config: &Config,
    (name, otherwise): &(Option<String>, Option<u32>),
) -> Option<u32> {
    let value = space.named(config).find(|(n, _)| Some(*n) == name.as_deref());
    let whole = match value.map(|(_, value)| value) {
        Some(Value::Int(n)) => u32::try_from(*n).ok(),
        Some(other) => {
            let holds = |n: &f64| (0.0..=f64::from(u32::MAX)).contains(n);
            other.as_number().filter(holds).map(cast::floor_u32)
        }
        None => None,
    };
    whole.or(*otherwise)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::{Domain, Parameter};

    fn race(at: &[f64]) -> Race {
        let epochs = Epochs {
            total: (Some("epochs".to_owned()), Some(8)),
            warmup: (Some("warmup".to_owned()), None),
        };
        Race { risk: 0.05, after: 6, folds: true, at: at.to_vec(), epochs: Some(epochs) }
    }

    fn rungs(at: &[f64], fixed: &[(&str, i64)]) -> Vec<(usize, u32)> {
        let parameter =
            |(name, n): &(&str, i64)| Parameter::new(*name, Domain::Fixed(Value::Int(*n)));
        let space = Space::new(fixed.iter().map(parameter).collect(), &[]).unwrap();
        let config = space.complete(&[]).unwrap();
        race(at).rungs(&space, &config).iter().map(|rung| (rung.index, rung.epoch)).collect()
    }

    #[test]
    fn rungs_are_shares_of_a_trials_own_epochs() {
        let at = [0.125, 0.25, 0.5];
        assert_eq!(rungs(&at, &[("epochs", 40)]), [(0, 5), (1, 10), (2, 20)]);
        assert_eq!(rungs(&at, &[]), [(0, 1), (1, 2), (2, 4)]);
        assert_eq!(rungs(&at, &[("epochs", 4)]), [(1, 1), (2, 2)]);
        assert_eq!(rungs(&at, &[("epochs", 2)]), [(2, 1)]);
        assert_eq!(rungs(&at, &[("epochs", 1)]), []);
        assert_eq!(rungs(&[], &[("epochs", 40)]), []);
    }

    #[test]
    fn warm_up_moves_the_first_rung_behind_it() {
        let at = [0.125, 0.25, 0.5];
        assert_eq!(rungs(&at, &[("epochs", 40), ("warmup", 6)]), [(0, 7), (1, 10), (2, 20)]);
        assert_eq!(rungs(&at, &[("epochs", 40), ("warmup", 12)]), [(1, 13), (2, 20)]);
        assert_eq!(rungs(&at, &[("epochs", 40), ("warmup", 40)]), []);
    }

    #[test]
    fn looks_are_rungs_and_folds_but_the_last() {
        assert_eq!(race(&[0.25, 0.5]).n_looks(5), 6);
        assert_eq!(race(&[]).n_looks(1), 1);
        assert_eq!(Race { folds: false, ..race(&[0.5]) }.n_looks(5), 1);
        assert_eq!(Race { epochs: None, ..race(&[0.5]) }.n_looks(5), 4);
    }
}
