//! Numbers for the points of a lattice with conditions, over the tree that the conditions make: what is inactive takes
//! no part in a number, so that three branches of four lists of eight are 3 · 8⁴ points and not 3 · 8¹².
//!
//! A parameter hangs from one of its parents, the last in the order. Where it has others too, numbers are left that are
//! no point of their own.

use super::{Conditions, Value};
use std::collections::BTreeSet;

/// The tree of parameters.
#[derive(Clone, Debug)]
pub(super) struct Numbering {
    nodes: Vec<Node>,
    roots: Vec<usize>,
    n_numbers: u128,
}

/// A parameter: its levels in runs, each with what hangs from it.
#[derive(Clone, Debug)]
struct Node {
    runs: Vec<Run>,
    /// Numbers of the parameter and of what hangs from it.
    n_numbers: u128,
}

/// Neighbouring levels under which the same parameters are active.
#[derive(Clone, Debug)]
struct Run {
    first_level: u64,
    /// Numbers of the levels before.
    before: u128,
    /// Numbers of each level.
    each: u128,
    /// The parameters that hang from these levels, in order.
    active: Vec<usize>,
}

impl Numbering {
    /// Numbers the points of parameters in an order with parents first. `n_levels` gives the number of a parameter's
    /// levels, at least 1, and `levels_of` those that are a value.
    pub(super) fn new(
        order: &[usize],
        conditions: &[Conditions],
        n_levels: impl Fn(usize) -> u64,
        levels_of: impl Fn(usize, &Value) -> Vec<u64>,
    ) -> Self {
        let mut rank = vec![0; order.len()];
        order.iter().enumerate().for_each(|(at, &position)| rank[position] = at);
        let mut hanging: Vec<Vec<(usize, BTreeSet<u64>)>> = vec![Vec::new(); order.len()];
        let mut roots = Vec::new();
        for (position, conditions) in conditions.iter().enumerate() {
            match conditions.iter().max_by_key(|(parent, _)| rank[*parent]) {
                None => roots.push(position),
                Some((parent, accepted)) => {
                    let levels = accepted.iter().flat_map(|value| levels_of(*parent, value)).collect();
                    hanging[*parent].push((position, levels));
                }
            }
        }
        let mut nodes = vec![Node { runs: Vec::new(), n_numbers: 0 }; order.len()];
        for &position in order.iter().rev() {
            nodes[position] = Node::new(n_levels(position), &hanging[position], &nodes);
        }
        let n_numbers = product(&roots, &nodes);
        Self { nodes, roots, n_numbers }
    }

    /// The number of numbers; 2^128 − 1 stands for more.
    pub(super) fn len(&self) -> u128 {
        self.n_numbers
    }

    /// Returns the level of each parameter at a number, the last one fastest; 0 for what hangs from other levels.
    pub(super) fn levels(&self, number: u128) -> Vec<u64> {
        let mut levels = vec![0; self.nodes.len()];
        let mut open = Vec::new();
        self.spread(&self.roots, number, &mut open);
        while let Some((position, number)) = open.pop() {
            let runs = &self.nodes[position].runs;
            let run = &runs[runs.partition_point(|run| run.before <= number) - 1];
            let within = number - run.before;
            levels[position] = run.first_level + (within / run.each) as u64;
            self.spread(&run.active, within % run.each, &mut open);
        }
        levels
    }

    /// Spreads a number over parameters that are active together.
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
    fn new(n_levels: u64, hanging: &[(usize, BTreeSet<u64>)], nodes: &[Self]) -> Self {
        // A run begins at each level that something hangs from, and at the next.
        let own = hanging.iter().flat_map(|(_, levels)| levels.iter().flat_map(|&level| [level, level + 1]));
        let begins: BTreeSet<u64> = own.chain([0]).filter(|level| *level < n_levels).collect();
        let ends = begins.iter().copied().skip(1).chain([n_levels]);
        let mut runs = Vec::with_capacity(begins.len());
        let mut before = 0u128;
        for (&first_level, end) in begins.iter().zip(ends) {
            let is_active = |(_, levels): &&(usize, BTreeSet<u64>)| levels.contains(&first_level);
            let active: Vec<usize> = hanging.iter().filter(is_active).map(|(position, _)| *position).collect();
            let each = product(&active, nodes);
            runs.push(Run { first_level, before, each, active });
            before = before.saturating_add(each.saturating_mul(u128::from(end - first_level)));
        }
        Self { runs, n_numbers: before }
    }
}

fn product(positions: &[usize], nodes: &[Node]) -> u128 {
    positions.iter().fold(1, |n, &position| n.saturating_mul(nodes[position].n_numbers))
}
