//! Points of a category: each is moved a little along the category's band, so that equal ones can be told apart.

use crate::area::Area;
use crate::points::{Point, Points};
use crate::scale::Scale;
use crate::style::Tone;
use crate::svg::Svg;

/// Turns of the golden ratio fill a band evenly, however many there are.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// Points over a horizontal axis of names.
#[derive(Clone, Debug, PartialEq)]
pub struct Strip {
    /// Points; the horizontal value is the index of a name.
    pub points: Vec<Point>,
    /// Their tone.
    pub tone: Tone,
    /// Small and pale, for context.
    pub is_small: bool,
}

impl Strip {
    pub(crate) fn draw(&self, area: &Area<'_>, svg: &mut Svg) {
        let Scale::Category { .. } = area.x.scale else { return };

        let points = self
            .points
            .iter()
            .map(|point| {
                // By key, not by place: a point stays where it is when others come.
                let turn = (point.key.unwrap_or(0) as f64 + 0.5) * GOLDEN;
                let moved = (turn.fract() - 0.5) * 0.6;
                Point { x: point.x.map(|x| x + moved), ..*point }
            })
            .collect();
        let layer = Points { points, is_small: self.is_small, ..Points::new(self.tone) };
        layer.draw(area, svg);
    }
}
