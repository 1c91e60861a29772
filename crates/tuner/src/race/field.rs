//! The field: the complete trials that others are judged by.

use crate::trial::Look;

/// The most trials kept; more would add nothing.
const MOST: usize = 400;

/// A complete trial. Losses are internal ones, to be minimised.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Contender {
    /// The trial's number.
    pub number: u64,
    /// The mean of its losses.
    pub mean: f64,
    /// The trial's losses by split.
    pub losses: Vec<f64>,
    /// The trial's learning curves at the rungs, by split.
    pub looks: Vec<Vec<Look>>,
}

/// Complete trials, the best first, independent of their order of arrival.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Field {
    best: Vec<Contender>,
    n_complete: u64,
}

impl Field {
    /// Adds a complete trial.
    pub fn add(&mut self, trial: Contender) {
        self.n_complete += 1;
        let is_before = |other: &Contender| {
            other.mean.total_cmp(&trial.mean).then(other.number.cmp(&trial.number)).is_lt()
        };
        let position = self.best.partition_point(is_before);
        self.best.insert(position, trial);
        self.best.truncate(MOST);
    }

    /// The number of complete trials.
    pub(crate) fn n_complete(&self) -> u64 {
        self.n_complete
    }

    /// The best trials, in order.
    pub fn best(&self) -> &[Contender] {
        &self.best
    }

    /// Returns the better half of the complete trials, but at least `fewest` of them or all.
    pub(crate) fn better_half(&self, fewest: usize) -> &[Contender] {
        let half = usize::try_from(self.n_complete.div_ceil(2)).unwrap_or(MOST);
        &self.best[..half.max(fewest).min(self.best.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_does_not_depend_on_the_order_of_arrival() {
        let trial = |number: u64| {
            let mean = f64::from(number as u32 % 3);
            Contender { number, mean, losses: vec![mean], looks: vec![vec![]] }
        };
        let field = |numbers: &[u64]| {
            let mut field = Field::default();
            for n in numbers {
                field.add(trial(*n));
            }
            field
        };
        let one = field(&[0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(one, field(&[6, 2, 4, 0, 5, 1, 3]));
        let numbers: Vec<u64> = one.best().iter().map(|c| c.number).collect();
        assert_eq!(numbers, [0, 3, 6, 1, 4, 2, 5]);
        assert_eq!(
            (one.better_half(1).len(), one.better_half(6).len(), one.better_half(9).len()),
            (4, 6, 7)
        );
    }
}
