//! Scales: the map from a value to its position along an axis, between 0 and 1.

/// What an axis measures.
#[derive(Clone, Debug, PartialEq)]
pub enum AxisScale {
    /// Equal steps are equal distances.
    Linear {
        /// The value at the start.
        low: f64,
        /// The value at the end.
        high: f64,
    },
    /// Equal ratios are equal distances; both ends are above zero.
    Log {
        /// The value at the start.
        low: f64,
        /// The value at the end.
        high: f64,
    },
    /// One band for each name; a value is the index of its name.
    Category {
        /// The names in order.
        names: Vec<String>,
    },
}

impl AxisScale {
    /// Returns the position of a value, 0 at the start and 1 at the end; values beyond the range
    /// have positions outside [0, 1]. Returns `None` if the value is not finite, or not above zero
    /// on a logarithmic scale.
    pub fn place(&self, value: f64) -> Option<f64> {
        let place = match self {
            Self::Linear { low, high } if low == high => 0.5,
            Self::Linear { low, high } => (value - low) / (high - low),
            Self::Log { low, high } if low == high => 0.5,
            Self::Log { low, high } => (value.ln() - low.ln()) / (high.ln() - low.ln()),
            Self::Category { names } => (value + 0.5) / names.len().max(1) as f64,
        };
        Some(place).filter(|p| p.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_at_zero_and_one() {
        for scale in
            [AxisScale::Linear { low: -2.0, high: 6.0 }, AxisScale::Log { low: 1e-4, high: 1.0 }]
        {
            let (AxisScale::Linear { low, high } | AxisScale::Log { low, high }) = scale else {
                continue;
            };
            assert_eq!(scale.place(low), Some(0.0));
            assert_eq!(scale.place(high), Some(1.0));
        }
    }

    #[test]
    fn log_scale_halves_by_ratio_and_has_no_place_for_zero() {
        let scale = AxisScale::Log { low: 1e-4, high: 1.0 };
        assert!((scale.place(1e-2).unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(scale.place(0.0), None);
        assert_eq!(scale.place(-1.0), None);
    }

    #[test]
    fn a_range_of_one_value_puts_it_in_the_middle() {
        assert_eq!(AxisScale::Linear { low: 3.0, high: 3.0 }.place(3.0), Some(0.5));
    }

    #[test]
    fn categories_stand_in_the_middle_of_their_bands() {
        let scale = AxisScale::Category { names: vec!["a".to_owned(), "b".to_owned()] };
        assert_eq!((scale.place(0.0), scale.place(1.0)), (Some(0.25), Some(0.75)));
    }
}
