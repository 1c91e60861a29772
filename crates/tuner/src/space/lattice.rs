//! The points of a space whose parameters all have levels, numbered, so that any one can be
//! computed directly.
//!
//! Points are numbered in the order of the space, the last parameter fastest, and conditional
//! parameters within their parents' levels. With conditions on several parents, several numbers can
//! mean one configuration: the point is the one in which inactive parameters have their first
//! level, and the others are not points.

use super::domain::{Domain, LogSteps, Scale};
use super::numbering::Numbering;
use super::parameter::Parameter;
use super::value::Value;
use super::{Config, Space};
use crate::cast;
use std::collections::{BTreeSet, HashMap};

/// Lattices up to this many numbers are counted exactly.
pub const MAX_COUNTED: u64 = 10_000_000;

/// The numbered points of a space with levels.
#[derive(Clone, Debug)]
pub struct Lattice {
    axes: Vec<Levels>,
    pub(super) numbering: Numbering,
}

/// Levels of an axis up to this number are stored; otherwise each is computed on demand.
const MAX_LISTED: u64 = 10_000;

/// The levels of one axis.
#[derive(Clone, Debug)]
enum Levels {
    /// All of this many values of a domain.
    All(Domain, u64),
    /// The levels in this list.
    Listed(Vec<Value>),
}

impl Levels {
    fn len(&self) -> u64 {
        match self {
            Self::All(_, n) => *n,
            Self::Listed(values) => values.len() as u64,
        }
    }

    /// Returns level `index`, which is below the number of levels.
    fn get(&self, index: u64) -> Value {
        match self {
            Self::All(domain, _) => domain.level(index),
            Self::Listed(values) => values[cast::position(index)].clone(),
        }
    }

    fn contains(&self, value: &Value) -> bool {
        match self {
            Self::All(domain, _) => domain.level_of(value).is_some(),
            Self::Listed(values) => values.iter().any(|level| level.same_as(value)),
        }
    }
}

/// Finds levels by their values.
enum Index<'a> {
    Computed(&'a Domain),
    /// By the bits of a number, or the text.
    Listed(&'a [Value], HashMap<Key<'a>, Vec<u64>>),
}

#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Number(u64),
    Text(&'a str),
    Truth(bool),
}

fn key(value: &Value) -> Key<'_> {
    match value {
        Value::Int(v) => Key::Number((*v as f64).to_bits()),
        // 0 and −0 are the same value.
        Value::Float(v) => Key::Number((*v + 0.0).to_bits()),
        Value::Text(text) => Key::Text(text),
        Value::Bool(truth) => Key::Truth(*truth),
    }
}

impl<'a> Index<'a> {
    fn new(levels: &'a Levels) -> Self {
        match levels {
            Levels::All(domain, _) => Self::Computed(domain),
            Levels::Listed(values) => {
                let mut by_key: HashMap<Key<'a>, Vec<u64>> = HashMap::new();
                (0..)
                    .zip(values)
                    .for_each(|(level, value)| by_key.entry(key(value)).or_default().push(level));
                Self::Listed(values, by_key)
            }
        }
    }

    /// Returns the numbers of the levels that equal `value`.
    fn of(&self, value: &Value) -> Vec<u64> {
        match self {
            Self::Computed(domain) => domain.level_of(value).into_iter().collect(),
            Self::Listed(values, by_key) => {
                let alike = by_key.get(&key(value)).into_iter().flatten().copied();
                alike.filter(|level| values[cast::position(*level)].same_as(value)).collect()
            }
        }
    }
}

impl Lattice {
    /// Takes the levels of a grid: `points` of a range, or all values of a countable parameter.
    ///
    /// # Errors
    /// The name of the first parameter without levels.
    pub fn grid(space: &Space) -> Result<Self, String> {
        Self::new(space, |parameter| match parameter.points {
            Some(points) => Some(Levels::Listed(points_of(&parameter.domain, points))),
            None => all_levels(&parameter.domain),
        })
    }

    /// Takes all values of a finite space.
    ///
    /// # Errors
    /// The name of the first parameter with uncountably many values.
    pub fn exhaustive(space: &Space) -> Result<Self, String> {
        Self::new(space, |parameter| all_levels(&parameter.domain))
    }

    fn new(space: &Space, levels: impl Fn(&Parameter) -> Option<Levels>) -> Result<Self, String> {
        let mut all = Vec::with_capacity(space.axes().len());
        for &position in space.axes() {
            let parameter = &space.parameters()[position];
            all.push(levels(parameter).ok_or_else(|| parameter.name.clone())?);
        }

        let of_axis =
            |position: usize| space.axes().binary_search(&position).map(|axis| &all[axis]);
        let n_levels = |position: usize| of_axis(position).map_or(1, Levels::len);
        let parents: BTreeSet<usize> =
            space.conditions.iter().flatten().map(|(parent, _)| *parent).collect();
        // Values of parents are looked up for each point, so they are indexed once.
        let indices: HashMap<usize, Index<'_>> = parents
            .into_iter()
            .filter_map(|parent| Some((parent, Index::new(of_axis(parent).ok()?))))
            .collect();

        let levels_of = |position: usize, value: &Value| match indices.get(&position) {
            Some(index) => index.of(value),
            None if space.parameters()[position].domain.middle().same_as(value) => vec![0],
            None => Vec::new(),
        };

        let numbering = Numbering::new(&space.order, &space.conditions, n_levels, levels_of);
        Ok(Self { axes: all, numbering })
    }

    /// Returns the count of numbers, not all of which need be points; at most 2^128 − 1.
    pub fn n_raw(&self) -> u128 {
        self.numbering.len()
    }

    /// The number of levels of each axis.
    pub fn sizes(&self) -> Vec<u64> {
        self.axes.iter().map(Levels::len).collect()
    }

    /// Returns the configuration with number `index`; `None` if it repeats another's active values
    /// or breaks a constraint.
    pub fn point(&self, space: &Space, index: u128) -> Option<Config> {
        let digits = self.numbering.levels(index);
        let mut values: Vec<Option<Value>> = vec![None; space.parameters().len()];
        for &position in &space.order {
            let is_active = space.is_active(position, &values);
            match space.axes().binary_search(&position) {
                Ok(axis) if is_active => {
                    values[position] = Some(self.axes[axis].get(digits[position]));
                }
                // An inactive parameter has one number: any other would count a configuration
                // twice.
                Ok(_) if digits[position] != 0 => return None,
                Err(_) if is_active => {
                    values[position] = Some(space.parameters()[position].domain.middle());
                }
                _ => {}
            }
        }

        let config = Config::new(values);
        space.satisfies_constraints(&config).then_some(config)
    }

    /// The number of levels of an axis.
    pub(super) fn n_levels(&self, axis: usize) -> u64 {
        self.axes[axis].len()
    }

    /// A level of an axis.
    pub(super) fn level(&self, axis: usize, level: u64) -> Value {
        self.axes[axis].get(level)
    }

    /// Counts the points, if there are at most [`MAX_COUNTED`] numbers.
    pub fn count(&self, space: &Space) -> Option<u64> {
        let n_raw = self.n_raw();
        if n_raw > u128::from(MAX_COUNTED) {
            return None;
        }
        let all_are_points =
            space.constraints().is_empty() && space.parameters().iter().all(|p| p.when.len() < 2);
        if all_are_points {
            return Some(cast::low_bits(n_raw));
        }
        Some((0..n_raw).filter(|&i| self.point(space, i).is_some()).count() as u64)
    }

    /// Whether a configuration of the space is one of the points.
    pub fn contains(&self, space: &Space, config: &Config) -> bool {
        space.axes().iter().zip(&self.axes).all(|(&position, levels)| {
            config.get(position).is_none_or(|value| levels.contains(value))
        })
    }
}

fn all_levels(domain: &Domain) -> Option<Levels> {
    let n = domain.n_levels()?;
    let listed = || Levels::Listed((0..n).map(|index| domain.level(index)).collect());
    Some(if n <= MAX_LISTED { listed() } else { Levels::All(domain.clone(), n) })
}

/// Levels from end to end, geometric on a log scale, rounded to the domain without repetition.
fn points_of(domain: &Domain, points: u64) -> Vec<Value> {
    let mut levels: Vec<Value> = Vec::with_capacity(cast::position(points));
    for i in 0..points {
        let share = if points == 1 { 0.5 } else { i as f64 / (points - 1) as f64 };
        let value = at_share(domain, share);
        if levels.last() != Some(&value) {
            levels.push(value);
        }
    }
    levels
}

/// Rounds a number as people write it: 0.1 for 0.09999999999999998.
fn to_twelve_digits(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}

fn at_share(domain: &Domain, share: f64) -> Value {
    match domain {
        Domain::Float { low, high, step: None, .. } => match domain.value(share) {
            Value::Float(value) => Value::Float(to_twelve_digits(value).clamp(*low, *high)),
            other => other,
        },
        Domain::Int { low, high, scale: Scale::Log, step: 1 } => {
            let (low, high) = (*low as f64, *high as f64);
            // Rounded from the exact position and not from a cell, so that the ends are included.
            let exact = libm::exp(libm::log(low) * (1.0 - share) + libm::log(high) * share);
            Value::Int(cast::trunc(exact.round().clamp(low, high)))
        }
        _ if domain.log_steps().is_some() => {
            let LogSteps { first, last, step, .. } = domain.log_steps().expect("just seen");
            let exact = libm::exp(libm::log(first) * (1.0 - share) + libm::log(last) * share);
            domain.level(cast::floor_u64(((exact - first) / step).round().max(0.0)))
        }
        _ => {
            let last = domain.n_levels().expect("all other domains have levels") - 1;
            domain.level(cast::floor_u64((share * last as f64).round()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parameter::Condition;
    use super::*;
    use std::collections::HashSet;

    fn int(name: &str, high: i64) -> Parameter {
        Parameter::new(name, Domain::Int { low: 1, high, scale: Scale::Linear, step: 1 })
    }

    fn conditional_space() -> Space {
        let mut b = int("b", 3);
        b.when = vec![Condition { parent: "c".into(), values: vec![Value::Int(1)] }];
        Space::new(vec![int("a", 4), b, int("c", 2)], &[("a + c <= 5".into(), String::new())])
            .unwrap()
    }

    #[test]
    fn each_active_configuration_is_one_point() {
        let space = conditional_space();
        let lattice = Lattice::exhaustive(&space).unwrap();
        let points: Vec<Config> =
            (0..lattice.n_raw()).filter_map(|i| lattice.point(&space, i)).collect();
        // c = 1: 4 · 3 points; c = 2: 4 points, minus a = 4, which breaks the constraint.
        assert_eq!(points.len(), 12 + 3);
        assert_eq!(points.iter().collect::<HashSet<_>>().len(), points.len());
        assert_eq!(lattice.count(&space), Some(15));
        assert!(points.iter().all(|p| space.check(p).is_ok() && lattice.contains(&space, p)));
    }

    /// A list of `n` values, conditional on the parents' values.
    fn under(name: &str, n: i64, parents: &[(&str, &[i64])]) -> Parameter {
        let mut parameter = int(name, n);
        let condition = |(parent, values): &(&str, &[i64])| Condition {
            parent: (*parent).to_owned(),
            values: values.iter().map(|v| Value::Int(*v)).collect(),
        };
        parameter.when = parents.iter().map(condition).collect();
        parameter
    }

    #[test]
    fn branches_are_added_not_multiplied() {
        let mut parameters = vec![int("branch", 3)];
        for branch in 1..=3 {
            parameters.extend(
                (0..4).map(|i| under(&format!("p{branch}{i}"), 8, &[("branch", &[branch])])),
            );
        }
        let space = Space::new(parameters, &[]).unwrap();
        let lattice = Lattice::grid(&space).unwrap();
        assert_eq!(
            (lattice.n_raw(), lattice.count(&space)),
            (3 * 8u128.pow(4), Some(3 * 8u64.pow(4)))
        );
        let points: HashSet<Config> =
            (0..lattice.n_raw()).filter_map(|i| lattice.point(&space, i)).collect();
        assert_eq!(points.len(), 3 * 8usize.pow(4));
    }

    #[test]
    fn every_configuration_under_conditions_on_conditions_has_a_number() {
        // d depends on b, e on both c and a, f on a value that a level of b never has.
        let parameters = vec![
            under("d", 2, &[("b", &[2, 3])]),
            int("a", 3),
            under("b", 4, &[("a", &[1, 3])]),
            under("e", 3, &[("c", &[2]), ("a", &[1, 2])]),
            int("c", 2),
            under("f", 2, &[("b", &[1]), ("c", &[1])]),
        ];
        let space = Space::new(parameters, &[]).unwrap();
        let lattice = Lattice::exhaustive(&space).unwrap();
        let points: Vec<Config> =
            (0..lattice.n_raw()).filter_map(|i| lattice.point(&space, i)).collect();
        let mut all = HashSet::new();
        for code in 0..4u32.pow(6) {
            let digit = |k: u32| f64::from(code / 4u32.pow(k) % 4) / 4.0 + 0.1;
            all.insert(space.draw(&(0..6).map(digit).collect::<Vec<f64>>()));
        }
        assert_eq!(points.iter().cloned().collect::<HashSet<_>>(), all);
        assert_eq!(points.len(), all.len(), "each once");
        assert!(points.iter().all(|point| space.check(point).is_ok()));
    }

    #[test]
    fn conditions_on_a_parameter_of_very_many_levels_are_numbered_by_runs() {
        let space =
            Space::new(vec![int("a", 1 << 53), under("b", 5, &[("a", &[7, 8, 1 << 53])])], &[])
                .unwrap();
        let lattice = Lattice::grid(&space).unwrap();
        assert_eq!(lattice.n_raw(), (1 << 53) - 3 + 15);
        let at =
            |number| lattice.point(&space, number).map(|p| (p.get(0).cloned(), p.get(1).cloned()));
        let pair = |a, b: Option<i64>| Some((Some(Value::Int(a)), b.map(Value::Int)));
        assert_eq!(at(5), pair(6, None));
        assert_eq!(at(6), pair(7, Some(1)));
        assert_eq!(at(15), pair(8, Some(5)));
        assert_eq!(at(16), pair(9, None));
        assert_eq!(at(lattice.n_raw() - 1), pair(1 << 53, Some(5)));
    }

    #[test]
    fn the_last_parameter_runs_fastest() {
        let space = Space::new(vec![int("a", 2), int("b", 3)], &[]).unwrap();
        let lattice = Lattice::grid(&space).unwrap();
        let shown: Vec<String> = (0..6)
            .map(|i| {
                let point = lattice.point(&space, i).unwrap();
                format!("{}{}", point.get(0).unwrap(), point.get(1).unwrap())
            })
            .collect();
        assert_eq!(shown.join(" "), "11 12 13 21 22 23");
    }

    #[test]
    fn an_axis_of_very_many_levels_is_not_listed() {
        let step = Domain::Float { low: 0.0, high: 5.0, scale: Scale::Linear, step: Some(1e-9) };
        let space = Space::new(vec![int("a", 1 << 53), Parameter::new("b", step)], &[]).unwrap();
        let lattice = Lattice::grid(&space).unwrap();
        assert_eq!(lattice.n_raw(), (1 << 53) * 5_000_000_001);
        let point = lattice.point(&space, lattice.n_raw() - 2).unwrap();
        assert_eq!(
            (point.get(0), point.get(1)),
            (Some(&Value::Int(1 << 53)), Some(&Value::Float(4.999_999_999)))
        );
        assert!(lattice.contains(&space, &point) && lattice.count(&space).is_none());
    }

    #[test]
    fn points_run_from_end_to_end() {
        let log = Domain::Float { low: 1e-4, high: 1.0, scale: Scale::Log, step: None };
        assert_eq!(points_of(&log, 5), [1e-4, 1e-3, 1e-2, 0.1, 1.0].map(Value::Float).to_vec());
        let int = Domain::Int { low: 1, high: 3, scale: Scale::Linear, step: 1 };
        assert_eq!(points_of(&int, 10), [1, 2, 3].map(Value::Int).to_vec());
        let log_int = Domain::Int { low: 16, high: 256, scale: Scale::Log, step: 1 };
        assert_eq!(points_of(&log_int, 5), [16, 32, 64, 128, 256].map(Value::Int).to_vec());
        // 32 · 2 and 32 · 4 to multiples of 32: of the exact points 32, 80.6, 203.2 and 512.
        let multiples = Domain::Int { low: 32, high: 512, scale: Scale::Log, step: 32 };
        assert_eq!(points_of(&multiples, 4), [32, 96, 192, 512].map(Value::Int).to_vec());
    }

    #[test]
    fn a_parameter_without_levels_is_named() {
        let continuous = Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: None };
        let space = Space::new(vec![int("a", 2), Parameter::new("rate", continuous)], &[]).unwrap();
        assert_eq!(Lattice::grid(&space).unwrap_err(), "rate");
    }
}
