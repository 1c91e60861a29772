//! The text of a space file as a tree with the position of every key and value. Only this file
//! names the TOML crate.

use crate::report::{Fault, Source, Span, quoted};
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and its position.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The position of the value; for a table under a header, of the header.
    pub(super) span: Span,
    /// The value.
    pub(super) item: Item,
}

/// The values of TOML.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Bool(bool),
    Int(i64),
    /// May be infinite or NaN: TOML can write both.
    Float(f64),
    Text(String),
    /// A date or time, which no key of a space file accepts.
    Date,
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) node: Node,
}

impl Item {
    /// Returns the kind of value in words.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Bool(_) => "true or false",
            Self::Int(_) => "an integer",
            Self::Float(_) => "a number",
            Self::Text(_) => "a text",
            Self::Date => "a date",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// Writes a text as a TOML string.
pub fn literal(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Writes a name as a TOML key, quoted if necessary.
pub fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { literal(name) }
}

/// Reads a whole file: its top-level entries in the order of the file.
///
/// # Errors
/// All faults of syntax, at most one a line, in the order of the file.
pub(super) fn parse(source: &Arc<Source>) -> Result<Vec<Entry>, Vec<Fault>> {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    let mut faults = Vec::new();
    let entries = entries(table.into_inner(), source, &mut faults);
    let mut shown: Vec<(usize, Fault)> = Vec::new();

    // One fault a line: after a syntax error the parser reports the rest of the line, too.
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let line = source.text[..span.start].matches('\n').count();
        if shown.iter().all(|(other, _)| *other != line) {
            shown.push((line, syntax_fault(source, span, error.message())));
        }
        if shown.len() > MAX_SYNTAX_FAULTS {
            break;
        }
    }

    shown.sort_by_key(|(line, _)| *line);
    if !shown.is_empty() {
        return Err(shown.into_iter().map(|(_, fault)| fault).collect());
    }

    if faults.is_empty() { Ok(entries) } else { Err(faults) }
}

/// A file with more broken lines than this is another kind of file.
const MAX_SYNTAX_FAULTS: usize = 20;

fn syntax_fault(source: &Arc<Source>, span: Span, message: &str) -> Fault {
    let found = &source.text[span.clone()];
    let fault = Fault::error(format!("not TOML: {}", first_line(message))).at(source, span.clone());

    // The faulty word may be cut short in the span.
    let word: String =
        source.text[span.start..].chars().take_while(|c| c.is_alphanumeric()).collect();

    match message {
        _ if ["None", "null", "Null", "NULL", "nil", "none"].contains(&word.as_str()) => {
            fault.hint("TOML has no null: leave the key out, or write a text such as \"none\"")
        }
        _ if ["True", "False", "TRUE", "FALSE"].contains(&word.as_str()) => {
            fault.hint(format!("TOML writes {}", word.to_lowercase()))
        }
        m if m.contains("must be quoted") && !found.is_empty() => {
            const CURLY: [char; 7] = ['“', '”', '„', '‘', '’', '«', '»'];
            let text = found.trim().trim_matches(CURLY);
            let straight = if text == found.trim() { "" } else { "straight " };
            fault.hint(format!("a text must be in {straight}quotation marks: \"{text}\""))
        }
        m if m.contains("duplicate key") => fault.hint("a key may appear only once; join the two"),
        m if m.contains("mantissa") => fault.hint("a number begins with a digit: 0.5, not .5"),
        m if m.contains("fraction") => fault.hint("a point is followed by a digit: 1.0, not 1."),
        _ => fault,
    }
}

fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or(message)
}

fn entries(table: DeTable<'_>, source: &Arc<Source>, faults: &mut Vec<Fault>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .into_iter()
        .map(|(key, value)| Entry {
            key_span: key.span(),
            key: key.into_inner().into_owned(),
            node: node(value, source, faults),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span.start);
    entries
}

fn node(value: Spanned<DeValue<'_>>, source: &Arc<Source>, faults: &mut Vec<Fault>) -> Node {
    let span = value.span();
    let item = match value.into_inner() {
        DeValue::String(text) => Item::Text(text.into_owned()),
        DeValue::Boolean(value) => Item::Bool(value),
        DeValue::Datetime(_) => Item::Date,
        DeValue::Integer(digits) => match i64::from_str_radix(digits.as_str(), digits.radix()) {
            Ok(value) => Item::Int(value),
            Err(_) => {
                let found = quoted(&source.text[span.clone()]);
                faults.push(
                    Fault::error(format!("{found} is beyond the integers of 64 bits"))
                        .at(source, span.clone()),
                );
                Item::Int(0)
            }
        },
        // The parser has checked the form; beyond the range of floats it becomes infinite, like
        // TOML's inf.
        DeValue::Float(digits) => Item::Float(digits.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Array(values) => {
            Item::List(values.into_iter().map(|value| node(value, source, faults)).collect())
        }
        DeValue::Table(table) => Item::Table(entries(table, source, faults)),
    };

    Node { span, item }
}
