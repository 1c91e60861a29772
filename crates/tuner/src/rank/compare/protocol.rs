//! How a study was evaluated, and whether two of them can be compared split by split.

use crate::error::{ComparisonFault, Error};
use crate::trial::Direction;

/// How the losses were computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Protocol {
    /// The metric.
    pub metric: String,
    /// The direction of optimisation.
    pub direction: Direction,
    /// Hash of the data; `None` if unknown.
    pub data: Option<String>,
    /// Hash of the splits in their order; `None` if unknown.
    pub splits: Option<String>,
    /// Mean of `n_test / n_train` over the splits.
    pub test_train_ratio: f64,
}

/// Whether the losses of two studies can be paired split by split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// Paired: shared effects cancel.
    Paired,
    /// Unpaired, for this reason.
    Unpaired(Mismatch),
}

/// Why losses cannot be paired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The data of at least one study are unknown.
    UnknownData,
    /// The data differ.
    Data,
    /// The splits of at least one study are unknown.
    UnknownSplits,
    /// The splits differ.
    Splits,
}

impl Protocol {
    /// Whether losses under `other` can be paired with those under this protocol.
    pub fn pairing(&self, other: &Self) -> Pairing {
        let same = |a: &Option<String>, b: &Option<String>| Some(a.as_ref()? == b.as_ref()?);
        match (same(&self.data, &other.data), same(&self.splits, &other.splits)) {
            (None, _) => Pairing::Unpaired(Mismatch::UnknownData),
            (Some(false), _) => Pairing::Unpaired(Mismatch::Data),
            (_, None) => Pairing::Unpaired(Mismatch::UnknownSplits),
            (_, Some(false)) => Pairing::Unpaired(Mismatch::Splits),
            (Some(true), Some(true)) => Pairing::Paired,
        }
    }

    /// Refuses to compare different metrics or directions.
    ///
    /// # Errors
    /// The fault, which names both studies.
    pub(super) fn check_comparable(
        &self,
        name: &str,
        other: &Self,
        other_name: &str,
    ) -> Result<(), Error> {
        let fault = if self.metric != other.metric {
            ComparisonFault::Metrics {
                reference: name.to_owned(),
                reference_metric: self.metric.clone(),
                other: other_name.to_owned(),
                other_metric: other.metric.clone(),
            }
        } else if self.direction != other.direction {
            ComparisonFault::Directions { reference: name.to_owned(), other: other_name.to_owned() }
        } else {
            return Ok(());
        };

        Err(Error::Comparison(fault))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_and_equal_data_and_splits_pair() {
        let protocol = |data: Option<&str>, splits: Option<&str>| Protocol {
            metric: "mse".into(),
            direction: Direction::Minimize,
            data: data.map(Into::into),
            splits: splits.map(Into::into),
            test_train_ratio: 0.25,
        };
        let reference = protocol(Some("d"), Some("s"));
        let pairing = |data, splits| reference.pairing(&protocol(data, splits));
        assert_eq!(pairing(Some("d"), Some("s")), Pairing::Paired);
        assert_eq!(pairing(Some("e"), Some("s")), Pairing::Unpaired(Mismatch::Data));
        assert_eq!(pairing(Some("d"), Some("t")), Pairing::Unpaired(Mismatch::Splits));
        assert_eq!(pairing(None, Some("s")), Pairing::Unpaired(Mismatch::UnknownData));
        assert_eq!(pairing(Some("d"), None), Pairing::Unpaired(Mismatch::UnknownSplits));
    }
}
