//! The set of values that a parameter may take, and its map to the unit interval.
//!
//! The map serves sampler and model alike. Continuous domains map their bounds to 0 and 1; a domain
//! of k levels gives each level the cell [i/k, (i+1)/k) and the cell's middle as its coordinate, so
//! that a uniform draw hits all levels alike, and neighbouring levels are equally far apart. Steps
//! on a log scale get cells whose ends lie half a step around each value, as wide as they are in
//! the logarithm: integers that of [low − ½, high + ½].

use super::value::Value;
use crate::cast;
use crate::error::{ParameterFault, in_words};

/// The scale of a numeric range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Linear: equal differences have equal distances.
    Linear,
    /// Logarithmic: equal ratios have equal distances; the range lies above 0.
    Log,
}

/// The values of one parameter; bounds are inclusive.
#[derive(Clone, Debug, PartialEq)]
pub enum Domain {
    /// Numbers, or with a step the numbers low, low + step, … up to high.
    Float {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
        /// Scale.
        scale: Scale,
        /// Distance of neighbouring values; `None` for all numbers.
        step: Option<f64>,
    },
    /// Integers low, low + step, … up to high.
    Int {
        /// Lower bound.
        low: i64,
        /// Upper bound.
        high: i64,
        /// Scale.
        scale: Scale,
        /// Distance of neighbouring values, at least 1.
        step: i64,
    },
    /// Ordered values, equally far from one another.
    Ordinal(Vec<Value>),
    /// Unordered values.
    Categorical(Vec<Value>),
    /// One value, never searched.
    Fixed(Value),
}

/// The smallest step, relative to the largest number of a range, whose multiples differ when
/// written with 12 digits.
const FINEST_STEP: f64 = 1e-11;

const INT_LIMIT: i64 = 1 << 53;

/// The most values of a list, since they are compared with one another.
pub(super) const MAX_VALUES: usize = 10_000;

impl Domain {
    /// Checks bounds, step and values; returns the faulty key and the fault.
    pub(super) fn check(&self) -> Result<(), (&'static str, ParameterFault)> {
        match self {
            Self::Float { low, high, scale, step } => check_float(*low, *high, *scale, *step),
            Self::Int { low, high, scale, step } => check_int(*low, *high, *scale, *step),
            Self::Ordinal(values) => {
                check_values(values)?;
                let n_numbers = values.iter().filter(|v| v.as_number().is_some()).count();
                let mixed = n_numbers != 0 && n_numbers != values.len();
                if mixed { Err(("values", ParameterFault::MixedOrdinal)) } else { Ok(()) }
            }
            Self::Categorical(values) => check_values(values),
            Self::Fixed(value) => check_finite("", value),
        }
    }

    /// Returns the number of values; `None` if they are uncountable.
    pub fn n_levels(&self) -> Option<u64> {
        match self {
            Self::Float { low, high, .. } if low == high => Some(1),
            Self::Float { low, high, step, .. } => step.map(|s| n_steps(high - low, s)),
            Self::Int { low, high, step, .. } => Some(((high - low) / step).unsigned_abs() + 1),
            Self::Ordinal(values) | Self::Categorical(values) => Some(values.len() as u64),
            Self::Fixed(_) => Some(1),
        }
    }

    /// Returns the value of level `index` (below [`Domain::n_levels`]); for a continuous domain,
    /// its lower bound.
    ///
    /// # Panics
    /// If a list has no such level.
    pub fn level(&self, index: u64) -> Value {
        match self {
            Self::Float { low, high, step, .. } => {
                Value::Float(step.map_or(*low, |step| stepped(*low, *high, step, index)))
            }
            Self::Int { low, step, .. } => {
                Value::Int(low.wrapping_add_unsigned(step.unsigned_abs() * index))
            }
            Self::Ordinal(values) | Self::Categorical(values) => {
                values[cast::position(index)].clone()
            }
            Self::Fixed(value) => value.clone(),
        }
    }

    /// Returns the level of a value; `None` if the domain has no such value or no levels.
    pub(crate) fn level_of(&self, value: &Value) -> Option<u64> {
        match self {
            Self::Float { low, step, .. } => {
                let v = value.as_number()?;
                let index = step.map_or(0.0, |s| ((v - low) / s).round());
                let index = if index < 0.0 {
                    return None;
                } else {
                    cast::floor_u64(index)
                };
                // Only the exact value of a level counts: rounding must not accept values between
                // levels.
                (index < self.n_levels()? && self.level(index).as_number() == Some(v))
                    .then_some(index)
            }
            Self::Int { low, high, step, .. } => {
                let is_whole = |v: &f64| v.fract() == 0.0 && v.abs() <= INT_LIMIT as f64;
                let v = cast::trunc(value.as_number().filter(is_whole)?);
                (v >= *low && v <= *high && (v - low) % step == 0)
                    .then(|| ((v - low) / step).unsigned_abs())
            }
            Self::Ordinal(values) | Self::Categorical(values) => {
                values.iter().position(|v| v.same_as(value)).map(|i| i as u64)
            }
            Self::Fixed(fixed) => fixed.same_as(value).then_some(0),
        }
    }

    /// Returns the value in this domain's type (2 becomes 2.0 in a float domain); `None` if it is
    /// outside.
    pub fn admit(&self, value: &Value) -> Option<Value> {
        match self {
            Self::Float { low, high, step: None, .. } => {
                value.as_number().filter(|v| v >= low && v <= high).map(Value::Float)
            }
            _ => self.level_of(value).map(|i| self.level(i)),
        }
    }

    /// Maps a coordinate in [0, 1] to a value; coordinates outside are clamped.
    ///
    /// # Panics
    /// Never: domains without a coordinate formula have levels.
    pub fn value(&self, unit: f64) -> Value {
        let u = unit.clamp(0.0, 1.0);
        match self {
            Self::Float { low, high, scale, step: None } => {
                Value::Float(blend(*low, *high, *scale, u))
            }
            Self::Int { low, high, scale: Scale::Log, step } => {
                // The last level, which may lie below `high`.
                let last = low + step * ((high - low) / step);
                let (below, above) = log_edges(*low as f64, last as f64, *step as f64);
                let v = blend(below, above, Scale::Log, u);
                let index = cast::trunc(((v - *low as f64) / *step as f64).round().max(0.0));
                Value::Int(low + step * index.min((high - low) / step))
            }
            Self::Float { low, high, scale: Scale::Log, step: Some(step) } => {
                let n = n_steps(high - low, *step);
                let (below, above) = log_edges(*low, stepped(*low, *high, *step, n - 1), *step);
                let v = blend(below, above, Scale::Log, u);
                self.level(cast::floor_u64(((v - low) / step).round().max(0.0)).min(n - 1))
            }
            _ => {
                let n = self.n_levels().expect("all other domains have levels");
                self.level(cast::floor_u64(u * n as f64).min(n - 1))
            }
        }
    }

    /// Maps a value of the domain to its coordinate in [0, 1]; returns `None` if it is outside.
    pub fn unit(&self, value: &Value) -> Option<f64> {
        match self {
            Self::Float { low, high, scale, step: None } => {
                let v = value.as_number().filter(|v| v >= low && v <= high)?;
                Some(position(*low, *high, *scale, v))
            }
            // In a cell as wide as the value's share of the logarithm: see the head of this file.
            Self::Int { low, high, scale: Scale::Log, step } => {
                self.level_of(value)?;
                let last = low + step * ((high - low) / step);
                let (below, above) = log_edges(*low as f64, last as f64, *step as f64);
                Some(position(below, above, Scale::Log, value.as_number()?))
            }
            Self::Float { low, high, scale: Scale::Log, step: Some(step) } => {
                self.level_of(value)?;
                let last = stepped(*low, *high, *step, n_steps(high - low, *step) - 1);
                let (below, above) = log_edges(*low, last, *step);
                Some(position(below, above, Scale::Log, value.as_number()?))
            }
            _ => Some((self.level_of(value)? as f64 + 0.5) / self.n_levels()? as f64),
        }
    }

    /// Returns the first and the last value, their distance, and the ends of the axis, of steps on
    /// a log scale; none of any other domain.
    pub(crate) fn log_steps(&self) -> Option<LogSteps> {
        let (first, last, step) = match self {
            Self::Int { low, high, scale: Scale::Log, step } => {
                (*low as f64, (low + step * ((high - low) / step)) as f64, *step as f64)
            }
            Self::Float { low, high, scale: Scale::Log, step: Some(step) } if low < high => {
                (*low, stepped(*low, *high, *step, n_steps(high - low, *step) - 1), *step)
            }
            _ => return None,
        };
        let (below, above) = log_edges(first, last, step);
        Some(LogSteps { first, last, step, below, above })
    }

    /// Returns the middle value: for a range its centre on its scale, for a list its first value.
    pub fn middle(&self) -> Value {
        match self {
            Self::Ordinal(values) | Self::Categorical(values) => values[0].clone(),
            _ => self.value(0.5),
        }
    }

    /// Describes the domain in words.
    pub fn in_words(&self) -> String {
        match self {
            Self::Float { low, high, step: None, .. } => format!("a number from {low} to {high}"),
            Self::Float { low, high, step: Some(step), .. } => {
                format!("one of {low}, {low} + {step}, … up to {high}")
            }
            Self::Int { low, high, step: 1, .. } => format!("an integer from {low} to {high}"),
            Self::Int { low, high, step, .. } => {
                format!("one of {low}, {low} + {step}, … up to {high}")
            }
            Self::Ordinal(values) | Self::Categorical(values) => {
                format!("one of {}", in_words(values))
            }
            Self::Fixed(value) => format!("{value}, the fixed value"),
        }
    }
}

fn check_float(
    low: f64,
    high: f64,
    scale: Scale,
    step: Option<f64>,
) -> Result<(), (&'static str, ParameterFault)> {
    for (key, bound) in [("low", low), ("high", high)] {
        if !bound.is_finite() {
            return Err((key, ParameterFault::NotFinite(bound)));
        }
    }

    if low > high {
        return Err(("low", ParameterFault::BoundsReversed { low, high }));
    }
    // Bounds near ±1e308 have an infinite range, in which no position can be computed.
    if !(high - low).is_finite() {
        return Err(("high", ParameterFault::RangeTooWide { low, high }));
    }
    if scale == Scale::Log && low <= 0.0 {
        return Err(("low", ParameterFault::LogNotPositive(low)));
    }

    let largest = low.abs().max(high.abs());
    match step {
        Some(step) if !step.is_finite() => Err(("step", ParameterFault::NotFinite(step))),
        Some(step) if step <= 0.0 => Err(("step", ParameterFault::StepNotPositive(step))),
        Some(step) if low < high && step < FINEST_STEP * largest => {
            Err(("step", ParameterFault::StepTooFine { step, largest }))
        }
        _ => Ok(()),
    }
}

fn check_int(
    low: i64,
    high: i64,
    scale: Scale,
    step: i64,
) -> Result<(), (&'static str, ParameterFault)> {
    if low > high {
        return Err(("low", ParameterFault::BoundsReversed { low: low as f64, high: high as f64 }));
    }
    // Integers are also computed with as doubles, which are exact up to 2^53.
    if low < -INT_LIMIT || high > INT_LIMIT {
        return Err((if low < -INT_LIMIT { "low" } else { "high" }, ParameterFault::IntTooWide));
    }
    if step < 1 {
        return Err(("step", ParameterFault::StepNotPositive(step as f64)));
    }
    if scale == Scale::Log && low < 1 {
        return Err(("low", ParameterFault::LogNotPositive(low as f64)));
    }
    Ok(())
}

fn check_values(values: &[Value]) -> Result<(), (&'static str, ParameterFault)> {
    if values.is_empty() {
        return Err(("values", ParameterFault::NoValues));
    }

    if values.len() > MAX_VALUES {
        return Err((
            "values",
            ParameterFault::TooManyValues { found: values.len(), at_most: MAX_VALUES },
        ));
    }

    // By `same_as`, to which 1 and 1.0 are one value; a set would keep both.
    let mut seen: Vec<&Value> = Vec::with_capacity(values.len());
    for value in values {
        check_finite("values", value)?;
        if seen.iter().any(|s| s.same_as(value)) {
            return Err(("values", ParameterFault::RepeatedValue(value.to_string())));
        }
        seen.push(value);
    }

    Ok(())
}

fn check_finite(key: &'static str, value: &Value) -> Result<(), (&'static str, ParameterFault)> {
    match value {
        Value::Float(v) if !v.is_finite() => Err((key, ParameterFault::NotFinite(*v))),
        _ => Ok(()),
    }
}

/// Number of values low, low + step, … in a range of this width; a tiny excess counts as within,
/// since rounding can leave it, and there are at most 2e11 steps.
fn n_steps(width: f64, step: f64) -> u64 {
    let n = width / step;
    cast::floor_u64((n + (1e-9 * n.max(1.0)).min(1e-4)).floor()) + 1
}

/// The value `index` steps above `low`, rounded to 12 digits: 0.15, not 0.15000000000000002. The
/// first is exactly `low`, and none exceeds `high`.
fn stepped(low: f64, high: f64, step: f64, index: u64) -> f64 {
    if index == 0 {
        return low;
    }

    let exact = low + step * index as f64;
    let width = low.abs().max(step * index as f64).max(step);

    // Digits are counted from the largest term, so that −0.3 + 3 · 0.1 is 0 and not 5e-17.
    let unit = libm::pow(10.0, libm::floor(libm::log10(width)) - 12.0);
    let rounded = (exact / unit).round() * unit;
    let short = format!("{rounded:.11e}").parse().unwrap_or(exact);

    // Steps too small to be counted in units of the twelfth digit.
    let short = if short.is_finite() && unit >= f64::MIN_POSITIVE { short } else { exact };
    short.clamp(low, high)
}

/// Steps on a log scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LogSteps {
    /// The first value.
    pub(crate) first: f64,
    /// The last value.
    pub(crate) last: f64,
    /// The distance of neighbouring values.
    pub(crate) step: f64,
    /// The axis begins here, below the first value.
    pub(crate) below: f64,
    /// The axis ends here, above the last value.
    pub(crate) above: f64,
}

/// The ends of a stepped range on a log scale: half a step beyond its values, and above 0.
fn log_edges(low: f64, last: f64, step: f64) -> (f64, f64) {
    ((low - 0.5 * step).max(0.5 * low), last + 0.5 * step)
}

fn blend(low: f64, high: f64, scale: Scale, u: f64) -> f64 {
    if u == 0.0 {
        return low;
    }
    if u == 1.0 {
        return high;
    }
    let v = match scale {
        Scale::Linear => low + (high - low) * u,
        Scale::Log => libm::exp(libm::log(low) * (1.0 - u) + libm::log(high) * u),
    };
    v.clamp(low, high)
}

fn position(low: f64, high: f64, scale: Scale, v: f64) -> f64 {
    if low == high {
        return 0.5;
    }
    let u = match scale {
        Scale::Linear => (v - low) / (high - low),
        Scale::Log => (libm::log(v) - libm::log(low)) / (libm::log(high) - libm::log(low)),
    };
    u.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples() -> Vec<Domain> {
        let texts = |v: &[&str]| v.iter().map(|t| Value::Text((*t).into())).collect::<Vec<_>>();
        vec![
            Domain::Float { low: -2.0, high: 3.0, scale: Scale::Linear, step: None },
            Domain::Float { low: 1e-300, high: 1e300, scale: Scale::Log, step: None },
            Domain::Float { low: 0.0, high: 0.5, scale: Scale::Linear, step: Some(0.05) },
            Domain::Float { low: 0.5, high: 0.5, scale: Scale::Linear, step: None },
            Domain::Int { low: 1, high: 4, scale: Scale::Linear, step: 1 },
            Domain::Int { low: 16, high: 512, scale: Scale::Log, step: 1 },
            Domain::Int { low: 32, high: 1000, scale: Scale::Log, step: 32 },
            Domain::Int { low: 1, high: 1000, scale: Scale::Log, step: 50 },
            Domain::Float { low: 0.05, high: 2.0, scale: Scale::Log, step: Some(0.05) },
            Domain::Float { low: 1e-9, high: 1.0, scale: Scale::Log, step: Some(0.1) },
            Domain::Int { low: -5, high: 9, scale: Scale::Linear, step: 3 },
            Domain::Ordinal([16, 32, 64].map(Value::Int).to_vec()),
            Domain::Categorical(texts(&["sgd", "adam"])),
            Domain::Fixed(Value::Bool(true)),
        ]
    }

    #[test]
    fn values_survive_the_way_to_the_unit_interval_and_back() {
        for domain in examples() {
            assert_eq!(domain.check(), Ok(()));
            for i in 0..=200 {
                let value = domain.value(f64::from(i) / 200.0);
                let unit = domain.unit(&value).unwrap();
                assert!((0.0..=1.0).contains(&unit));
                let again = domain.value(unit);
                if let (Value::Float(a), Value::Float(b)) = (&value, &again) {
                    // Tolerance: exp(ln v) over 600 decades loses about 1400 · 2^-53.
                    assert!((a - b).abs() <= 1e-12 * a.abs(), "{a} {b}");
                } else {
                    assert_eq!(value, again);
                }
                assert_eq!(domain.admit(&value), Some(value));
            }
        }
    }

    #[test]
    fn every_level_is_hit_by_an_equal_share_of_the_unit_interval() {
        let domain = Domain::Int { low: -5, high: 9, scale: Scale::Linear, step: 3 };
        let mut counts = [0; 5];
        for i in 0..1000 {
            counts[domain.level_of(&domain.value((f64::from(i) + 0.5) / 1000.0)).unwrap()
                as usize] += 1;
        }
        assert_eq!(counts, [200; 5]);
    }

    #[test]
    fn stepped_values_are_written_as_a_person_would() {
        let domain = Domain::Float { low: 0.0, high: 0.5, scale: Scale::Linear, step: Some(0.05) };
        let shown: Vec<String> =
            (0..domain.n_levels().unwrap()).map(|i| domain.level(i).to_string()).collect();
        assert_eq!(shown.join(" "), "0 0.05 0.1 0.15 0.2 0.25 0.3 0.35 0.4 0.45 0.5");
        let around_zero =
            Domain::Float { low: -0.3, high: 0.3, scale: Scale::Linear, step: Some(0.1) };
        assert_eq!(around_zero.level(3), Value::Float(0.0));
    }

    #[test]
    fn steps_stay_within_the_range_and_begin_where_it_does() {
        let thirds = (0.333_333_333_333_333_3, 0.666_666_666_666_666_6);
        for (low, high, step) in
            [(thirds.0, thirds.1, thirds.0), (1.0 / 3.0, 1.0, 0.25), (0.0, 1e-311, 1e-312)]
        {
            let domain = Domain::Float { low, high, scale: Scale::Linear, step: Some(step) };
            assert_eq!(domain.check(), Ok(()));
            let levels: Vec<Value> =
                (0..domain.n_levels().unwrap()).map(|index| domain.level(index)).collect();
            assert_eq!(levels[0], Value::Float(low));
            assert!(
                levels.iter().all(|level| (low..=high).contains(&level.as_number().unwrap())),
                "{levels:?}"
            );
            assert!(
                levels
                    .iter()
                    .enumerate()
                    .all(|(i, level)| domain.level_of(level) == Some(i as u64))
            );
        }
    }

    #[test]
    fn the_finest_steps_lead_to_values_that_differ_and_are_found_again() {
        for (low, high) in [(0.0, 9.99), (1e5, 1.000_01e5), (-3.0, 0.1), (0.0, 1e-200)] {
            let step = Some(1.001e-11 * f64::max(low, high).max(-low));
            let domain = Domain::Float { low, high, scale: Scale::Linear, step };
            assert_eq!(domain.check(), Ok(()));
            let last = domain.n_levels().unwrap() - 1;
            assert!(domain.level(last).as_number().unwrap() <= high);
            for index in [0, 1, 2, last / 3, last / 3 + 1, last - 1, last] {
                assert_eq!(
                    domain.level_of(&domain.level(index)),
                    Some(index),
                    "{low} {high} {index}"
                );
            }
        }
    }

    #[test]
    fn wrong_bounds_are_named_by_their_key() {
        let float = |low, high, scale, step| {
            Domain::Float { low, high, scale, step }.check().unwrap_err().0
        };
        assert_eq!(float(1.0, 0.0, Scale::Linear, None), "low");
        assert_eq!(float(0.0, 1.0, Scale::Log, None), "low");
        assert_eq!(float(0.0, f64::INFINITY, Scale::Linear, None), "high");
        assert_eq!(float(-1e308, 1e308, Scale::Linear, None), "high");
        assert_eq!(float(0.0, 1.0, Scale::Linear, Some(0.0)), "step");
        assert_eq!(float(0.0, 1e6, Scale::Linear, Some(1e-9)), "step");
        assert_eq!(Domain::Categorical(vec![]).check().unwrap_err().0, "values");
        assert!(Domain::Ordinal(vec![Value::Int(1), Value::Float(1.0)]).check().is_err());
    }
}
