//! An axis: what it measures, its name, and whether a value may be absent.

use crate::scale::AxisScale;
use crate::ticks::{Tick, ticks};

/// The share of the axis reserved for absent values.
const APART: f64 = 32.0;

/// One axis of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What is measured.
    pub label: String,
    /// Maps a value to its position.
    pub scale: AxisScale,
    /// Whether the start of the axis has a place for absent values, labelled "–".
    pub has_absent: bool,
    /// Labels at given values, used instead of ticks.
    pub labels: Option<Vec<(f64, String)>>,
}

impl Axis {
    /// A linear axis.
    pub fn linear(label: &str, low: f64, high: f64) -> Self {
        Self::of(label, AxisScale::Linear { low, high })
    }

    /// A logarithmic axis, or a linear one if an end is not above zero.
    pub fn log(label: &str, low: f64, high: f64) -> Self {
        if low > 0.0 && high > 0.0 {
            Self::of(label, AxisScale::Log { low, high })
        } else {
            Self::linear(label, low, high)
        }
    }

    /// An axis of names.
    pub fn category(label: &str, names: Vec<String>) -> Self {
        Self::of(label, AxisScale::Category { names })
    }

    /// Returns the axis of integers: a short one has a label at each.
    #[must_use]
    pub fn whole(mut self) -> Self {
        if let AxisScale::Linear { low, high } = self.scale
            && high - low <= 8.0
        {
            let numbers = (low.ceil() as i64..=high.floor() as i64).map(|n| n as f64);
            self.labels = Some(numbers.map(|n| (n, crate::number::label(n))).collect());
        }
        self
    }

    fn of(label: &str, scale: AxisScale) -> Self {
        Self { label: label.to_owned(), scale, has_absent: false, labels: None }
    }

    /// Returns the axis with a place for absent values.
    #[must_use]
    pub fn with_absent(mut self, has_absent: bool) -> Self {
        self.has_absent = has_absent;
        self
    }

    /// Returns the axis extended a little at both ends, so that marks at an end are not cut. A
    /// categorical axis is unchanged.
    #[must_use]
    pub fn padded(mut self, share: f64) -> Self {
        match &mut self.scale {
            AxisScale::Linear { low, high } => {
                let by = if low == high { low.abs().max(1.0) } else { *high - *low } * share;
                (*low, *high) = (*low - by, *high + by);
            }
            AxisScale::Log { low, high } => {
                let by = if low == high { 2f64 } else { *high / *low }.powf(share);
                (*low, *high) = (*low / by, *high * by);
            }
            AxisScale::Category { .. } => {}
        }

        self
    }

    /// Returns the position of a value between two ends in the picture; `None` is the place of
    /// absent values. Values beyond the range are drawn at its end.
    pub(crate) fn at(&self, value: Option<f64>, start: f64, end: f64) -> Option<f64> {
        let towards = (end - start).signum();
        let begin = self.begin(start, end);
        match value {
            None => self.has_absent.then_some(start + towards * APART * 0.3),
            Some(value) => {
                self.scale.place(value).map(|p| begin + p.clamp(0.0, 1.0) * (end - begin))
            }
        }
    }

    /// Returns where the range begins, after the place of absent values.
    pub(crate) fn begin(&self, start: f64, end: f64) -> f64 {
        if self.has_absent { start + (end - start).signum() * APART } else { start }
    }

    /// Whether a value lies beyond the range.
    pub fn is_outside(&self, value: f64) -> bool {
        self.scale.place(value).is_none_or(|p| !(-1e-9..=1.0 + 1e-9).contains(&p))
    }

    /// Returns about `most` labelled values.
    pub(crate) fn ticks(&self, most: usize) -> Vec<Tick> {
        match &self.labels {
            Some(labels) => labels
                .iter()
                .map(|(value, label)| Tick { value: *value, label: label.clone() })
                .collect(),
            None => ticks(&self.scale, most),
        }
    }

    /// Whether the axis is categorical.
    pub(crate) fn is_category(&self) -> bool {
        matches!(self.scale, AxisScale::Category { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_values_have_a_place_before_the_start() {
        let axis = Axis::linear("x", 0.0, 1.0).with_absent(true);
        let absent = axis.at(None, 100.0, 200.0).unwrap();
        let lowest = axis.at(Some(0.0), 100.0, 200.0).unwrap();
        assert!(absent > 100.0 && absent < lowest - 10.0);
        assert_eq!(axis.at(Some(1.0), 100.0, 200.0), Some(200.0));

        // Upwards: the end has the smaller coordinate.
        assert!(axis.at(None, 200.0, 100.0).unwrap() > axis.at(Some(0.0), 200.0, 100.0).unwrap());
    }

    #[test]
    fn without_that_place_absent_values_are_not_drawn() {
        assert_eq!(Axis::linear("x", 0.0, 1.0).at(None, 0.0, 10.0), None);
    }

    #[test]
    fn values_beyond_the_range_are_drawn_at_its_end() {
        let axis = Axis::log("x", 0.1, 10.0);
        assert_eq!(axis.at(Some(1e9), 0.0, 10.0), Some(10.0));
        assert!(axis.is_outside(1e9) && !axis.is_outside(10.0));
    }
}
