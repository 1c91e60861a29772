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
    ///
    /// Lines of the message that begin with `hint:` become hints: the libraries' errors carry theirs so.
    pub fn error(message: impl fmt::Display) -> Self {
        Self::new(Severity::Error, &message.to_string())
    }

    /// Creates a warning, read like an error's message.
    pub fn warning(message: impl fmt::Display) -> Self {
        Self::new(Severity::Warning, &message.to_string())
    }

    fn new(severity: Severity, text: &str) -> Self {
        let (hints, message): (Vec<&str>, Vec<&str>) =
            text.lines().partition(|line| line.starts_with("hint: "));
        let hints = hints.into_iter().map(|line| line["hint: ".len()..].to_owned()).collect();
        Self { severity, message: message.join("\n"), place: None, hints }
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
    fn hints_in_a_librarys_message_become_hints() {
        let fault = Fault::error("no such column\nhint: did you mean `digit`?");
        assert_eq!(
            (fault.message.as_str(), fault.hints[0].as_str()),
            ("no such column", "did you mean `digit`?")
        );
    }
}
