//! A line through points, or steps that hold each value until the next.

use crate::area::Area;
use crate::style::Tone;
use crate::svg::{Commands, Svg, keys};

/// How a line goes from one point to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Straight.
    Straight,
    /// Horizontal until the next point, then vertical.
    Steps,
}

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The line's points in order; a point without a value leaves a gap.
    pub points: Vec<(f64, Option<f64>)>,
    /// How the line goes from point to point.
    pub course: Course,
    /// The line's tone.
    pub tone: Tone,
    /// 0 is a solid line; 1, 2 and 3 are three dash patterns.
    pub dash: u8,
    /// Whether the line is thin and pale, as context.
    pub is_thin: bool,
    /// The line's name in the legend.
    pub name: Option<String>,
    /// The key of the trial or item that the line belongs to.
    pub key: Option<u64>,
}

impl Line {
    /// A straight solid line.
    pub fn new(tone: Tone, points: Vec<(f64, Option<f64>)>) -> Self {
        Self {
            points,
            course: Course::Straight,
            tone,
            dash: 0,
            is_thin: false,
            name: None,
            key: None,
        }
    }

    /// Draws steps instead of straight lines.
    #[must_use]
    pub fn steps(mut self) -> Self {
        self.course = Course::Steps;
        self
    }

    /// Adds a name for the legend.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// Dashes the line.
    #[must_use]
    pub fn dashed(mut self, dash: u8) -> Self {
        self.dash = dash;
        self
    }

    /// Makes the line thin and pale.
    #[must_use]
    pub fn thin(mut self) -> Self {
        self.is_thin = true;
        self
    }

    /// Sets the key.
    #[must_use]
    pub fn keyed(mut self, key: u64) -> Self {
        self.key = Some(key);
        self
    }

    pub(crate) fn class(&self) -> String {
        let thin = if self.is_thin { " thin" } else { "" };
        let dash = if self.dash == 0 { String::new() } else { format!(" d{}", self.dash % 4) };
        format!("ln{thin}{dash} {}", self.tone.class())
    }

    pub(crate) fn draw(&self, area: &Area<'_>, svg: &mut Svg) {
        let mut commands = Commands::default();
        let mut last: Option<(f64, f64)> = None;
        for (x, y) in &self.points {
            let Some(at) = y.and_then(|y| area.at(Some(*x), Some(y))) else {
                // A gap in the values is a gap in the line.
                last = None;
                continue;
            };
            match last {
                None => commands.to('M', at.0, at.1),
                Some(before) => {
                    if self.course == Course::Steps {
                        commands.to('L', at.0, before.1);
                    }
                    if self.course == Course::Straight || before.1 != at.1 {
                        commands.to('L', at.0, at.1);
                    }
                }
            }
            last = Some(at);
        }

        let key = self.key.map(|key| keys([key]));
        let further: Vec<(&str, &str)> = key.iter().map(|k| ("data-k", k.as_str())).collect();
        svg.path(&self.class(), &commands.0, &further);
    }
}
