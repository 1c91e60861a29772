//! The axis of losses: logarithmic where losses span decades, and cut where a few outliers would
//! compress the rest.

use crate::words::count;
use charts::Axis;
use tuner::overview::StudyView;
use tuner::trial::Direction;

/// This share of the losses always lies within the axis.
const KEPT: f64 = 0.9;

/// The axis extends beyond those by this multiple of their span.
const BEYOND: f64 = 1.5;

/// Losses that span more than this ratio get a logarithmic axis.
const DECADES: f64 = 12.0;

/// The axis of a study's losses.
pub(crate) fn loss_axis(view: &StudyView) -> Axis {
    let losses = view.rows.iter().filter_map(|row| row.loss);
    axis(&view.summary.metric, losses, view.summary.direction)
}

/// An axis for these losses.
pub(crate) fn axis(label: &str, losses: impl Iterator<Item = f64>, direction: Direction) -> Axis {
    let mut inner: Vec<f64> = losses.map(|loss| direction.inner(loss)).collect();
    inner.sort_by(f64::total_cmp);
    let (Some(&best), Some(&worst)) = (inner.first(), inner.last()) else {
        return Axis::linear(label, 0.0, 1.0);
    };

    // A few terrible losses would press all others against the axis.
    let kept = inner[((inner.len() - 1) as f64 * KEPT) as usize];
    let end = worst.min(kept + BEYOND * (kept - best));
    let end = if end > best { end } else { worst };
    let (low, high) = match direction {
        Direction::Minimize => (best, end),
        Direction::Maximize => (-end, -best),
    };

    let is_wide = low > 0.0 && high / low > DECADES;
    let axis = if is_wide { Axis::log(label, low, high) } else { Axis::linear(label, low, high) };
    axis.padded(0.05)
}

/// States how many losses lie beyond an axis; empty if none does.
pub(crate) fn beyond(view: &StudyView, axis: &Axis) -> String {
    let losses = view.rows.iter().filter_map(|row| row.loss);
    match losses.filter(|loss| axis.is_outside(*loss)).count() {
        0 => String::new(),
        1 => " One trial beyond the axis is drawn at its end.".to_owned(),
        n => format!(" {} beyond the axis are drawn at its end.", count(n, "trial")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_bad_losses_do_not_squash_the_rest() {
        let losses = (0..99).map(|i| 1.0 + f64::from(i) / 99.0).chain([1e6]);
        let axis = axis("loss", losses, Direction::Minimize);
        assert!(axis.is_outside(1e6) && !axis.is_outside(2.0) && !axis.is_outside(1.0));
    }

    #[test]
    fn what_is_maximised_is_cut_at_the_lower_end() {
        let losses = (0..99).map(|i| f64::from(i) / 99.0).chain([-1e6]);
        let axis = axis("accuracy", losses, Direction::Maximize);
        assert!(axis.is_outside(-1e6) && !axis.is_outside(0.98));
    }

    #[test]
    fn equal_losses_have_an_axis() {
        let axis = axis("loss", [2.0, 2.0].into_iter(), Direction::Minimize);
        assert!(!axis.is_outside(2.0));
    }
}
