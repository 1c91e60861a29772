//! The density of more points than can be told apart: a grid of cells, more opaque where more
//! points lie.

use crate::area::Area;
use crate::number::position;
use crate::style::Tone;
use crate::svg::Svg;

/// The side of a cell.
const SIDE: f64 = 8.0;

/// Steps of opacity.
const STEPS: usize = 4;

/// Points that are drawn as densities.
#[derive(Clone, Debug, PartialEq)]
pub struct Density {
    /// Horizontal and vertical values.
    pub points: Vec<(Option<f64>, Option<f64>)>,
    /// The tone of the points.
    pub tone: Tone,
    /// The points' name in the legend.
    pub name: Option<String>,
}

impl Density {
    pub(crate) fn class(&self) -> String {
        format!("ar soft {}", self.tone.class())
    }

    pub(crate) fn draw(&self, area: &Area<'_>, svg: &mut Svg) {
        let columns = ((area.right - area.left) / SIDE).ceil().max(1.0) as usize;
        let rows = ((area.bottom - area.top) / SIDE).ceil().max(1.0) as usize;

        let mut counts = vec![0usize; columns * rows];
        for (x, y) in &self.points {
            let Some((x, y)) = area.at(*x, *y) else { continue };
            let column = (((x - area.left) / SIDE) as usize).min(columns - 1);
            let row = (((y - area.top) / SIDE) as usize).min(rows - 1);
            counts[row * columns + column] += 1;
        }

        // Opacity follows the logarithm, so that a cell with one point is visible beside one with a
        // thousand.
        let most = counts.iter().copied().max().unwrap_or(0).max(2) as f64;
        let step = |count: usize| ((count as f64).ln() / most.ln() * STEPS as f64).ceil() as usize;
        let mut paths = vec![String::new(); STEPS + 1];

        for (cell, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let x = area.left + (cell % columns) as f64 * SIDE;
            let y = area.top + (cell / columns) as f64 * SIDE;
            paths[step(*count).min(STEPS)].push_str(&format!(
                "M{} {}h8v8h-8z",
                position(x),
                position(y)
            ));
        }

        for (step, commands) in paths.iter().enumerate() {
            let opacity = format!("0.{}", 2 + step);
            let class = format!("ar cell {}", self.tone.class());
            svg.path(&class, commands, &[("opacity", &opacity)]);
        }
    }
}
