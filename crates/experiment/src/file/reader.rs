//! Typed reading of a section: each getter takes a key and records a fault for an unexpected value.

use super::advice::nearest;
use super::epochs::EpochsKey;
use super::keys::Section;
use super::spans::Spans;
use super::tree::{Entry, Item, Node};
use crate::report::{Fault, Source, Span, in_words, quoted};
use std::ops::RangeInclusive;
use std::sync::Arc;
use tuner::space::Value;

/// What is collected while a file is read: faults, and the positions of all keys.
pub(super) struct Notes {
    pub(super) source: Arc<Source>,
    pub(super) faults: Vec<Fault>,
    pub(super) spans: Spans,
}

impl Notes {
    pub(super) fn fault(&mut self, span: &Span, message: impl std::fmt::Display) -> &mut Fault {
        self.push(Fault::error(message).at(&self.source, span.clone()))
    }

    /// An error at the value at `path`, or at the nearest table around it.
    pub(super) fn error_at(&self, path: &[&str], message: impl std::fmt::Display) -> Fault {
        self.spans.place(Fault::error(message), &self.source, path, |spot| &spot.value)
    }

    /// An error at the key at `path`, or at the nearest table around it.
    pub(super) fn error_at_key(&self, path: &[&str], message: impl std::fmt::Display) -> Fault {
        self.spans.place(Fault::error(message), &self.source, path, |spot| &spot.key)
    }

    pub(super) fn push(&mut self, fault: Fault) -> &mut Fault {
        self.faults.push(fault);
        self.faults.last_mut().expect("a fault was just pushed")
    }

    /// Records a value of an unexpected kind.
    pub(super) fn mismatch(&mut self, key: &str, node: &Node, expected: &str) -> &mut Fault {
        let found = match &node.item {
            Item::Text(text) => format!("the text \"{}\"", quoted(text).trim_matches('`')),
            Item::Float(value) if !value.is_finite() => value.to_string(),
            Item::Float(_) | Item::Int(_) | Item::Bool(_) => {
                self.source.text[node.span.clone()].to_owned()
            }
            item => item.kind().to_owned(),
        };
        let is_quoted_number =
            matches!(&node.item, Item::Text(text) if text.trim().parse::<f64>().is_ok());
        let fault = self.fault(&node.span, format!("`{key}`: expected {expected}, found {found}"));
        let expects_number = ["number", "integer"].iter().any(|word| expected.contains(word));
        if is_quoted_number && expects_number {
            fault.hints.push("write numbers without quotation marks".to_owned());
        }
        fault
    }
}

/// A section being read.
pub(super) struct Reader<'a, 'n> {
    entries: &'a [Entry],
    notes: &'n mut Notes,
    /// The position of the section: its header.
    span: Span,
    path: Vec<&'a str>,
}

/// Bounds of a number, and their words in a message.
#[derive(Clone, Copy)]
pub(super) enum Bounds {
    /// Any finite number.
    Finite,
    /// Above 0.
    Positive,
    /// Above 0 and below 1.
    Share,
}

impl Bounds {
    fn holds(self, value: f64) -> bool {
        value.is_finite()
            && match self {
                Self::Finite => true,
                Self::Positive => value > 0.0,
                Self::Share => value > 0.0 && value < 1.0,
            }
    }

    fn in_words(self) -> &'static str {
        match self {
            Self::Finite => "a finite number",
            Self::Positive => "a number above 0",
            Self::Share => "a number above 0 and below 1",
        }
    }
}

impl<'a, 'n> Reader<'a, 'n> {
    /// Opens the section at `path`, and reports keys that it does not have.
    pub(super) fn open(
        section: &Section,
        path: &[&'a str],
        node: &'a Node,
        notes: &'n mut Notes,
    ) -> Self {
        let entries: &[Entry] = match &node.item {
            Item::Table(entries) => entries,
            _ => {
                notes.mismatch(path[path.len() - 1], node, "a table of keys");
                &[]
            }
        };

        for entry in entries {
            notes.spans.insert(path, entry);
            if !section.has(&entry.key) {
                let advice = section.advice(&entry.key);
                let message = format!("{} has no key {}", section.header, quoted(&entry.key));
                let fault = Fault::error(message).at(&notes.source, entry.key_span.clone());
                notes.push(fault.label(advice.label).hint(advice.hint));
                if let Some(key) =
                    advice.key.filter(|key| entries.iter().all(|entry| entry.key != *key))
                {
                    // So that a key under another name is not also reported as missing.
                    notes.spans.insert_as(path, key, entry);
                }
            }
        }

        Self { entries, notes, span: node.span.clone(), path: path.to_vec() }
    }

    pub(super) fn node(&self, key: &str) -> Option<&'a Node> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// Returns the value of a key that is a misspelling of `key`. The misspelling has its own
    /// fault; its content is read all the same, so that nothing else is reported as missing.
    pub(super) fn misspelt(&self, section: &Section, key: &str) -> Option<&'a Node> {
        let is_meant = |entry: &&Entry| section.misspells(&entry.key) == Some(key);
        self.entries.iter().find(is_meant).map(|entry| &entry.node)
    }

    /// Whether neither the key nor another name for it is present; the latter has its own fault.
    pub(super) fn lacks(&self, key: &str) -> bool {
        let path: Vec<&str> = self.path.iter().copied().chain([key]).collect();
        !self.notes.spans.holds(&path)
    }

    pub(super) fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    pub(super) fn notes(&mut self) -> &mut Notes {
        self.notes
    }

    /// Records a fault at the section itself.
    pub(super) fn fault(&mut self, message: impl std::fmt::Display) -> &mut Fault {
        self.notes.fault(&self.span, message)
    }

    /// Reads a value by `read`, which returns the expected form in words if it does not match.
    fn get<T>(&mut self, key: &str, read: impl FnOnce(&Item) -> Result<T, String>) -> Option<T> {
        let node = self.node(key)?;
        match read(&node.item) {
            Ok(value) => Some(value),
            Err(expected) => {
                self.notes.mismatch(key, node, &expected);
                None
            }
        }
    }

    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        self.get(key, |item| match item {
            Item::Bool(value) => Ok(*value),
            _ => Err("true or false".to_owned()),
        })
    }

    /// Reads true or false, or a text that is not empty.
    pub(super) fn flag_or_text(&mut self, key: &str) -> Option<Result<bool, String>> {
        self.get(key, |item| match item {
            Item::Bool(value) => Ok(Ok(*value)),
            Item::Text(text) if !text.is_empty() => Ok(Err(text.clone())),
            _ => Err("true, false, or the path of a file of experience".to_owned()),
        })
    }

    /// Reads a text that is not empty.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        self.get(key, |item| match item {
            Item::Text(text) if !text.is_empty() => Ok(text.clone()),
            _ => Err("a text".to_owned()),
        })
    }

    pub(super) fn number(&mut self, key: &str, bounds: Bounds) -> Option<f64> {
        self.get(key, |item| {
            number(item).filter(|v| bounds.holds(*v)).ok_or_else(|| bounds.in_words().to_owned())
        })
    }

    /// Reads a list of numbers.
    pub(super) fn numbers(&mut self, key: &str, bounds: Bounds) -> Option<Vec<f64>> {
        self.get(key, |item| {
            let expected =
                || format!("a list of {}", bounds.in_words().replacen("a number", "numbers", 1));
            let Item::List(items) = item else { return Err(expected()) };
            let read = |node: &Node| number(&node.item).filter(|v| bounds.holds(*v));
            items.iter().map(read).collect::<Option<Vec<f64>>>().ok_or_else(expected)
        })
    }

    /// Reads a number of epochs, or the name of the parameter that is one.
    pub(super) fn epochs(&mut self, key: &str) -> Option<EpochsKey> {
        self.get(key, |item| match item {
            Item::Text(name) if !name.is_empty() => Ok(EpochsKey::Parameter(name.clone())),
            Item::Int(n) if u32::try_from(*n).is_ok_and(|n| n > 0) => {
                Ok(EpochsKey::Number(*n as u32))
            }
            _ => Err("an integer above 0, or the name of a parameter".to_owned()),
        })
    }

    /// Reads an integer of any sign.
    pub(super) fn int(&mut self, key: &str) -> Option<i64> {
        self.get(key, |item| match item {
            Item::Int(value) => Ok(*value),
            _ => Err("an integer".to_owned()),
        })
    }

    /// Reads an integer within `range`; a float without a fraction, such as 1e9, is accepted.
    pub(super) fn count(&mut self, key: &str, range: RangeInclusive<u64>) -> Option<u64> {
        self.get(key, |item| {
            let value = match item {
                Item::Int(value) => u64::try_from(*value).ok(),
                Item::Float(value) if value.fract() == 0.0 && *value >= 0.0 && *value < 1e18 => {
                    Some(*value as u64)
                }
                _ => None,
            };
            value.filter(|value| range.contains(value)).ok_or_else(|| in_range(&range))
        })
    }

    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &str,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        let node = self.node(key)?;
        let Item::Text(found) = &node.item else {
            self.notes.mismatch(key, node, &choices_in_words(choices));
            return None;
        };
        let chosen = choices.iter().find(|(name, _)| name == found).map(|(_, choice)| *choice);
        if chosen.is_none() {
            let fault = self.notes.mismatch(key, node, &choices_in_words(choices));
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            let plain = found.to_lowercase();
            // "bayesian", "TPESampler", "max": longer or shorter forms of a name.
            let part = names.iter().copied().find(|name| {
                plain.contains(*name) || (plain.len() > 2 && name.starts_with(&plain))
            });
            if let Some(near) = part.or_else(|| nearest(&plain, &names)) {
                fault.hints.push(format!("did you mean \"{near}\"?"));
            }
        }
        chosen
    }

    /// Reads a list of texts, none of them empty.
    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        const EXPECTED: &str = "a list of texts";
        let node = self.node(key)?;
        let Item::List(items) = &node.item else {
            let fault = self.notes.mismatch(key, node, EXPECTED);
            if let Item::Text(text) = &node.item {
                // Only a command is a list of words.
                let words: Vec<&str> =
                    if key == "command" { text.split_whitespace().collect() } else { vec![text] };
                fault.hints.push(format!("{key} = {words:?}"));
            }
            return None;
        };

        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match &item.item {
                Item::Text(text) if !text.is_empty() => texts.push(text.clone()),
                _ => {
                    self.notes.mismatch(key, item, EXPECTED);
                    return None;
                }
            }
        }

        Some(texts)
    }
}

fn number(item: &Item) -> Option<f64> {
    match item {
        Item::Int(value) => Some(*value as f64),
        Item::Float(value) => Some(*value),
        _ => None,
    }
}

fn in_range(range: &RangeInclusive<u64>) -> String {
    match (*range.start(), *range.end()) {
        (low, high) if high >= i64::MAX as u64 => format!("an integer of at least {low}"),
        (low, high) => format!("an integer from {low} to {high}"),
    }
}

fn choices_in_words<T>(choices: &[(&'static str, T)]) -> String {
    in_words(choices.iter().map(|(name, _)| format!("\"{name}\"")))
}

/// Reads a single parameter value: true, false, a finite number or a text.
pub(super) fn scalar(item: &Item) -> Option<Value> {
    match item {
        Item::Bool(value) => Some(Value::Bool(*value)),
        Item::Int(value) => Some(Value::Int(*value)),
        Item::Float(value) if value.is_finite() => Some(Value::Float(*value)),
        Item::Text(text) => Some(Value::Text(text.clone())),
        Item::List(_) => list(item).map(|list| Value::Text(list.to_string())),
        Item::Float(_) | Item::Date | Item::Table(_) => None,
    }
}

/// A list as JSON, which is the text of a value that is a list.
fn list(item: &Item) -> Option<serde_json::Value> {
    match item {
        Item::List(items) => {
            items.iter().map(|item| list(&item.item)).collect::<Option<Vec<_>>>().map(Into::into)
        }
        item => serde_json::to_value(scalar(item)?).ok(),
    }
}
