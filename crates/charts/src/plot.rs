//! A picture of two axes with layers of marks, the first at the back.

use crate::area::Area;
use crate::axis::Axis;
use crate::band::Band;
use crate::bars::Bars;
use crate::density::Density;
use crate::heat::Heat;
use crate::intervals::Intervals;
use crate::isolines::Isolines;
use crate::legend;
use crate::line::Line;
use crate::number::position;
use crate::points::Points;
use crate::rule::Rule;
use crate::strip::Strip;
use crate::style::Theme;
use crate::svg::Svg;

/// Marks of one kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// A region between two lines.
    Band(Band),
    /// Bars from zero.
    Bars(Bars),
    /// Density of more points than can be told apart.
    Density(Density),
    /// Cells coloured by amount.
    Heat(Heat),
    /// Dots with whiskers.
    Intervals(Intervals),
    /// Contour lines.
    Isolines(Isolines),
    /// A line or steps through points.
    Line(Line),
    /// Points.
    Points(Points),
    /// One value across the whole picture.
    Rule(Rule),
    /// Points of a category, jittered.
    Strip(Strip),
}

/// Two axes and the layers between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) size: (f64, f64),
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) layers: Vec<Layer>,
    pub(crate) has_head: bool,
}

impl Plot {
    /// An empty picture of 640 × 320. `id` is unique in its page; screen readers read title and
    /// description aloud.
    pub fn new(id: &str, title: &str, description: &str) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            description: description.to_owned(),
            size: (640.0, 320.0),
            x: Axis::linear("", 0.0, 1.0),
            y: Axis::linear("", 0.0, 1.0),
            layers: Vec::new(),
            has_head: false,
        }
    }

    /// Sets the axes.
    #[must_use]
    pub fn axes(mut self, x: Axis, y: Axis) -> Self {
        (self.x, self.y) = (x, y);
        self
    }

    /// Sets the size, in pixels where nothing scales the picture.
    #[must_use]
    pub fn sized(mut self, width: f64, height: f64) -> Self {
        self.size = (width, height);
        self
    }

    /// Writes the title above the picture, for use outside a page.
    #[must_use]
    pub fn headed(mut self) -> Self {
        self.has_head = true;
        self
    }

    /// Adds a layer in front.
    #[must_use]
    pub fn layer(mut self, layer: Layer) -> Self {
        self.layers.push(layer);
        self
    }

    /// Writes the picture as an element of a page, whose style sheet holds [`crate::style::STYLE`].
    pub fn svg(&self) -> String {
        let mut svg = Svg::default();
        self.write(&mut svg, None, &[]);
        svg.out
    }

    /// Writes the picture as a file of its own.
    pub fn file(&self, theme: Theme) -> String {
        let mut svg = Svg::default();
        self.write(&mut svg, Some(theme), &[]);
        svg.out.push('\n');
        svg.out
    }

    /// Writes the element; `further` attributes place it within another picture.
    pub(crate) fn write(&self, svg: &mut Svg, theme: Option<Theme>, further: &[(&str, &str)]) {
        begin(svg, (&self.id, &self.title, &self.description), self.size, theme, further);

        let entries = entries(&self.layers);
        let head = if self.has_head { 22.0 } else { 0.0 };
        let below = head + if entries.is_empty() { 0.0 } else { 20.0 };
        let side = self.layers.iter().map(side).fold(0.0, f64::max);
        let area = Area::new(&self.x, &self.y, self.size, below, side);

        if self.has_head {
            let room = (self.size.0 - area.left) * 0.85;
            let at = (if self.size.0 < 400.0 { 4.0 } else { area.left }, 16.0);
            svg.label("tt", at, crate::svg::Anchor::Start, &self.title, room);
        }

        legend::draw(svg, &entries, (area.left, head + 13.0));
        area.draw(svg);
        for layer in &self.layers {
            layer.draw(&area, svg);
        }

        svg.close("svg");
    }
}

impl Layer {
    fn draw(&self, area: &Area<'_>, svg: &mut Svg) {
        match self {
            Self::Band(layer) => layer.draw(area, svg),
            Self::Bars(layer) => layer.draw(area, svg),
            Self::Density(layer) => layer.draw(area, svg),
            Self::Heat(layer) => layer.draw(area, svg),
            Self::Intervals(layer) => layer.draw(area, svg),
            Self::Isolines(layer) => layer.draw(area, svg),
            Self::Line(layer) => layer.draw(area, svg),
            Self::Points(layer) => layer.draw(area, svg),
            Self::Rule(layer) => layer.draw(area, svg),
            Self::Strip(layer) => layer.draw(area, svg),
        }
    }
}

/// Opens a picture with its title and description.
pub(crate) fn begin(
    svg: &mut Svg,
    (id, title, description): (&str, &str, &str),
    size: (f64, f64),
    theme: Option<Theme>,
    further: &[(&str, &str)],
) {
    let view = format!("0 0 {} {}", position(size.0), position(size.1));
    let (width, height) = (position(size.0), position(size.1));
    let (title_id, description_id) = (format!("{id}-t"), format!("{id}-d"));
    let both = format!("{title_id} {description_id}");
    // In a page a title element would be a tooltip over whatever the pointer shows.
    let name = match theme {
        Some(_) => ("aria-labelledby", &*both),
        None => ("aria-label", title),
    };

    let mut attributes = vec![
        ("xmlns", "http://www.w3.org/2000/svg"),
        ("class", "ch"),
        ("viewBox", &*view),
        ("width", &*width),
        ("height", &*height),
        ("role", "img"),
        name,
    ];

    attributes.extend_from_slice(further);

    svg.open("svg", &attributes);
    if theme.is_some() {
        svg.text("title", &[("id", &title_id)], title);
    }
    svg.text("desc", &[("id", &description_id)], description);

    if let Some(theme) = theme {
        // The style sheet is our own and holds no markup.
        svg.open("style", &[]);
        svg.out.push_str(&theme.sheet());
        svg.close("style");
        svg.empty("rect", &[("width", "100%"), ("height", "100%"), ("fill", "var(--bg)")]);
    }
}

/// Returns the named kinds of marks in the order of their layers.
fn entries(layers: &[Layer]) -> Vec<legend::Entry> {
    let of = |layer: &Layer| {
        let (class, shape, name) = match layer {
            Layer::Line(l) => (l.class(), None, &l.name),
            Layer::Points(l) => (l.class(), Some(l.shape), &l.name),
            Layer::Band(l) => (l.class(), None, &l.name),
            Layer::Rule(l) => (l.class(), None, &l.name),
            Layer::Density(l) => (l.class(), None, &l.name),
            _ => return None,
        };
        name.clone().map(|name| legend::Entry { class, shape, name })
    };

    layers.iter().filter_map(of).collect()
}

/// Returns the room that a layer needs at the right.
fn side(layer: &Layer) -> f64 {
    match layer {
        Layer::Heat(heat) if heat.has_scale => legend::SIDE,
        _ => 0.0,
    }
}
