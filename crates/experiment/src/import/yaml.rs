//! YAML as a tree, built from the events of a parser. Aliases are refused, since a small file could
//! expand without bound; so is deep nesting. Only this file names the YAML crate.

use saphyr_parser::{Event, Parser, ScalarStyle};

/// A value of YAML.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Yaml {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Yaml>),
    /// In the order of the file.
    Map(Vec<(String, Yaml)>),
}

/// The most levels of lists and maps.
const DEEPEST: usize = 32;

impl Yaml {
    /// The value of a key of a map.
    pub(super) fn get(&self, key: &str) -> Option<&Yaml> {
        let Yaml::Map(entries) = self else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Yaml::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Yaml::Int(value) => Some(*value as f64),
            Yaml::Float(value) if value.is_finite() => Some(*value),
            _ => None,
        }
    }
}

/// A list or map that is not closed yet.
enum Open {
    List(Vec<Yaml>),
    /// Entries, and the key whose value comes next.
    Map(Vec<(String, Yaml)>, Option<String>),
}

/// Reads the first document of a text.
///
/// # Errors
/// What is wrong, with its line.
pub(super) fn parse(text: &str) -> Result<Yaml, String> {
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| format!("not YAML: {error}"))?;
        let line = span.start.line();
        let value = match event {
            Event::Alias(_) => {
                // By aliases of aliases a short text may become larger than memory.
                return Err(format!(
                    "line {line}: an alias (`*`) is not read: write its value out"
                ));
            }
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(Vec::new(), None));
                None
            }
            Event::Scalar(text, style, ..) => Some(scalar(&text, style)),
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(|closed| match closed {
                Open::List(values) => Yaml::List(values),
                Open::Map(entries, _) => Yaml::Map(entries),
            }),
            _ => None,
        };

        // Values are written and dropped by recursion, which needs stack for each level.
        if open.len() > DEEPEST {
            return Err(format!("line {line}: deeper than {DEEPEST} levels"));
        }
        let Some(value) = value else { continue };
        match open.last_mut() {
            None => return Ok(value),
            Some(Open::List(values)) => values.push(value),
            Some(Open::Map(entries, waiting)) => match waiting.take() {
                Some(key) => entries.push((key, value)),
                None => *waiting = Some(key(value, entries, line)?),
            },
        }
    }

    Err("the file is empty".to_owned())
}

fn key(value: Yaml, entries: &[(String, Yaml)], line: usize) -> Result<String, String> {
    let key = match value {
        Yaml::Text(text) => text,
        Yaml::Int(number) => number.to_string(),
        Yaml::Bool(flag) => flag.to_string(),
        _ => return Err(format!("line {line}: a key must be a text")),
    };
    if entries.iter().any(|(other, _)| *other == key) {
        return Err(format!("line {line}: the key {key:?} appears twice"));
    }
    Ok(key)
}

/// Reads a scalar as YAML 1.2's core schema does; `1e-5` is a number, too.
fn scalar(text: &str, style: ScalarStyle) -> Yaml {
    if !matches!(style, ScalarStyle::Plain) {
        return Yaml::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Yaml::Null,
        "true" | "True" | "TRUE" => return Yaml::Bool(true),
        "false" | "False" | "FALSE" => return Yaml::Bool(false),
        _ => {}
    }

    if let Ok(int) = text.parse::<i64>() {
        return Yaml::Int(int);
    }
    match text.parse::<f64>() {
        // Rust also parses `inf` and `nan`, which are words in YAML.
        Ok(float) if float.is_finite() => Yaml::Float(float),
        _ => Yaml::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_yaml_is_a_tree() {
        let tree = parse("a: 1\nb: [0.5, 1e-5, x, 'true', ~]\nc:\n  d: yes\n").unwrap();
        assert_eq!(tree.get("a"), Some(&Yaml::Int(1)));
        let text = |text: &str| Yaml::Text(text.to_owned());
        let values = vec![Yaml::Float(0.5), Yaml::Float(1e-5), text("x"), text("true"), Yaml::Null];
        assert_eq!(tree.get("b"), Some(&Yaml::List(values)));
        assert_eq!(tree.get("c").unwrap().get("d"), Some(&text("yes")));
    }

    #[test]
    fn hostile_yaml_is_refused() {
        let bomb = "a: &a [x, x]\nb: &b [*a, *a]\n";
        assert!(parse(bomb).unwrap_err().contains("alias"));
        assert!(parse(&"[".repeat(10_000)).is_err());
        assert!(parse(&"- ".repeat(10_000)).unwrap_err().contains("deeper"));
        assert!(parse("a: 1\na: 2\n").unwrap_err().contains("twice"));
        assert!(parse("[1]: 2\n").is_err() && parse("").is_err() && parse("a: [").is_err());
    }
}
