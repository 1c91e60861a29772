//! Points. All points of one style share a path: as elements of their own, ten thousand would take
//! ten times the bytes.

use crate::area::Area;
use crate::style::Tone;
use crate::svg::{Commands, Svg, keys};

/// The outline of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A full disc.
    Disc,
    /// A full square.
    Square,
    /// An open diamond.
    Diamond,
    /// An open triangle.
    Triangle,
    /// A cross.
    Cross,
}

/// One point; an absent value is drawn in the axis's place for it, or not at all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Horizontal value.
    pub x: Option<f64>,
    /// Vertical value.
    pub y: Option<f64>,
    /// The key of what it belongs to.
    pub key: Option<u64>,
}

/// Points of one style.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    /// The points; those in front come last.
    pub points: Vec<Point>,
    /// The points' tone.
    pub tone: Tone,
    /// The points' shape.
    pub shape: Shape,
    /// Whether the points are small and pale, as context.
    pub is_small: bool,
    /// The points' name in the legend.
    pub name: Option<String>,
}

impl Points {
    /// Creates an empty list of points, drawn as discs.
    pub fn new(tone: Tone) -> Self {
        Self { points: Vec::new(), tone, shape: Shape::Disc, is_small: false, name: None }
    }

    /// Adds a point.
    #[must_use]
    pub fn with(mut self, x: Option<f64>, y: Option<f64>, key: Option<u64>) -> Self {
        self.points.push(Point { x, y, key });
        self
    }

    /// Sets the shape.
    #[must_use]
    pub fn shaped(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// Adds a name for the legend.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// Makes the points small and pale.
    #[must_use]
    pub fn small(mut self) -> Self {
        self.is_small = true;
        self
    }

    pub(crate) fn class(&self) -> String {
        let shape = match self.shape {
            Shape::Disc => "",
            Shape::Square => " square",
            Shape::Cross => " open cross",
            Shape::Diamond | Shape::Triangle => " open",
        };
        let small = if self.is_small { " small" } else { "" };
        format!("pt{shape}{small} {}", self.tone.class())
    }

    pub(crate) fn draw(&self, area: &Area<'_>, svg: &mut Svg) {
        let mut commands = Commands::default();
        let mut drawn = Vec::new();
        for point in &self.points {
            let Some(at) = area.at(point.x, point.y) else { continue };
            mark(&mut commands, self.shape, at);
            drawn.push(point.key);
        }

        // Keys are matched by order, so either all points have one or none is written.
        let known: Option<Vec<u64>> = drawn.into_iter().collect();
        let known = known.map(keys).filter(|keys| !keys.is_empty());
        let further: Vec<(&str, &str)> = known.iter().map(|k| ("data-k", k.as_str())).collect();
        svg.path(&self.class(), &commands.0, &further);
    }
}

/// Writes one point; each begins with one `M` command.
pub(crate) fn mark(commands: &mut Commands, shape: Shape, at: (f64, f64)) {
    commands.to('M', at.0, at.1);
    commands.0.push_str(match shape {
        Shape::Disc | Shape::Square => "h0",
        Shape::Diamond => "m-4 0l4-4 4 4-4 4z",
        Shape::Triangle => "m-4 3l4-7 4 7z",
        Shape::Cross => "m-3-3l6 6m0-6l-6 6",
    });
}
