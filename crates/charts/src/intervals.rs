//! Dots with whiskers: values and their intervals.

use crate::area::Area;
use crate::bars::{Direction, across, upright};
use crate::points::{Point, Points, Shape};
use crate::style::Tone;
use crate::svg::Svg;

/// One value with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The position of the interval along the base.
    pub at: f64,
    /// The value.
    pub value: f64,
    /// The ends of the interval, if they are known.
    pub ends: Option<(f64, f64)>,
    /// The key of what it belongs to.
    pub key: Option<u64>,
}

/// Values with their intervals, in one tone.
#[derive(Clone, Debug, PartialEq)]
pub struct Intervals {
    /// The values.
    pub intervals: Vec<Interval>,
    /// The direction of the whiskers.
    pub direction: Direction,
    /// The tone of the intervals.
    pub tone: Tone,
    /// The shape of the dots.
    pub shape: Shape,
}

impl Intervals {
    pub(crate) fn draw(&self, area: &Area<'_>, svg: &mut Svg) {
        let whiskers: String =
            self.intervals.iter().filter_map(|i| self.whisker(i, area)).collect();
        svg.path(&format!("wh {}", self.tone.class()), &whiskers, &[]);

        let point = |i: &Interval| match self.direction {
            Direction::Right => Point { x: Some(i.value), y: Some(i.at), key: i.key },
            Direction::Up => Point { x: Some(i.at), y: Some(i.value), key: i.key },
        };
        let points = self.intervals.iter().map(point).collect();
        Points { points, shape: self.shape, ..Points::new(self.tone) }.draw(area, svg);
    }

    fn whisker(&self, interval: &Interval, area: &Area<'_>) -> Option<String> {
        let (low, high) = interval.ends?;
        let at = Some(interval.at);
        Some(match self.direction {
            Direction::Right => {
                across(area.y_at(at)?, area.x_at(Some(low))?, area.x_at(Some(high))?)
            }
            Direction::Up => upright(area.x_at(at)?, area.y_at(Some(low))?, area.y_at(Some(high))?),
        })
    }
}
