//! Ticks: labels at steps of 1, 2 or 5 times a power of ten.

use crate::number::label;
use crate::scale::AxisScale;

/// A labelled value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub value: f64,
    pub label: String,
}

/// Returns about `most` ticks at most within the range, ascending; for categories, every name.
pub(crate) fn ticks(scale: &AxisScale, most: usize) -> Vec<Tick> {
    match scale {
        AxisScale::Linear { low, high } => linear(*low, *high, most),
        AxisScale::Log { low, high } => log(*low, *high, most),
        AxisScale::Category { names } => names
            .iter()
            .enumerate()
            .map(|(index, name)| Tick { value: index as f64, label: name.clone() })
            .collect(),
    }
}

fn linear(low: f64, high: f64, most: usize) -> Vec<Tick> {
    if low >= high {
        return vec![labelled(low)];
    }

    let step = round_step((high - low) / most.max(1) as f64);
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;

    // Rounded to the step's decimals, so that 3 · 0.1 is written 0.3.
    let decimals = (-step.log10().floor()).max(0.0) as usize;
    (first..=last)
        .map(|n| format!("{:.decimals$}", n as f64 * step).parse().unwrap_or(n as f64 * step))
        .map(labelled)
        .collect()
}

/// Returns the smallest of 1, 2 and 5 times a power of ten that is not below `least`.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0]
        .map(|m| m * power)
        .into_iter()
        .find(|s| *s >= least * 0.999)
        .unwrap_or(power * 10.0)
}

fn log(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let first = low.log10().floor() as i32;
    let last = high.log10().ceil() as i32;

    // The finest of these that fits; a range of less than a decade gets linear ticks.
    let within = |multiples: &[u32], every: i32| -> Vec<Tick> {
        (first..=last)
            .filter(|power| power.rem_euclid(every) == 0)
            .flat_map(|power| multiples.iter().map(move |m| power_of_ten(*m, power)))
            .filter(|value| *value >= low * 0.999_999 && *value <= high * 1.000_001)
            .map(labelled)
            .collect()
    };

    let choices: [(&[u32], i32); 6] =
        [(&[1, 2, 5], 1), (&[1, 3], 1), (&[1], 1), (&[1], 2), (&[1], 4), (&[1], 8)];
    let found =
        choices.iter().map(|(m, every)| within(m, *every)).find(|t| t.len() <= most.max(2) + 1);

    match found {
        Some(found) if found.len() >= 2 => found,
        _ => linear(low, high, most),
    }
}

/// Parses the power from text, which gives the nearest number to what is written.
fn power_of_ten(multiple: u32, power: i32) -> f64 {
    format!("{multiple}e{power}").parse().unwrap_or(f64::NAN)
}

fn labelled(value: f64) -> Tick {
    Tick { value, label: label(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: &AxisScale, most: usize) -> Vec<String> {
        ticks(scale, most).into_iter().map(|t| t.label).collect()
    }

    #[test]
    fn linear_ticks_step_by_one_two_or_five() {
        assert_eq!(
            labels(&AxisScale::Linear { low: 0.0, high: 1.0 }, 5),
            ["0", "0.2", "0.4", "0.6", "0.8", "1"]
        );
        assert_eq!(labels(&AxisScale::Linear { low: -3.0, high: 14.0 }, 4), ["0", "5", "10"]);
    }

    #[test]
    fn log_ticks_are_decades_where_there_are_many() {
        assert_eq!(
            labels(&AxisScale::Log { low: 1e-4, high: 1.0 }, 5),
            ["0.0001", "0.001", "0.01", "0.1", "1"]
        );
        assert_eq!(
            labels(&AxisScale::Log { low: 1e-12, high: 1.0 }, 4),
            ["1e-12", "1e-8", "0.0001", "1"]
        );
    }

    #[test]
    fn a_short_log_range_still_has_two_ticks() {
        assert!(labels(&AxisScale::Log { low: 0.11, high: 0.14 }, 5).len() >= 2);
        assert_eq!(labels(&AxisScale::Log { low: 0.1, high: 1.0 }, 5), ["0.1", "0.2", "0.5", "1"]);
    }

    #[test]
    fn a_range_of_one_value_has_one_tick() {
        assert_eq!(labels(&AxisScale::Linear { low: 3.0, high: 3.0 }, 5), ["3"]);
    }
}
