//! The learned prior mean in the surrogate's coordinates: a polynomial evaluated as a tree.
//!
//! Each axis has a table of its variables, with linear interpolation between rows. Terms that
//! depend on one axis alone are added up in the tables beforehand. The other terms form a tree
//! (Horner's scheme in several variables), in which the terms of a variable that is 0, such as that
//! of a category not chosen, are skipped at once.

use crate::cast;
use crate::prior::prior_mean::{PriorMean, Term};
use crate::space::Point;
use crate::space::axes::Axes;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Number of steps in the table of an axis whose values are not listed.
const STEPS: usize = 64;

/// Number of points evaluated side by side.
const LANES: usize = 8;

/// A polynomial over the axes of a space.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Polynomial {
    constant: f64,
    tables: Vec<Table>,
    nodes: Vec<Node>,
    /// Variables and coefficients, node by node.
    leaves: Vec<(usize, f64)>,
    /// The number of variables in nodes.
    n_variables: usize,
}

/// The variables of one axis.
#[derive(Clone, Debug, PartialEq)]
struct Table {
    axis: usize,
    places: Places,
    /// Variable numbers of the columns; the last column is the sum of all terms of this axis alone.
    variables: Vec<usize>,
    /// One row per coordinate.
    rows: Vec<f64>,
    /// The row for an inactive parameter.
    absent: Vec<f64>,
}

/// The coordinates of a table's rows.
#[derive(Clone, Debug, PartialEq)]
enum Places {
    /// At the ends and [`STEPS`] − 1 evenly between them.
    Even,
    /// At listed coordinates, ascending, at least one.
    Listed(Vec<f64>),
}

/// A variable that multiplies its parent's product.
#[derive(Clone, Debug, PartialEq)]
struct Node {
    variable: usize,
    /// 0 if the parent's product is 1; else the parent's number plus 1.
    parent: usize,
    coefficient: f64,
    /// The first node that is not below this one.
    end: usize,
    /// The children of this node that have no children.
    leaves: Range<usize>,
}

/// Memory for evaluations of `N` points side by side.
#[derive(Clone, Debug)]
struct Memory<const N: usize> {
    variables: Vec<[f64; N]>,
    products: Vec<[f64; N]>,
}

/// An evaluation with slopes, and its memory.
#[derive(Clone, Debug)]
pub(crate) struct Slopes {
    memory: Memory<1>,
    sums: Vec<f64>,
    by_variable: Vec<f64>,
    /// Derivatives by the coordinate of each table's axis.
    by_table: Vec<f64>,
}

impl Polynomial {
    /// Maps a prior mean to the axes; terms of parameters that are not searched are 0. Values are
    /// relative to that of the reference, if one is known.
    pub(crate) fn new(axes: &Axes<'_>, prior_mean: &PriorMean) -> Self {
        let axis_of: Vec<Option<usize>> = prior_mean
            .variables
            .iter()
            .map(|variable| axes.axis_named(&variable.parameter))
            .collect();

        let mut alone: BTreeMap<usize, Vec<&Term>> = BTreeMap::new();
        let mut joint: BTreeMap<Vec<usize>, f64> = BTreeMap::new();
        let mut constant = prior_mean.scale.reference.map_or(0.0, |(_, value)| -value);

        for term in &prior_mean.terms {
            let Some(on) = term.factors.iter().map(|&f| axis_of[f]).collect::<Option<Vec<usize>>>()
            else {
                continue;
            };
            // A term on one axis alone is tabulated; only products across axes go into the tree.
            match on.first() {
                None => constant += term.coefficient,
                Some(first) if on.iter().all(|axis| axis == first) => {
                    alone.entry(*first).or_default().push(term);
                }
                Some(_) => {
                    *joint.entry(steps_first(&term.factors, prior_mean)).or_default() +=
                        term.coefficient;
                }
            }
        }

        let used = |variable: usize| joint.keys().any(|factors| factors.contains(&variable));
        let tables = (0..axes.len())
            .filter(|axis| axis_of.contains(&Some(*axis)))
            .map(|axis| {
                let variables =
                    (0..axis_of.len()).filter(|&v| axis_of[v] == Some(axis) && used(v)).collect();
                Table::new(
                    axes,
                    axis,
                    variables,
                    prior_mean,
                    alone.get(&axis).map_or(&[], Vec::as_slice),
                )
            })
            .collect();

        let (nodes, leaves) = tree(&joint);
        Self { constant, tables, nodes, leaves, n_variables: prior_mean.variables.len() }
    }

    /// Returns the values at points.
    pub(crate) fn values(&self, points: &[&Point]) -> Vec<f64> {
        let mut memory = self.memory::<LANES>();
        let mut values = Vec::with_capacity(points.len());
        for block in points.chunks(LANES) {
            // The last block repeats its last point, so that all lanes are always filled.
            let filled = std::array::from_fn(|lane| block[lane.min(block.len() - 1)]);
            values.extend_from_slice(&self.side_by_side(filled, &mut memory)[..block.len()]);
        }
        values
    }

    fn side_by_side<const N: usize>(
        &self,
        points: [&Point; N],
        memory: &mut Memory<N>,
    ) -> [f64; N] {
        let Memory { variables, products } = memory;
        let mut sums = [self.constant; N];
        for (lane, point) in points.iter().enumerate() {
            for table in &self.tables {
                let (row, next, share, _) = table.find(point);
                let between = |column: usize| row[column] + share * (next[column] - row[column]);
                for (column, &variable) in table.variables.iter().enumerate() {
                    variables[variable][lane] = between(column);
                }
                sums[lane] += between(table.variables.len());
            }
        }

        let mut number = 0;
        while let Some(node) = self.nodes.get(number) {
            let mut below = [node.coefficient; N];
            for (variable, coefficient) in &self.leaves[node.leaves.clone()] {
                let values = &variables[*variable];
                (0..N).for_each(|lane| below[lane] += coefficient * values[lane]);
            }
            let (above, values) = (&products[node.parent], &variables[node.variable]);
            let product: [f64; N] = std::array::from_fn(|lane| above[lane] * values[lane]);
            (0..N).for_each(|lane| sums[lane] += product[lane] * below[lane]);
            products[number + 1] = product;
            // Where a factor is 0 in all lanes, the products below the node are 0, too: they are
            // skipped.
            number = if product == [0.0; N] { node.end } else { number + 1 };
        }

        sums
    }

    fn memory<const N: usize>(&self) -> Memory<N> {
        Memory {
            variables: vec![[0.0; N]; self.n_variables],
            products: vec![[1.0; N]; self.nodes.len() + 1],
        }
    }

    /// Prepares evaluations with slopes.
    pub(crate) fn slopes(&self) -> Slopes {
        Slopes {
            memory: self.memory(),
            sums: vec![0.0; self.nodes.len() + 1],
            by_variable: vec![0.0; self.n_variables],
            by_table: vec![0.0; self.tables.len()],
        }
    }

    /// Returns the value at a point, and keeps the slopes there.
    pub(crate) fn differentiate(&self, point: &Point, slopes: &mut Slopes) -> f64 {
        let Slopes { memory, sums, by_variable, by_table } = slopes;
        let [value] = self.side_by_side([point], memory);
        let Memory { variables, products } = memory;

        // From the leaves: each node's coefficient and the sums below it; then from the root:
        // products of what is above.
        by_variable.fill(0.0);
        sums.fill(0.0);

        for (number, node) in self.nodes.iter().enumerate().rev() {
            let leaves = &self.leaves[node.leaves.clone()];
            let below: f64 = leaves
                .iter()
                .map(|(variable, coefficient)| coefficient * variables[*variable][0])
                .sum();
            sums[number + 1] += node.coefficient + below;
            sums[node.parent] += variables[node.variable][0] * sums[number + 1];
        }

        for (number, node) in self.nodes.iter().enumerate() {
            let above = products[node.parent][0];
            by_variable[node.variable] += above * sums[number + 1];
            products[number + 1][0] = above * variables[node.variable][0];
            for (variable, coefficient) in &self.leaves[node.leaves.clone()] {
                by_variable[*variable] += products[number + 1][0] * coefficient;
            }
        }

        for (by, table) in by_table.iter_mut().zip(&self.tables) {
            let (row, next, _, step) = table.find(point);
            let slope = |column: usize| {
                if step > 0.0 { (next[column] - row[column]) / step } else { 0.0 }
            };
            let joint: f64 = table
                .variables
                .iter()
                .enumerate()
                .map(|(column, &v)| by_variable[v] * slope(column))
                .sum();
            *by = joint + slope(table.variables.len());
        }

        value
    }

    /// Adds `weight` times the derivatives at the point of the last evaluation, with respect to the
    /// coordinates, to `gradient`.
    pub(crate) fn add_slopes(&self, slopes: &Slopes, weight: f64, gradient: &mut [f64]) {
        for (table, by) in self.tables.iter().zip(&slopes.by_table) {
            gradient[table.axis] += weight * by;
        }
    }
}

impl Table {
    fn new(
        axes: &Axes<'_>,
        axis: usize,
        variables: Vec<usize>,
        prior_mean: &PriorMean,
        alone: &[&Term],
    ) -> Self {
        let mut listed = axes.axes()[axis].listed().map(<[f64]>::to_vec);
        if let Some(places) = &mut listed {
            places.sort_by(f64::total_cmp);
        }

        let places = listed.map_or(Places::Even, Places::Listed);
        let needed: BTreeSet<usize> = variables
            .iter()
            .copied()
            .chain(alone.iter().flat_map(|term| term.factors.iter().copied()))
            .collect();

        let mut values = vec![0.0; prior_mean.variables.len()];
        let mut row = |at: &dyn Fn(usize) -> f64| {
            for &variable in &needed {
                values[variable] = at(variable);
            }
            let product = |term: &&Term| {
                term.coefficient * term.factors.iter().map(|&f| values[f]).product::<f64>()
            };
            let alone = alone.iter().map(product).sum::<f64>();
            variables.iter().map(|&variable| values[variable]).chain([alone]).collect::<Vec<f64>>()
        };

        let mut at_place = |place: f64| {
            let value = axes.value(axis, place);
            row(&|variable| prior_mean.variables[variable].curve.at(&value))
        };

        let rows = match &places {
            Places::Even => (0..=STEPS).flat_map(|i| at_place(i as f64 / STEPS as f64)).collect(),
            Places::Listed(places) => places.iter().flat_map(|place| at_place(*place)).collect(),
        };

        let absent = row(&|variable| prior_mean.variables[variable].absent);
        Self { axis, places, variables, rows, absent }
    }

    /// Returns the rows around a point, its position between them, and their distance.
    #[inline]
    fn find(&self, point: &Point) -> (&[f64], &[f64], f64, f64) {
        // An inactive parameter has one value everywhere, and no slope.
        if !point.active[self.axis] {
            return (&self.absent, &self.absent, 0.0, 0.0);
        }

        let x = point.coordinates[self.axis];
        let (index, share, step) = match &self.places {
            Places::Even => {
                let steps = x * STEPS as f64;
                let index = cast::floor(steps).min(STEPS - 1);
                (index, (steps - index as f64).clamp(0.0, 1.0), 1.0 / STEPS as f64)
            }
            Places::Listed(places) if places.len() == 1 => (0, 0.0, 0.0),
            Places::Listed(places) => {
                let index =
                    places.partition_point(|place| *place <= x).clamp(1, places.len() - 1) - 1;
                let step = places[index + 1] - places[index];
                (index, ((x - places[index]) / step).clamp(0.0, 1.0), step)
            }
        };

        let width = self.variables.len() + 1;
        let row = &self.rows[index * width..];
        (
            &row[..width],
            if step > 0.0 { &row[width..2 * width] } else { &row[..width] },
            share,
            step,
        )
    }
}

/// Sorts the factors of a term, those that are often 0 first.
fn steps_first(factors: &[usize], prior_mean: &PriorMean) -> Vec<usize> {
    let is_ramp = |f: &usize| {
        matches!(prior_mean.variables[*f].curve, crate::prior::prior_mean::Curve::Ramp { .. })
    };
    let mut factors = factors.to_vec();
    factors.sort_by_key(|f| (is_ramp(f), *f));
    factors
}

/// Arranges terms with sorted factors, at least two, as a tree, parents before children; nodes
/// without children are leaves.
fn tree(terms: &BTreeMap<Vec<usize>, f64>) -> (Vec<Node>, Vec<(usize, f64)>) {
    let mut inner: BTreeMap<&[usize], f64> = BTreeMap::new();
    // A prefix that is not a term itself needs a node, too, with a coefficient of 0.
    for factors in terms.keys() {
        for n in 1..factors.len() {
            inner.insert(&factors[..n], terms.get(&factors[..n]).copied().unwrap_or(0.0));
        }
    }

    let paths: Vec<&[usize]> = inner.keys().copied().collect();
    let (mut nodes, mut leaves) = (Vec::with_capacity(paths.len()), Vec::new());
    for (number, (&path, &coefficient)) in inner.iter().enumerate() {
        let (variable, above) = path.split_last().expect("a path has a variable");
        let parent = paths.binary_search(&above).map_or(0, |parent| parent + 1);
        let end =
            number + paths[number..].iter().take_while(|other| other.starts_with(path)).count();
        let begin = leaves.len();
        // Terms are sorted, so those that begin with the path stand together.
        let below =
            terms.range(path.to_vec()..).take_while(|(factors, _)| factors.starts_with(path));
        leaves.extend(below.filter_map(|(factors, coefficient)| {
            let is_leaf =
                factors.len() == path.len() + 1 && !inner.contains_key(factors.as_slice());
            is_leaf.then(|| (factors[path.len()], *coefficient))
        }));
        nodes.push(Node {
            variable: *variable,
            parent,
            coefficient,
            end,
            leaves: begin..leaves.len(),
        });
    }

    (nodes, leaves)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::prior::prior_mean::{Curve, LossScale, Noise, RampScale, Variable};
    use crate::space::tests::mixed_space;
    use crate::space::{Space, Value};

    fn variable(parameter: &str, curve: Curve) -> Variable {
        Variable { parameter: parameter.into(), curve, absent: 0.0 }
    }

    fn ramp(scale: RampScale, low: f64, high: f64) -> Curve {
        Curve::Ramp { scale, low, high }
    }

    /// For the mixed space: learning rate, momentum, sgd, depth at least 2, batch size, and one
    /// that is not searched.
    pub(crate) fn prior_mean() -> PriorMean {
        let deep =
            (1..=4).map(|depth| (Value::Int(depth), if depth > 1 { 1.0 } else { 0.0 })).collect();
        let variables = vec![
            variable("learning_rate", ramp(RampScale::Log, 1e-5, 1.0)),
            variable("momentum", ramp(RampScale::LogOfRest, 0.0, 0.99)),
            variable("optimizer", Curve::Listed(vec![(Value::Text("sgd".into()), 1.0)])),
            variable("depth", Curve::Listed(deep)),
            variable("batch_size", ramp(RampScale::Log, 4.0, 256.0)),
            variable("epochs", ramp(RampScale::Log, 4.0, 256.0)),
        ];
        let term = |coefficient, factors: &[usize]| Term { coefficient, factors: factors.to_vec() };
        let terms = vec![
            term(-0.3, &[]),
            term(0.4, &[0]),
            term(0.9, &[0, 0]),
            term(-0.2, &[3, 3]),
            term(0.7, &[0, 1, 2]),
            term(-0.5, &[0, 2]),
            term(0.3, &[0, 0, 4]),
            term(0.25, &[4, 3]),
            term(5.0, &[5, 0]),
        ];
        PriorMean {
            variables,
            terms,
            scale: LossScale {
                spread: 0.5,
                spread_sd: 1.0,
                noise: Noise { mean: -3.0, sd: 2.0 },
                residual: 0.4,
                reference: None,
            },
            length: 0.2,
        }
    }

    fn places(axes: &Axes<'_>) -> Vec<Point> {
        let place = |i: u32| {
            (0..7u32).map(|j| f64::from((i * 37 + j * 61) % 97) / 97.0).collect::<Vec<f64>>()
        };
        (0..40).filter_map(|i| axes.snapped(place(i))).collect()
    }

    fn directly(space: &Space, axes: &Axes<'_>, point: &Point) -> f64 {
        let (config, prior_mean) = (axes.config(&point.coordinates), prior_mean());
        let at = |variable: &Variable| {
            let position = space
                .position(&variable.parameter)
                .filter(|p| space.parameters()[*p].is_searched())?;
            config.get(position).map(|value| variable.curve.at(value))
        };
        let values: Vec<f64> = prior_mean.variables.iter().map(|v| at(v).unwrap_or(0.0)).collect();
        prior_mean
            .terms
            .iter()
            .map(|t| t.coefficient * t.factors.iter().map(|&f| values[f]).product::<f64>())
            .sum()
    }

    #[test]
    fn the_tree_is_the_polynomial() {
        let space = mixed_space();
        let axes = Axes::new(&space);
        let expectation = Polynomial::new(&axes, &prior_mean());
        let points = places(&axes);
        let values = expectation.values(&points.iter().collect::<Vec<_>>());
        assert_eq!(values.len(), points.len());
        for (point, tree) in points.iter().zip(values) {
            let plain = directly(&space, &axes, point);
            // Tolerance: the curve of momentum between the rows of its table, 1/64 apart.
            let bent = point.active[0] && point.coordinates[0] > 0.9;
            assert!(
                (tree - plain).abs() < if bent { 0.1 } else { 3e-3 },
                "{tree} {plain} {point:?}"
            );
        }
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        let space = mixed_space();
        let axes = Axes::new(&space);
        let expectation = Polynomial::new(&axes, &prior_mean());
        let mut memory = expectation.slopes();
        for point in places(&axes) {
            let mut slopes = [0.0; 7];
            let value = expectation.differentiate(&point, &mut memory);
            assert_eq!(expectation.values(&[&point]), [value]);
            expectation.add_slopes(&memory, 2.0, &mut slopes);
            for axis in [0, 1, 4] {
                let at = |h: f64| {
                    let mut moved = point.clone();
                    moved.coordinates[axis] += h;
                    expectation.values(&[&moved])[0]
                };
                // The table is linear on both sides of a point that is not one of its rows.
                let difference = (at(1e-7) - at(-1e-7)) / 1e-7;
                assert!(
                    (slopes[axis] - difference).abs() < 1e-6,
                    "{axis} {} {difference}",
                    slopes[axis]
                );
            }
        }
    }
}
