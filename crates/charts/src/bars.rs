//! Bars from zero, with whiskers for their uncertainty: horizontal rows or a vertical histogram.

use crate::area::Area;
use crate::number::position;
use crate::style::Tone;
use crate::svg::Svg;

/// The direction in which bars, rules or whiskers run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Upwards.
    Up,
    /// To the right.
    Right,
}

/// A bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// The bar's start and end along the base.
    pub base: (f64, f64),
    /// The bar's length.
    pub amount: f64,
    /// The ends of the whisker.
    pub whisker: Option<(f64, f64)>,
}

/// Bars of one tone.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    /// The bars.
    pub bars: Vec<Bar>,
    /// The direction of the bars.
    pub direction: Direction,
    /// The bars' tone.
    pub tone: Tone,
    /// Whether the bars are pale, as context.
    pub is_pale: bool,
}

impl Bars {
    /// One bar for each name of a categorical axis, 0.64 of a row thick.
    pub fn rows(tone: Tone, amounts: impl IntoIterator<Item = (f64, Option<(f64, f64)>)>) -> Self {
        let bar = |(row, (amount, whisker)): (usize, (f64, Option<(f64, f64)>))| Bar {
            base: (row as f64 - 0.32, row as f64 + 0.32),
            amount,
            whisker,
        };
        let bars = amounts.into_iter().enumerate().map(bar).collect();
        Self { bars, direction: Direction::Right, tone, is_pale: false }
    }

    pub(crate) fn draw(&self, area: &Area<'_>, svg: &mut Svg) {
        let mut bodies = String::new();
        let mut whiskers = String::new();
        for bar in &self.bars {
            bodies.push_str(&self.body(bar, area).unwrap_or_default());
            whiskers.push_str(&self.whisker(bar, area).unwrap_or_default());
        }
        let pale = if self.is_pale { " soft" } else { "" };
        svg.path(&format!("ar{pale} {}", self.tone.class()), &bodies, &[]);
        svg.path("wh st", &whiskers, &[]);
    }

    fn body(&self, bar: &Bar, area: &Area<'_>) -> Option<String> {
        let (x0, x1, y0, y1) = match self.direction {
            Direction::Right => (
                area.x_at(Some(0.0))?,
                area.x_at(Some(bar.amount))?,
                area.y_at(Some(bar.base.0))?,
                area.y_at(Some(bar.base.1))?,
            ),
            Direction::Up => (
                area.x_at(Some(bar.base.0))?,
                area.x_at(Some(bar.base.1))?,
                area.y_at(Some(0.0))?,
                area.y_at(Some(bar.amount))?,
            ),
        };

        let [x0, x1, y0, y1] = [x0, x1, y0, y1].map(position);
        Some(format!("M{x0} {y0}H{x1}V{y1}H{x0}z"))
    }

    fn whisker(&self, bar: &Bar, area: &Area<'_>) -> Option<String> {
        let (low, high) = bar.whisker?;
        let middle = f64::midpoint(bar.base.0, bar.base.1);
        Some(match self.direction {
            Direction::Right => {
                across(area.y_at(Some(middle))?, area.x_at(Some(low))?, area.x_at(Some(high))?)
            }
            Direction::Up => {
                upright(area.x_at(Some(middle))?, area.y_at(Some(low))?, area.y_at(Some(high))?)
            }
        })
    }
}

/// A horizontal whisker with end caps.
pub(crate) fn across(y: f64, low: f64, high: f64) -> String {
    let (top, level) = (position(y - 3.0), position(y));
    let (low, high) = (position(low), position(high));
    format!("M{low} {top}v6M{low} {level}H{high}M{high} {top}v6")
}

/// A vertical whisker with end caps.
pub(crate) fn upright(x: f64, low: f64, high: f64) -> String {
    let (left, middle) = (position(x - 3.0), position(x));
    let (low, high) = (position(low), position(high));
    format!("M{left} {low}h6M{middle} {low}V{high}M{left} {high}h6")
}
