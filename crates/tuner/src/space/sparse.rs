//! Lists all points of a sparse lattice under constraints: a walk over parameters one after another
//! that backtracks when a constraint cannot hold any more.

use super::lattice::Lattice;
use super::value::Value;
use super::{Config, Space};

/// Number of values tried before the walk ends: about two seconds.
const MOST_STEPS: u64 = 1 << 21;

/// The most points kept.
const MOST_POINTS: usize = 1 << 20;

/// The most parameters, which is the depth of the walk.
const MOST_PARAMETERS: usize = 256;

impl Lattice {
    /// Returns the numbers of all points, in any order, by backtracking where the constraints
    /// cannot hold; `None` if that would take too long.
    pub fn points(&self, space: &Space) -> Option<Vec<u128>> {
        if space.parameters().len() > MOST_PARAMETERS {
            return None;
        }

        let n = space.parameters().len();
        let mut walk = Walk {
            lattice: self,
            space,
            values: vec![None; n],
            // A parameter that may be absent decides nothing before its condition is known, so its
            // constraints may hold.
            is_later: space
                .parameters()
                .iter()
                .map(|parameter| parameter.when.is_empty())
                .collect(),
            weights: self.numbering.weights(),
            n_steps: 0,
            found: Vec::new(),
        };

        walk.go_on(0, 0).then_some(walk.found)
    }
}

struct Walk<'a> {
    lattice: &'a Lattice,
    space: &'a Space,
    values: Vec<Option<Value>>,
    is_later: Vec<bool>,
    weights: Vec<Option<u128>>,
    n_steps: u64,
    found: Vec<u128>,
}

impl Walk<'_> {
    /// Tries all values of the parameter at `place` in the order of parents first; returns whether
    /// the walk may continue.
    fn go_on(&mut self, place: usize, number: u128) -> bool {
        let Some(&position) = self.space.order.get(place) else {
            let config = Config::new(self.values.clone());
            if self.space.satisfies_constraints(&config) {
                self.found.push(number);
            }
            return self.found.len() <= MOST_POINTS;
        };

        let is_active = self.space.is_active(position, &self.values);
        let was_later = std::mem::replace(&mut self.is_later[position], false);
        let weight = self.weights[position];

        let axis = self.space.axes().binary_search(&position).ok();
        // An inactive parameter has its first level, as in `Lattice::point`.
        let n_levels = match axis {
            Some(axis) if is_active && weight.is_some() => self.lattice.n_levels(axis),
            _ => 1,
        };

        let mut may_go_on = true;
        for level in 0..n_levels {
            self.n_steps += 1;
            self.values[position] = is_active.then(|| match axis {
                Some(axis) => self.lattice.level(axis, level),
                None => self.space.parameters()[position].domain.middle(),
            });
            let added = weight.map_or(0, |weight| {
                self.lattice.numbering.enter(position, level, weight, &mut self.weights)
            });
            may_go_on = self.n_steps <= MOST_STEPS
                && (!self.may_hold() || self.go_on(place + 1, number + added));
            if !may_go_on {
                break;
            }
        }

        self.values[position] = None;
        self.is_later[position] = was_later;
        may_go_on
    }

    fn may_hold(&self) -> bool {
        let constraints = self.space.constraints();
        constraints.iter().all(|c| c.may_hold(&self.values, &self.is_later))
    }
}
