//! Lines of JSON as programs print them.

use serde_json::{Map, Value as Json};

/// Parses a line as a JSON object; `NaN` and `Infinity`, which Python and others print, are read as
/// null and an overflow. A progress bar before it that a carriage return has overwritten, and a
/// byte order mark, are skipped.
pub(super) fn object(line: &[u8]) -> Option<Map<String, Json>> {
    let text = std::str::from_utf8(line).ok()?.trim_end();
    let text = text.rsplit('\r').next().unwrap_or_default();
    let text = text.trim_start_matches('\u{feff}').trim();
    if !text.starts_with('{') || !text.contains("\"loss\"") {
        return None;
    }
    parsed(text).ok()
}

/// Reads a JSON object.
pub(super) fn parsed(text: &str) -> Result<Map<String, Json>, serde_json::Error> {
    serde_json::from_str(text)
        .or_else(|error| serde_json::from_str(&with_quoted_words(text)).map_err(|_| error))
}

/// Quotes the words `NaN` and `Infinity` outside strings.
fn with_quoted_words(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 8);
    let (mut is_in_text, mut is_escaped) = (false, false);

    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        // Python prints these words where JSON has no number; within texts they stay.
        let word = ["NaN", "-Infinity", "Infinity"]
            .into_iter()
            .find(|word| !is_in_text && rest.starts_with(word));
        if let Some(word) = word {
            quoted.push_str(&format!("\"{word}\""));
            rest = &rest[word.len()..];
            continue;
        }
        is_in_text ^= c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        quoted.push(c);
        rest = &rest[c.len_utf8()..];
    }

    quoted
}
