//! Contour lines over a grid by marching squares: a line crosses each square of four neighbours
//! whose corners lie on both sides of its level, with linear interpolation along the edges
//! (Lorensen and Cline 1987, in the plane).

use crate::area::Area;
use crate::svg::{Commands, Svg};

/// Lines of equal amount.
#[derive(Clone, Debug, PartialEq)]
pub struct Isolines {
    /// Amounts at the cells' centres, as in [`crate::Heat`]; squares with an empty corner have no
    /// line.
    pub cells: Vec<Option<f64>>,
    /// Number of cells in a row.
    pub columns: usize,
    /// The amounts at which lines are drawn.
    pub levels: Vec<f64>,
}

impl Isolines {
    pub(crate) fn draw(&self, area: &Area<'_>, svg: &mut Svg) {
        let rows = self.cells.len() / self.columns.max(1);
        if rows < 2 || self.columns < 2 {
            return;
        }

        let width = (area.right - area.left) / self.columns as f64;
        let height = (area.bottom - area.top) / rows as f64;
        let mut commands = Commands::default();

        for level in &self.levels {
            for ((x0, y0), (x1, y1)) in segments(&self.cells, self.columns, *level) {
                // A value stands for the centre of its cell.
                let at = |x: f64, y: f64| {
                    (area.left + (x + 0.5) * width, area.bottom - (y + 0.5) * height)
                };
                let (from, to) = (at(x0, y0), at(x1, y1));
                commands.to('M', from.0, from.1);
                commands.to('L', to.0, to.1);
            }
        }

        svg.path("iso", &commands.0, &[]);
    }
}

type Place = (f64, f64);

/// Returns the segments of the line at a level, in units of cells from the first cell's centre.
fn segments(cells: &[Option<f64>], columns: usize, level: f64) -> Vec<(Place, Place)> {
    let rows = cells.len() / columns;
    let at = |column: usize, row: usize| cells[row * columns + column];
    let mut found = Vec::new();

    for row in 0..rows.saturating_sub(1) {
        for column in 0..columns - 1 {
            let corners = (
                at(column, row),
                at(column + 1, row),
                at(column + 1, row + 1),
                at(column, row + 1),
            );
            // Where a corner is unknown there is no line.
            if let (Some(a), Some(b), Some(c), Some(d)) = corners {
                let origin = (column as f64, row as f64);
                found.extend(square([a, b, c, d], level, origin));
            }
        }
    }

    found
}

/// Returns the segments within one square; corners go round from the lower left.
fn square(corners: [f64; 4], level: f64, (x, y): Place) -> Vec<(Place, Place)> {
    let [a, b, c, d] = corners;
    let share = |from: f64, to: f64| (level - from) / (to - from);
    let crossings: Vec<Place> = [
        (a, b, Box::new(|t: f64| (x + t, y)) as Box<dyn Fn(f64) -> Place>),
        (b, c, Box::new(|t| (x + 1.0, y + t))),
        (c, d, Box::new(|t| (x + 1.0 - t, y + 1.0))),
        (d, a, Box::new(|t| (x, y + 1.0 - t))),
    ]
    .iter()
    .filter(|(from, to, _)| (*from < level) != (*to < level))
    .map(|(from, to, place)| place(share(*from, *to)))
    .collect();

    match crossings[..] {
        [from, to] => vec![(from, to)],
        // A saddle: the mean of the corners decides which of them belong together.
        [p, q, r, s] if ((a + b + c + d) / 4.0 < level) == (a < level) => vec![(p, q), (r, s)],
        [p, q, r, s] => vec![(p, s), (q, r)],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_is_crossed_where_it_has_the_level() {
        // Amounts 0, 1, 2 from left to right: the level 0.5 lies half way from the first to the
        // second column.
        let cells: Vec<Option<f64>> = [0.0, 1.0, 2.0].repeat(2).into_iter().map(Some).collect();
        assert_eq!(segments(&cells, 3, 0.5), [((0.5, 0.0), (0.5, 1.0))]);
        assert_eq!(segments(&cells, 3, 5.0), []);
    }

    #[test]
    fn a_saddle_has_two_pieces() {
        let cells: Vec<Option<f64>> = [1.0, 0.0, 0.0, 1.0].into_iter().map(Some).collect();
        assert_eq!(segments(&cells, 2, 0.5).len(), 2);
    }

    #[test]
    fn empty_cells_have_no_line() {
        assert_eq!(segments(&[Some(0.0), Some(1.0), None, Some(1.0)], 2, 0.5), []);
    }
}
