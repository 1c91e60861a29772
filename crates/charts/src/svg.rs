//! The SVG writer: elements with their attributes in the order given.

use crate::number::position;
use crate::text::escape;

/// An SVG document under construction.
#[derive(Default)]
pub(crate) struct Svg {
    pub out: String,
}

/// Where a text begins, ends or has its middle.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Svg {
    /// Opens an element.
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.out.push('<');
        self.out.push_str(name);
        self.attributes(attributes);
        self.out.push('>');
    }

    /// Closes an element.
    pub fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// Writes an element without content.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.out.push('<');
        self.out.push_str(name);
        self.attributes(attributes);
        self.out.push_str("/>");
    }

    /// Writes an element that holds text.
    pub fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(name, attributes);
        self.out.push_str(&escape(text));
        self.close(name);
    }

    /// Writes a label, cut to `room`; a tooltip shows the whole text.
    pub fn label(&mut self, class: &str, at: (f64, f64), anchor: Anchor, text: &str, room: f64) {
        let (x, y) = (position(at.0), position(at.1));
        let side = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let cut = crate::text::shorten(text, room);

        self.open("text", &[("class", class), ("x", &x), ("y", &y), ("text-anchor", side)]);
        self.out.push_str(&escape(&cut));
        if cut != text {
            self.text("title", &[], text);
        }
        self.close("text");
    }

    /// Writes a path, unless it has no commands.
    pub fn path(&mut self, class: &str, commands: &str, further: &[(&str, &str)]) {
        if commands.is_empty() {
            return;
        }
        let mut attributes = vec![("class", class), ("d", commands)];
        attributes.extend_from_slice(further);
        self.empty("path", &attributes);
    }

    fn attributes(&mut self, attributes: &[(&str, &str)]) {
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            self.out.push_str(&escape(value));
            self.out.push('"');
        }
    }
}

/// Keys of a path's marks in order, each as the difference to the one before: ascending keys then
/// take two characters.
pub(crate) fn keys(keys: impl IntoIterator<Item = u64>) -> String {
    let mut before = 0i128;
    let mut out = String::new();
    for key in keys {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&(i128::from(key) - before).to_string());
        before = i128::from(key);
    }
    out
}

/// The commands of a path.
#[derive(Default)]
pub(crate) struct Commands(pub String);

impl Commands {
    /// Adds one command letter with a position.
    pub fn to(&mut self, letter: char, x: f64, y: f64) {
        self.0.push(letter);
        self.0.push_str(&position(x));
        self.0.push(' ');
        self.0.push_str(&position(y));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_as_differences() {
        assert_eq!(keys([0, 1, 2, 10, 4]), "0 1 1 8 -6");
    }

    #[test]
    fn attributes_are_escaped() {
        let mut svg = Svg::default();
        svg.text("text", &[("class", "a\"b")], "<b>");
        assert_eq!(svg.out, "<text class=\"a&quot;b\">&lt;b&gt;</text>");
    }
}
