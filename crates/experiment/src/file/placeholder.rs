//! Placeholders in a command: `{name}` in an argument stands for a parameter's value.
//!
//! `{name?--flag}` is the text behind the question mark where the parameter is true, and nothing
//! elsewhere. Only what could be a name is one: `{print $1}` and `{"a": 1}` stay as they are, and
//! `{{name}}` writes `{name}`.

use tuner::space::Parameter;

/// An argument of a command, split at its placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// The pieces, from left to right.
    pub pieces: Vec<Piece>,
}

/// A piece of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Literal text.
    Text(String),
    /// The value of the parameter at this position; empty if it is inactive.
    Parameter(usize),
    /// A text where the parameter at this position is true; nothing where it is false or inactive.
    Flag(usize, String),
}

/// An argument as the file writes it.
pub(crate) fn in_toml(pieces: &[Piece], parameters: &[Parameter]) -> String {
    let shown = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Parameter(position) => format!("{{{}}}", parameters[*position].name),
        Piece::Flag(position, text) => format!("{{{}?{text}}}", parameters[*position].name),
    };
    pieces.iter().map(shown).collect()
}

/// A placeholder that names no parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Number of bytes before it.
    pub offset: usize,
    /// The name in it.
    pub name: String,
}

impl Argument {
    /// Splits `text` at its placeholders; `position` finds a parameter by its name.
    ///
    /// # Errors
    /// The first placeholder that names no parameter.
    pub fn parse(text: &str, position: impl Fn(&str) -> Option<usize>) -> Result<Self, Unknown> {
        let mut pieces = Vec::new();
        let mut plain = String::new();

        let mut at = 0;
        while let Some(open) = text[at..].find('{').map(|found| at + found) {
            plain.push_str(&text[at..open]);
            let inside = text[open + 1..]
                .split('}')
                .next()
                .filter(|name| open + 1 + name.len() < text.len());
            // Doubled braces come first: {{depth}} passes {depth} on as it is.
            if let Some(escaped) = text[open..].strip_prefix("{{").and_then(escaped_name) {
                plain.push_str(&format!("{{{escaped}}}"));
                at = open + escaped.len() + 4;
            } else if let Some((written, piece)) =
                inside.and_then(|inside| Some((inside, placeholder(inside, &position)?)))
            {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
                pieces.push(piece);
                at = open + written.len() + 2;
            } else if let Some(name) = inside.and_then(name_of_flag) {
                return Err(Unknown { offset: open, name: name.to_owned() });
            } else if let Some(name) = inside.filter(|name| is_name(name)) {
                return Err(Unknown { offset: open, name: name.to_owned() });
            } else {
                plain.push('{');
                at = open + 1;
            }
        }

        plain.push_str(&text[at..]);
        pieces.push(Piece::Text(plain));
        pieces.retain(|piece| *piece != Piece::Text(String::new()));
        Ok(Self { pieces })
    }

    /// Inserts values: `value` returns the parameter at a position, or `None` if it is inactive.
    /// Returns `None` if the argument has placeholders and all of them are inactive.
    pub fn fill(&self, value: impl Fn(usize) -> Option<String>) -> Option<String> {
        let mut filled = String::new();
        let (mut n_placeholders, mut n_active) = (0, 0);
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Parameter(index) => {
                    n_placeholders += 1;
                    let shown = value(*index);
                    n_active += usize::from(shown.is_some());
                    filled.extend(shown);
                }
                Piece::Flag(index, text) => {
                    n_placeholders += 1;
                    if value(*index).as_deref() == Some("true") {
                        n_active += 1;
                        filled.push_str(text);
                    }
                }
            }
        }

        // An argument whose parameters are all inactive is left out.
        (n_placeholders == 0 || n_active > 0).then_some(filled)
    }

    /// Whether the argument consists of a single placeholder.
    pub(crate) fn is_bare_placeholder(&self) -> bool {
        matches!(self.pieces.as_slice(), [Piece::Parameter(_)])
    }

    /// Whether the argument is a flag that takes the next one as its value: `--momentum`, `-m`.
    pub(crate) fn is_lone_flag(&self) -> bool {
        match self.pieces.as_slice() {
            [Piece::Text(text)] => {
                text.len() > 1 && text.starts_with('-') && text != "--" && !text.contains('=')
            }
            _ => false,
        }
    }
}

/// What `name` or `name?text` stands for, if there is a parameter of that name.
fn placeholder(inside: &str, position: impl Fn(&str) -> Option<usize>) -> Option<Piece> {
    if let Some(index) = position(inside) {
        return Some(Piece::Parameter(index));
    }
    let (name, text) = inside.split_once('?')?;
    Some(Piece::Flag(position(name)?, text.to_owned()))
}

/// The name in `name?-…`, which can be meant as a flag alone.
fn name_of_flag(inside: &str) -> Option<&str> {
    let (name, text) = inside.split_once('?')?;
    (is_name(name) && text.starts_with('-')).then_some(name)
}

/// Returns the name in `name}}…`.
fn escaped_name(text: &str) -> Option<&str> {
    let (name, _) = text.split_once("}}")?;
    is_name(name).then_some(name)
}

/// Whether a text can be the name of a parameter.
fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    text.starts_with(|c: char| c.is_alphabetic() || c == '_') && text.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Result<String, Unknown> {
        let position = |name: &str| ["rate", "max depth"].iter().position(|n| *n == name);
        let argument = Argument::parse(text, position)?;
        Ok(argument.fill(|index| Some(format!("<{index}>"))).unwrap_or_default())
    }

    #[test]
    fn names_of_parameters_are_replaced() {
        assert_eq!(filled("--rate={rate},{max depth}").unwrap(), "--rate=<0>,<1>");
        assert_eq!(filled("{rate}{rate}").unwrap(), "<0><0>");
    }

    #[test]
    fn an_argument_whose_placeholders_are_all_inactive_is_none() {
        let position = |name: &str| ["a", "b"].iter().position(|n| *n == name);
        let fill = |text: &str| {
            let only_b = |index| (index == 1).then(|| "1".to_owned());
            Argument::parse(text, position).unwrap().fill(only_b)
        };
        assert_eq!((fill("--a={a}"), fill("{a}"), fill("{a}{a}")), (None, None, None));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!((fill("{a},{b}"), fill("--a"), fill("")), (some(",1"), some("--a"), some("")));
    }

    #[test]
    fn a_flag_is_there_where_its_parameter_is_true() {
        let position = |name: &str| ["fast", "deep"].iter().position(|n| *n == name);
        let fill = |text: &str| {
            let only_fast = |index| Some((index == 0).to_string());
            Argument::parse(text, position).unwrap().fill(only_fast)
        };
        assert_eq!(fill("{fast?--fast}").as_deref(), Some("--fast"));
        assert_eq!((fill("{deep?--deep}"), fill("{deep?--deep}{deep?x}")), (None, None));
        assert_eq!(fill("-v{fast?f}{deep?d}").as_deref(), Some("-vf"));
        let none = Argument::parse("{fast?--fast}", position).unwrap();
        assert_eq!(none.fill(|_| None), None);
        assert_eq!(Argument::parse("{slow?--s}", position).unwrap_err().name, "slow");
        assert_eq!(fill("a{b?c}").as_deref(), Some("a{b?c}"));
    }

    #[test]
    fn what_is_no_name_stays() {
        for text in [
            "",
            "plain",
            "{print $1}",
            "{\"a\": 1}",
            "{",
            "}",
            "{}",
            "{1}",
            "a{b",
            "é{ }",
            "{{",
            "if (x) { y }",
        ] {
            assert_eq!(filled(text).unwrap(), text);
        }
        assert_eq!(filled("{{rate}} {rate}").unwrap(), "{rate} <0>");
        assert_eq!(filled("{{lr}}").unwrap(), "{lr}");
    }

    #[test]
    fn an_unknown_name_is_found_where_it_stands() {
        assert_eq!(filled("a {lr}").unwrap_err(), Unknown { offset: 2, name: "lr".to_owned() });
        assert_eq!(filled("{a {lr}").unwrap_err().offset, 3);
    }
}
