//! Numbers for the points of a lattice with conditions, over the tree of conditions: inactive
//! parameters do not contribute, so that three branches of four lists of eight are 3 · 8⁴ points
//! and not 3 · 8¹².
//!
//! A parameter is attached to one of its parents, the one whose condition leaves the smallest share
//! of its levels. If it has other parents too, some numbers are not points.

use super::conditions::Conditions;
use super::value::Value;
use crate::cast;
use std::collections::BTreeMap;

/// The tree of parameters.
#[derive(Clone, Debug)]
pub(super) struct Numbering {
    nodes: Vec<Node>,
    roots: Vec<usize>,
    n_numbers: u128,
}

/// A parameter: its levels in runs, each with the parameters attached to it.
#[derive(Clone, Debug)]
struct Node {
    runs: Vec<Run>,
    /// Count of numbers of the parameter and its attached parameters.
    n_numbers: u128,
}

/// Neighbouring levels under which the same parameters are active.
#[derive(Clone, Debug)]
struct Run {
    first_level: u64,
    /// Count of numbers of the levels before.
    before: u128,
    /// Count of numbers of each level.
    each: u128,
    /// The parameters attached to these levels, in order.
    active: Vec<usize>,
}

impl Numbering {
    /// Numbers the points of parameters in an order with parents first. `n_levels` returns the
    /// number of a parameter's levels, at least 1, and `levels_of` the levels that equal a value.
    pub(super) fn new(
        order: &[usize],
        conditions: &[Conditions],
        n_levels: impl Fn(usize) -> u64,
        levels_of: impl Fn(usize, &Value) -> Vec<u64>,
    ) -> Self {
        // By parent and level, the attached parameters in the order of the space.
        let mut hanging: Vec<BTreeMap<u64, Vec<usize>>> = vec![BTreeMap::new(); order.len()];
        let mut roots = Vec::new();

        for (position, conditions) in conditions.iter().enumerate() {
            let narrow = conditions.iter().map(|(parent, accepted)| {
                let mut levels: Vec<u64> =
                    accepted.iter().flat_map(|value| levels_of(*parent, value)).collect();
                levels.sort_unstable();
                levels.dedup();
                (levels.len() as f64 / n_levels(*parent) as f64, *parent, levels)
            });
            match narrow.min_by(|a, b| a.0.total_cmp(&b.0)) {
                None => roots.push(position),
                Some((_, parent, levels)) => {
                    for level in levels {
                        hanging[parent].entry(level).or_default().push(position);
                    }
                }
            }
        }

        let mut nodes = vec![Node { runs: Vec::new(), n_numbers: 0 }; order.len()];
        for &position in order.iter().rev() {
            nodes[position] =
                Node::new(n_levels(position), std::mem::take(&mut hanging[position]), &nodes);
        }

        let n_numbers = product(&roots, &nodes);
        Self { nodes, roots, n_numbers }
    }

    /// Returns the count of numbers; 2^128 − 1 stands for more.
    pub(super) fn len(&self) -> u128 {
        self.n_numbers
    }

    /// Returns the level of each parameter at a number, the last one fastest; 0 for parameters
    /// attached to other levels.
    pub(super) fn levels(&self, number: u128) -> Vec<u64> {
        let mut levels = vec![0; self.nodes.len()];
        let mut open = Vec::new();
        self.spread(&self.roots, number, &mut open);
        while let Some((position, number)) = open.pop() {
            let runs = &self.nodes[position].runs;
            let run = &runs[runs.partition_point(|run| run.before <= number) - 1];
            let within = number - run.before;
            levels[position] = run.first_level + cast::low_bits(within / run.each);
            self.spread(&run.active, within % run.each, &mut open);
        }
        levels
    }

    /// Returns the weight of each parameter's level in a number before any level is known: `None`
    /// for attached parameters.
    pub(super) fn weights(&self) -> Vec<Option<u128>> {
        let mut weights = vec![None; self.nodes.len()];
        self.weigh(&self.roots, 1, &mut weights);
        weights
    }

    /// Returns what a level of a parameter with this weight adds to a number, and sets the weights
    /// of the parameters attached to that level.
    pub(super) fn enter(
        &self,
        position: usize,
        level: u64,
        weight: u128,
        weights: &mut [Option<u128>],
    ) -> u128 {
        let runs = &self.nodes[position].runs;
        for child in runs.iter().flat_map(|run| &run.active) {
            weights[*child] = None;
        }
        let run = &runs[runs.partition_point(|run| run.first_level <= level) - 1];
        self.weigh(&run.active, weight, weights);
        weight * (run.before + u128::from(level - run.first_level) * run.each)
    }

    fn weigh(&self, positions: &[usize], weight: u128, weights: &mut [Option<u128>]) {
        let mut rest = weight;
        for &position in positions.iter().rev() {
            weights[position] = Some(rest);
            rest = rest.saturating_mul(self.nodes[position].n_numbers);
        }
    }

    /// Distributes a number over parameters that are active together.
    fn spread(&self, positions: &[usize], number: u128, open: &mut Vec<(usize, u128)>) {
        let mut rest = number;
        for &position in positions.iter().rev() {
            let n = self.nodes[position].n_numbers;
            open.push((position, rest % n));
            rest /= n;
        }
    }
}

impl Node {
    fn new(n_levels: u64, hanging: BTreeMap<u64, Vec<usize>>, nodes: &[Self]) -> Self {
        let (mut runs, mut next, mut before) = (Vec::new(), 0, 0u128);
        // Large spaces exceed 128 bits: counts then stay at the highest.
        let mut add = |first_level: u64, end: u64, active: Vec<usize>| {
            let each = product(&active, nodes);
            runs.push(Run { first_level, before, each, active });
            before = before.saturating_add(each.saturating_mul(u128::from(end - first_level)));
        };

        for (level, active) in hanging {
            if next < level {
                add(next, level, Vec::new());
            }
            add(level, level + 1, active);
            next = level + 1;
        }

        if next < n_levels {
            add(next, n_levels, Vec::new());
        }
        Self { runs, n_numbers: before }
    }
}

fn product(positions: &[usize], nodes: &[Node]) -> u128 {
    positions.iter().fold(1, |n, &position| n.saturating_mul(nodes[position].n_numbers))
}
