//! Points of a category, moved a little along the category's band (jittered), so that equal ones
//! can be told apart.

use crate::area::Area;
use crate::points::{Point, Points};
use crate::scale::AxisScale;
use crate::style::Tone;
use crate::svg::Svg;

/// Multiples of the golden ratio modulo 1 fill a band evenly for any number of points.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// Points over a categorical horizontal axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Strip {
    /// Points; the horizontal value is the index of a name.
    pub points: Vec<Point>,
    /// The tone of the points.
    pub tone: Tone,
    /// Whether the points are small and pale, as context.
    pub is_small: bool,
}

impl Strip {
    pub(crate) fn draw(&self, area: &Area<'_>, svg: &mut Svg) {
        let AxisScale::Category { .. } = area.x.scale else { return };

        let points = self
            .points
            .iter()
            .map(|point| {
                // By key and not by order: a point keeps its position when others are added.
                let turn = (point.key.unwrap_or(0) as f64 + 0.5) * GOLDEN;
                let moved = (turn.fract() - 0.5) * 0.6;
                Point { x: point.x.map(|x| x + moved), ..*point }
            })
            .collect();

        let layer = Points { points, is_small: self.is_small, ..Points::new(self.tone) };
        layer.draw(area, svg);
    }
}
