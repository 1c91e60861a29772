//! The surrogate's coordinates: the space's own encoding, stretched so that each parameter's first
//! and last value lie at 0 and 1, and snapped to possible values.
//!
//! The surrogate never sees a number between two values of an integer or a list (Garrido-Merchán
//! and Hernández-Lobato 2020), so it never predicts a change of the loss within one value.

use crate::space::{Config, Domain, Point, Scale, Space, Value};

/// A numeric axis with at most this many values is searched value by value, not by its gradient.
const FEW: u64 = 20;

/// The stretched coordinates of a space.
#[derive(Clone, Debug)]
pub(crate) struct Axes<'a> {
    space: &'a Space,
    list: Vec<Axis>,
    /// Whether each coordinate can be snapped independently of the others.
    is_plain: bool,
}

/// One searched parameter.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    /// The encoder's coordinates of the first value, and of the last one relative to it.
    low: f64,
    width: f64,
    grain: Grain,
    /// Whether the parameter's values have no order.
    pub(crate) is_categorical: bool,
    /// Whether the parameter can be inactive.
    pub(crate) is_conditional: bool,
    /// The kind of parameter.
    pub(crate) kind: AxisKind,
}

/// Kinds of parameters by how a loss usually depends on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AxisKind {
    /// Values without an order.
    Category,
    /// A range of numbers.
    Linear,
    /// A range of numbers on a logarithmic scale.
    Log,
    /// Integers, or a list in order.
    Integer,
    /// Integers on a logarithmic scale.
    LogInteger,
    /// Numbers that may be inactive.
    Conditional,
    /// Such numbers on a logarithmic scale.
    ConditionalLog,
}

impl AxisKind {
    fn new(domain: &Domain, is_conditional: bool) -> Self {
        let is_log = matches!(
            domain,
            Domain::Float { scale: Scale::Log, .. } | Domain::Int { scale: Scale::Log, .. }
        );
        match domain {
            Domain::Categorical(_) => Self::Category,
            _ if is_conditional && is_log => Self::ConditionalLog,
            _ if is_conditional => Self::Conditional,
            Domain::Float { .. } if is_log => Self::Log,
            Domain::Float { .. } => Self::Linear,
            _ if is_log => Self::LogInteger,
            Domain::Int { .. } | Domain::Ordinal(_) | Domain::Fixed(_) => Self::Integer,
        }
    }

    /// The name in files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Linear => "linear",
            Self::Log => "log",
            Self::Integer => "integer",
            Self::LogInteger => "log-integer",
            Self::Conditional => "conditional",
            Self::ConditionalLog => "conditional-log",
        }
    }
}

/// The coordinates of an axis that belong to values.
#[derive(Clone, Debug)]
enum Grain {
    /// Every number is a value.
    Fine,
    /// Equally spaced values, at least 2.
    Even(u64),
    /// Integers on a log scale, at the coordinates of this domain.
    Whole(Domain),
    /// A list, ascending.
    Listed(Vec<f64>),
}

impl<'a> Axes<'a> {
    /// Builds the axes of the searched parameters of `space`.
    pub(crate) fn new(space: &'a Space) -> Self {
        let is_conditional = |position: usize| !space.parameters()[position].when.is_empty();
        let list: Vec<Axis> = space
            .axes()
            .iter()
            .map(|&position| {
                Axis::new(&space.parameters()[position].domain, is_conditional(position))
            })
            .collect();
        let is_plain =
            space.constraints().is_empty() && !list.iter().any(|axis| axis.is_conditional);
        Self { space, list, is_plain }
    }

    /// The axes in the order of the space.
    pub(crate) fn axes(&self) -> &[Axis] {
        &self.list
    }

    /// The number of axes.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether every configuration is admissible.
    pub(crate) fn is_unconstrained(&self) -> bool {
        self.space.constraints().is_empty()
    }

    /// Returns the point of a configuration of the space; inactive axes have ½.
    pub(crate) fn place(&self, config: &Config) -> Point {
        let mut point = self.space.encode(config);
        for ((u, axis), active) in point.coordinates.iter_mut().zip(&self.list).zip(&point.active) {
            *u = if *active { axis.stretched(*u) } else { 0.5 };
        }
        point
    }

    /// The number of the axis of a searched parameter.
    pub(crate) fn axis_named(&self, name: &str) -> Option<usize> {
        self.space
            .axes()
            .iter()
            .position(|&position| self.space.parameters()[position].name == name)
    }

    /// Returns the value of an axis at a coordinate in [0, 1].
    pub(crate) fn value(&self, axis: usize, x: f64) -> Value {
        let (layout, position) = (&self.list[axis], self.space.axes()[axis]);
        self.space.parameters()[position].domain.value(layout.low + x * layout.width)
    }

    /// Returns the coordinate of a value of an axis; `None` if it is outside.
    pub(crate) fn coordinate(&self, axis: usize, value: &Value) -> Option<f64> {
        coordinate(&self.space.parameters()[self.space.axes()[axis]].domain, value)
    }

    /// Returns the configuration at coordinates in [0, 1].
    pub(crate) fn config(&self, coordinates: &[f64]) -> Config {
        let raw: Vec<f64> =
            coordinates.iter().zip(&self.list).map(|(x, axis)| axis.low + x * axis.width).collect();
        self.space.decode(&raw)
    }

    /// The largest coordinate difference; different categories, and an axis active in only one of
    /// the points, count as 1.
    pub(crate) fn distance(&self, a: &Point, b: &Point) -> f64 {
        let mut largest: f64 = 0.0;
        for (index, axis) in self.list.iter().enumerate() {
            let difference = match (a.active[index], b.active[index]) {
                (false, false) => 0.0,
                (true, true)
                    if axis.is_categorical && a.coordinates[index] == b.coordinates[index] =>
                {
                    0.0
                }
                (true, true) if !axis.is_categorical => {
                    (a.coordinates[index] - b.coordinates[index]).abs()
                }
                // Different categories, or active in only one of them: as far apart as possible.
                _ => 1.0,
            };
            largest = largest.max(difference);
        }

        largest
    }

    /// Moves coordinates to those of the nearest configuration; returns `None` if that breaks a
    /// constraint.
    pub(crate) fn snapped(&self, mut coordinates: Vec<f64>) -> Option<Point> {
        if self.is_plain {
            coordinates.iter_mut().zip(&self.list).for_each(|(x, axis)| *x = axis.snapped(*x));
            return Some(Point { active: vec![true; coordinates.len()], coordinates });
        }
        let config = self.config(&coordinates);
        self.space.satisfies_constraints(&config).then(|| self.place(&config))
    }
}

/// Returns the coordinate of a value of `domain`; `None` if it is outside.
pub(crate) fn coordinate(domain: &Domain, value: &Value) -> Option<f64> {
    domain.unit(value).map(|unit| Axis::new(domain, false).stretched(unit))
}

impl Axis {
    fn new(domain: &Domain, is_conditional: bool) -> Self {
        let n = domain.n_levels();
        let unit =
            |index: u64| domain.unit(&domain.level(index)).expect("a level is in its domain");
        let (low, high) = n.map_or((0.0, 1.0), |n| (unit(0), unit(n - 1)));
        let is_categorical = matches!(domain, Domain::Categorical(_));
        let kind = AxisKind::new(domain, is_conditional);
        let (width, grain) = (high - low, Grain::Fine);
        let mut axis = Self { low, width, grain, is_categorical, is_conditional, kind };

        axis.grain = match (n, domain) {
            (None, _) => Grain::Fine,
            (Some(n), _) if n < FEW || is_categorical => {
                Grain::Listed((0..n).map(|index| axis.stretched(unit(index))).collect())
            }
            (Some(_), domain) if domain.log_steps().is_some() => Grain::Whole(domain.clone()),
            (Some(n), _) => Grain::Even(n),
        };

        axis
    }

    /// Returns the coordinates of all values, if they are few or without order.
    pub(crate) fn listed(&self) -> Option<&[f64]> {
        match &self.grain {
            Grain::Listed(coordinates) => Some(coordinates),
            _ => None,
        }
    }

    /// Returns the coordinate of the value nearest to `x`.
    pub(crate) fn snapped(&self, x: f64) -> f64 {
        let x = x.clamp(0.0, 1.0);
        match &self.grain {
            Grain::Fine => x,
            Grain::Even(n) => (x * (n - 1) as f64).round() / (n - 1) as f64,
            // Values on a log scale are not evenly spaced, so the domain itself rounds.
            Grain::Whole(domain) => {
                let value = domain.value(self.low + x * self.width);
                domain.unit(&value).map_or(x, |unit| self.stretched(unit))
            }
            Grain::Listed(coordinates) => {
                let distance = |c: &f64| (c - x).abs();
                let nearest = coordinates.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
                nearest.copied().unwrap_or(x)
            }
        }
    }

    fn stretched(&self, unit: f64) -> f64 {
        if self.width > 0.0 { ((unit - self.low) / self.width).clamp(0.0, 1.0) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::Parameter;
    use crate::space::Scale;
    use crate::space::tests::mixed_space;
    use proptest::prelude::*;

    #[test]
    fn first_and_last_values_lie_at_the_ends() {
        let domains = [
            Domain::Int { low: 1, high: 5, scale: Scale::Linear, step: 1 },
            Domain::Int { low: 16, high: 512, scale: Scale::Log, step: 1 },
            Domain::Int { low: 0, high: 1000, scale: Scale::Linear, step: 1 },
            Domain::Ordinal([16, 32, 64].map(Value::Int).to_vec()),
            Domain::Float { low: 0.0, high: 1.0, scale: Scale::Linear, step: Some(0.01) },
            Domain::Float { low: 0.01, high: 1.0, scale: Scale::Log, step: Some(0.01) },
            Domain::Int { low: 32, high: 5000, scale: Scale::Log, step: 32 },
        ];
        for domain in domains {
            let last = domain.n_levels().unwrap() - 1;
            let ends = [domain.level(0), domain.level(last)];
            let space = Space::new(vec![Parameter::new("a", domain)], &[]).unwrap();
            let axes = Axes::new(&space);
            for (value, end) in ends.into_iter().zip([0.0, 1.0]) {
                let config = Config::new(vec![Some(value)]);
                assert_eq!(axes.place(&config).coordinates, [end]);
                assert_eq!(axes.config(&[end]), config);
            }
        }
    }

    proptest! {
        #[test]
        fn snapped_coordinates_are_those_of_the_configuration_there(point in prop::collection::vec(0.0f64..=1.0, 7)) {
            let space = mixed_space();
            let axes = Axes::new(&space);
            if let Some(snapped) = axes.snapped(point.clone()) {
                let config = axes.config(&snapped.coordinates);
                prop_assert!(space.check(&config).is_ok());
                // Tolerance: one rounding of ln and exp each way on the continuous log axis.
                let again = axes.place(&config);
                prop_assert_eq!(&again.active, &snapped.active);
                for (a, b) in again.coordinates.iter().zip(&snapped.coordinates) {
                    prop_assert!((a - b).abs() < 1e-12);
                }
            }
            for (x, axis) in point.into_iter().zip(axes.axes()) {
                let once = axis.snapped(x);
                prop_assert!((axis.snapped(once) - once).abs() < 1e-12);
            }
        }
    }
}
