//! One value across the whole picture.

use crate::area::Area;
use crate::bars::Direction;
use crate::number::position;
use crate::style::Tone;
use crate::svg::Svg;

/// A dashed line at a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The line's direction: up at a horizontal value, or right at a vertical one.
    pub direction: Direction,
    /// The value.
    pub at: f64,
    /// The line's tone.
    pub tone: Tone,
    /// The line's name in the legend.
    pub name: Option<String>,
}

impl Rule {
    pub(crate) fn class(&self) -> String {
        format!("ru {}", self.tone.class())
    }

    pub(crate) fn draw(&self, area: &Area<'_>, svg: &mut Svg) {
        let commands = match self.direction {
            Direction::Up => area.x_at(Some(self.at)).map(|x| {
                format!("M{} {}V{}", position(x), position(area.bottom), position(area.top))
            }),
            Direction::Right => area.y_at(Some(self.at)).map(|y| {
                format!("M{} {}H{}", position(area.left), position(y), position(area.right))
            }),
        };
        svg.path(&self.class(), &commands.unwrap_or_default(), &[]);
    }
}
