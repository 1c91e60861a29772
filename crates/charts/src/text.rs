//! Text in a picture: escaped, and cut where there is no room.

use std::fmt::Write as _;

/// Escapes text for use between tags and inside double quotes, in SVG and in HTML. Characters that
/// XML cannot hold (control characters) become U+FFFD.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // As a reference, since an XML parser turns them into spaces within an attribute.
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", c as u32);
            }
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }

    out
}

/// Cuts a text to at most `width` at a font size of 12 and ends it with `…`.
pub fn shorten(text: &str, width: f64) -> String {
    if length(text) <= width {
        return text.to_owned();
    }

    let mut out = String::new();
    // The ellipsis needs room as well.
    let mut used = advance('…');
    for c in text.chars() {
        used += advance(c);
        if used > width {
            break;
        }
        out.push(c);
    }

    out.push('…');
    out
}

/// Estimates how wide a text is at a font size of 12, rather too wide, since no font is read.
pub(crate) fn length(text: &str) -> f64 {
    text.chars().map(advance).sum()
}

/// Estimates how wide a character is at a font size of 12; East Asian characters fill a square.
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | '|' | '\'' | ' ' => 3.6,
        'm' | 'w' | 'M' | 'W' => 11.0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{1f300}'..='\u{1faff}' => 12.2,
        c if c.is_uppercase() => 8.6,
        _ => 7.3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        assert_eq!(
            escape("</script><img onerror=\"x\">&'\u{1}"),
            "&lt;/script&gt;&lt;img onerror=&quot;x&quot;&gt;&amp;&#39;\u{fffd}"
        );
    }

    #[test]
    fn long_names_are_cut_within_their_room() {
        let cut = shorten(&"learning_rate_of_the_first_layer".repeat(3), 90.0);
        assert!(cut.ends_with('…') && length(&cut) <= 90.0, "{cut}");
        assert_eq!(shorten("width", 90.0), "width");
        assert!(shorten("学习率学习率学习率学习率", 60.0).chars().count() <= 5);
    }
}
