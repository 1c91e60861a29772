//! The rectangle that marks are drawn in, and the axes around it.

use crate::axis::Axis;
use crate::number::position;
use crate::svg::{Anchor, Commands, Svg};
use crate::text::length;

/// Room between a tick's label and the axis.
const GAP: f64 = 7.0;

/// The least vertical distance between two labels.
const CLOSE: f64 = 13.0;

/// The widest label beside the vertical axis.
const WIDEST: f64 = 150.0;

/// Where marks are drawn: the pixel positions of both axes' ends; the vertical axis runs upwards.
pub(crate) struct Area<'a> {
    pub x: &'a Axis,
    pub y: &'a Axis,
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

impl<'a> Area<'a> {
    /// Fits an area into a picture of this size, with room for labels and names.
    pub fn new(x: &'a Axis, y: &'a Axis, size: (f64, f64), head: f64, side: f64) -> Self {
        let labels = y.ticks(most_ticks(size.1, 44.0));
        let widest = labels.iter().map(|t| length(&t.label)).fold(0.0, f64::max).min(WIDEST);
        let named = if y.label.is_empty() { 0.0 } else { 18.0 };
        let foot = if x.label.is_empty() { 22.0 } else { 40.0 };

        Self {
            x,
            y,
            left: widest + GAP + named + 3.0,
            right: size.0 - 12.0 - side,
            top: head + 8.0,
            bottom: size.1 - foot,
        }
    }

    /// Returns the pixel position of a value of the horizontal axis.
    pub fn x_at(&self, value: Option<f64>) -> Option<f64> {
        self.x.at(value, self.left, self.right)
    }

    /// Returns the pixel position of a value of the vertical axis.
    pub fn y_at(&self, value: Option<f64>) -> Option<f64> {
        self.y.at(value, self.bottom, self.top)
    }

    /// Returns the pixel position of a pair of values.
    pub fn at(&self, x: Option<f64>, y: Option<f64>) -> Option<(f64, f64)> {
        Some((self.x_at(x)?, self.y_at(y)?))
    }

    /// Draws grid lines, tick labels and axis names; called before the marks are drawn.
    pub fn draw(&self, svg: &mut Svg) {
        self.draw_vertical(svg);
        self.draw_horizontal(svg);

        let mut edge = Commands::default();
        edge.to('M', self.left, self.top);
        edge.to('L', self.left, self.bottom);
        edge.to('L', self.right, self.bottom);
        svg.path("ax", &edge.0, &[]);
    }

    fn draw_vertical(&self, svg: &mut Svg) {
        // Labels that would overlap are left out; the grid lines stay.
        let mut last = f64::INFINITY;
        let mut lines = String::new();
        let room = self.left - GAP - if self.y.label.is_empty() { 0.0 } else { 18.0 };
        for tick in self.y.ticks(most_ticks(self.bottom - self.top, 44.0)) {
            let Some(y) = self.y_at(Some(tick.value)) else { continue };
            if !self.y.is_category() {
                let (left, right) = (position(self.left), position(self.right));
                lines.push_str(&format!("M{left} {}H{right}", position(y)));
            }
            if (y - last).abs() >= CLOSE {
                svg.label("", (self.left - GAP, y + 4.0), Anchor::End, &tick.label, room);
                last = y;
            }
        }
        if let Some(y) = self.y_at(None) {
            svg.label("", (self.left - GAP, y + 4.0), Anchor::End, "–", room);
        }
        svg.path("gr", &lines, &[]);

        let (x, y) = (11.0, f64::midpoint(self.top, self.bottom));
        let (at_x, at_y) = (position(x), position(y));
        let turn = format!("rotate(-90 {at_x} {at_y})");
        if !self.y.label.is_empty() {
            let cut = crate::text::shorten(&self.y.label, self.bottom - self.top + 20.0);
            let place = [
                ("class", "na"),
                ("x", &*at_x),
                ("y", &*at_y),
                ("text-anchor", "middle"),
                ("transform", &*turn),
            ];
            svg.text("text", &place, &cut);
        }
    }

    fn draw_horizontal(&self, svg: &mut Svg) {
        let mut lines = String::new();
        let ticks = self.x.ticks(most_ticks(self.right - self.left, 64.0));
        let room = (self.right - self.left) / ticks.len().max(1) as f64 - 4.0;

        // Labels that would overlap are left out; the grid lines stay.
        let mut free_from = f64::NEG_INFINITY;
        for tick in ticks {
            let Some(x) = self.x_at(Some(tick.value)) else { continue };
            if !self.x.is_category() {
                lines.push_str(&format!(
                    "M{} {}V{}",
                    position(x),
                    position(self.top),
                    position(self.bottom)
                ));
            }
            let cut = if self.x.is_category() { room.max(28.0) } else { 80.0 };
            let half = length(&tick.label).min(cut) / 2.0;
            if x - half >= free_from {
                svg.label("", (x, self.bottom + 17.0), Anchor::Middle, &tick.label, cut);
                free_from = x + half + 6.0;
            }
        }
        if let Some(x) = self.x_at(None) {
            svg.label("", (x, self.bottom + 17.0), Anchor::Middle, "–", 20.0);
        }
        svg.path("gr", &lines, &[]);

        let middle = f64::midpoint(self.left, self.right);
        if !self.x.label.is_empty() {
            let room = self.right - self.left + 20.0;
            svg.label("na", (middle, self.bottom + 35.0), Anchor::Middle, &self.x.label, room);
        }
    }
}

/// Returns how many ticks fit if each needs `room`.
fn most_ticks(length: f64, room: f64) -> usize {
    (length / room).max(2.0) as usize
}
