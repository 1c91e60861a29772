//! The legend above the picture, and the colour scale at its right.

use crate::number::{label, position};
use crate::points::{Shape, mark};
use crate::svg::{Anchor, Commands, Svg};
use crate::text::length;

/// The width of a colour scale.
pub(crate) const SIDE: f64 = 74.0;

/// The greatest width of a name.
const WIDEST: f64 = 190.0;

/// One entry: its class, whether it is drawn as a line, an area or a point, and its name.
pub(crate) struct Entry {
    pub(crate) class: String,
    pub(crate) shape: Option<Shape>,
    pub(crate) name: String,
}

/// Swatches with names in one row.
pub(crate) fn draw(svg: &mut Svg, entries: &[Entry], at: (f64, f64)) {
    let mut x = at.0;
    for entry in entries {
        let mut commands = Commands::default();
        if let Some(shape) = entry.shape {
            mark(&mut commands, shape, (x + 8.0, at.1 - 4.0));
        } else if entry.class.starts_with("ar") {
            commands.to('M', x, at.1 - 8.0);
            commands.0.push_str("h16v8h-16z");
        } else {
            commands.to('M', x, at.1 - 4.0);
            commands.0.push_str("h16");
        }
        svg.path(&entry.class, &commands.0, &[]);
        svg.label("", (x + 21.0, at.1), Anchor::Start, &entry.name, WIDEST);
        x += 21.0 + length(&entry.name).min(WIDEST) + 16.0;
    }
}

/// Draws the colour scale from bottom to top, with both ends labelled.
pub(crate) fn scale(svg: &mut Svg, x: f64, (top, bottom): (f64, f64), (low, high): (f64, f64)) {
    let height = ((bottom - top) / 16.0).min(10.0);
    let foot = f64::midpoint(top, bottom) + height * 8.0;
    for level in 0..16u8 {
        let y = foot - f64::from(level + 1) * height;
        let commands =
            format!("M{} {}h10v{}h-10z", position(x), position(y), position(height + 0.3));
        svg.path(&format!("ar cell v{level}"), &commands, &[]);
    }
    svg.label("", (x + 14.0, foot), Anchor::Start, &label(low), SIDE - 14.0);
    svg.label("", (x + 14.0, foot - 16.0 * height + 9.0), Anchor::Start, &label(high), SIDE - 14.0);
}
