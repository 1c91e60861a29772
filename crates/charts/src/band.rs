//! A region between a lower and an upper line, such as a mean plus and minus its standard error.

use crate::area::Area;
use crate::style::Tone;
use crate::svg::{Commands, Svg};

/// A region of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Horizontal value, lower and upper vertical value, in order.
    pub points: Vec<(f64, f64, f64)>,
    /// The region's tone.
    pub tone: Tone,
    /// The region's name in the legend.
    pub name: Option<String>,
}

impl Band {
    pub(crate) fn class(&self) -> String {
        format!("ar soft {}", self.tone.class())
    }

    pub(crate) fn draw(&self, area: &Area<'_>, svg: &mut Svg) {
        let upper = self.points.iter().filter_map(|(x, _, high)| area.at(Some(*x), Some(*high)));
        let lower =
            self.points.iter().rev().filter_map(|(x, low, _)| area.at(Some(*x), Some(*low)));

        let mut commands = Commands::default();
        for (index, at) in upper.chain(lower).enumerate() {
            commands.to(if index == 0 { 'M' } else { 'L' }, at.0, at.1);
        }

        if !commands.0.is_empty() {
            commands.0.push('z');
        }
        svg.path(&self.class(), &commands.0, &[]);
    }
}
