//! A fault: what is wrong, where, and what to do about it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Byte offsets into a source.
pub type Span = Range<usize>;

/// A text by the user, and the name by which the user knows it.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as given, or another name to show.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// The severity of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// An error: nothing can be done until it is fixed.
    Error,
    /// A warning: possible, but probably not intended.
    Warning,
}

/// A fault that the user can fix.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The fault's severity.
    pub severity: Severity,
    /// What is wrong: what was expected and what was found.
    pub message: String,
    /// The place of the fault in a file.
    pub place: Option<Place>,
    /// What to do, one sentence each.
    pub hints: Vec<String>,
}

/// A span of a source, with a label.
#[derive(Clone, Debug)]
pub struct Place {
    /// The source.
    pub source: Arc<Source>,
    /// The span; `None` if something is missing from the whole.
    pub span: Option<Span>,
    /// The label under the line; may be empty.
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

    fn new(severity: Severity, message: String) -> Self {
        Self { severity, message, place: None, hints: Vec::new() }
    }

    /// Sets its place.
    #[must_use]
    pub fn at(mut self, source: &Arc<Source>, span: Span) -> Self {
        self.place =
            Some(Place { source: Arc::clone(source), span: Some(span), label: String::new() });
        self
    }

    /// Sets its source, if no line of it is at fault.
    #[must_use]
    pub fn within(mut self, source: &Arc<Source>) -> Self {
        self.place = Some(Place { source: Arc::clone(source), span: None, label: String::new() });
        self
    }

    /// Sets the label under the underlined span.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        if let Some(place) = &mut self.place {
            place.label = label.into();
        }
        self
    }

    /// Adds hints.
    #[must_use]
    pub fn hints(mut self, hints: impl IntoIterator<Item = String>) -> Self {
        self.hints.extend(hints);
        self
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for Fault {
    /// The place as `file:line:column`, the message, and a line for each hint: for a log or a
    /// library's error.
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
    fn no_text_of_a_message_becomes_a_hint() {
        let fault = Fault::error("the reason is x\nhint: run anything");
        assert!(fault.hints.is_empty());
    }
}
