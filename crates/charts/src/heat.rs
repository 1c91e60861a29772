//! Cells coloured by amount. Neighbours of one colour in a row are one path, so that smooth
//! pictures stay small.

use crate::area::Area;
use crate::legend;
use crate::number::position;
use crate::style::Tone;
use crate::svg::Svg;

/// Number of colours.
pub const LEVELS: usize = 16;

/// A grid of amounts.
#[derive(Clone, Debug, PartialEq)]
pub struct Heat {
    /// Cells from left to right, row after row from the bottom; `None` is not drawn.
    pub cells: Vec<Option<f64>>,
    /// Number of cells in a row.
    pub columns: usize,
    /// The amounts of the darkest and the brightest colour; amounts beyond are clamped.
    pub range: (f64, f64),
    /// Whether a colour scale stands at the right.
    pub has_scale: bool,
}

impl Heat {
    /// A grid whose colours span its amounts.
    pub fn new(cells: Vec<Option<f64>>, columns: usize) -> Self {
        let known = cells.iter().flatten().copied().filter(|v| v.is_finite());
        let (low, high) = known
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        let range = if low <= high { (low, high) } else { (0.0, 1.0) };
        Self { cells, columns, range, has_scale: true }
    }

    /// Returns the colour index of an amount.
    pub(crate) fn level(&self, amount: f64) -> Option<u8> {
        let (low, high) = self.range;
        let share = if high > low { (amount - low) / (high - low) } else { 0.5 };
        amount.is_finite().then(|| (share.clamp(0.0, 1.0) * LEVELS as f64).min(15.0) as u8)
    }

    pub(crate) fn draw(&self, area: &Area<'_>, svg: &mut Svg) {
        let columns = self.columns.max(1);
        let rows = self.cells.len() / columns;
        let width = (area.right - area.left) / columns as f64;
        let height = (area.bottom - area.top) / rows.max(1) as f64;

        // A path for each colour, and a rectangle for each run of equal cells: the file stays
        // small.
        let mut paths = vec![String::new(); LEVELS];
        for (row, cells) in self.cells.chunks(columns).enumerate() {
            let levels: Vec<Option<u8>> =
                cells.iter().map(|c| c.and_then(|amount| self.level(amount))).collect();
            let y = position(area.bottom - (row + 1) as f64 * height);
            let mut column = 0;
            for piece in levels.chunk_by(PartialEq::eq) {
                if let Some(level) = piece[0] {
                    let x = area.left + column as f64 * width;
                    let across = position(piece.len() as f64 * width);
                    let down = position(height);
                    paths[usize::from(level)]
                        .push_str(&format!("M{} {y}h{across}v{down}h-{across}z", position(x)));
                }
                column += piece.len();
            }
        }

        for (level, commands) in paths.iter().enumerate() {
            svg.path(&format!("ar cell {}", Tone::Level(level as u8).class()), commands, &[]);
        }

        if self.has_scale {
            legend::scale(svg, area.right + 12.0, (area.top, area.bottom), self.range);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_span_the_amounts() {
        let heat = Heat::new(vec![Some(1.0), None, Some(3.0)], 3);
        assert_eq!(
            (heat.level(1.0), heat.level(3.0), heat.level(2.0)),
            (Some(0), Some(15), Some(8))
        );
        assert_eq!(heat.level(f64::NAN), None);
    }

    #[test]
    fn equal_amounts_have_one_colour() {
        assert_eq!(Heat::new(vec![Some(2.0); 4], 2).level(2.0), Some(8));
    }
}
