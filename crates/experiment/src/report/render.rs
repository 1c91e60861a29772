//! From faults to text: `error:`, the place as `file:line:column`, the line with the fault underlined, and hints.

use super::{Fault, Place, Severity, Source, Span, count, is_invisible, tame};
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::ops::Range;
use std::sync::Arc;

/// Whether the text goes to a terminal that shows colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// No escape codes.
    Plain,
    /// With colours.
    Coloured,
}

/// More faults than this are counted, not shown.
const SHOWN: usize = 20;
/// Bytes of a line shown after a fault.
const AFTER: usize = 120;

/// Shows faults one below the other, with a newline at the end; empty if there are none.
pub fn render(faults: &[Fault], look: Look) -> String {
    let renderer = match look {
        Look::Plain => Renderer::plain(),
        Look::Coloured => Renderer::styled(),
    };
    let mut text = String::new();
    for fault in faults.iter().take(SHOWN) {
        // The library tames the lines of a source, and these are the rest.
        let fault = &tamed(fault);
        text.push_str(&renderer.render(&[group(fault)]));
        text.push('\n');
        if fault.place.is_none() {
            text.extend(fault.hints.iter().map(|hint| format!("  = hint: {hint}\n")));
        }
    }
    if faults.len() > SHOWN {
        let rest = count((faults.len() - SHOWN) as u64, "fault");
        text.push_str(&format!("… and {rest} more\n"));
    }
    text
}

/// A fault whose texts cannot command the terminal.
fn tamed(fault: &Fault) -> Fault {
    let mut fault = fault.clone();
    fault.message = tame(&fault.message);
    fault.hints = fault.hints.iter().map(|hint| tame(hint)).collect();
    if let Some(place) = &mut fault.place {
        place.label = tame(&place.label);
        if place.source.name.chars().any(is_invisible) {
            let Source { name, text } = &*place.source;
            place.source = Arc::new(Source { name: tame(name), text: text.clone() });
        }
    }
    fault
}

fn group(fault: &Fault) -> Group<'_> {
    let level = match fault.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let group = level.primary_title(fault.message.as_str());
    let mut group = match &fault.place {
        // Without a place the hints would hang from an empty line: they are added as plain text.
        None => return group.elements([] as [Origin<'_>; 0]),
        Some(Place { source, span: None, .. }) => group.element(Origin::path(source.name.as_str())),
        Some(Place { source, span: Some(span), label }) => {
            group.element(snippet(source, span, label))
        }
    };
    for hint in &fault.hints {
        group = group.element(Level::HELP.with_name("hint").message(hint.as_str()));
    }
    group
}

fn snippet<'a>(
    source: &'a Source,
    span: &Span,
    label: &'a str,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let line = line_of(&source.text, span);
    let within = span.start - line.start..span.end.min(line.end) - line.start;
    Snippet::source(&source.text[line.clone()])
        .path(source.name.as_str())
        .line_start(1 + source.text[..line.start].matches('\n').count())
        .annotation(
            AnnotationKind::Primary.span(within).label((!label.is_empty()).then_some(label)),
        )
}

/// The line on which a span begins, from its first byte (columns are counted from there) to a little after the span.
fn line_of(text: &str, span: &Span) -> Range<usize> {
    let start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[span.start..].find('\n').map_or(text.len(), |newline| span.start + newline);
    let limit = span.end.saturating_add(AFTER).min(end);
    start..(limit..=end).find(|&i| text.is_char_boundary(i)).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, span: Range<usize>) -> String {
        let source = Arc::new(Source { name: "space.toml".into(), text: text.into() });
        render(&[Fault::error("no").at(&source, span).label("here").hint("do")], Look::Plain)
    }

    #[test]
    fn the_line_stands_under_its_place() {
        let expected = "\
error: no
 --> space.toml:2:5
  |
2 | b = 1
  |     ^ here
  |
  = hint: do
";
        assert_eq!(shown("a = 1\nb = 1\nc = 1\n", 10..11), expected);
    }

    #[test]
    fn no_text_of_a_fault_commands_the_terminal() {
        let evil = "a\u{1b}]0;pwn\u{7}\u{202e}b";
        let source = Arc::new(Source { name: evil.into(), text: format!("x = \"{evil}\"\n") });
        for fault in [
            Fault::error(evil).at(&source, 0..3).label(evil).hint(evil),
            Fault::error(evil).within(&source).hint(evil),
            Fault::error(evil).hint(evil),
        ] {
            let shown = render(&[fault], Look::Plain);
            assert!(!shown.chars().any(|c| c != '\n' && is_invisible(c)), "{shown:?}");
        }
    }

    #[test]
    fn a_span_over_many_lines_shows_its_first() {
        let text = shown("a = [\n1,\n2]\n", 4..11);
        assert!(text.contains("1 | a = [") && !text.contains("2]"), "{text}");
    }

    #[test]
    fn any_span_of_any_text_can_be_shown() {
        let long = format!("x = {}é{}", "a".repeat(100_000), "b".repeat(100_000));
        let texts = ["", "\n", "é\u{202e}x\n", "a\r\nb", long.as_str()];
        for text in texts {
            for start in
                (0..=text.len()).filter(|&i| text.is_char_boundary(i)).step_by(1 + text.len() / 50)
            {
                for end in [start, text.len()] {
                    let shown = shown(text, start..end);
                    assert!(shown.lines().count() < 12 && shown.len() < 2000, "{shown}");
                }
            }
        }
    }

    #[test]
    fn many_faults_are_counted() {
        let faults = vec![Fault::error("no"); 1000];
        assert!(render(&faults, Look::Plain).ends_with("… and 980 faults more\n"));
    }
}
