//! Minimises a smooth function within a box: projected L-BFGS.
//!
//! Two-loop recursion (Nocedal and Wright 2006, algorithm 7.4) on the free coordinates, which the
//! gradient does not hold at a bound; backtracking along the projected step until Armijo's
//! condition holds. A value that is not finite counts as a failed step, so that a function may
//! forbid a region.

use crate::stats::dot;
use std::collections::VecDeque;

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The most iterations.
    pub(crate) iterations: usize,
    /// Largest free gradient component that counts as zero.
    pub(crate) gradient: f64,
    /// A smaller relative decrease ends the iteration.
    pub(crate) decrease: f64,
    /// Largest change of a coordinate in the first step.
    pub(crate) first_step: f64,
}

/// The result of a minimisation.
#[derive(Clone, Debug)]
pub(crate) struct Minimum {
    /// The point.
    pub(crate) point: Vec<f64>,
    /// The value there.
    pub(crate) value: f64,
}

const MEMORY: usize = 8;
const ARMIJO: f64 = 1e-4;
const HALVINGS: i32 = 20;

/// Minimises `function` (which writes its gradient) from `start` within `low` … `high`.
pub(crate) fn minimize(
    mut function: impl FnMut(&[f64], &mut [f64]) -> f64,
    start: &[f64],
    low: &[f64],
    high: &[f64],
    limits: Limits,
) -> Minimum {
    let n = start.len();
    let mut x: Vec<f64> = (0..n).map(|i| start[i].clamp(low[i], high[i])).collect();
    let mut gradient = vec![0.0; n];

    let mut value = function(&x, &mut gradient);
    if !value.is_finite() {
        return Minimum { point: x, value: f64::INFINITY };
    }

    let mut memory = Memory::default();
    let (mut next, mut next_gradient, mut direction) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    for _ in 0..limits.iterations {
        // A coordinate at a bound whose slope points outwards stays (Bertsekas 1982): with it in
        // the direction, no step length would decrease the function enough.
        let free: Vec<bool> = (0..n)
            .map(|i| !(x[i] <= low[i] && gradient[i] > 0.0 || x[i] >= high[i] && gradient[i] < 0.0))
            .collect();
        let steepest = (0..n).filter(|&i| free[i]).map(|i| gradient[i].abs()).fold(0.0, f64::max);
        if steepest < limits.gradient {
            break;
        }
        memory.direction(&gradient, &free, &mut direction);
        let mut step = 1.0;
        // Rounding or a changed set of free coordinates can turn the quasi-Newton direction uphill:
        // then what was learned of the curvature is of no use, and steepest descent restarts.
        if memory.pairs.is_empty() || dot(&direction, &gradient) >= 0.0 {
            memory.pairs.clear();
            for i in 0..n {
                direction[i] = if free[i] { -gradient[i] } else { 0.0 };
            }
            step = (limits.first_step / steepest).min(1.0);
        }
        let Some(next_value) = (0..HALVINGS).find_map(|halving| {
            let length = step * 0.5f64.powi(halving);
            for i in 0..n {
                next[i] = (x[i] + length * direction[i]).clamp(low[i], high[i]);
            }
            // Against the step that was made, not the one that was wanted: bounds may have cut it.
            let expected: f64 = (0..n).map(|i| gradient[i] * (next[i] - x[i])).sum();
            let found = function(&next, &mut next_gradient);
            (found <= value + ARMIJO * expected).then_some(found)
        }) else {
            // Steepest descent itself found no decrease: this is a minimum up to rounding.
            if memory.pairs.is_empty() {
                break;
            }
            memory.pairs.clear();
            continue;
        };
        memory.remember(&x, &next, &gradient, &next_gradient);
        let decrease = value - next_value;
        std::mem::swap(&mut x, &mut next);
        std::mem::swap(&mut gradient, &mut next_gradient);
        value = next_value;
        if decrease < limits.decrease * (1.0 + value.abs()) {
            break;
        }
    }

    Minimum { point: x, value }
}

/// The last steps s and changes of gradient y.
#[derive(Default)]
struct Memory {
    pairs: VecDeque<(Vec<f64>, Vec<f64>, f64)>,
}

impl Memory {
    /// Stores a step along which the function curves upwards.
    fn remember(&mut self, x: &[f64], next: &[f64], gradient: &[f64], next_gradient: &[f64]) {
        let s: Vec<f64> = next.iter().zip(x).map(|(a, b)| a - b).collect();
        let y: Vec<f64> = next_gradient.iter().zip(gradient).map(|(a, b)| a - b).collect();
        let curvature = dot(&s, &y);
        if curvature > 1e-10 * (dot(&s, &s) * dot(&y, &y)).sqrt() {
            if self.pairs.len() == MEMORY {
                self.pairs.pop_front();
            }
            self.pairs.push_back((s, y, 1.0 / curvature));
        }
    }

    /// Writes −H·g, with the coordinates that are not free fixed.
    fn direction(&self, gradient: &[f64], free: &[bool], direction: &mut [f64]) {
        for (d, (g, is_free)) in direction.iter_mut().zip(gradient.iter().zip(free)) {
            *d = if *is_free { -g } else { 0.0 };
        }

        // The two loops of Nocedal and Wright, Numerical Optimization, 2006, algorithm 7.4, with
        // the scale of equation 7.20 between them.
        let mut weights = [0.0; MEMORY];
        for (weight, (s, y, rho)) in weights.iter_mut().zip(self.pairs.iter().rev()) {
            *weight = rho * dot(s, direction);
            direction.iter_mut().zip(y).for_each(|(d, y)| *d -= *weight * y);
        }

        if let Some((_, y, rho)) = self.pairs.back() {
            let scale = 1.0 / (rho * dot(y, y));
            for d in direction.iter_mut() {
                *d *= scale;
            }
        }

        let n_pairs = self.pairs.len();
        for (index, (s, y, rho)) in self.pairs.iter().enumerate() {
            let weight = weights[n_pairs - 1 - index] - rho * dot(y, direction);
            direction.iter_mut().zip(s).for_each(|(d, s)| *d += weight * s);
        }

        // The pairs may lead out of a face on which the point lies.
        direction.iter_mut().zip(free).filter(|(_, free)| !**free).for_each(|(d, _)| *d = 0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits =
        Limits { iterations: 200, gradient: 1e-9, decrease: 0.0, first_step: 0.5 };

    fn rosenbrock(x: &[f64], g: &mut [f64]) -> f64 {
        let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
        g[0] = -2.0 * a - 400.0 * x[0] * b;
        g[1] = 200.0 * b;
        a * a + 100.0 * b * b
    }

    #[test]
    fn it_minimises_rosenbrocks_function() {
        let end = minimize(rosenbrock, &[-1.2, 1.0], &[-5.0; 2], &[5.0; 2], LIMITS);
        assert!((end.point[0] - 1.0).abs() < 1e-6 && (end.point[1] - 1.0).abs() < 1e-6, "{end:?}");
    }

    #[test]
    fn it_stays_in_the_box_and_ends_on_its_edge() {
        // Within x ≤ 0.5 the smallest value of Rosenbrock's function is at (0.5, 0.25).
        let end = minimize(rosenbrock, &[-1.2, 1.0], &[-5.0; 2], &[0.5, 5.0], LIMITS);
        assert!((end.point[0] - 0.5).abs() < 1e-9 && (end.point[1] - 0.25).abs() < 1e-6, "{end:?}");
    }

    #[test]
    fn a_forbidden_region_is_not_entered() {
        let forbidden = |x: &[f64], g: &mut [f64]| {
            if x[0] > 0.7 { f64::INFINITY } else { rosenbrock(x, g) }
        };
        let end = minimize(forbidden, &[0.0, 0.0], &[-5.0; 2], &[5.0; 2], LIMITS);
        assert!(end.point[0] <= 0.7 && end.value < 0.2, "{end:?}");
        assert!(
            minimize(forbidden, &[2.0, 0.0], &[-5.0; 2], &[5.0; 2], LIMITS).value.is_infinite()
        );
    }
}
