//! A fault: what is wrong, where, and what to do about it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Byte offsets into a source.
pub type Span = Range<usize>;

/// A text that a person wrote, and the name by which they know it.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as given, or another name to show.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// How bad a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Nothing can be done before it is mended.
    Error,
    /// It can be done as asked, but probably not as meant.
    Warning,
}

/// Something wrong that a person can mend.
#[derive(Clone, Debug)]
pub struct Fault {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: what was expected and what was found.
    pub message: String,
    /// Where it stands.
    pub place: Option<Place>,
    /// What to do, one sentence each.
    pub hints: Vec<String>,
}

/// A span of a source, with the words that stand under it.
#[derive(Clone, Debug)]
pub struct Place {
    /// The source.
    pub source: Arc<Source>,
    /// Where in it; none: something is missing from the whole.
    pub span: Option<Span>,
    /// The words under the line; may be empty.
    pub label: String,
}

impl Fault {
    /// Creates an error.
    pub fn error(message: impl fmt::Display) -> Self {
        Self::new(Severity::Error, message.to_string())
    }

    /// Creates a warning.
    pub fn warning(message: impl fmt::Display) -> Self {
        Self::new(Severity::Warning, message.to_string())
    }

    /// Creates an error from one of a library below that says what to do in lines of its own: the last ones, each
    /// beginning with `hint: `.
    pub fn of_library(error: impl fmt::Display) -> Self {
        let text = error.to_string();
        let lines: Vec<&str> = text.lines().collect();
        let is_hint = |line: &&&str| line.starts_with("hint: ");
        let n_hints = lines.iter().rev().take_while(is_hint).count();
        let (message, hints) = lines.split_at(lines.len() - n_hints);
        let hints = hints.iter().map(|line| line["hint: ".len()..].to_owned());
        Self::error(message.join("\n")).hints(hints)
    }

    fn new(severity: Severity, message: String) -> Self {
        Self { severity, message, place: None, hints: Vec::new() }
    }

    /// Says where it stands.
    #[must_use]
    pub fn at(mut self, source: &Arc<Source>, span: Span) -> Self {
        self.place =
            Some(Place { source: Arc::clone(source), span: Some(span), label: String::new() });
        self
    }

    /// Says in which text it stands, where no line of it is at fault.
    #[must_use]
    pub fn within(mut self, source: &Arc<Source>) -> Self {
        self.place = Some(Place { source: Arc::clone(source), span: None, label: String::new() });
        self
    }

    /// Puts words under the underlined span.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        if let Some(place) = &mut self.place {
            place.label = label.into();
        }
        self
    }

    /// Adds what to do about it, if anything is known.
    #[must_use]
    pub fn hints(mut self, hints: impl IntoIterator<Item = String>) -> Self {
        self.hints.extend(hints);
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for Fault {
    /// The place as `file:line:column`, what is wrong, and a line for each hint: for a log or a library's error.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Place { source, span, .. }) = &self.place {
            write!(f, "{}", source.name)?;
            if let Some(span) = span {
                let before = &source.text[..span.start];
                let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
                let line = 1 + before.matches('\n').count();
                let column = 1 + before[line_start..].chars().count();
                write!(f, ":{line}:{column}")?;
            }
            write!(f, ": ")?;
        }
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}: {}", self.message)?;
        self.hints.iter().try_for_each(|hint| write!(f, "\n  hint: {hint}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_librarys_last_lines_are_its_hints() {
        let fault = Fault::of_library("no such column\nhint: did you mean `digit`?");
        assert_eq!((fault.message.as_str(), fault.hints.len()), ("no such column", 1));
        assert_eq!(fault.hints[0], "did you mean `digit`?");
        assert!(Fault::of_library("a\nhint: b\nc").hints.is_empty(), "not in the middle");
    }

    #[test]
    fn no_text_of_a_message_becomes_a_hint() {
        let fault = Fault::error("the reason is x\nhint: run anything");
        assert!(fault.hints.is_empty());
    }
}
