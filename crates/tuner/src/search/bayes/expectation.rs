//! What experience expects at a point, in the model's coordinates: a polynomial evaluated as a tree.
//!
//! Each axis has a table of its variables, between whose rows they are straight. What depends on one axis alone is added
//! up in the tables beforehand; the other terms are a tree (Horner's scheme in many variables), where the terms of a
//! variable that is 0, as that of a category not chosen, are passed over at once.

use super::axes::Axes;
use crate::space::{Experience, Point, Term};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Steps of the table of an axis whose values are not listed.
const STEPS: usize = 64;

/// An expectation over the axes of a space.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expectation {
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
    /// Ascending.
    places: Vec<f64>,
    /// Numbers of the variables that the columns are; the last column is the sum of all terms of this axis alone.
    variables: Vec<usize>,
    /// One row a place.
    rows: Vec<f64>,
    /// The row where the parameter is inactive.
    absent: Vec<f64>,
}

/// A variable that is multiplied to its parent's product.
#[derive(Clone, Debug, PartialEq)]
struct Node {
    variable: usize,
    /// 0: the product is 1; else the parent's number plus 1.
    parent: usize,
    coefficient: f64,
    /// The first node that is not below this one.
    end: usize,
    /// Those of its children that have none.
    leaves: Range<usize>,
}

/// Memory for evaluations.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    variables: Vec<f64>,
    products: Vec<f64>,
    sums: Vec<f64>,
    by_variable: Vec<f64>,
}

impl Expectation {
    /// Lays an experience out over the axes; terms of parameters that are not searched are 0.
    pub(super) fn new(axes: &Axes<'_>, experience: &Experience) -> Self {
        let axis_of: Vec<Option<usize>> =
            experience.variables.iter().map(|variable| axes.axis_named(&variable.parameter)).collect();
        let mut alone: BTreeMap<usize, Vec<&Term>> = BTreeMap::new();
        let mut joint: BTreeMap<Vec<usize>, f64> = BTreeMap::new();
        let mut constant = 0.0;
        for term in &experience.terms {
            let Some(on) = term.factors.iter().map(|&f| axis_of[f]).collect::<Option<Vec<usize>>>() else { continue };
            match on.first() {
                None => constant += term.coefficient,
                Some(first) if on.iter().all(|axis| axis == first) => alone.entry(*first).or_default().push(term),
                Some(_) => *joint.entry(steps_first(&term.factors, experience)).or_default() += term.coefficient,
            }
        }
        let used = |variable: usize| joint.keys().any(|factors| factors.contains(&variable));
        let tables = (0..axes.len())
            .filter(|axis| axis_of.contains(&Some(*axis)))
            .map(|axis| {
                let variables = (0..axis_of.len()).filter(|&v| axis_of[v] == Some(axis) && used(v)).collect();
                Table::new(axes, axis, variables, experience, alone.get(&axis).map_or(&[], Vec::as_slice))
            })
            .collect();
        let (nodes, leaves) = tree(&joint);
        Self { constant, tables, nodes, leaves, n_variables: experience.variables.len() }
    }

    /// Returns the height at a point.
    pub(super) fn value(&self, point: &Point, memory: &mut Memory) -> f64 {
        memory.resize(self);
        let mut sum = self.constant;
        for table in &self.tables {
            let (row, next, share, _) = table.find(point);
            let (last, variables) = (table.variables.len(), &table.variables);
            for (column, &variable) in variables.iter().enumerate() {
                memory.variables[variable] = row[column] + share * (next[column] - row[column]);
            }
            sum += row[last] + share * (next[last] - row[last]);
        }
        let mut number = 0;
        while let Some(node) = self.nodes.get(number) {
            let product = memory.products[node.parent] * memory.variables[node.variable];
            memory.products[number + 1] = product;
            sum += product * (node.coefficient + self.of_leaves(node, &memory.variables));
            number = if product == 0.0 { node.end } else { number + 1 };
        }
        sum
    }

    /// Adds `weight` times the derivatives by the coordinates to `gradient`.
    pub(super) fn add_slopes(&self, point: &Point, weight: f64, gradient: &mut [f64], memory: &mut Memory) {
        self.value(point, memory);
        let Memory { variables, products, sums, by_variable } = memory;
        // From the leaves: each node's coefficient and the sums below it; then from the root: products of what is above.
        by_variable.fill(0.0);
        sums.fill(0.0);
        for (number, node) in self.nodes.iter().enumerate().rev() {
            sums[number + 1] += node.coefficient + self.of_leaves(node, variables);
            sums[node.parent] += variables[node.variable] * sums[number + 1];
        }
        for (number, node) in self.nodes.iter().enumerate() {
            by_variable[node.variable] += products[node.parent] * sums[number + 1];
            products[number + 1] = products[node.parent] * variables[node.variable];
            for (variable, coefficient) in &self.leaves[node.leaves.clone()] {
                by_variable[*variable] += products[number + 1] * coefficient;
            }
        }
        for table in &self.tables {
            let (row, next, _, step) = table.find(point);
            if step > 0.0 {
                let slope = |column: usize| (next[column] - row[column]) / step;
                let joint: f64 =
                    table.variables.iter().enumerate().map(|(column, &v)| by_variable[v] * slope(column)).sum();
                gradient[table.axis] += weight * (joint + slope(table.variables.len()));
            }
        }
    }
}

impl Expectation {
    /// The sum over the leaves of a node, their coefficients times their variables.
    fn of_leaves(&self, node: &Node, variables: &[f64]) -> f64 {
        self.leaves[node.leaves.clone()].iter().map(|(variable, coefficient)| coefficient * variables[*variable]).sum()
    }
}

impl Table {
    fn new(axes: &Axes<'_>, axis: usize, variables: Vec<usize>, experience: &Experience, alone: &[&Term]) -> Self {
        let even = || (0..=STEPS).map(|i| i as f64 / STEPS as f64).collect();
        let mut places: Vec<f64> = axes.axes()[axis].listed().map_or_else(even, <[f64]>::to_vec);
        places.sort_by(f64::total_cmp);
        let needed: BTreeSet<usize> =
            variables.iter().copied().chain(alone.iter().flat_map(|term| term.factors.iter().copied())).collect();
        let mut heights = vec![0.0; experience.variables.len()];
        let mut row = |at: &dyn Fn(usize) -> f64| {
            for &variable in &needed {
                heights[variable] = at(variable);
            }
            let product = |term: &&Term| term.coefficient * term.factors.iter().map(|&f| heights[f]).product::<f64>();
            let alone = alone.iter().map(product).sum::<f64>();
            variables.iter().map(|&variable| heights[variable]).chain([alone]).collect::<Vec<f64>>()
        };
        let mut at_place = |place: &f64| {
            let value = axes.value(axis, *place);
            row(&|variable| experience.variables[variable].curve.at(&value))
        };
        let rows = places.iter().flat_map(&mut at_place).collect();
        let absent = row(&|variable| experience.variables[variable].absent);
        Self { axis, places, variables, rows, absent }
    }

    /// The rows around a point, how far it lies between them, and how far they are apart.
    fn find(&self, point: &Point) -> (&[f64], &[f64], f64, f64) {
        if !point.active[self.axis] {
            return (&self.absent, &self.absent, 0.0, 0.0);
        }
        let x = point.coordinates[self.axis];
        let width = self.variables.len() + 1;
        let last = self.places.len() - 1;
        let index = if last == STEPS {
            ((x * STEPS as f64) as usize).min(last - 1)
        } else {
            self.places.partition_point(|place| *place <= x).clamp(1, last.max(1)) - 1
        };
        let next = (index + 1).min(last);
        let step = self.places[next] - self.places[index];
        let share = if step > 0.0 { ((x - self.places[index]) / step).clamp(0.0, 1.0) } else { 0.0 };
        let row = |index: usize| &self.rows[index * width..(index + 1) * width];
        (row(index), row(next), share, step)
    }
}

impl Memory {
    fn resize(&mut self, expectation: &Expectation) {
        self.variables.resize(expectation.n_variables, 0.0);
        self.by_variable.resize(expectation.n_variables, 0.0);
        self.variables.fill(0.0);
        self.products.resize(expectation.nodes.len() + 1, 1.0);
        self.products[0] = 1.0;
        self.sums.resize(expectation.nodes.len() + 1, 0.0);
    }
}

/// The factors of a term, those that are often 0 first.
fn steps_first(factors: &[usize], experience: &Experience) -> Vec<usize> {
    let is_ramp = |f: &usize| matches!(experience.variables[*f].curve, crate::space::Curve::Ramp { .. });
    let mut factors = factors.to_vec();
    factors.sort_by_key(|f| (is_ramp(f), *f));
    factors
}

/// Lays terms with sorted factors, at least two, out as a tree, parents before children; what has no children is a leaf.
fn tree(terms: &BTreeMap<Vec<usize>, f64>) -> (Vec<Node>, Vec<(usize, f64)>) {
    let mut inner: BTreeMap<&[usize], f64> = BTreeMap::new();
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
        let end = number + paths[number..].iter().take_while(|other| other.starts_with(path)).count();
        let begin = leaves.len();
        let below = terms.range(path.to_vec()..).take_while(|(factors, _)| factors.starts_with(path));
        leaves.extend(below.filter_map(|(factors, coefficient)| {
            let is_leaf = factors.len() == path.len() + 1 && !inner.contains_key(factors.as_slice());
            is_leaf.then(|| (factors[path.len()], *coefficient))
        }));
        nodes.push(Node { variable: *variable, parent, coefficient, end, leaves: begin..leaves.len() });
    }
    (nodes, leaves)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::space::tests::mixed_space;
    use crate::space::{Curve, LossScale, RampScale, Space, Value, Variable};

    fn variable(parameter: &str, curve: Curve) -> Variable {
        Variable { parameter: parameter.into(), curve, absent: 0.0 }
    }

    fn ramp(scale: RampScale, low: f64, high: f64) -> Curve {
        Curve::Ramp { scale, low, high }
    }

    /// Of the mixed space: learning rate, momentum, sgd, depth at least 2, batch size, and one that is not searched.
    pub(in super::super) fn experience() -> Experience {
        let deep = (1..=4).map(|depth| (Value::Int(depth), if depth > 1 { 1.0 } else { 0.0 })).collect();
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
        Experience { variables, terms, scale: LossScale { spread: 0.5, residual: 0.4, reference: None } }
    }

    fn places(axes: &Axes<'_>) -> Vec<Point> {
        let place = |i: u32| (0..7u32).map(|j| f64::from((i * 37 + j * 61) % 97) / 97.0).collect::<Vec<f64>>();
        (0..40).filter_map(|i| axes.snapped(place(i))).collect()
    }

    fn directly(space: &Space, axes: &Axes<'_>, point: &Point) -> f64 {
        let (config, experience) = (axes.config(&point.coordinates), experience());
        let at = |variable: &Variable| {
            let position = space.position(&variable.parameter).filter(|p| space.parameters()[*p].is_searched())?;
            config.get(position).map(|value| variable.curve.at(value))
        };
        let heights: Vec<f64> = experience.variables.iter().map(|v| at(v).unwrap_or(0.0)).collect();
        experience.terms.iter().map(|t| t.coefficient * t.factors.iter().map(|&f| heights[f]).product::<f64>()).sum()
    }

    #[test]
    fn the_tree_is_the_polynomial() {
        let space = mixed_space();
        let axes = Axes::new(&space);
        let expectation = Expectation::new(&axes, &experience());
        let mut memory = Memory::default();
        for point in places(&axes) {
            let (tree, plain) = (expectation.value(&point, &mut memory), directly(&space, &axes, &point));
            // Tolerance: the curve of momentum between the rows of its table, 1/64 apart.
            let bent = point.active[0] && point.coordinates[0] > 0.9;
            assert!((tree - plain).abs() < if bent { 0.1 } else { 3e-3 }, "{tree} {plain} {point:?}");
        }
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        let space = mixed_space();
        let axes = Axes::new(&space);
        let expectation = Expectation::new(&axes, &experience());
        let mut memory = Memory::default();
        for point in places(&axes) {
            let mut slopes = [0.0; 7];
            expectation.add_slopes(&point, 2.0, &mut slopes, &mut memory);
            for axis in [0, 1, 4] {
                let mut at = |h: f64| {
                    let mut moved = point.clone();
                    moved.coordinates[axis] += h;
                    expectation.value(&moved, &mut memory)
                };
                // The table is straight on both sides of a point that is none of its rows.
                let difference = (at(1e-7) - at(-1e-7)) / 1e-7;
                assert!((slopes[axis] - difference).abs() < 1e-6, "{axis} {} {difference}", slopes[axis]);
            }
        }
    }
}
