//! Several plots in one picture, in rows of equal cells.

use crate::number::position;
use crate::plot::{Plot, begin};
use crate::style::Theme;
use crate::svg::Svg;

/// Plots side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Multiples {
    /// Id, unique in its page.
    pub id: String,
    /// Title of the whole picture.
    pub title: String,
    /// Description of the whole picture.
    pub description: String,
    /// The plots, row by row.
    pub plots: Vec<Plot>,
    /// Number of plots in a row.
    pub columns: usize,
}

impl Multiples {
    /// Writes the picture as an element of a page.
    pub fn svg(&self) -> String {
        self.written(None)
    }

    /// Writes the picture as a file of its own.
    pub fn file(&self, theme: Theme) -> String {
        self.written(Some(theme)) + "\n"
    }

    fn written(&self, theme: Option<Theme>) -> String {
        let columns = self.columns.clamp(1, self.plots.len().max(1));
        let cell = self
            .plots
            .iter()
            .fold((0f64, 0f64), |cell, plot| (cell.0.max(plot.size.0), cell.1.max(plot.size.1)));

        let rows = self.plots.len().div_ceil(columns);
        let size = (cell.0 * columns as f64, cell.1 * rows as f64);

        let mut svg = Svg::default();
        begin(&mut svg, (&self.id, &self.title, &self.description), size, theme, &[]);
        for (index, plot) in self.plots.iter().enumerate() {
            let x = position((index % columns) as f64 * cell.0);
            let y = position((index / columns) as f64 * cell.1);
            plot.write(&mut svg, None, &[("x", &x), ("y", &y)]);
        }

        svg.close("svg");
        svg.out
    }
}
