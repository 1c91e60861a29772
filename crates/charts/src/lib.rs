//! Pictures from numbers. A [`Plot`] has two axes and layers of marks, [`Parallel`] many axes side
//! by side, [`Multiples`] several plots in one picture; each is written as SVG, and the same
//! numbers give the same bytes.
//!
//! Nothing here knows what the numbers mean. A mark may have a key, written into the SVG as
//! `data-k`, by which a page finds the marks of one trial in every picture. Styling is by classes:
//! [`style::STYLE`] holds the colours for light, dark and print, once in a page or inside each
//! stand-alone file. Colours are those of Okabe and Ito ("Color Universal Design", 2008) for kinds
//! and viridis for amounts; shapes and dashes say the same without colour.
//!
//! ```
//! use charts::{Axis, Layer, Plot, Points, Tone};
//!
//! let points = Points::new(Tone::Series(0)).with(Some(1.0), Some(2.0), Some(7));
//! let plot = Plot::new("p", "Loss against width", "Wider is better.")
//!     .axes(Axis::linear("width", 0.0, 4.0), Axis::linear("loss", 0.0, 2.0))
//!     .layer(Layer::Points(points));
//! assert!(plot.svg().contains("data-k=\"7\""));
//! ```

mod area;
mod axis;
mod band;
mod bars;
mod density;
mod heat;
mod intervals;
mod isolines;
mod legend;
mod line;
mod multiples;
mod number;
mod parallel;
mod plot;
mod points;
mod rule;
mod scale;
mod strip;
pub mod style;
mod svg;
mod text;
mod ticks;

pub use axis::Axis;
pub use band::Band;
pub use bars::{Bar, Bars, Direction};
pub use density::Density;
pub use heat::{Heat, LEVELS};
pub use intervals::{Interval, Intervals};
pub use isolines::Isolines;
pub use line::{Course, Line};
pub use multiples::Multiples;
pub use number::label;
pub use parallel::{Parallel, Strand};
pub use plot::{Layer, Plot};
pub use points::{Point, Points, Shape};
pub use rule::Rule;
pub use scale::AxisScale;
pub use strip::Strip;
pub use style::{Theme, Tone};
pub use text::{escape, shorten};
