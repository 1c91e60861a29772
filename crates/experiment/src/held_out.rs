//! What held-out rows say of a trial, as a study keeps it: each metric, and the ends of its
//! interval beside it.

use trainer::NamedChoice;
use trainer::model::{Assessment, Measure};

const LOW: &str = "_low";
const HIGH: &str = "_high";

/// One metric on the held-out rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tested<'a> {
    /// The metric's name.
    pub name: &'a str,
    /// The metric's value.
    pub value: f64,
    /// The metric's 95 % interval; studies of version 0.3 recorded none.
    pub interval: Option<(f64, f64)>,
}

/// The form that is kept: pairs of names and numbers, metrics without a value left out.
pub fn record(assessment: &Assessment) -> Vec<(String, f64)> {
    let pairs = |measure: &Measure| {
        let name = measure.metric.name();
        let value = measure.value.ok().map(|value| (name.to_owned(), value));
        let ends = measure
            .interval
            .filter(|_| value.is_some())
            .map(|(low, high)| [(format!("{name}{LOW}"), low), (format!("{name}{HIGH}"), high)]);
        value.into_iter().chain(ends.into_iter().flatten())
    };
    assessment.measures().iter().flat_map(pairs).collect()
}

/// Reads the form that is kept.
pub fn read(kept: &[(String, f64)]) -> Vec<Tested<'_>> {
    let find = |name: &str, end: &str| {
        let of = |(other, _): &&(String, f64)| other.strip_suffix(end) == Some(name);
        kept.iter().find(of).map(|(_, value)| *value)
    };

    // Ends of intervals are kept beside their metrics, under names with an ending.
    let is_end = |name: &str| {
        let base = name.strip_suffix(LOW).or_else(|| name.strip_suffix(HIGH));
        base.is_some_and(|base| kept.iter().any(|(other, _)| other == base))
    };

    kept.iter()
        .filter(|(name, _)| !is_end(name))
        .map(|(name, value)| Tested {
            name,
            value: *value,
            interval: find(name, LOW).zip(find(name, HIGH)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_stand_beside_their_metric() {
        let kept = [("mse", 2.0), ("mse_low", 1.0), ("mse_high", 4.0), ("mae", 1.5)];
        let kept: Vec<(String, f64)> = kept.map(|(name, value)| (name.to_owned(), value)).into();
        let mse = Tested { name: "mse", value: 2.0, interval: Some((1.0, 4.0)) };
        let mae = Tested { name: "mae", value: 1.5, interval: None };
        assert_eq!(read(&kept), [mse, mae]);
    }
}
