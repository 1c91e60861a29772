//! Parallel coordinates: many axes side by side, and one line across them for each item.

use crate::axis::Axis;
use crate::number::position;
use crate::plot::begin;
use crate::style::{Theme, Tone};
use crate::svg::{Anchor, Commands, Svg, keys};

/// The least distance between two axes.
const APART: f64 = 104.0;

/// The least width of a picture: a page scales few axes to the same width, so a narrower picture
/// would have larger letters.
const LEAST_WIDTH: f64 = 936.0;

/// At most this many lines of one tone are drawn at full width.
const FEW: usize = 12;

/// Vertical positions of the axes' ends.
const TOP: f64 = 34.0;
const FOOT: f64 = 12.0;

/// One line: a value on each axis; absent ones use the axis's place for them.
#[derive(Clone, Debug, PartialEq)]
pub struct Strand {
    /// Values in the order of the axes.
    pub values: Vec<Option<f64>>,
    /// The key of what it belongs to.
    pub key: u64,
}

/// Axes side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Parallel {
    /// Id, unique in its page.
    pub id: String,
    /// The picture's title.
    pub title: String,
    /// The picture's description.
    pub description: String,
    /// The axes from left to right.
    pub axes: Vec<Axis>,
    /// Lines by tone; those in front come last.
    pub strands: Vec<(Tone, Vec<Strand>)>,
    /// Height of the picture.
    pub height: f64,
}

impl Parallel {
    /// Writes the picture as an element of a page.
    pub fn svg(&self) -> String {
        self.written(None)
    }

    /// Writes the picture as a file of its own.
    pub fn file(&self, theme: Theme) -> String {
        self.written(Some(theme)) + "\n"
    }

    fn written(&self, theme: Option<Theme>) -> String {
        let width = (self.axes.len() as f64 * APART).max(LEAST_WIDTH);
        let apart = width / self.axes.len().max(1) as f64;
        let mut svg = Svg::default();
        let texts = (&*self.id, &*self.title, &*self.description);
        begin(&mut svg, texts, (width, self.height), theme, &[]);

        for (tone, strands) in &self.strands {
            self.draw_strands(&mut svg, *tone, strands, apart);
        }

        // After the strands, which would cross the labels.
        for (index, axis) in self.axes.iter().enumerate() {
            self.draw_axis(&mut svg, index, axis, apart);
        }

        svg.close("svg");
        svg.out
    }

    fn draw_strands(&self, svg: &mut Svg, tone: Tone, strands: &[Strand], apart: f64) {
        let mut commands = Commands::default();
        for strand in strands {
            let mut letter = 'M';
            for (index, (axis, value)) in self.axes.iter().zip(&strand.values).enumerate() {
                // An axis without a place for absent values is skipped, so that the line stays
                // connected.
                let Some(y) = axis.at(*value, self.height - FOOT, TOP) else { continue };
                commands.to(letter, x_at(index, apart), y);
                letter = 'L';
            }
        }

        let known = keys(strands.iter().map(|s| s.key));
        let thin = if tone == Tone::Faint || strands.len() > FEW { " thin" } else { "" };
        svg.path(&format!("ln{thin} {}", tone.class()), &commands.0, &[("data-k", &known)]);
    }

    /// Opens the group of an axis and states where its values lie: start, end, and the place of
    /// absent ones.
    fn open_axis(&self, svg: &mut Svg, index: usize, axis: &Axis, x: f64) {
        let foot = self.height - FOOT;
        let absent = axis.at(None, foot, TOP).map_or_else(|| "-1".to_owned(), position);
        let span = format!("{} {} {absent}", position(axis.begin(foot, TOP)), position(TOP));
        let (number, x) = (index.to_string(), position(x));
        let attributes =
            [("class", "axis"), ("data-axis", &*number), ("data-x", &*x), ("data-span", &*span)];
        svg.open("g", &attributes);
    }

    fn draw_axis(&self, svg: &mut Svg, index: usize, axis: &Axis, apart: f64) {
        let x = x_at(index, apart);
        self.open_axis(svg, index, axis, x);
        let line = format!("M{} {}V{}", position(x), position(TOP), position(self.height - FOOT));
        svg.path("ax", &line, &[]);

        svg.label("na", (x, 14.0), Anchor::Middle, &axis.label, apart - 8.0);
        let most = ((self.height - TOP - FOOT) / 44.0) as usize;
        let ticks = axis.ticks(most).into_iter().map(|t| (Some(t.value), t.label));

        let absent = axis.has_absent.then(|| (None, "–".to_owned()));
        for (value, label) in ticks.chain(absent) {
            let Some(y) = axis.at(value, self.height - FOOT, TOP) else { continue };
            svg.path("ax", &format!("M{} {}h5", position(x), position(y)), &[]);
            svg.label("tick", (x + 8.0, y + 4.0), Anchor::Start, &label, apart - 16.0);
        }

        svg.close("g");
    }
}

fn x_at(index: usize, apart: f64) -> f64 {
    (index as f64 + 0.5) * apart
}
